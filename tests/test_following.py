"""A class that follows, over the wire: a lecturer who drags a slider leaves everybody at the last of his links."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks.server.follow import asking, is_picture
from tests.browser.app_server import ROOT, serve

FOLLOWERS, CHANGES = 8, range(200, 206)


def shown(socket: ClientConnection) -> list[int]:
    """The steps of the races that come until a run has ended and nothing more is asked for."""
    steps: list[int] = []
    while True:
        heard = ForwardMsg()
        content = socket.recv(timeout=60)
        heard.ParseFromString(content if isinstance(content, bytes) else content.encode())
        kind = heard.WhichOneof("type")
        if kind == "delta" and is_picture(heard.delta.new_element):
            payload = heard.delta.new_element.bidi_component.bytes
            length = int.from_bytes(payload[:4], "little")
            steps.append(json.loads(payload[8 : 8 + length])["steps"])
        ended = kind == "script_finished" and heard.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        if ended and steps and steps[-1] == CHANGES[-1]:
            return steps


def test_a_series_of_changes_ends_in_the_last_for_everybody(tmp_path: Path):
    with serve(ROOT / "server.py", tmp_path / "server.log", tmp_path) as url:
        place = urlsplit(url)
        address = f"ws://{place.netloc}/_stcore/stream"
        sockets = [
            connect(address, origin=Origin(f"http://{place.netloc}"), max_size=None, legacy=True)
            for _ in range(FOLLOWERS)
        ]
        for steps in CHANGES:
            for socket in sockets:
                socket.send(asking("descent", f"steps={steps}"))
        for socket in sockets:
            steps = shown(socket)
            assert steps == sorted(set(steps)), "and nobody is shown an older one after a newer one"
            socket.close()
    assert "Traceback" not in (tmp_path / "server.log").read_text()
