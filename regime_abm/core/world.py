"""The World: every quantity of the model, its axes, unit, range and one sentence. This file is the glossary.

Arrays lead with the replicate axis: per state (R, N), per dyad (R, N, N), per forum (R, F), per seat (R, F, N),
per agreement (R, G), per signature (R, G, N).
Row i, column j is always "i about j": ``trust[r, i, j]`` is how much i trusts j; texts write ``JPN>CHN``.
A World is never changed in place: a step returns the next one, so rewind and branching cost nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from regime_abm.core.names import Names, nothing

SHAPES = {
    "state": "RN",
    "dyad": "RNN",
    "dyad and action": "RANN",
    "forum": "RF",
    "seat": "RFN",
    "agreement": "RG",
    "signature": "RGN",
    "future": "R",
    "fixed state": "N",
    "fixed dyad": "NN",
    "fixed forum": "F",
    "fixed seat": "FN",
    "fixed agreement": "G",
    "fixed signature": "GN",
    "fixed step": "GS",
    "month of year": "M",
    "run": "",
}


@dataclass(frozen=True)
class Quantity:
    """One entry of the glossary."""

    name: str
    axes: str
    unit: str
    low: float
    high: float
    meaning: str
    kind: type
    fleeting: bool = False
    role: bool = False


def quantity(
    axes: str,
    unit: str,
    low: float,
    high: float,
    meaning: str,
    kind: type = np.float32,
    *,
    fleeting: bool = False,
    role: bool = False,
) -> Any:
    """Declare a quantity of the World. axes is a key of SHAPES; kind is the NumPy type of its array.

    Scales are in single precision: seven digits are far more than any source gives, and a month takes half the memory.
    A fleeting quantity is nothing again at the end of each month: what optional modules, levers and events add to a sum.
    A role is a fixed flag that the region's roles.toml fills: whom an optional module is about.
    """
    about = {"axes": axes, "unit": unit, "low": low, "high": high, "meaning": meaning, "kind": kind}
    return field(metadata={**about, "fleeting": fleeting, "role": role})


MOST_STEPS = 8  # steps that one agreement may foresee
_LOG_ODDS = 4.0  # beliefs are kept within these log-odds, about .018 to .982


@dataclass(frozen=True)
class World:
    """One month of R futures. See :func:`glossary` for the quantities."""

    names: Names
    month: int = quantity("run", "months since the start", 0, 100_000, "Months that have passed.", int)
    date: int = quantity("run", "months since January of year 0", 0, 60_000, "The calendar month.", int)

    # What the region's files fix
    rival: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The two are rivals: their peace is not a given.", bool)
    core: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The dyad counts in the measures of force.", bool)
    key_party: np.ndarray = quantity("fixed state", "flag", 0, 1, "No regime can do without this state.", bool)
    programme: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state runs a weapons test programme.", bool)
    exercise_season: np.ndarray = quantity("month of year", "share", 0, 1, "Joint exercises, January first.")
    forum_track: np.ndarray = quantity("fixed forum", "track", 1, 2, "1 governments, 1.5 mixed, 2 unofficial.")
    forum_hard: np.ndarray = quantity("fixed forum", "flag", 0, 1, "Hard security is on the agenda.", bool)
    forum_soft: np.ndarray = quantity("fixed forum", "flag", 0, 1, "Soft security is on the agenda.", bool)
    forum_every: np.ndarray = quantity("fixed forum", "months", 1, 120, "Months between regular meetings.", int)
    forum_host: np.ndarray = quantity("fixed seat", "flag", 0, 1, "The state hosts the forum's meetings.", bool)
    forum_first: np.ndarray = quantity("fixed forum", "month of year", 1, 12, "Month of a year's first meeting.", int)
    forum_rule: np.ndarray = quantity("fixed forum", "quantile", 0, 1, "Whose support decides: 0 the least willing (consensus), .5 the middle.")
    party: np.ndarray = quantity("fixed signature", "flag", 0, 1, "The state is a party to the agreement, once signed.", bool)
    guarantor: np.ndarray = quantity("fixed signature", "flag", 0, 1, "The state guarantees the agreement from outside.", bool)
    agreement_open: np.ndarray = quantity("fixed agreement", "flag", 0, 1, "The agreement can be offered and signed (again).", bool)
    agreement_kind: np.ndarray = quantity("fixed agreement", "0 declaration, 1 agreement, 2 treaty, 3 armistice", 0, 3, "What the agreement is called; two of one kind between the same parties are not in force together.", int)
    agreement_steps: np.ndarray = quantity("fixed agreement", "steps", 0, MOST_STEPS, "Steps that the agreement foresees.", int)
    agreement_turn: np.ndarray = quantity("fixed step", "state", -1, 10_000, "Index of the state that owes each step; -1 = no step.", int)

    # Who the states are
    capability: np.ndarray = quantity("state", "share of the largest", 0, 1, "Power a state can project in the region.")
    arsenal: np.ndarray = quantity("state", "scale", 0, 1, "Nuclear arsenal, 1 = large and deliverable.")
    posture: np.ndarray = quantity("state", "scale", 0, 1, "How offensively the forces are armed and deployed.")
    will: np.ndarray = quantity("state", "scale", 0, 1, "Readiness to spend political capital on diplomacy.")
    norm: np.ndarray = quantity("state", "scale", 0, 1, "Internalised non-use of force and peaceful settlement.")
    sovereignty: np.ndarray = quantity("state", "scale", 0, 1, "Sensitivity to institutions that bind.")
    agenda_hard: np.ndarray = quantity("state", "scale", 0, 1, "Interest in hard-security agendas.")
    agenda_soft: np.ndarray = quantity("state", "scale", 0, 1, "Interest in soft-security agendas.")
    attention: np.ndarray = quantity("state", "meetings a month", 0, 5, "Top-level meetings that can be prepared.")

    will_level: np.ndarray = quantity("state", "log-odds", -1000, 1000, "Intercept that reproduces the first will.")
    progress: np.ndarray = quantity("state", "scale", 0, 5, "Signatures and steps of own agreements lately.")
    stalled: np.ndarray = quantity("state", "months", 0, 100_000, "Months without any step in own agreements; 0 = nothing to stall.")
    crisis: np.ndarray = quantity("future", "scale", 0, 1, "How much the region feels that it just escaped the worst.")
    norm_threshold: np.ndarray = quantity("state", "scale", 0, 1, "How much must speak for the norm before the state adopts it.")
    norm_adopted: np.ndarray = quantity("state", "flag", 0, 1, "The state formally stands by the norm.", bool)
    adopt_chance: np.ndarray = quantity("state", "probability", 0, 1, "Chance that a state that has not adopted the norm does so this month.")
    restraint: np.ndarray = quantity("state", "share", 0, 1, "How often the state lately held back from pressure, threat and force toward rivals where it was tempted, fading.")
    reneging: np.ndarray = quantity("state", "scale", 0, 1, "Public memory of promises that the state broke.")
    promise: np.ndarray = quantity("state", "-1, 0, 1", -1, 1, "The state kept (1) or was seen to break (-1) a promise this month.", np.int8)
    promise_evidence: np.ndarray = quantity("state", "log ratio", -2, 2, "What that promise says for a trustworthy type, by the public doctrine.")
    posture_start: np.ndarray = quantity("state", "scale", 0, 1, "Posture at the start.")
    alarm_start: np.ndarray = quantity("state", "scale", 0, 1, "The worst threat within reach at the start.")

    # Who leads them
    turnover_hazard: np.ndarray = quantity("state", "per month", 0, 0.2, "Chance of an exit off the calendar.")
    term_months: np.ndarray = quantity("state", "months", 0, 120, "Length of a term; 0 = no fixed clock.")
    max_terms: np.ndarray = quantity("state", "terms", 1, 10, "Terms a leader may serve.")
    hawkish_low: np.ndarray = quantity("state", "scale", 0, 1, "Most likely hawkishness in the softer camp.")
    hawkish_high: np.ndarray = quantity("state", "scale", 0, 1, "Most likely hawkishness in the harder camp.")
    hawkish_share: np.ndarray = quantity("state", "probability", 0, 1, "A new leader is of the harder camp.")
    hawkishness: np.ndarray = quantity("state", "scale", 0, 1, "The present leader's taste for pressure.")
    trustworthy: np.ndarray = quantity(
        "state", "flag", 0, 1, "The present leader prefers mutual cooperation to exploiting it.", bool
    )
    volatility: np.ndarray = quantity("state", "scale", 0, 1, "How much the present leader's moods swing choices.")
    leader_age: np.ndarray = quantity("state", "months", 0, 100_000, "Months the present leader has served.")
    exit_due: np.ndarray = quantity("state", "flag", 0, 1, "An event ends this leader's time this month.", bool)
    turnover: np.ndarray = quantity("state", "flag", 0, 1, "The leader changed this month.", bool)
    survival: np.ndarray = quantity("state", "probability", 0, 1, "Chance that the present leader is still in office at the horizon of assurances.")

    # What lies between two states
    proximity: np.ndarray = quantity("dyad", "scale", 0, 1, "How well the other's forces can reach this state.")
    stake: np.ndarray = quantity("dyad", "scale", 0, 1, "How much the relation weighs for this state.")
    alliance: np.ndarray = quantity("dyad", "scale", 0, 1, "Strength of the commitment between the two.")
    exclusivity: np.ndarray = quantity("dyad", "scale", 0, 1, "How much the alliance is aimed at outsiders.")
    relations: np.ndarray = quantity("dyad", "flag", 0, 1, "The two have diplomatic relations.", bool)
    peace: np.ndarray = quantity("dyad", "flag", 0, 1, "The two are legally at peace (no mere armistice).", bool)
    credibility: np.ndarray = quantity(
        "dyad", "probability", 0, 1, "Belief that the other's assurance or protection will hold."
    )
    credibility_level: np.ndarray = quantity("dyad", "log-odds", -1000, 1000, "Intercept that reproduces the first credibility.")
    alliance_start: np.ndarray = quantity("dyad", "scale", 0, 1, "Strength of the commitment at the start.")
    exclusivity_start: np.ndarray = quantity("dyad", "scale", 0, 1, "Exclusivity at the start.")
    outside_threat_start: np.ndarray = quantity("dyad", "probability", 0, 1, "What two allies together feared from outside at the start.")
    bound: np.ndarray = quantity("dyad", "scale", 0, 1, "How firmly an agreement in force binds the two (the firmest counts).")
    guaranteed: np.ndarray = quantity("dyad", "states", 0, 10_000, "Guarantors of agreements in force between the two (the most counts).")
    verified: np.ndarray = quantity("dyad", "probability", 0, 1, "How well agreements in force let the two check each other.")
    dispute: np.ndarray = quantity("dyad", "months", 0, 10_000, "Months that a dispute between the two has been open; 0 = none.", np.int16)
    settled: np.ndarray = quantity("dyad", "how", 0, 4, "A dispute closed this month: 1 by talks, 2 in a forum, 3 under an agreement, 4 it faded.", np.int8)
    hardened: np.ndarray = quantity("dyad", "scale", 0, 1, "How much hearings that settled nothing have hardened the open dispute between the two.")
    trust_government: np.ndarray = quantity(
        "dyad", "log-odds", -_LOG_ODDS, _LOG_ODDS, "Reputation of the other's state, whoever leads it."
    )
    trust_leader: np.ndarray = quantity(
        "dyad", "log-odds", -_LOG_ODDS, _LOG_ODDS, "Reputation of the other's present leader."
    )
    trust: np.ndarray = quantity("dyad", "probability", 0, 1, "Belief that the other's government is trustworthy.")
    misperception_usual: np.ndarray = quantity("dyad", "probability", 0, 0.5, "Misperception without any forum.")
    misperception: np.ndarray = quantity("dyad", "probability", 0, 0.5, "Chance to misread an act of the other.")
    threat_level: np.ndarray = quantity("dyad", "log-odds", -1000, 1000, "Intercept that reproduces the first threat.")
    threat_start: np.ndarray = quantity("dyad", "probability", 0, 1, "Threat perception at the start.")
    threat: np.ndarray = quantity("dyad", "probability", 0, 1, "What the state fears the other can and would do.")
    talks_chance: np.ndarray = quantity("dyad", "probability", 0, 1, "Chance that talks were open at the start.")
    talks_order: np.ndarray = quantity(
        "dyad", "order", -1, 1, "Set from outside for a month: 1 opens talks, -1 breaks them off.", np.int8
    )
    talks: np.ndarray = quantity("dyad", "flag", 0, 1, "A channel of talks between the two is open.", bool)
    breakdown: np.ndarray = quantity("dyad", "flag", 0, 1, "Talks between the two broke down this month.", bool)

    # What they do to each other
    orders: np.ndarray = quantity("dyad", "action", -1, 4, "An action set from outside; -1 = the actor decides.", np.int8)
    cooperation_gain: np.ndarray = quantity(
        "dyad", "payoff", -100, 100, "How much better full cooperation looks than full defection."
    )
    tempted: np.ndarray = quantity("dyad", "flag", 0, 1, "The bare game, short of will, norm and the future, favoured defection.", bool)
    if_trustworthy: np.ndarray = quantity(
        "dyad and action", "probability", 0, 1, "What a trustworthy leader would do here, by the public doctrine."
    )
    if_exploitative: np.ndarray = quantity(
        "dyad and action", "probability", 0, 1, "What an exploitative leader would do here, by the public doctrine."
    )
    decision: np.ndarray = quantity("dyad and action", "probability", 0, 1, "What this actor does, before the draw.")
    action: np.ndarray = quantity("dyad", "action", 0, 4, "0 reassure ... 4 provoke, by row toward column.", np.int8)
    campaign: np.ndarray = quantity("state", "flag", 0, 1, "The weapons programme is in a campaign of tests.", bool)
    tests: np.ndarray = quantity("state", "events", 0, 100, "Weapons tests this month.", np.int8)
    severity: np.ndarray = quantity("dyad", "0 quiet to 5 war", 0, 5, "Worst act of row against column.", np.int8)
    hostility: np.ndarray = quantity("dyad", "0 quiet to 5 war", 0, 5, "The dyad's ladder: falls one rung a month.", np.int8)
    exercise: float = quantity("run", "share", 0, 1, "Joint exercises this month.", float)

    # Forums
    member: np.ndarray = quantity("seat", "flag", 0, 1, "The state belongs to the forum.", bool)
    forum_active: np.ndarray = quantity("forum", "flag", 0, 1, "The forum exists and calls meetings.", bool)
    forum_level: np.ndarray = quantity("forum", "0 contact to 4 organisation", 0, 4, "Institutional level.")
    forum_vitality: np.ndarray = quantity("forum", "scale", 0, 1, "How alive the forum is.")
    forum_capital: np.ndarray = quantity("forum", "scale", 0, 1, "Institutional capital: procedures, people, memory.")
    forum_information: np.ndarray = quantity("forum", "scale", 0, 1, "How much a meeting tells those present.")
    forum_attention: np.ndarray = quantity("forum", "meetings", 0, 1, "Top-level attention one meeting costs.")
    meeting_order: np.ndarray = quantity(
        "forum", "order", -1, 1, "Set from outside for a month: 1 calls a meeting, -1 cancels it.", np.int8
    )
    met: np.ndarray = quantity("forum", "flag", 0, 1, "The forum met this month.", bool)
    attendance: np.ndarray = quantity("seat", "flag", 0, 1, "The state came to the forum's latest meeting.", bool)
    attend_chance: np.ndarray = quantity("seat", "probability", 0, 1, "Chance to come, when the forum meets.")
    forum_idle: np.ndarray = quantity("forum", "months", 0, 100_000, "Months since the forum last met.")
    forum_support: np.ndarray = quantity("forum", "share", 0, 1, "How often, lately, those who decide wanted more of the forum.")

    # Agreements
    in_force: np.ndarray = quantity("agreement", "flag", 0, 1, "The agreement is in force.", bool)
    agreement_binding: np.ndarray = quantity("agreement", "scale", 0, 1, "How firmly its form binds: declaration low, treaty high.")
    agreement_verification: np.ndarray = quantity("agreement", "probability", 0, 1, "Chance that cheating on a step is found out within a year.")
    agreement_age: np.ndarray = quantity("agreement", "months", 0, 100_000, "Months since the signature.")
    agreement_idle: np.ndarray = quantity("agreement", "months", 0, 100_000, "Months since the last step, or the signature; since the end, once it is no longer in force.")
    steps_due: np.ndarray = quantity("agreement", "steps", 0, MOST_STEPS, "Steps that had fallen due so far.", np.int8)
    steps_done: np.ndarray = quantity("agreement", "steps", 0, MOST_STEPS, "Steps taken so far, pretended ones included.", np.int8)
    cheat: np.ndarray = quantity("agreement", "state", -1, 10_000, "Index of a state that pretends to have taken a step; -1 = none.", np.int16)
    offered: np.ndarray = quantity("agreement", "flag", 0, 1, "The agreement was on the table this month.", bool)
    signed: np.ndarray = quantity("agreement", "flag", 0, 1, "The agreement was signed this month.", bool)
    sign_chance: np.ndarray = quantity("signature", "probability", 0, 1, "Chance that the state signs, when the agreement is on the table.")
    ended: np.ndarray = quantity("agreement", "cause", 0, 5, "It ended this month: 1 lapsed, 2 by force, 3 cheating found, 4 review failed, 5 a party left (set from outside).", np.int8)
    ended_by: np.ndarray = quantity("agreement", "state", -1, 10_000, "Index of the state over which it ended; -1 = none.", np.int16)
    review_credibility: np.ndarray = quantity("agreement", "probability", 0, 1, "Credibility that this month's failed review found.")
    review_needed: np.ndarray = quantity("agreement", "probability", 0, 1, "Credibility at which that review, with the same luck, would have kept it.")

    # Whom the optional modules are about
    great_rivals: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The two are the region's great-power rivals.", bool, role=True)
    assurance_from: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The state's disarmament is bargained against the other's assurances.", bool, role=True)
    leverage_over: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The state's arsenal gives it leverage over the other.", bool, role=True)
    disarming_step: np.ndarray = quantity("fixed step", "flag", 0, 1, "The step cuts the arsenal of the state that owes it.", bool, role=True)
    freezing_step: np.ndarray = quantity("fixed step", "flag", 0, 1, "The step keeps the arsenal of the state that owes it from growing, as long as the agreement is in force.", bool, role=True)
    sanctioned: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state is under sanctions, or may be.", bool, role=True)
    sanctioning: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state keeps sanctions against others.", bool, role=True)
    leaking: np.ndarray = quantity("fixed state", "flag", 0, 1, "Sanctions leak through the state, and it can keep new ones from following.", bool, role=True)
    relieving_step: np.ndarray = quantity("fixed step", "flag", 0, 1, "The step eases sanctions against the other parties, or helps them.", bool, role=True)
    mediating: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state may step in as a mediator between rivals.", bool, role=True)
    normalising: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The state may open normal relations with the other, in whose hands an issue of its own lies.", bool, role=True)
    normalising_step: np.ndarray = quantity("fixed step", "flag", 0, 1, "The step opens normal relations with those who wait for it.", bool, role=True)
    issue_step: np.ndarray = quantity("fixed step", "flag", 0, 1, "The step brings the issue forward that stands before normal relations.", bool, role=True)
    personal_rule: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state is ruled by one person; an end comes suddenly.", bool, role=True)
    word_breaking: np.ndarray = quantity("fixed state", "flag", 0, 1, "In a war elsewhere it is this state that breaks an assurance it gave.", bool, role=True)
    served: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "Bodies from outside the region offer the two their good offices.", bool, role=True)
    inspectable: np.ndarray = quantity("fixed agreement", "flag", 0, 1, "An inspectorate from outside the region can check the agreement's steps.", bool, role=True)

    peace_treaty: np.ndarray = quantity("fixed agreement", "flag", 0, 1, "The agreement ends a war.", bool, role=True)
    war_party: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state fought in that war; without it no peace is whole.", bool, role=True)
    umbrella_from: np.ndarray = quantity("fixed dyad", "flag", 0, 1, "The state relies on the other's arsenal for its defence.", bool, role=True)
    zone_treaty: np.ndarray = quantity("fixed agreement", "flag", 0, 1, "The agreement keeps nuclear weapons out of its parties' territories; its guarantors assure them.", bool, role=True)
    slow_to_ratify: np.ndarray = quantity("fixed state", "flag", 0, 1, "The state has left protocols to such zones unratified.", bool, role=True)

    # What optional modules keep from month to month
    rivalry: np.ndarray = quantity("future", "scale", -5, 5, "Pressure of the great powers' rivalry, 0 = as at the start.")
    arsenal_start: np.ndarray = quantity("state", "scale", 0, 1, "Nuclear arsenal at the start, before a scenario's own assumptions.")
    arsenal_means: np.ndarray = quantity("state", "log rate", -20, 20, "How sanctions and inducements change the growth of the arsenal; 0 = as at the start.")
    arsenal_inflow: np.ndarray = quantity("state", "share", 0, 1, "What last month's relief and inducements paid for, as growth of the arsenal.")
    sanctions: np.ndarray = quantity("state", "scale", 0, 1, "Level of the sanctions against the state, 1 = all trade and finance.")
    sanctions_leakage: np.ndarray = quantity("state", "share", 0, 1, "How much of the sanctions against the state leaked at the start.")
    sanctions_bite: np.ndarray = quantity("state", "scale", 0, 1, "Sanctions against the state, less what leaks.")
    bite_start: np.ndarray = quantity("state", "scale", 0, 1, "That bite at the start, before a scenario's own assumptions.")
    ratification: np.ndarray = quantity("signature", "-1, 0, 1", -1, 1, "The guarantor has ratified (1) or shelved (-1) its protocol to the zone; 0 = no protocol, or not decided yet.", np.int8)
    hedging: np.ndarray = quantity("state", "scale", 0, 1, "How near the state, which relies on another's arsenal, keeps itself to one of its own; 0 = no step or thought toward it.")
    hedging_start: np.ndarray = quantity("state", "scale", 0, 1, "Hedging at the start, before a scenario's own assumptions.")
    uncovered_start: np.ndarray = quantity("state", "difference of probabilities", -1, 1, "Worst threat from rivals less belief in own protectors, at the start, before a scenario's own assumptions.")
    mediator: np.ndarray = quantity("dyad", "state", 0, 10_000, "Place of the state that mediates between the two, counted from 1; 0 = nobody.", np.int16)
    issue_settled: np.ndarray = quantity("dyad", "scale", 0, 1, "How far the state's issue is settled that stands before normal relations with the other.")
    normal_months: np.ndarray = quantity("dyad", "months", 0, 10_000, "Months since the state opened normal relations with the other; 0 = it has none, 10000 = it had them at the start.", np.int16)
    pandemic_months: np.ndarray = quantity("future", "months", 0, 1200, "Months that a pandemic still lasts; 0 = none.", np.int16)
    slump_months: np.ndarray = quantity("future", "months", 0, 1200, "Months that an economic crisis still lasts; 0 = none.", np.int16)
    great_crisis_months: np.ndarray = quantity("future", "months", 0, 1200, "Months that an acute crisis of the great rivals still lasts; 0 = none.", np.int16)
    far_war_months: np.ndarray = quantity("future", "months", 0, 1200, "Months that a war elsewhere still lasts; 0 = none.", np.int16)
    offices_months: np.ndarray = quantity("dyad", "months", 0, 1200, "Months for which good offices are still there for the two; 0 = none.", np.int16)
    inspected: np.ndarray = quantity("agreement", "flag", 0, 1, "Inspectors from outside the region check the agreement's steps.", bool)
    verification_start: np.ndarray = quantity("agreement", "probability", 0, 1, "Chance that cheating on a step is found out within a year by the agreement's own checks.")

    # What optional modules, levers and events add this month, and the core sums with its own terms
    will_push: np.ndarray = quantity("state", "log-odds", -100, 100, "Added to what moves the state's will.", fleeting=True)
    threat_push: np.ndarray = quantity("dyad", "log-odds", -100, 100, "Added to what the state fears of the other.", fleeting=True)
    credibility_push: np.ndarray = quantity("dyad", "log-odds", -100, 100, "Added to the belief that successors of the other will keep its assurance.", fleeting=True)
    gain_push: np.ndarray = quantity("dyad", "payoff", -100, 100, "Added to the state's gain from cooperating with the other.", fleeting=True)
    talks_push: np.ndarray = quantity("dyad", "log-odds", -100, 100, "Added to the chance that talks between the two open, or stay open.", fleeting=True)
    sight_push: np.ndarray = quantity("dyad", "share", -100, 100, "How much of the state's misperception of the other is taken away this month; below 0 it grows.", fleeting=True)
    mediator_order: np.ndarray = quantity("dyad", "state", 0, 10_000, "Set from outside for a month: place of the state that mediates between the two, counted from 1; 0 = as it comes.", np.int16, fleeting=True)
    attend_push: np.ndarray = quantity("seat", "log-odds", -100, 100, "Added to the chance that the state comes to the forum's meeting.", fleeting=True)
    sign_push: np.ndarray = quantity("signature", "log-odds", -100, 100, "Added to the chance that the state signs the agreement.", fleeting=True)
    step_push: np.ndarray = quantity("signature", "log-odds", -100, 100, "Added to the chance that the state takes a due step of the agreement.", fleeting=True)
    campaign_push: np.ndarray = quantity("state", "log-odds", -100, 100, "Added to what starts and keeps up a campaign of weapons tests.", fleeting=True)
    norm_push: np.ndarray = quantity("state", "pull", -100, 100, "Added to what speaks for adopting the norm.", fleeting=True)
    arsenal_push: np.ndarray = quantity("state", "share", 0, 100, "What inducements pay for this month, as growth of the arsenal.", fleeting=True)
    offices_order: np.ndarray = quantity("dyad", "flag", 0, 1, "Set from outside for a month: good offices are there for the two.", bool, fleeting=True)
    inspection_order: np.ndarray = quantity("agreement", "flag", 0, 1, "Set from outside for a month: the agreement invites inspectors, once in force.", bool, fleeting=True)
    dismantling: np.ndarray = quantity("state", "scale", 0, 1, "Set from outside for a month: the state dismantles so much of its arsenal, unasked.", fleeting=True)
    sanctions_push: np.ndarray = quantity("state", "scale", -1, 1, "Set from outside for a month: sanctions against the state are tightened (above 0) or eased by so much.", fleeting=True)
    newcomer: np.ndarray = quantity("state", "-1, 0, 1", -1, 1, "Set from outside for a month: a new leader comes from the softer (-1) or the harder camp (1); 0 = as drawn.", np.int8, fleeting=True)
    offer_order: np.ndarray = quantity("agreement", "flag", 0, 1, "Set from outside for a month: the agreement is put on the table, talks or not.", bool, fleeting=True)
    exit_order: np.ndarray = quantity("signature", "flag", 0, 1, "Set from outside for a month: the state leaves the agreement in force.", bool, fleeting=True)
    test_order: np.ndarray = quantity("dyad", "flag", 0, 1, "Set from outside for a month: the state tests a weapon, aimed at the other.", bool, fleeting=True)
    accident: np.ndarray = quantity("dyad", "0 quiet to 5 war", 0, 5, "Set from outside for a month: an incident of this severity, blamed on the row.", np.int8, fleeting=True)

    # What doctrines of one's own remember: "STATE.name" -> (R,)
    memory: Mapping[str, np.ndarray] = field(default_factory=nothing)

    @property
    def replicates(self) -> int:
        """Number of futures held side by side."""
        return self.trust.shape[0]

    def replace(self, changes: Mapping[str, Any]) -> World:
        """The next World: this one with some quantities exchanged. Arrays become read-only."""
        # dataclasses.replace runs an __init__ of a hundred fields.
        following = object.__new__(World)
        object.__setattr__(following, "__dict__", self.__dict__.copy())
        following.take_up(changes)
        return following

    def take_up(self, changes: Mapping[str, Any]) -> None:
        """Exchange some quantities of a World that nobody else holds yet, as :meth:`replace` does of others."""
        for value in changes.values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        self.__dict__.update(changes)

    def row(self, replicate: int) -> World:
        """The World that holds one replicate of this one (leading axis kept, length 1)."""
        changes: dict[str, Any] = {}
        for entry in GLOSSARY.values():
            if SHAPES[entry.axes].startswith("R"):
                changes[entry.name] = getattr(self, entry.name)[replicate : replicate + 1].copy()
        changes["memory"] = {key: value[replicate : replicate + 1] for key, value in self.memory.items()}
        return self.replace(changes)


def _glossary() -> dict[str, Quantity]:
    return {
        item.name: Quantity(name=item.name, **item.metadata) for item in dataclasses.fields(World) if item.metadata
    }


GLOSSARY: dict[str, Quantity] = _glossary()
FLEETING = tuple(name for name, entry in GLOSSARY.items() if entry.fleeting)


def shape_of(name: str, replicates: int, names: Names) -> tuple[int, ...]:
    """The shape that a quantity must have."""
    sizes = {"R": replicates, "N": len(names.states), "F": len(names.forums), "G": len(names.agreements), "S": MOST_STEPS, "A": 5, "M": 12}
    return tuple(sizes[letter] for letter in SHAPES[GLOSSARY[name].axes])


def empty_world(names: Names, replicates: int, given: Mapping[str, Any]) -> World:
    """A World with the given quantities and zeros elsewhere; shapes are checked."""
    values: dict[str, Any] = {}
    for name, entry in GLOSSARY.items():
        shape = shape_of(name, replicates, names)
        if entry.axes == "run":
            values[name] = given.get(name, entry.kind(0))
            continue
        # In C order, not with a stretched axis innermost.
        value: np.ndarray = np.array(given.get(name, 0), dtype=entry.kind, order="C")
        if value.shape != shape:
            value = np.array(np.broadcast_to(value, shape), order="C")
        value.flags.writeable = False
        values[name] = value
    return World(names=names, **values)


def faults(world: World) -> list[str]:
    """What is wrong with a World, in words: shapes, types, ranges, NaN. Empty when nothing is."""
    found = []
    for name, entry in GLOSSARY.items():
        value = np.asarray(getattr(world, name))
        if value.shape != shape_of(name, world.replicates, world.names):
            found.append(f"{name}: shape {value.shape}")
        elif entry.axes != "run" and value.dtype != np.dtype(entry.kind):
            found.append(f"{name}: {value.dtype}, not {np.dtype(entry.kind)}")
        elif value.size and not np.isfinite(value).all():
            found.append(f"{name}: not finite")
        elif value.size and (value.min() < entry.low or value.max() > entry.high):
            found.append(f"{name}: {value.min():g}..{value.max():g} outside {entry.low:g}..{entry.high:g}")
    return found
