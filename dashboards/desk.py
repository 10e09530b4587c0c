"""One browser's desk: the question that all its pages share, what was changed in it, and the way back.

A page is a way to look at one question: a scenario, a preset, parameters set by hand, and acts in a branch. Nothing
here knows Solara either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from dashboards.about import model
from dashboards.comparing import COMPARISONS, Comparisons
from dashboards.ensembles import ENSEMBLES, Ensembles
from dashboards.explain import agreements, explained, usual
from dashboards.history import History
from dashboards.link import MOST_ACTS, to_query
from dashboards.session import Session
from dashboards.sliders import groups
from dashboards.trials import TRIALS, check_claim, listed
from dashboards.view import MINE, MOST_ARMS, WITHOUT, Act, View, check_parameter, ordered, scenarios, whole
from dashboards.waiting import Ticket
from dashboards.words import words
from regime_abm import api
from regime_abm.api import InputError, nearest

PAGES = ("watch", "futures", "compare", "why", "claims", "model")
_RIVAL = "sceptic"  # the reading that a scenario is compared with when nothing else was chosen
ON_THE_RUN = ("watch", "why")  # pages that show the watched run


class Desk(Session):
    """A session with pages."""

    def __init__(
        self,
        query: str = "",
        page: str = "",
        *,
        ensembles: Ensembles = ENSEMBLES,
        comparisons: Comparisons = COMPARISONS,
    ) -> None:
        super().__init__(query, ensembles=ensembles)
        self._comparisons = comparisons
        self._ticket: Ticket | None = None
        self._trial: Ticket | None = None
        self._page = page if page in PAGES else PAGES[0]
        try:
            if self._view.about:
                explained(self._watch, self._view.about, self._cursor)
        except InputError as error:
            self._view = replace(self._view, about="")
            self._notice = f"{self._notice} {error}".strip()
        self._history: History[View] = History(self._view)
        self._behind = False  # whether the watched run is of an earlier question
        self._fixed_for = ""

    def first(self) -> dict[str, Any]:
        """Return the values a new page starts with, by name."""
        with self._lock:
            return super().first() | {"desk": self._desk(), "fixed": self._fixed()} | self._page_values()

    def _actions(self) -> dict[str, Callable[[dict], None]]:
        return super()._actions() | {
            "page": self._turn,
            "set": self._set,
            "preset": self._set_preset,
            "clear": self._clear,
            "undo": lambda message: self._back(self._history.undo()),
            "redo": lambda message: self._back(self._history.redo()),
            "act": self._act,
            "withdraw": self._withdraw,
            "arms": self._set_arms,
            "explain": self._explain,
            "try": self._try,
        }

    # -- pages

    def _turn(self, message: dict) -> None:
        page = str(message.get("page"))[:20]
        if page not in PAGES:
            raise InputError(f"page: {page!r} is not known{nearest(page, PAGES)}")
        with self._lock:
            self._playing, self._page = False, page
            values = self._page_values()
        for name, value in values.items():
            self._publish(name, value)
        self._tell()
        self._catch_up()
        self._compare()

    def attach(self, publish: Callable[[str, Any], None]) -> None:
        """Start the session's thread, and the work of the page that is open."""
        super().attach(publish)
        self._compare()

    def close(self) -> None:
        """Let go of everything that is being worked out."""
        super().close()
        for ticket in (self._ticket, self._trial):
            if ticket is not None:
                ticket.cancel()

    def _page_values(self) -> dict[str, Any]:
        """Return what the page that is open needs beside what every page has."""
        if self._page == "claims":
            return {"claims": {"words": words("claims"), "claims": list(listed()), "futures": api.QUICK_CLAIMS}}
        if self._page == "model":
            return {"about": {"words": words("model")} | model()}
        if self._page == "why":
            names = {"forums": dict(zip(self._watch.forums, self._watch.forum_names, strict=True))}
            return {"subjects": {"words": words("why"), "states": list(self._watch.states)} | names}
        if self._page == "compare":
            return {
                "choices": {
                    "words": words("compare"),
                    "scenarios": [{"name": i.name, "title": i.title} for i in scenarios()],
                }
            }
        if self._page == "futures":
            return {"sliders": {"words": words("futures"), "groups": groups(self._view.scenario)}}
        return {}

    def _catch_up(self) -> None:
        """Open the run of the present question when a page shows it."""
        if self._behind and self._page in ON_THE_RUN:
            self._behind = False
            super()._ask(replace(self._view, month=self._cursor))

    # -- the question

    def _ask(self, view: View) -> None:
        view.second.loaded()  # raises before anything is changed
        self._history.put(replace(view, month=0, layer=""))
        self._behind = False
        self._feed("base", None)
        super()._ask(view)
        self._tell()

    def _change(self, view: View, mark: str = "") -> None:
        """Take a changed question; the pages follow, the watched run only where it is seen."""
        view.second.loaded()
        self._history.put(replace(view, month=0, layer=""), mark)
        self._take(view)

    def _take(self, view: View) -> None:
        with self._lock:
            same_band = (view.asked, view.seed) == (self._view.asked, self._view.seed)
            same_scenario = view.scenario == self._view.scenario
            self._view = replace(view, month=self._cursor, layer=self._layer)
            self._behind = True
            self._playing = False
        if not same_band:
            self._feed("base", None)
            self._want_band()
        if not same_scenario:
            for name, value in self._page_values().items():
                self._publish(name, value)
        self._tell()
        self._catch_up()
        self._compare()

    def _back(self, view: View | None) -> None:
        if view is not None:
            self._take(view)

    def _set(self, message: dict) -> None:
        """Set a parameter, or with null give it back to the scenario. Moves of one drag are one step of undo."""
        name, value = str(message.get("name"))[:80], message.get("value")
        found = dict(self._view.parameters)
        if value is None:
            found.pop(name, None)
        else:
            found |= dict([check_parameter(name, value)])
        drag = f"{name} {str(message.get('drag'))[:20]}" if message.get("drag") else ""
        self._change(replace(self._view, parameters=tuple(sorted(found.items()))), drag)

    def _set_preset(self, message: dict) -> None:
        self._change(replace(self._view, preset=str(message.get("name") or "")[:60]))

    def _clear(self, message: dict) -> None:
        self._change(replace(self._view, preset="", parameters=()))

    # -- acts in the branch

    def _act(self, message: dict) -> None:
        act = _checked_act(message.get("entry"))
        if len(self._view.acts) >= MOST_ACTS:
            raise InputError(words("desk")["acts"]["full"].format(most=MOST_ACTS))
        acts = sorted((*self._view.acts, act), key=lambda known: str(dict(known)["month"]))
        self._change(replace(self._view, acts=tuple(acts)))

    def _withdraw(self, message: dict) -> None:
        place = whole("place", message.get("place"), 0, max(len(self._view.acts) - 1, 0))
        acts = self._view.acts
        self._change(replace(self._view, acts=acts[:place] + acts[place + 1 :]))

    # -- claims

    def _try(self, message: dict) -> None:
        """Try a claim at the quick setting; with none, or another, the one before is let go."""
        claim = message.get("claim")
        name = None if claim is None else check_claim(str(claim))
        old, self._trial = self._trial, None
        if name is not None:
            self._trial = TRIALS.ask(name, self._wake.set)
        if old is not None:
            old.cancel()
        self._wake.set()

    # -- why

    def _explain(self, message: dict) -> None:
        """Answer why something stands as it does; what was picked becomes a part of the link."""
        with self._lock:
            self._playing = False
            month = whole("month", message.get("month", self._cursor), 0, self._watch.horizon)
            if month != self._cursor:
                self._move(month)
            side = "twin" if message.get("side") == "twin" and self._twin is not None else ""
            watch = self._twin if side and self._twin is not None else self._watch
            about = str(message.get("about") or self._view.about or usual(watch))[:80]
            answer = explained(watch, about, month)
            self._view = replace(self._view, about=about)
            answer |= {"about": about, "month": month, "date": watch.date(month), "side": side}
            answer |= {"of": self._view.second.digest(self._view.seed, self._view.replicate)}
            answer |= {"agreements": agreements(watch, month), "sides": self._twin is not None}
        self._publish("explained", answer)
        self._tell()

    # -- two or three questions on the same luck

    @property
    def _arms(self) -> tuple[str, ...]:
        """What is compared: what was chosen; else the question with and without its acts, or with and without its changes."""
        view = self._view
        if view.arms:
            return view.arms
        if view.acts:
            return (WITHOUT, MINE)
        second = MINE if not view.second.plain else f"{view.scenario}+{_RIVAL}"
        return (view.scenario, second)

    def _set_arms(self, message: dict) -> None:
        arms = message.get("arms")
        if not isinstance(arms, list) or not 2 <= len(arms) <= MOST_ARMS or len({*map(str, arms)}) < len(arms):
            raise InputError(words("desk")["arms"]["wrong"].format(most=MOST_ARMS))
        chosen = tuple(str(arm)[:140] for arm in arms)
        for arm in chosen:
            self._view.arm(arm)
        self._change(replace(self._view, arms=chosen))

    def _compare(self) -> None:
        """Ask for the comparison that the page shows, and let go of the one before."""
        old, self._ticket = self._ticket, None
        if self._page == "compare" and not self._closed:
            readings = [(arm, self._view.arm(arm)) for arm in self._arms]
            of = self._view.second.digest(self._view.seed, self._arms)
            self._ticket = self._comparisons.ask(tuple(readings), self._view.seed, of, self._wake.set)
        if old is not None:
            old.cancel()
        self._wake.set()

    # -- what the browser is told

    def _tell(self) -> None:
        with self._lock:
            desk, fixed = self._desk(), self._fixed() if self._view.scenario != self._fixed_for else None
        if fixed is not None:
            self._publish("fixed", fixed)
        self._publish("desk", desk)

    def _desk(self) -> dict[str, Any]:
        """Return the question as it stands."""
        view = self._view
        scenario = view.second.loaded()
        plain = View(view.scenario).first.loaded()
        done = scenario.events[len(plain.events) :]
        return {
            "page": self._page,
            "link": to_query(view),
            "of": self._of,
            "scenario": view.scenario,
            "seed": view.seed,
            "replicate": view.replicate,
            "preset": view.preset,
            "parameters": dict(view.parameters),
            "values": {name: [value, scenario.origin.get(name, "")] for name, value in scenario.parameters.items()},
            "stated": dict(replace(view, parameters=()).first.loaded().parameters),
            "acts": [
                {"text": _named(act.text(), scenario), "month": act.month, "cost": act.COST, "harm": act.HARM}
                for act in done
            ],
            "arms": list(self._arms),
            "about": view.about,
            "asked": view.second.digest(view.seed, view.replicate),
            "compared": view.second.digest(view.seed, self._arms),
            "undo": self._history.can_undo,
            "redo": self._history.can_redo,
        }

    def _fixed(self) -> dict[str, Any]:
        """Return what changes with the scenario alone."""
        self._fixed_for = self._view.scenario
        scenario = View(self._view.scenario).first.loaded()
        region = scenario.region
        return {
            "words": words("desk"),
            "act_words": words("intervene"),
            "pages": list(PAGES),
            "name": scenario.name,
            "title": scenario.title,
            "question": scenario.question,
            "start": api.month_text(scenario.start),
            "months": scenario.months,
            "presets": [{"name": p.name, "title": p.title, "why": p.why} for p in api.presets()],
            "palette": [asdict(choice) for choice in api.palette(scenario)],
            "names": {code: row["name"] for code, row in region.states.items()}
            | {code: item.name for code, item in region.forums.items()}
            | {code: item.name for code, item in region.agreements.items()},
            "outcomes": [asdict(known) for known in api.CLASSES],
            "measures": [
                {key: getattr(m, key) for key in ("name", "title", "unit", "low", "high", "meaning")}
                for m in api.MEASURES.values()
            ],
        }

    def _pass_on(self, now: float) -> list[float]:
        """Send what is new; once the changed futures are known, the unchanged ones are wanted beside them."""
        held = super()._pass_on(now)
        for name, ticket in (("comparison", self._ticket), ("trial", self._trial)):
            news = ticket.news() if ticket is not None else None
            if news is not None:
                self._publish(name, news)
        band = self._feeds.get("band")
        changed = bool(self._view.preset or self._view.parameters)
        if self._page == "futures" and changed and band and band.finished and "base" not in self._feeds:
            self._feed("base", self._view.scenario, "base " + self._of)
        return held


def _named(text: str, scenario: api.Scenario) -> str:
    """Return a sentence with agreements called by their names."""
    for code, item in scenario.region.agreements.items():
        text = text.replace(code, item.name)
    return text


def _checked_act(entry: Any) -> Act:
    """Return an act as plain fields; what they may hold is checked by the scenario that takes it."""
    if not isinstance(entry, Mapping) or len(entry) > 12:
        raise InputError(words("desk")["acts"]["malformed"])
    found: list[tuple[str, Any]] = []
    for name, value in entry.items():
        if not isinstance(value, (str, int, float, bool)) or len(str(value)) > 60 or set("~=&") & set(str(value)):
            raise InputError(f"{str(name)[:30]}: {str(value)[:30]!r} cannot be used")
        number = float(f"{value:.6g}") if isinstance(value, float) else value
        found.append((str(name)[:30], number))
    if not {"month", "kind"} <= dict(found).keys():
        raise InputError(words("desk")["acts"]["malformed"])
    return ordered(dict(found))
