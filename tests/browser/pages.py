"""Open a page as a person would have it, await what it shows, and collect what went wrong in the browser.

A busy machine draws late and answers late: what a test asserts, it awaits. Whatever has a locator is awaited by
Playwright's ``expect``; ``eventually`` awaits any other value, ``at_rest`` one that is compared later, ``hover_until``
what the page says under the pointer.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from re import Pattern
from typing import Any, Literal, Protocol, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    FloatRect,
    Locator,
    Page,
    Position,
    Request,
    WebError,
    expect,
)

from figures.theme import rgb
from tests.browser.contexts import TIMEOUT_MS, Contexts, new_context

T = TypeVar("T")

TRAINING_MS = 240_000  # what a run of training has to load, and to do, comes on top
_HOSTS = {"127.0.0.1", "localhost", None}
# On a page below the root Streamlit looks for its server there first, and then, after a 404, at the root.
_PROBE = re.compile(r"https?://[^/]+/[^/]+/_stcore/(health|host-config)")
_POLL = 0.05
_AT_REST = 6  # readings in a row


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
        stopped: bool = False,
    ) -> Page:
        """A new page in a context of its own, settled.

        path: below the app's URL ("/?preset=..."), or a whole URL ("file:///...", "data:..."), which is not waited for.
        phone: 390 x 844 with a finger; size overrides width and height.
        stopped: no time passes in the page but by ``page.clock.run_for``; for files, Streamlit needs its time.
        """
        ...


@dataclass(frozen=True)
class Opened:
    """A page, its context, and the complaints collected from it so far.

    contexts: to whom the context is given back in the end; without, it is closed.
    """

    page: Page
    context: BrowserContext
    contexts: Contexts | None = None
    complaints: list[str] = field(default_factory=list)

    def close(self) -> list[str]:
        """Close the page; gives every complaint, with the exceptions Streamlit shows on the page."""
        if not self.page.is_closed():
            for shown in self.page.locator("[data-testid=stException]").all():
                self.complaints.append(f"exception on the page: {shown.inner_text()}")
        if self.contexts is None:
            self.context.close()
        else:
            for event, listener in self.listeners.items():
                self.context.remove_listener(event, listener)
            self.contexts.give_back(self.context)
        return self.complaints

    @cached_property
    def listeners(self) -> dict[Any, Callable[[Any], None]]:
        """What listens to the context, by the event."""
        complain = self.complaints.append

        def fail(error: WebError) -> None:
            complain(f"uncaught error: {error.error}")

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error" and not _PROBE.fullmatch(message.location.get("url", "")):
                complain(f"console error: {message.text} ({message.location.get('url', '')})")

        def watch(request: Request) -> None:
            if urlsplit(request.url).hostname not in _HOSTS:
                complain(f"asks another host: {request.url}")

        return {"weberror": fail, "console": hear, "request": watch}


def settle(page: Page) -> None:
    """Wait until the app is connected and no run is under way.

    Right after a click the run may not have begun: await what the click changes instead.
    """
    connected = "[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
    page.wait_for_selector(f"[data-testid=stApp]{connected}", state="attached")
    page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]", state="attached")


def eventually(read: Callable[[], T], until: Callable[[T], object], timeout_ms: float = TIMEOUT_MS) -> T:
    """What ``read`` gives once ``until`` holds for it.

    Raises:
        AssertionError: it did not come to hold; the message has what was read last.
    """
    deadline = time.monotonic() + timeout_ms / 1000
    while not until(value := read()):
        assert time.monotonic() < deadline, f"after {timeout_ms / 1000:.0f} s it is {value!r}"
        time.sleep(_POLL)
    return value


def at_rest(read: Callable[[], T]) -> T:
    """What ``read`` gives once it has given the same six times in a row: a picture that is no longer being drawn.

    For what is compared with later: on a page that stands still for want of an answer this is too early.
    """
    row: list[T] = []

    def again() -> T:
        value = read()
        if row and row[-1] != value:
            row.clear()
        row.append(value)
        return value

    return eventually(again, lambda _value: len(row) >= _AT_REST)


def hover_until(page: Page, place: Callable[[], tuple[float, float]], answered: Callable[[], object]) -> None:
    """Put the pointer at a place of the window, again and again, until the page has answered.

    What is drawn after the pointer has come hears of it only when it moves again. ``place`` is asked each time: pages
    move while they are drawn. In the end the pointer rests there.
    """

    def moved() -> object:
        x, y = place()
        page.mouse.move(x + 1, y)
        page.mouse.move(x, y)
        return answered()

    eventually(moved, bool)


def box_of(locator: Locator) -> FloatRect:
    """Where an element lies in the window, once it does: a page that is drawn anew may be without it for a moment."""
    return cast(FloatRect, eventually(locator.bounding_box, bool))


def act_within(page: Page, box: FloatRect, draw: random.Random, acts: Sequence[str]) -> str:
    """One of these acts (click, drag, wheel, double) at places in a box that are left to chance; which one it was."""
    ends = [(box["x"] + box["width"] * draw.random(), box["y"] + box["height"] * draw.random()) for _ in range(2)]
    page.mouse.move(*ends[0])
    act = draw.choice(acts)
    if act == "wheel":
        page.mouse.wheel(0, draw.choice([-300, 300]))
    elif act == "double":
        page.mouse.dblclick(*ends[0])
    else:
        page.mouse.down()
        if act == "drag":
            page.mouse.move(*ends[1], steps=3)
        page.mouse.up()
    return act


def within(locator: Locator, across: float, down: float) -> Callable[[], tuple[float, float]]:
    """The place in the window at these shares of an element's width and height, for ``hover_until``."""

    def place() -> tuple[float, float]:
        box = box_of(locator)
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    return place


