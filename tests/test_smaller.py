"""Static files of the server are compressed once; who cannot take that, or asks for less, has Streamlit's answer."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from smaller import Smaller, takes_gzip

SCRIPT = b"const descent = (x) => x - 0.1 * slope(x);\n" * 1000


class Files:
    """An app with some files; ``asked`` counts what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        self.asked.append(request.url.path)
        await asyncio.sleep(0)
        headers = {"cache-control": "public, immutable", "etag": '"as it is"', "vary": "Origin"}
        if request.url.path.endswith("missing.js"):
            answer = Response("no" * 1000, 404)
        elif request.url.path.endswith("tiny.js"):
            answer = Response("x", media_type="text/javascript")
        elif "range" in request.headers:
            answer = Response(SCRIPT[:10], 206, headers)
        else:
            answer = Response(SCRIPT, 200, headers, media_type="text/javascript")
        await answer(scope, receive, send)


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def client(files: Files) -> TestClient:
    return TestClient(Smaller(files, below="/lab/static/"))


def test_a_script_is_compressed_once_and_keeps_what_is_said_of_it(client: TestClient, files: Files):
    path = "/lab/static/js/main.abc.js"
    with client.stream("GET", path, headers={"accept-encoding": "gzip, br"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert gzip.decompress(raw) == SCRIPT
        assert len(raw) < len(SCRIPT) / 10
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-length"] == str(len(raw))
        assert answer.headers["cache-control"] == "public, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "etag" not in answer.headers
        assert {part.strip() for part in answer.headers["vary"].split(",")} == {"Origin", "Accept-Encoding"}
    assert client.get(path, headers={"accept-encoding": "gzip"}).content == SCRIPT
    assert files.asked == [path]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/lab/static/js/main.js", {"accept-encoding": "identity"}),
        ("GET", "/lab/static/js/main.js", {"accept-encoding": "gzip;q=0"}),
        ("GET", "/lab/static/js/main.js", {"accept-encoding": "gzip", "range": "bytes=0-9"}),
        ("GET", "/lab/static/js/main.js", {"accept-encoding": "gzip", "if-none-match": '"as it is"'}),
        ("GET", "/lab/static/js/tiny.js", {"accept-encoding": "gzip"}),
        ("GET", "/lab/static/js/missing.js", {"accept-encoding": "gzip"}),
        ("GET", "/lab/static/media/font.woff2", {"accept-encoding": "gzip"}),
        ("GET", "/lab/page.js", {"accept-encoding": "gzip"}),
        ("POST", "/lab/static/js/main.js", {"accept-encoding": "gzip"}),
    ],
)
def test_all_else_is_answered_as_it_was(
    client: TestClient, files: Files, method: str, path: str, headers: dict[str, str]
):
    ours = client.request(method, path, headers=headers)
    plain = TestClient(files).request(method, path, headers=headers)
    assert "content-encoding" not in ours.headers
    assert (ours.status_code, ours.content, dict(ours.headers)) == (
        plain.status_code,
        plain.content,
        dict(plain.headers),
    )


def test_what_is_kept_is_bounded(client: TestClient, files: Files, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("smaller.MOST_BYTES", 10)
    for _ in range(2):
        answer = client.get("/lab/static/js/main.js", headers={"accept-encoding": "gzip"})
        assert answer.content == SCRIPT
        assert answer.headers["content-encoding"] == "gzip"
    assert len(files.asked) == 2


def test_nothing_stays_of_addresses_of_no_file(files: Files):
    smaller = Smaller(files, below="/static/")
    client = TestClient(smaller)
    for number in range(20):
        assert client.get(f"/static/{number}missing.js", headers={"accept-encoding": "gzip"}).status_code == 404
    assert client.get("/static/main.js", headers={"accept-encoding": "gzip"}).content == SCRIPT
    assert not smaller._turns
    assert list(smaller._kept) == ["/static/main.js"]


def test_half_a_file_is_never_kept(files: Files):
    """Neither where a browser goes away in the middle, which ends the answer, nor where the app stops by itself."""

    async def heard(app: Smaller, goes: bool) -> tuple[bytes, dict[str, str]]:
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.disconnect"} if goes else await asyncio.Event().wait()  # pyright: ignore[reportReturnType]

        async def send(message: Message) -> None:
            told.append(message)

        scope = {"type": "http", "method": "GET", "path": "/static/a.js", "headers": [(b"accept-encoding", b"gzip")]}
        await app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return b"".join(each.get("body", b"") for each in told[1:]), headers

    stops = True

    async def streamed(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[bytes]:
            for at in range(0, len(SCRIPT), 1000):
                await asyncio.sleep(0)
                yield SCRIPT[at : at + 1000]

        await StreamingResponse(parts(), headers={"content-length": str(len(SCRIPT))})(scope, receive, send)

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        if not stops:
            await streamed(scope, receive, send)
            return
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(SCRIPT))]}
        )
        await send({"type": "http.response.body", "body": SCRIPT[:5000]})

    async def all_of_it() -> None:
        nonlocal stops
        gone = Smaller(streamed, below="/static/")
        await heard(gone, True)
        assert gzip.decompress((await heard(gone, False))[0]) == SCRIPT
        cut = Smaller(broken, below="/static/")
        body, headers = await heard(cut, False)
        assert (body, "content-encoding" in headers) == (SCRIPT[:5000], False)
        stops = False
        assert gzip.decompress((await heard(cut, False))[0]) == SCRIPT

    asyncio.run(all_of_it())


@pytest.mark.parametrize(
    ("given", "taken"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip; q=0", False), ("br", False), ("", False), ("xgzip", False)],
)
def test_who_takes_gzip(given: str, taken: bool):
    assert takes_gzip({"accept-encoding": given}) is taken
