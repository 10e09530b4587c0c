"""Pages to look at: one Solara server, no outside network, `regime_abm.api` as the only door to the model."""

import os

# Solara reports home unless told otherwise when it is imported; nobody should have to know that.
os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
