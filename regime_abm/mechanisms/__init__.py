"""The month, read from top to bottom. Everything inside one step is simultaneous.

SCHEDULE is the core's month. Optional modules stand in MODULES; a scenario switches them on. They come right after the
calendar, see the World as last month left it, and act on what is fleeting, on costs, information and actions.
"""

from regime_abm.mechanisms import (
    agreements,
    arming,
    bargain,
    belief,
    calendar,
    choice,
    credibility,
    deterrence,
    disputes,
    forums,
    good_offices,
    institutions,
    leaders,
    mediation,
    normalisation,
    norms,
    peace,
    provocation,
    rivalry,
    sanctions,
    shocks,
    threat,
    trust,
    will,
    zone,
)

SCHEDULE = (
    calendar,  # 1 the date moves on, capabilities drift
    leaders,  # 2 terms end, leaders fall, new ones start with a part of the old reputation
    belief,  # 3 trust in the present government, from leader and state reputation
    credibility,  # 3 whether the other's assurances will outlast its leader
    threat,  # 3 what each state fears the other can and would do
    will,  # 4 crises, progress and fatigue move political will
    forums,  # 5 forums meet, states come or stay away, talks open and break down
    choice,  # 6 each state acts toward each other
    provocation,  # 7 tests, clashes, escalation and the ladder of hostility
    disputes,  # 7 quarrels open, are settled by procedure, or fade
    agreements,  # 8 offers, signatures, steps, pretence, breach, lapse, review
    trust,  # 9 what was seen and promised is learned
    norms,  # 10 adoption on paper, practice within
    institutions,  # 11 forums gain or lose life and level, alliances loosen or close
    arming,  # 11 forces answer the worst threat within reach
)

MODULES = (
    rivalry,  # the great powers' rivalry, on its own course
    shocks,  # what comes from outside or by chance
    mediation,  # a third state steps in where rivals' talks broke down
    good_offices,  # a venue and inspectors from outside the region
    normalisation,  # relations opened over an issue that is not settled
    bargain,  # an arsenal given up, step by step, for assurances
    sanctions,  # what they do to will, arsenal and senders, and how they leak
    peace,  # a treaty that ends a war, who is inside it and who is not
    zone,  # free of nuclear weapons: assurances as far as they are ratified, umbrellas lost
    deterrence,  # allies who feel bare hedge, and what that stirs
)

COMPLETE = (SCHEDULE[0], *MODULES, *SCHEDULE[1:])  # everything on


def schedule(modules=()):
    """The month with some optional modules, by name, in their place; with none it is the core's.

    >>> schedule() == SCHEDULE
    True
    """
    return tuple(step for step in COMPLETE if step in SCHEDULE or step.__name__.rsplit(".", 1)[-1] in modules)
