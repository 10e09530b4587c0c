"""What the page "Why" answers: the exact terms behind a state, a tie, a forum or an agreement in a month."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from regime_abm import api
from regime_abm.api import InputError, nearest

SUBJECTS = ("agreement", "tie", "state", "forum")


def usual(watch: api.Watch) -> str:
    """Return what is explained when nothing was picked: an agreement that has ended, or the first one."""
    codes = list(watch.scenario.region.agreements)
    ended = [code for code in codes if standing(watch, code, watch.month) == "ended"]
    return f"agreement:{(ended or codes)[0]}" if codes else f"state:{watch.states[0]}"


def explained(watch: api.Watch, about: str, month: int) -> dict[str, Any]:
    """Return the answer as plain values. InputError for what is not in this region."""
    kind, _, name = about.partition(":")
    if kind not in SUBJECTS:
        raise InputError(f"about: {kind[:20]!r} is not known{nearest(kind[:20], SUBJECTS)}")
    if kind == "agreement":
        return {"chain": asdict(watch.why_agreement(name, month))}
    if kind == "forum":
        return {"why": asdict(watch.why_forum(name, month))}
    if kind == "tie":
        state, _, other = name.partition(">")
        return {"why": asdict(watch.why_tie(state, other, month))}
    return {"why": asdict(watch.why_state(name, month))}


def standing(watch: api.Watch, code: str, month: int) -> str:
    """Return whether an agreement is in force, ended or not signed in a month."""
    kinds = {link.kind for link in watch.why_agreement(code, month).links}
    return "ended" if "end" in kinds else "in_force" if "signed" in kinds else "unsigned"


def agreements(watch: api.Watch, month: int) -> list[dict[str, str]]:
    """Return every agreement with how it stands in a month."""
    tables = watch.scenario.region.agreements
    return [
        {"code": code, "name": item.name, "standing": standing(watch, code, month)} for code, item in tables.items()
    ]
