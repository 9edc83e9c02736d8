"""Contexts of a browser that are used again: what one has loaded before is neither fetched nor compiled again.

Between two uses all is taken away that a person could have left there: pages, cookies, and the storage of each origin.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request

TIMEOUT_MS = 60_000
"""Far more than an idle machine needs, and never waited for in full: all waiting ends when what is awaited is there."""
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def new_context(browser: Browser, phone: bool, **options: object) -> BrowserContext:
    """A context that nobody has used; ``options`` are Playwright's, and override ours."""
    hand = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2} if phone else {}
    given = {"viewport": PHONE if phone else DESKTOP, **hand, **options}
    context = browser.new_context(**given)  # pyright: ignore[reportArgumentType]
    context.set_default_timeout(TIMEOUT_MS)
    return context


class Contexts:
    """Those of one browser: phones, and others."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._idle: dict[bool, list[BrowserContext]] = {False: [], True: []}
        self._phones: set[BrowserContext] = set()
        self._origins: dict[BrowserContext, set[str]] = {}

    def new_page(
        self,
        *,
        phone: bool = False,
        size: tuple[int, int] | None = None,
        color_scheme: Literal["light", "dark"] = "light",
        reduced_motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> Page:
        """An empty page in a context that no other page is in and that knows nothing of those before."""
        idle = self._idle[phone]
        context = idle.pop() if idle else new_context(self.browser, phone)
        if phone:
            self._phones.add(context)
        page = context.new_page()
        if seen := self._origins.pop(context, None):
            context.clear_cookies()
            session = context.new_cdp_session(page)
            for origin in seen:
                session.send(
                    "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"}
                )
            session.detach()
        origins = self._origins[context] = set()

        def visited(request: Request) -> None:
            if request.is_navigation_request() and request.url.startswith("http"):
                parts = urlsplit(request.url)
                origins.add(f"{parts.scheme}://{parts.netloc}")

        page.on("request", visited)
        if size is not None:
            page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        return page

    def give_back(self, context: BrowserContext) -> None:
        """Close its pages and keep it for the next; whoever listens to it must have stopped."""
        for page in context.pages:
            page.close()
        context.set_offline(False)
        self._idle[context in self._phones].append(context)
