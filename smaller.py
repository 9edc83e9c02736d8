"""Scripts and styles of Streamlit's own frontend, sent compressed; each is compressed once and kept.

Streamlit sends these files as they are, because compressing them for each browser costs more than it saves. Sixty
phones on one network wait for their bytes, though: the script that draws charts alone has 4.7 MB, a third of it
compressed. Their names hold a hash of what is in them, so what was compressed once is right for good.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 32_000_000
LEAST_BYTES = 1_000  # below, nothing is gained
_ENDINGS = (".js", ".css")
# A part of a file, or the question whether it is still the same, is for Streamlit to answer.
_CONDITIONS = ("range", "if-range", "if-none-match", "if-modified-since", "if-match", "if-unmodified-since")


@dataclass(frozen=True, kw_only=True)
class _Answer:
    start: Message
    body: bytes


@dataclass
class _Response:
    """What the app sends, held back."""

    start: Message = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)
    ended: bool = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            self.ended = not message.get("more_body", False)

    @property
    def is_whole(self) -> bool:
        """Whether all of the body is there that its head has announced."""
        announced = Headers(raw=list(self.start.get("headers", ()))).get("content-length", "")
        return self.ended and announced == str(sum(map(len, self.parts)))


class _Stays:
    """A browser that waits for the end: one that goes away must not leave half a file to those after it."""

    def __init__(self) -> None:
        self.asked = False

    async def receive(self) -> Message:
        if self.asked:
            await asyncio.Event().wait()  # until the app has answered and stops listening
        self.asked = True
        return {"type": "http.request", "body": b"", "more_body": False}


class Smaller:
    """ASGI middleware around Streamlit's. below: the path of its static files."""

    def __init__(self, app: ASGIApp, below: str) -> None:
        self.app, self.below = app, below
        self._kept: dict[str, _Answer] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_for_us(scope):
            await self.app(scope, receive, send)
            return
        answer = self._kept.get(scope["path"]) or await self._first(scope)
        await send({**answer.start, "headers": list(answer.start["headers"])})
        await send({"type": "http.response.body", "body": answer.body})

    async def _first(self, scope: Scope) -> _Answer:
        """What Streamlit answers, compressed and kept where it can be; of many who ask at once the first does it."""
        path = scope["path"]
        try:
            async with self._turns.setdefault(path, asyncio.Lock()):
                if path in self._kept:
                    return self._kept[path]
                response = _Response()
                await self.app(scope, _Stays().receive, response.send)
                plain = _Answer(start=response.start, body=b"".join(response.parts))
                small = await asyncio.to_thread(_smaller, plain) if response.is_whole else None
                if small is None:
                    return plain
                if sum(len(each.body) for each in self._kept.values()) + len(small.body) <= MOST_BYTES:
                    self._kept[path] = small
                return small
        finally:
            self._turns.pop(path, None)  # addresses of no file must not stay

    def _is_for_us(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] != "GET":
            return False
        if not scope["path"].startswith(self.below) or not scope["path"].endswith(_ENDINGS):
            return False
        headers = Headers(scope=scope)
        return takes_gzip(headers) and not any(name in headers for name in _CONDITIONS)


def takes_gzip(headers: Mapping[str, str]) -> bool:
    """Whether a browser takes it, by its Accept-Encoding."""
    for part in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _smaller(plain: _Answer) -> _Answer | None:
    """A whole file, compressed; None for anything else, and where nothing is gained."""
    headers = MutableHeaders(raw=list(plain.start["headers"]))
    if plain.start["status"] != 200 or "content-encoding" in headers or len(plain.body) < LEAST_BYTES:
        return None
    made = gzip.compress(plain.body, 6, mtime=0)
    if len(made) >= len(plain.body):
        return None
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(made))
    headers.add_vary_header("Accept-Encoding")
    for name in ("etag", "accept-ranges"):  # they tell of the file as it is
        if name in headers:
            del headers[name]
    return _Answer(start={**plain.start, "headers": headers.raw}, body=made)
