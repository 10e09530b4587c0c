"""The month, read from top to bottom. Everything inside one step is simultaneous."""

from regime_abm.mechanisms import belief, calendar, choice, forums, leaders, provocation, threat, trust

SCHEDULE = (
    calendar,  # 1 the date moves on, capabilities drift
    leaders,  # 2 terms end, leaders fall, new ones start with a part of the old reputation
    belief,  # 3 trust in the present government, from leader and state reputation
    threat,  # 3 what each state fears the other can and would do
    forums,  # 5 forums meet, states come or stay away, talks open and break down
    choice,  # 6 each state acts toward each other
    provocation,  # 7 tests, clashes, escalation and the ladder of hostility
    trust,  # 9 what was seen is learned
)
