"""The month, read from top to bottom. Everything inside one step is simultaneous."""

from regime_abm.mechanisms import (
    agreements,
    arming,
    belief,
    calendar,
    choice,
    credibility,
    disputes,
    forums,
    institutions,
    leaders,
    norms,
    provocation,
    threat,
    trust,
    will,
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
