"""Trust in a government mixes the reputation of its state with that of its present leader.

Theory: trust is the belief that the other prefers to reciprocate cooperation [kydd2005]; reputations of states and leaders
    [mcgillivray2005].
Equation: trust = weight * P(state reputation) + (1 - weight) * P(leader reputation), reputations kept as log-odds.
Leaves out: reputations that depend on the issue; emotions and identities.
Rival accounts: reputation is situation-specific and hardly travels [press2005; mercer1996]: then weight hardly matters.
"""

from __future__ import annotations

from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Parameter, Uniform

READS = ("trust_government", "trust_leader")
WRITES = ("trust",)
STARTS = ("trust_government", "trust_leader", "trust")

PARAMETERS = (
    Parameter(
        "government_weight",
        0.5,
        0.0,
        1.0,
        Uniform(0.3, 0.7),
        "share",
        "Weight of the state's reputation against its present leader's.",
        "mcgillivray2005 argue for the leader's part; a state's part and the split are judgements",
        "expert",
    ),
)


def trust_from(government, leader, *, government_weight):
    """Trust (a probability) from the two reputations (log-odds).

    >>> float(trust_from(0.0, 0.0, government_weight=0.3))
    0.5
    """
    return government_weight * logistic(government) + (1.0 - government_weight) * logistic(leader)


def start(world, p, noise):
    """Both reputations begin at the first trust of the region's files."""
    reputation = log_odds(world.trust.clip(0.02, 0.98))
    trust = trust_from(reputation, reputation, government_weight=p.dyad.government_weight)
    return {"trust_government": reputation, "trust_leader": reputation.copy(), "trust": trust}


def step(world, p, noise):
    return {
        "trust": trust_from(
            world.trust_government, world.trust_leader, government_weight=p.dyad.government_weight
        )
    }
