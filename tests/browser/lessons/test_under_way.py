"""A slow wire: what a browser asks for while the next step is on its way to it leads nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import Page, WebSocketRoute, expect

from experiments.lessons import lesson_file, read_lesson
from tests.browser.pages import TRAINING_MS, OpenPage, eventually, land, query, settle

PANEL = ".st-key-lesson-panel"


@dataclass
class Wire:
    """Between a browser and its server. held: what the server says waits here. asked: messages of the browser."""

    held: bool = False
    asked: int = 0
    _said: list[tuple[WebSocketRoute, str | bytes]] = field(default_factory=list)

    def between(self, page: Page) -> None:
        page.route_web_socket(re.compile("/_stcore/stream"), self._join)
        page.reload()
        settle(page)

    def _join(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def ask(message: str | bytes) -> None:
            self.asked += 1
            server.send(message)

        def say(message: str | bytes) -> None:
            if self.held:
                self._said.append((browser, message))
            else:
                browser.send(message)

        browser.on_message(ask)
        server.on_message(say)

    def hold(self) -> None:
        self.held, self.asked = True, 0

    def let_go(self) -> None:
        self.held = False
        for browser, message in self._said:
            browser.send(message)
        self._said.clear()


def link(name: str, number: int) -> str:
    step = read_lesson(lesson_file(name), None).steps[number - 1]
    return f"/{step.page}?{urlencode({**step.query, 'lesson': f'{name}.{number}'})}"


def asked(page: Page, wire: Wire, number: int) -> None:
    """Until the browser has asked that often; what it does is heard while it is looked at."""
    eventually(lambda: (query(page), wire.asked)[1], lambda count: count >= number)


def arrives(page: Page, place: str, title: str) -> None:
    eventually(lambda: query(page).get("lesson"), lambda now: now == place)
    expect(page.locator(PANEL).get_by_role("heading", name=title)).to_be_visible()
    settle(page)
    assert query(page).get("lesson") == place


def test_a_key_pressed_twice_goes_to_the_next_page_and_stays_there(open_page: OpenPage) -> None:
    page = open_page(link("downhill", 5))
    wire = Wire()
    wire.between(page)
    expect(page.locator(PANEL).get_by_role("heading", name="Two wells")).to_be_visible()
    wire.hold()
    page.keyboard.press("Shift+ArrowRight")
    asked(page, wire, 1)
    page.keyboard.press("Shift+ArrowRight")
    asked(page, wire, 2)
    wire.let_go()
    arrives(page, "downhill.6", "In two directions")
    expect(page.locator(".dq-stage img")).to_be_visible()
    page.keyboard.press("Shift+ArrowLeft")  # back to where it came from, soon after: it is meant
    arrives(page, "downhill.5", "Two wells")
    expect(page.get_by_role("img", name="value by step of SGD")).to_be_visible()


def test_a_page_that_is_left_while_it_draws_a_run_takes_nothing_along(open_page: OpenPage) -> None:
    page = open_page(link("training-deep-networks", 31))
    wire = Wire()
    wire.between(page)
    land(page.get_by_role("button", name="Show me without an answer"))
    main = page.get_by_test_id("stMain")
    expect(main.get_by_role("button", name="Stop").first).to_be_visible(timeout=TRAINING_MS)
    wire.hold()
    page.keyboard.press("Shift+ArrowRight")
    asked(page, wire, 5)  # the step, and what the curves ask for every half second
    wire.let_go()
    arrives(page, "training-deep-networks.32", "Bias")
    expect(main.get_by_role("heading", name="Generalization")).to_be_visible()
    expect(main.locator(".js-plotly-plot").first).to_be_visible()
    land(page.locator(PANEL).get_by_role("button", name="Back"))
    arrives(page, "training-deep-networks.31", "Early stopping")
    land(main.get_by_role("button", name="Stop").first)
