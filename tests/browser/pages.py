"""Open a page as a person would have it, wait for Streamlit, and collect what went wrong in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

TIMEOUT_MS = 20_000
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
_HOSTS = {"127.0.0.1", "localhost", None}
# On a page below the root Streamlit looks for its server there first, and then, after a 404, at the root.
_PROBE = re.compile(r"https?://[^/]+/[^/]+/_stcore/(health|host-config)")


class OpenPage(Protocol):
    """The type of the fixture ``open_page``."""

    def __call__(
        self,
        path: str = "/",
        *,
        phone: bool = False,
        size: tuple[int, int] | None = None,
        color_scheme: Literal["light", "dark"] = "light",
        reduced_motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> Page:
        """A new page in a context of its own, settled.

        path: below the app's URL ("/?preset=..."), or a whole URL ("file:///...", "data:..."), which is not waited for.
        phone: 390 x 844 with a finger; size overrides width and height.
        """
        ...


@dataclass(frozen=True)
class Opened:
    """A page, its context, and the complaints collected from it so far."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def close(self) -> list[str]:
        """Close the page; gives every complaint, with the exceptions Streamlit shows on the page."""
        if not self.page.is_closed():
            for shown in self.page.locator("[data-testid=stException]").all():
                self.complaints.append(f"exception on the page: {shown.inner_text()}")
        self.context.close()
        return self.complaints


def settle(page: Page) -> None:
    """Wait until the app is connected and no run is under way.

    Right after a click the run may not have begun: await what the click changes instead.
    """
    connected = "[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
    page.wait_for_selector(f"[data-testid=stApp]{connected}", state="attached")
    page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]", state="attached")


def open_in(
    browser: Browser,
    url: str,
    *,
    phone: bool = False,
    size: tuple[int, int] | None = None,
    on_new: Callable[[Opened], None] = lambda _opened: None,
    **context_options: Any,
) -> Opened:
    """A page at ``url`` in a new context. ``on_new`` hears of it before it loads, so that a failure can be pictured."""
    viewport = {"width": size[0], "height": size[1]} if size else PHONE if phone else DESKTOP
    if phone:
        context_options |= {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    context = browser.new_context(viewport=viewport, **context_options)  # pyright: ignore[reportArgumentType]
    context.set_default_timeout(TIMEOUT_MS)
    opened = Opened(context.new_page(), context)
    on_new(opened)
    complain = opened.complaints.append

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not _PROBE.fullmatch(message.location.get("url", "")):
            complain(f"console error: {message.text} ({message.location.get('url', '')})")

    def watch(request: Request) -> None:
        if urlsplit(request.url).hostname not in _HOSTS:
            complain(f"asks another host: {request.url}")

    context.on("weberror", lambda error: complain(f"uncaught error: {error.error}"))
    context.on("console", hear)
    context.on("request", watch)
    opened.page.goto(url)
    return opened
