"""The essay's claims as experiments that can fail: one file a claim, a rule of verdict that was fixed before anything was run.

`files` says what a claim file may hold, `claim` makes its arms scenarios, `running` runs them, `verdict` judges,
`telling` puts it into words and tables.
"""

from regime_abm.claims.claim import Claim, claim_names, claims, find_claim, load_claim, load_claims
from regime_abm.claims.found import ClaimsFound, run
from regime_abm.claims.running import FULL, QUICK, Size, judged
from regime_abm.claims.telling import page, rows, summary
from regime_abm.claims.verdict import VERDICTS, Found, Judged

__all__ = [
    "FULL",
    "QUICK",
    "VERDICTS",
    "Claim",
    "ClaimsFound",
    "Found",
    "Judged",
    "Size",
    "claim_names",
    "claims",
    "find_claim",
    "judged",
    "load_claim",
    "load_claims",
    "page",
    "rows",
    "run",
    "summary",
]
