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
from dataclasses import asdict
from typing import Any

from dashboards.ensembles import ENSEMBLES, Ensembles, Subscription
from dashboards.view import (
    FUTURE_LIMIT,
    LAYERS,
    SEED_LIMIT,
    View,
    check_scenario,
    scenario_of,
    scenarios,
    view_from_query,
    whole,
)
from dashboards.words import words
from regime_abm import api
from regime_abm.api import InputError, nearest

log = logging.getLogger(__name__)

SPEEDS = (1, 2, 5, 10, 20)  # months a second; nothing is published faster than the last
AHEAD = 2.0  # seconds of frames that may be on their way before the clock waits for the browser
GONE = 15.0  # seconds without a sign of the browser after which playing stops
BAND_EVERY = 0.5  # seconds between two publications of a growing ensemble


class Session:
    """The server side of one page, from its address to its closing."""

    def __init__(self, query: str = "", *, ensembles: Ensembles = ENSEMBLES) -> None:
        view, complaints = view_from_query(query)
        self._ensembles = ensembles
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._publish: Callable[[str, Any], None] = lambda name, value: None
        self._band: Subscription | None = None
        self._told: tuple[Any, ...] = ()
        self._next_band = 0.0
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
        if self._band is not None:
            self._band.cancel()
        self._wake.set()

    # -- what a browser may ask for

    def handle(self, message: Any) -> None:
        """Do what the browser asks. Anything malformed is answered with one line and changes nothing."""
        self._heard = time.monotonic()
        if not isinstance(message, dict) or self._closed:
            return
        action = {
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
        }.get(str(message.get("do")))
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
        view = View(
            info.name,
            whole("seed", message.get("seed"), 0, SEED_LIMIT),
            whole("replicate", message.get("replicate"), 0, FUTURE_LIMIT),
            0,
            self._layer,
        )
        with self._lock:
            self._playing = False
            same_band = (view.scenario, view.seed) == (self._watch.scenario.name, self._watch.seed)
            self._open(view)
            setup, frame = self._setup(), self._frame(since=0)
        self._publish("setup", setup)
        self._publish("frame", frame)
        if not same_band and self._band is not None:
            self._want_band()

    def _why(self, message: dict) -> None:
        with self._lock:
            states = list(self._watch.states)
            of = [str(message.get(key)) for key in ("state", "other") if message.get(key) is not None]
            for state in of:
                if state not in states:
                    raise InputError(
                        f"state: {state[:20]!r} is not in this region{nearest(state[:20], states)}"
                    )
            month, watch = self._cursor, self._watch
            why = (
                watch.why_tie(of[0], of[1], month=month)
                if len(of) == 2
                else watch.why_state(of[0], month=month)
            )
            answer = asdict(why) | {
                "of": of,
                "month": month,
                "run": self._run,
                "date": self._watch.date(month),
            }
        self._publish("why", answer)

    def _note_drawn(self, message: dict) -> None:
        self._drawn = max(self._drawn, whole("n", message.get("n"), 0, self._serial))
        if self._band is None:
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
        self._watch = api.watch(scenario_of(view.scenario), seed=view.seed, replicate=view.replicate)
        self._layer = view.layer if view.layer in self._layers() else LAYERS[0]
        self._run += 1
        self._cursor, self._shown = 0, -1
        self._move(min(view.month, self._watch.horizon))

    def _restart(self) -> None:
        """Begin the same run again, so that its line is unwritten once more."""
        watch = self._watch
        self._open(View(watch.scenario.name, watch.seed, watch.replicate, 0, self._layer))

    def _move(self, month: int) -> None:
        self._watch.advance(month)
        self._cursor = month

    def _layers(self) -> list[str]:
        return [*LAYERS, *(f"forum:{code}" for code in self._watch.forums)]

    # -- what the browser is told

    def _setup(self) -> dict[str, Any]:
        """Return what stays the same throughout a run."""
        watch = self._watch
        info = check_scenario(watch.scenario.name)
        return {
            "run": self._run,
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
        tie, extra = self._layer_of(frame)
        series = list(watch.series().values())
        since = min(max(since, 0), watch.month + 1)
        rows = [line[month] for month in range(since, watch.month + 1) for line in series]
        events = [
            [e.month, e.date, e.kind, e.text, list(e.states)] for e in watch.events() if e.month >= since
        ]
        self._serial += 1
        self._shown = watch.month
        return {
            "n": self._serial,
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
            "series": struct.pack(f"<{len(rows)}d", *(float("nan") if v is None else v for v in rows)),
            "events": events,
            **extra,
        }

    def _layer_of(self, frame: dict[str, Any]) -> tuple[list[float], dict[str, Any]]:
        if self._layer.startswith("forum:"):
            return [], {"forum": frame["forums"][self._layer.removeprefix("forum:")]}
        extra = {}
        if self._layer == "alliance":
            extra["exclusivity"] = [[float(v) for v in row] for row in frame["exclusivity"]]
        return [float(v) for row in frame[self._layer] for v in row], extra

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
        old, watch = self._band, self._watch
        self._band = self._ensembles.watch(
            watch.scenario.name, watch.seed, tuple(watch.measures), self._wake.set
        )
        if old is not None:
            old.cancel()
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
            if self._pass_on(now):
                waits.append(self._next_band)
            self._wake.wait(max(0.0, min(waits) - time.monotonic()) if waits else None)

    def _pass_on(self, now: float) -> bool:
        """Send what is new of the other futures, but not too often; return whether something is held back."""
        band = self._band
        if band is None:
            return False
        latest, failure = band.latest, band.failure
        if (band, latest, failure) == self._told or (latest is None and failure is None):
            return False
        if now < self._next_band and failure is None and latest is not None and latest.done < latest.wanted:
            return True
        self._told, self._next_band = (band, latest, failure), now + BAND_EVERY
        news = {"failure": failure} if latest is None else asdict(latest)
        self._publish("band", news | {"scenario": band.scenario, "seed": band.seed})
        return False

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
