"""The web server: whom it answers, and what browsers may do with its pages. ``streamlit run server.py`` starts it.

Two attacks come from web pages that a visitor has open beside ours. One makes its own name point to this machine (DNS
rebinding): its requests then carry that name as Host and as Origin, which agree. The other opens our WebSocket from
where it is, or puts our pages into a frame. So only names that are ours are answered, a WebSocket only from our own
pages, and each answer says that it belongs into no other page's frame and loads nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.env_util import is_repl
from streamlit.runtime.pages_manager import PagesManager

from allocator import keep_giving_back, keep_little
from broadcast import HUB, class_routes
from fragments import await_what_is_told, drop_belated, hear_hands, heed_clicks
from reception import ROUTES
from smaller import Smaller
from wakeups import send_together, wake_once
from widgets import OWN_COOKIE, files_ahead, head_style, is_own_cookie, new_cookie

# Streamlit's pages style and start themselves inline; components and downloads are blobs; Plotly's surfaces compile
# their loops.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in _POLICY.items()),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def host_name(host: str | None) -> str | None:
    """The name in a Host header, without its port, in small letters; None where there is none or it is malformed."""
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port
    except ValueError:
        return None
    plain = parts.netloc == host and "@" not in parts.netloc
    return parts.hostname.rstrip(".") if plain and parts.hostname else None


def is_ours(name: str | None, *, address: str, names: frozenset[str]) -> bool:
    """Whether a request may ask for this name.

    Where the server listens on this machine alone, it has the local names. Where it listens on others, too, so are
    this machine's own name and whatever is an IP address: that is no name which somebody could have pointed at us.

    Args:
        name: from the Host header, see ``host_name``.
        address: what the server listens on.
        names: further names, in small letters; ``*.example.org`` stands for all names below it, ``*`` for any.
    """
    if name is None:
        return False
    if name in _LOCAL or name in names or "*" in names:
        return True
    if any(each.startswith("*.") and name.endswith(each[1:]) for each in names):
        return True
    if address in _LOCAL:
        return False
    own = socket.gethostname().lower()
    if name in {own, own.partition(".")[0], f"{own.partition('.')[0]}.local"}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware: foreign names and WebSockets of foreign pages are refused, every answer has ``HEADERS``.

    Each page has the app's rules of style in its head (widgets/rules_of_style.py).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.address = config.get_option("server.address") or "0.0.0.0"
        self.names = frozenset(
            str(name).strip().lower().rstrip(".") for name in config.get_option("server.allowedHosts")
        )
        # Streamlit compares with the list alone, and would refuse an IP address that is accepted here.
        config.set_option("server.allowedHosts", [])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        if (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and "text/html" in Headers(scope=scope).get("accept", "")
        ):
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}  # compressed, it could not be added to
        held: Message | None = None  # the start of a page, until all of it is there
        page = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal held, page
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Link"] = _link(scope["path"])
                    if not is_own_cookie(Request(scope).cookies.get(OWN_COOKIE, "")):
                        headers.append("Set-Cookie", _visitor_cookie(scope))
                    if scope.get("method") == "GET" and message["status"] == 200 and "content-encoding" not in headers:
                        held = message
                        return
            elif held is not None:
                page += message.get("body", b"")
                if message.get("more_body", False):
                    return
                page = page.replace(b"</head>", f"{head_style()}</head>".encode(), 1)
                message = {**message, "body": page}
                headers = MutableHeaders(scope=held)
                headers["content-length"] = str(len(page))
                for name in ("etag", "last-modified"):  # they tell of Streamlit's own file
                    if name in headers:
                        del headers[name]
                await send(held)
                held = None
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None and (page_above := _page_above(scope)):
            await RedirectResponse(page_above)(scope, receive, send_with_headers)
        elif refusal is None:
            await self.app(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        else:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        """Why a request is not answered; None for one that is."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host"), headers.get("origin")
        if not is_ours(host_name(host), address=self.address, names=self.names):
            return "This server does not go by that name. Whoever runs it can allow it: make app HOST=... NAMES=..."
        if scope["type"] == "websocket" and origin is not None and urlsplit(origin).netloc != host:
            return "Only pages of this server may connect to it."
        return None


def _visitor_cookie(scope: Scope) -> str:
    """A word of its own for a new browser, which scripts of pages cannot read: whose runs are whose, for a year."""
    secure = "; Secure" if Headers(scope=scope).get("x-forwarded-proto", scope.get("scheme")) == "https" else ""
    return f"{OWN_COOKIE}={new_cookie()}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax{secure}"


def _base() -> str:
    """The path of the app, with a slash in front."""
    return "/" + (config.get_option("server.baseUrlPath") or "").strip("/")


_NO_PAGES = {"_stcore", "class", "component", "media", "static", *(route.path.split("/")[1] for route in ROUTES)}


def _page_above(scope: Scope) -> str:
    """Where to go from an address below a page, such as /lesson/momentum; empty for any other.

    Streamlit answers with its page, whose files would be looked for below that address: a blank window.
    """
    if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
        return ""
    base = f"{_base().rstrip('/')}/"
    first, _, below = scope["path"].removeprefix(base).strip("/").partition("/")
    if not below or first in _NO_PAGES or not scope["path"].startswith(base):
        return ""
    query = scope["query_string"].decode("latin-1")
    return f"{base}{quote(first)}" + (f"?{query}" if query else "")


def _link(path: str) -> str:
    """The header that names what the page at this address shows first."""
    base = _base()
    own = path.removeprefix(base).strip("/")
    return ", ".join(f"<{base.rstrip('/')}/{file}>; {kind}" for file, kind in files_ahead(own).items())


_FIRST = (
    "experiments.map_links",
    "pages.parts.race.controls",
    "pages.parts.race.results",
    "pages.parts.race.surfaces",
    "widgets.linked",
    "widgets.progress",
    "widgets.style",
)
"""What pages that show a race load."""


def _warm_up() -> None:
    """Load what the first visitor's page needs while the browser still loads Streamlit, and run the default race."""
    for module in _FIRST:
        import_module(module)
    from experiments.race import finished_race, race_from_query
    from figures.race import player_payload

    finished = finished_race(race_from_query({})[0])
    player_payload(finished.result)
    _ = finished.reports
    is_repl()  # asked with the first element: it looks for the source of every module, and remembers it


def _end_streams() -> None:
    """When the server is told to end, let no listener of a class keep it: it waits for what it still answers."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        then = signal.getsignal(number)

        def ending(received: int, frame: Any, then: Any = then) -> None:
            loop.call_soon_threadsafe(HUB.end)
            if callable(then):
                then(received, frame)

        signal.signal(number, ending)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    keep_little()
    keep_giving_back()
    hear_hands()
    heed_clicks()
    drop_belated()
    await_what_is_told()
    PagesManager.uses_pages_directory = False  # the first page would begin twice, see widgets.behind_app
    files_ahead("")  # what is named must be there
    Thread(target=_warm_up, daemon=True, name="warm-up").start()
    _end_streams()
    wake_once(asyncio.get_running_loop())
    send_together()
    yield


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=_lifespan,
    routes=(*ROUTES, *class_routes(config.get_option("server.baseUrlPath") or "")),
    middleware=[Middleware(Guard), Middleware(Smaller, below=f"{_base().rstrip('/')}/static/")],
)
