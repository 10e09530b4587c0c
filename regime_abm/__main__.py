"""``python -m regime_abm`` is the same as ``regime-abm``."""

from regime_abm.cli import main

main()
