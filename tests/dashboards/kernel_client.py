"""A browser without a screen: speaks the kernel protocol of a page, so that fifty of them fit into one test."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import time
import uuid

from solara.server.kernel import deserialize_binary_message
from websockets.sync.client import ClientConnection, connect

from tests.dashboards.running import Server

# a client that does not read for a while is what the tests are about: its own library must not hang up meanwhile
NO_LIMITS = {"max_size": None, "ping_interval": None}


class KernelClient:
    """One page of one session. Opens its socket when made; `run()` starts the page's kernel."""

    def __init__(self, server: Server, session: str | None = None) -> None:
        self.session, self.kernel, self.client = (
            session or uuid.uuid4().hex,
            str(uuid.uuid4()),
            uuid.uuid4().hex,
        )
        address = f"ws://127.0.0.1:{server.port}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.client}"
        headers = {"Cookie": f"{server.cookie}; solara-session-id={self.session}"}
        self._entered = connect(address, origin=server.origin, additional_headers=headers, **NO_LIMITS)
        self.socket: ClientConnection = self._entered.__enter__()
        self.view = ""
        self.state: dict = {}
        self.frames: list[tuple[float, dict]] = []

    def _send(self, kind: str, content: dict) -> None:
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self.client,
            "username": "",
            "version": "5.3",
            "date": "2020-01-01T00:00:00Z",
        }
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
        self.socket.send(json.dumps(message))

    def run(self, query: str = "", wait: float = 60) -> None:
        """Start the page as a browser does and wait for its widget."""
        control = uuid.uuid4().hex
        self._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        arguments = {
            "path": f"/?{query}",
            "appName": None,
            "dark": False,
            "themes": {"light": {}, "dark": {}},
        }
        self._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": arguments}})
        self.listen(lambda: bool(self.view), wait)

    def ask(self, **message) -> None:
        """Send what the page's scripts send."""
        self._send("comm_msg", {"comm_id": self.view, "data": {"method": "custom", "content": message}})

    def listen(self, until, wait: float = 30) -> None:
        """Take in messages until a condition holds."""
        deadline = time.monotonic() + wait
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server did not say what was waited for")
            try:
                self._take(self.socket.recv(timeout=left))
            except TimeoutError:
                continue

    def _take(self, raw: str | bytes) -> None:
        message = json.loads(raw) if isinstance(raw, str) else deserialize_binary_message(raw)
        content, kind = message["content"], message["header"]["msg_type"]
        data = content.get("data") or {}
        state = data.get("state") or {}
        for path, buffer in zip(data.get("buffer_paths", []), message.get("buffers", []), strict=False):
            place = state
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = bytes(buffer)
        if kind == "comm_open" and state.get("_model_name") == "AnyModel":
            self.view = content["comm_id"]
            self.state |= state
        elif kind == "comm_msg" and content.get("comm_id") == self.view and data.get("method") == "update":
            self.state |= state
            if "frame" in state:
                self.frames.append((time.perf_counter(), state["frame"]))

    def abort(self) -> None:
        """Drop the line without a word, as a phone does that leaves the room."""
        with contextlib.suppress(OSError):
            self.socket.socket.shutdown(socket.SHUT_RDWR)
        self.socket.socket.close()

    def close(self) -> None:
        """Close the line politely."""
        self.socket.close()


def tie(frame: dict) -> tuple[float, ...]:
    """The numbers of a frame's layer."""
    return struct.unpack(f"<{len(frame['tie']) // 8}d", frame["tie"])
