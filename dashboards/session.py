"""One browser's watched future: what it asks for, what it is shown, and the one thread that plays it.

Nothing here knows Solara. A session gets a function that publishes a named value to its browser and is told
what the browser sent; everything a browser sends is checked here.
"""

from __future__ import annotations

import logging
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from dashboards.ensembles import ENSEMBLES, Asked, Ensembles, Feed
from dashboards.link import from_query
from dashboards.twin import beside, layer_of, packed
from dashboards.view import FUTURE_LIMIT, LAYERS, SEED_LIMIT, View, check_scenario, scenario_of, scenarios, whole
from dashboards.words import words
from regime_abm import api
from regime_abm.api import InputError, nearest

log = logging.getLogger(__name__)

SPEEDS = (1, 2, 5, 10, 20)  # months a second; nothing is published faster than the last
AHEAD = 2.0  # seconds of frames that may be on their way before the clock waits for the browser
GONE = 15.0  # seconds without a sign of the browser after which playing stops


class Session:
    """The server side of one page, from its address to its closing."""

    def __init__(self, query: str = "", *, ensembles: Ensembles = ENSEMBLES) -> None:
        view, complaints = from_query(query)
        self._ensembles = ensembles
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._publish: Callable[[str, Any], None] = lambda name, value: None
        self._feeds: dict[str, Feed] = {}  # name of what is published -> the ensemble it tells of
        self._thread: threading.Thread | None = None
        self._closed = False
        self._playing = False
        self._speed = 5
        self._run = 0
        self._serial = 0
        self._drawn = 0
        self._heard = time.monotonic()
        self._open(view)
        if view.layer not in self._layers():
            complaints.append(f"layer: {view.layer!r} is not known{nearest(view.layer, self._layers())}")
        self._notice = " ".join(complaints)

    # -- life

    def first(self) -> dict[str, Any]:
        """Return the values a new page starts with, by name."""
        with self._lock:
            return {
                "setup": self._setup(),
                "frame": self._frame(since=0),
                "notice": {"text": self._notice, "n": 0},
            }

    def attach(self, publish: Callable[[str, Any], None]) -> None:
        """Start the session's thread; it inherits the kernel context of the caller."""
        self._publish = publish
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop playing and let go of the ensemble. Takes no lock that a blocked send may hold."""
        self._closed = True
        for feed in list(self._feeds.values()):
            feed.subscription.cancel()
        self._wake.set()

    # -- what a browser may ask for

    def handle(self, message: Any) -> None:
        """Do what the browser asks. Anything malformed is answered with one line and changes nothing."""
        self._heard = time.monotonic()
        if not isinstance(message, dict) or self._closed:
            return
        action = self._actions().get(str(message.get("do")))
        if action is None:
            return
        try:
            action(message)
            if self._notice and action not in (self._note_drawn, self._resend):
                self._say("")
        except InputError as error:
            self._say(str(error))
        except Exception as error:
            self._break_off(error)

    def _actions(self) -> dict[str, Callable[[dict], None]]:
        """What a browser may ask for, by name."""
        return {
            "play": self._play,
            "pause": self._pause,
            "step": self._step,
            "go": self._go,
            "reset": self._reset,
            "speed": self._set_speed,
            "layer": self._set_layer,
            "choose": self._choose,
            "why": self._why,
            "drawn": self._note_drawn,
            "resend": self._resend,
        }

    def _play(self, message: dict) -> None:
        with self._lock:
            if self._cursor >= self._watch.horizon:
                self._restart()
            self._playing, self._drawn = True, self._serial
            frame = self._frame(since=self._shown + 1)
        self._publish("frame", frame)
        self._wake.set()

    def _pause(self, message: dict) -> None:
        with self._lock:  # or a month that is being played this moment would play on
            self._playing = False
        self._show()

    def _step(self, message: dict) -> None:
        by = whole("step", message.get("by", 1), -1, 1)
        with self._lock:
            self._playing = False
            self._move(min(max(self._cursor + by, 0), self._watch.horizon))
        self._show()

    def _go(self, message: dict) -> None:
        with self._lock:
            self._move(whole("month", message.get("month"), 0, self._watch.horizon))
        self._show()

    def _reset(self, message: dict) -> None:
        with self._lock:
            self._playing = False
            self._restart()
        self._show()

    def _set_speed(self, message: dict) -> None:
        speed = whole("speed", message.get("value"), SPEEDS[0], SPEEDS[-1])
        self._speed = min(SPEEDS, key=lambda known: abs(known - speed))
        self._show()

    def _set_layer(self, message: dict) -> None:
        layer = str(message.get("value"))[:40]
        with self._lock:
            if layer not in self._layers():
                raise InputError(f"layer: {layer!r} is not known{nearest(layer, self._layers())}")
            self._layer = layer
        self._show()

    def _choose(self, message: dict) -> None:
        info = check_scenario(str(message.get("scenario")))
        seed = whole("seed", message.get("seed"), 0, SEED_LIMIT)
        replicate = whole("replicate", message.get("replicate"), 0, FUTURE_LIMIT)
        acts = self._view.acts if info.name == self._view.scenario else ()  # their dates belong to a scenario
        view = replace(self._view, scenario=info.name, seed=seed, replicate=replicate, month=0, acts=acts, about="")
        self._ask(view)

    def _ask(self, view: View) -> None:
        """Show the run of another question, at the month and through the layer that it says."""
        with self._lock:
            self._playing = False
            same_band = (view.asked, view.seed) == (self._view.asked, self._view.seed)
            self._open(replace(view, layer=self._layer))
            setup, frame = self._setup(), self._frame(since=0)
        self._publish("setup", setup)
        self._publish("frame", frame)
        if not same_band and "band" in self._feeds:
            self._want_band()

    def _why(self, message: dict) -> None:
        with self._lock:
            states = list(self._watch.states)
            of = [str(message.get(key)) for key in ("state", "other") if message.get(key) is not None]
            for state in of:
                if state not in states:
                    raise InputError(f"state: {state[:20]!r} is not in this region{nearest(state[:20], states)}")
            side = "twin" if message.get("side") == "twin" and self._twin is not None else ""
            month, watch = self._cursor, self._twin if side and self._twin else self._watch
            why = watch.why_tie(of[0], of[1], month=month) if len(of) == 2 else watch.why_state(of[0], month=month)
            answer = asdict(why) | {
                "of": of,
                "side": side,
                "month": month,
                "run": self._run,
                "date": self._watch.date(month),
            }
        self._publish("why", answer)

    def _note_drawn(self, message: dict) -> None:
        self._drawn = max(self._drawn, whole("n", message.get("n"), 0, self._serial))
        if "band" not in self._feeds:
            # not earlier: the other futures would take the processor from the first picture
            self._want_band()
        self._wake.set()

    def _resend(self, message: dict) -> None:
        with self._lock:
            setup, frame = self._setup(), self._frame(since=0)
        self._publish("setup", setup)
        self._publish("frame", frame)

    # -- the run

    def _open(self, view: View) -> None:
        """Begin the run that `view` names and go to its month."""
        options: dict[str, Any] = {"seed": view.seed, "replicate": view.replicate}
        watch = api.watch(scenario_of(view.asked), **options)
        self._twin = api.watch(view.second.loaded(), **options) if view.acts else None
        self._view, self._watch = view, watch
        self._layer = view.layer if view.layer in self._layers() else LAYERS[0]
        self._run += 1
        self._cursor, self._shown = 0, -1
        self._move(min(view.month, self._watch.horizon))

    def _restart(self) -> None:
        """Begin the same run again, so that its line is unwritten once more."""
        self._open(replace(self._view, month=0, layer=self._layer))

    def _move(self, month: int) -> None:
        self._watch.advance(month)
        if self._twin is not None:
            self._twin.advance(month)
        self._cursor = month

    @property
    def _of(self) -> str:
        """Which other futures belong to the run that is watched."""
        return self._view.first.digest(self._view.seed)

    def _layers(self) -> list[str]:
        return [*LAYERS, *(f"forum:{code}" for code in self._watch.forums)]

    # -- what the browser is told

    def _setup(self) -> dict[str, Any]:
        """Return what stays the same throughout a run."""
        watch = self._watch
        info = check_scenario(watch.scenario.name)
        return {
            "run": self._run,
            "of": self._of,
            "twin": self._twin is not None,
            "scenario": asdict(info),
            "scenarios": [{"name": i.name, "title": i.title} for i in scenarios()],
            "seed": watch.seed,
            "replicate": watch.replicate,
            "states": list(watch.states),
            "names": list(watch.state_names),
            "positions": [[float(x), float(y)] for x, y in watch.positions],
            "horizon": watch.horizon,
            "measures": [
                {key: getattr(m, key) for key in ("name", "title", "unit", "low", "high", "meaning")}
                for m in watch.measures.values()
            ],
            "outcomes": [asdict(known) for known in api.CLASSES],
            "forums": dict(zip(watch.forums, watch.forum_names, strict=True)),
            "layers": self._layers(),
            "speeds": list(SPEEDS),
            "limits": {"seed": SEED_LIMIT, "replicate": FUTURE_LIMIT},
            "words": words("watch"),
        }

    def _frame(self, since: int) -> dict[str, Any]:
        """Return the month at the cursor, with the series and events of every month from `since` on.

        tie: bytes of the layer's little-endian float64 matrix (N, N), row = who feels. severity: bytes of the
        uint8 matrix (N, N) of acts. series: bytes of a float64 array (months, measures), NaN where undefined.
        """
        watch = self._watch
        frame = watch.frame(self._cursor)
        tie, extra = layer_of(frame, self._layer)
        since = min(max(since, 0), watch.month + 1)
        events = [[e.month, e.date, e.kind, e.text, list(e.states)] for e in watch.events() if e.month >= since]
        self._serial += 1
        self._shown = watch.month
        return {
            "n": self._serial,
            "twin": beside(watch, self._twin, self._cursor, since, self._layer) if self._twin else {},
            "run": self._run,
            "month": self._cursor,
            "date": frame["date"],
            "top": watch.month,
            "since": since,
            "layer": self._layer,
            "playing": self._playing,
            "speed": self._speed,
            "tie": struct.pack(f"<{len(tie)}d", *tie),
            "severity": bytes(int(v) for row in frame["severity"] for v in row),
            "outcome": watch.outcome(self._cursor),
            "quiet": watch.regime(self._cursor)["quiet_is_not_a_regime"],
            "campaign": [int(v) for v in frame["campaign"]],
            "series": packed(watch, since),
            "events": events,
            **extra,
        }

    def _show(self) -> None:
        with self._lock:
            frame = self._frame(since=self._shown + 1)
        self._publish("frame", frame)

    def _say(self, text: str) -> None:
        self._notice = text
        self._publish("notice", {"text": text, "n": time.monotonic_ns()})

    def _break_off(self, error: Exception) -> None:
        """Stop and say so: a fault of the program must not look like a quiet region."""
        if self._closed:
            return
        log.error("the watched future broke off", exc_info=error)
        self._playing = False
        self._say(words("watch")["page"]["broken"].format(error=type(error).__name__))

    # -- the thread

    def _want_band(self) -> None:
        self._feed("band", self._view.asked, self._of)

    def _feed(self, name: str, asked: Asked | None, of: str = "") -> None:
        """Publish an ensemble as it grows under a name, instead of the one before; None: no longer any."""
        old = self._feeds.pop(name, None)
        if asked is not None:
            subscription = self._ensembles.watch(asked, self._view.seed, tuple(api.MEASURES), self._wake.set)
            self._feeds[name] = Feed(subscription, of)
        if old is not None:
            old.subscription.cancel()
        self._wake.set()

    def _work(self) -> None:
        """Play months when they are due and pass on the ensemble as it grows, until the session is closed."""
        due = 0.0
        while not self._closed:
            self._wake.clear()
            now = time.monotonic()
            if self._playing and now >= due:
                due = max(due + 1 / self._speed, now)
                try:
                    self._tick(now)
                except Exception as error:
                    self._break_off(error)
            waits = [due] if self._playing else []
            waits += self._pass_on(now)
            self._wake.wait(max(0.0, min(waits) - time.monotonic()) if waits else None)

    def _pass_on(self, now: float) -> list[float]:
        """Send what is new of the other futures, but not too often; return when what is held back is due."""
        held = []
        for name, feed in list(self._feeds.items()):
            news, later = feed.news(now)
            if news is not None:
                self._publish(name, news)
            if later:
                held.append(feed.due)
        return held

    def _tick(self, now: float) -> None:
        """Show the next month, unless the browser is behind: then the clock waits, and nothing queues."""
        if now - self._heard > GONE:
            self._playing = False
            return
        if self._serial - self._drawn > max(4, AHEAD * self._speed):
            return
        with self._lock:
            if not self._playing:
                return
            self._move(self._cursor + 1)
            if self._cursor >= self._watch.horizon:
                self._playing = False
            frame = self._frame(since=self._shown + 1)
        self._publish("frame", frame)