_LISTEN = """element => {
    window.landed = false;
    element.addEventListener('click', () => { window.landed = true; }, { once: true, capture: true });
}"""


def land(target: Locator, position: Position | None = None) -> None:
    """Click what lies in a drawer, a menu, a popover or a dialog, until a click has reached the element itself.

    In what still slides or opens, on a machine that stands still for a moment, a click may land beside it, and what the
    test awaits then would never come. A click that has landed is not repeated; what becomes of it is the page's affair.
    """
    at_rest(within(target, 0.5, 0.5))

    def landed() -> object:
        target.evaluate(_LISTEN)
        target.click(position=position)
        try:
            return target.page.evaluate("window.landed !== false")  # a document after that one knows nothing of it
        except Error as error:
            if "Execution context was destroyed" in str(error):
                return True  # it has landed, and leads to another document
            raise

    eventually(landed, bool)


def choose(menu: Locator, option: str | Pattern[str], typed: str = "") -> None:
    """An option of a menu of Streamlit's.

    typed: what brings the option into sight, for a menu draws only those that are.
    """
    land(menu)
    menu.fill(typed)
    land(menu.page.get_by_role("option", name=option, exact=True))


def visit(page: Page, name: str) -> None:
    """Go to a page by the navigation at the top: by its own link, or from the menu that it is in."""
    header = page.get_by_test_id("stHeader")
    own = header.get_by_role("link", name=name, exact=True)
    if own.count():
        land(own)
        return
    for group in header.get_by_test_id("stTopNavSection").all():
        land(group)
        menu = page.get_by_role("menu")
        expect(menu).to_be_visible()
        item = menu.get_by_role("menuitem", name=name, exact=True)
        if item.count():
            land(item)
            return
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
    raise AssertionError(f"no menu has {name}")


def turn(switch: Locator, on: bool) -> None:
    """Click a switch by its words until the browser shows it turned; once it does, it is not touched again.

    ``switch`` is its label. In a drawer that still slides, on a machine that stands still for a moment, a click may
    land beside it; what becomes of one that has landed is the page's affair.
    """
    box = switch.locator("input")
    if box.is_checked() is on:
        raise ValueError(f"the switch stands at {on} already; nothing would tell that it was turned")

    def turned() -> bool:
        switch.get_by_test_id("stWidgetLabel").click()
        for _ in range(_AT_REST):
            if box.is_checked() is on:
                return True
            time.sleep(_POLL)
        return False

    eventually(turned, bool)


def query(page: Page) -> dict[str, str]:
    """The parameters of the page's address, asked of the page: ``page.url`` stands still between calls."""
    address = page.evaluate("location.search")
    return {key: values[0] for key, values in parse_qs(address.removeprefix("?")).items()}


def css(color: str) -> str:
    """A color such as #E7EBF0 as the browser tells it."""
    return f"rgb({', '.join(map(str, rgb(color)))})"


def fits(page: Page) -> None:
    """Nothing is wider than the window, nor than the part of it that scrolls."""
    assert page.viewport_size is not None
    width = page.viewport_size["width"]
    parts = "[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]"
    sides = f"{parts}.map((part) => [part.scrollWidth, part.clientWidth])"
    eventually(lambda: page.evaluate(sides), lambda sides: all(each[0] <= min(each[1], width) for each in sides))


def open_in(
    browser: Browser | Contexts,
    url: str,
    *,
    phone: bool = False,
    size: tuple[int, int] | None = None,
    stopped: bool = False,
    on_new: Callable[[Opened], None] = lambda _opened: None,
    **context_options: Any,
) -> Opened:
    """A page at ``url`` in a context of its own: a new one, or one that is used again.

    What a test changes beside storage, the clock or the network, stays with a context. So one is used again only for
    pages of a server, which gain by it; files and pages in which no time passes have new ones.

    ``on_new`` hears of it before it loads, so that a failure can be pictured.
    """
    if isinstance(browser, Contexts) and not stopped and url.startswith("http"):
        page = browser.new_page(phone=phone, size=size, **context_options)
        opened = Opened(page, page.context, browser)
    else:
        of = browser.browser if isinstance(browser, Contexts) else browser
        if size is not None:
            context_options["viewport"] = {"width": size[0], "height": size[1]}
        context = new_context(of, phone, **context_options)
        opened = Opened(context.new_page(), context)
    on_new(opened)
    for event, listener in opened.listeners.items():
        opened.context.on(event, listener)
    if stopped:
        opened.page.clock.install(time=0)
        opened.page.clock.pause_at(1)  # seconds; run_for counts milliseconds
    opened.page.goto(url)
    return opened
