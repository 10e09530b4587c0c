"""A treaty ends a war as far as it is carried out and holds all who fought; what calms enemies unsettles those they shielded.

Theory: formal agreements help a peace to last [fortna2003]; each further party to a settlement is one more that can block it
    [cunningham2006], and whoever is left out may spoil it [stedman1997]; allies fear to be left alone when the protector
    settles with their adversary [snyder1984].
Equation: what a treaty holds = (paper + (1 - paper) * share of its steps taken) * partial ^ (war parties left out). With a
    treaty in force the threat between its parties who were at war falls by calm * what it holds. For each war party left out
    the parties' steps become harder by `spoils`, and it fears them more by `resents`. Who relies on the arsenal of one inside
    believes it less by doubts * (paper + (1 - paper) * share of steps). A treaty waits (parties / 2) ^ veto times longer than
    one of two: each party's log-odds to sign fall by veto * log(parties / 2) / parties.
Leaves out: borders, foreign troops, the command under the armistice, ratification; what is bargained over in the treaty.
Channels of harm: allies' doubts, which raise their threat and may raise hedging; each party is a veto at the signature and a
    clock of its own afterwards; those left out push back.
Rival accounts: a scrap of paper: `calm` 0; small is beautiful: `veto` at its upper end, `spoils` and `resents` below 0; the
    allies gain a calmer protector: `doubts` below 0.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import signed_since_start
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "month",
    "peace",
    "peace_treaty",
    "war_party",
    "umbrella_from",
    "party",
    "agreement_steps",
    "in_force",
    "agreement_age",
    "steps_done",
    "threat_push",
    "credibility_push",
    "sign_push",
    "step_push",
)
WRITES = ("threat_push", "credibility_push", "sign_push", "step_push")

PARAMETERS = (
    Parameter("calm", 0.3, -1.0, 3.0, Uniform(0.0, 0.6), "log-odds", "How much a whole treaty, carried out, takes from the threat between those whom it reconciles.", "fortna2003 (sign); range as of a legal peace in threat", "expert"),
    Parameter("partial", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How much of that is left for each war party outside the treaty."),
    Parameter("paper", 0.25, 0.0, 1.0, Uniform(0.0, 0.5), "share", "How much of a treaty's effects the signature alone brings, before any step."),
    Parameter("veto", 0.5, -1.0, 3.0, Uniform(0.0, 1.0), "exponent", "How the wait for a treaty grows with the number of its parties; 0 not at all, 1 in proportion.", "cunningham2006 (sign); four-party talks of 1997 to 1999 ended without a treaty (region's record)", "expert"),
    Parameter("spoils", 0.3, -2.0, 3.0, Uniform(-0.2, 0.8), "log-odds", "How much each war party outside makes a due step harder for the parties; below 0 they do better among themselves.", "stedman1997 (sign)", "expert"),
    Parameter("resents", 0.2, -2.0, 3.0, Uniform(-0.2, 0.6), "log-odds", "How much a war party outside fears each party more; below 0 it is relieved of the matter.", "stedman1997 (sign)", "expert"),
    Parameter("doubts", 0.3, -2.0, 3.0, Uniform(-0.2, 0.8), "log-odds", "How much those who rely on a party's arsenal doubt it; below 0 a protector at peace looks steadier.", "snyder1984 (sign); the talks of 1997 to 1999 stalled over troops (recalled)", "expert"),
)


def carried(done, steps, *, paper):
    """How far a treaty is more than words, 0..1, from the steps taken and foreseen; one without steps is all there.

    >>> carried(np.array([0, 3, 6]), 6, paper=0.5).tolist(), float(carried(0, 0, paper=0.5))
    ([0.5, 0.75, 1.0], 1.0)
    """
    share = done / steps if steps else 1.0
    return paper + (1.0 - paper) * share


def wait(parties, *, veto):
    """How many times longer a treaty of so many parties waits than one of two.

    >>> wait(2, veto=0.7), wait(4, veto=1.0)
    (1.0, 2.0)
    """
    return (parties / 2.0) ** veto


@derived
def _treaties(peace_treaty, war_party, umbrella_from, party, steps):
    """One entry for each treaty that ends a war: its code, parties, steps, war parties left out, and, as (N, N): its pairs, who
    outside faces whom inside, and who relies on whom inside."""
    found = []
    for code in np.flatnonzero(peace_treaty).tolist():
        inside = party[code]
        outside = war_party & ~inside
        found.append(
            SimpleNamespace(
                code=code,
                parties=np.flatnonzero(inside),
                steps=int(steps[code]),
                missing=int(outside.sum()),
                pairs=(np.outer(inside, inside) & ~np.eye(len(inside), dtype=bool)).astype(np.float32),
                facing=np.outer(outside, inside).astype(np.float32),
                relying=(umbrella_from & inside).astype(np.float32),
            )
        )
    return tuple(found)


@derived
def _at_war(peace):
    return (~peace).astype(np.float32)


def _reconciled(world, p, treaty, force, sums):
    """Add what a treaty in force (R,) does to the arrays of `sums`, in place."""
    real = carried(world.steps_done[:, treaty.code].astype(np.float32), treaty.steps, paper=p.paper) * force
    calmed = p.calm * p.partial**treaty.missing * real
    threat = calmed[:, None, None] * (treaty.pairs * _at_war(world.peace))
    if treaty.missing:
        threat -= (p.resents * force)[:, None, None] * treaty.facing
        sums["step_push"][:, treaty.code, treaty.parties] -= (p.spoils * treaty.missing * force)[:, None]
    sums["threat_push"] -= threat
    sums["credibility_push"] -= (p.doubts * real)[:, None, None] * treaty.relying


def step(world, p, noise):
    sums = {"sign_push": world.sign_push.copy()}
    new = signed_since_start(world.in_force, world.agreement_age, world.month)
    for treaty in _treaties(
        world.peace_treaty, world.war_party, world.umbrella_from, world.party, world.agreement_steps
    ):
        # Each signs the less readily, so that all together wait as long: for small chances theirs multiply to 1 / wait.
        share = np.log(wait(len(treaty.parties), veto=p.state.veto)) / len(treaty.parties)
        sums["sign_push"][:, treaty.code, treaty.parties] -= share
        force = new[:, treaty.code]
        if force.any():
            for name in WRITES:
                sums.setdefault(name, getattr(world, name).copy())
            _reconciled(world, p, treaty, force, sums)
    return sums
