"""What a hand does as a fragment tells something is heard: a browser sends both as one request, the fragment's."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.pages import OpenPage, at_rest, eventually, land, query, settle, within


@dataclass
class Instant:
    """Between a browser and its server, for the next request of the whole page.

    how: "joined", it goes as one of a fragment; "gone", of one that is not there any more; "clock", a fragment that
    runs by the clock tells the same just before.
    """

    how: str
    comes: bool = False
    fragment: str = ""

    def between(self, page: Page) -> None:
        page.route_web_socket(re.compile("/_stcore/stream"), self._join)
        page.reload()
        settle(page)
        # The page's own tells that the browser is there, which is heard while the page is asked.
        eventually(lambda: page.evaluate("0") or self.fragment, bool)
        self.comes = True

    def _join(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def ask(message: str | bytes) -> None:
            asked = BackMsg()
            asked.ParseFromString(message if isinstance(message, bytes) else b"")
            rerun = asked.rerun_script
            self.fragment = rerun.fragment_id or self.fragment
            if self.comes and asked.WhichOneof("type") == "rerun_script" and not rerun.fragment_id:
                self.comes = False
                rerun.fragment_id = "gone" if self.how == "gone" else self.fragment
                rerun.is_auto_rerun = self.how == "clock"
                server.send(asked.SerializeToString())
                if self.how != "clock":
                    return
            server.send(message)

        browser.on_message(ask)


@pytest.fixture(params=["joined", "gone", "clock"])
def instant(request: pytest.FixtureRequest) -> Instant:
    return Instant(request.param)


def test_a_slider_is_moved(open_page: OpenPage, instant: Instant) -> None:
    page = open_page("/derivatives")
    instant.between(page)
    page.locator("[data-testid=stSlider]", has_text="Step h").get_by_role("slider").press("Home")
    expect(page.get_by_text("rounding is larger")).to_be_visible()
    eventually(lambda: query(page).get("log_h"), lambda power: power == "-18")
    assert not instant.comes


def test_a_button_is_clicked(open_page: OpenPage, instant: Instant) -> None:
    page = open_page("/derivatives")
    instant.between(page)
    land(page.get_by_role("button", name="Size for a presentation"))
    eventually(lambda: query(page).get("screen"), lambda size: size == "large")
    expect(page.get_by_role("button", name="Usual size")).to_be_visible()
    assert not instant.comes


def test_a_slider_is_back_before_the_browser_hears_where_it_was(open_page: OpenPage) -> None:
    page = open_page("/derivatives")
    routes: list[WebSocketRoute] = []
    held: list[str | bytes] | None = None

    def between(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        routes.append(browser)
        browser.on_message(server.send)
        server.on_message(lambda message: browser.send(message) if held is None else held.append(message))

    def addresses() -> list[str]:
        page.evaluate("0")  # or nothing would be heard
        told = [ForwardMsg.FromString(each) for each in held or [] if isinstance(each, bytes)]
        return [each.page_info_changed.query_string for each in told if each.HasField("page_info_changed")]

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    page.reload()
    settle(page)
    slider = page.locator("[data-testid=stSlider]", has_text="Step h").get_by_role("slider")
    slider.press("ArrowRight")
    first = eventually(lambda: query(page).get("log_h"), bool)
    held = []
    slider.press("ArrowRight")
    eventually(addresses, bool)
    slider.press("ArrowLeft")
    eventually(addresses, lambda told: f"log_h={first}" in told[-1])
    for message in held:
        routes[-1].send(message)
    held = None
    eventually(lambda: query(page).get("log_h"), lambda power: power == first)


def test_what_a_button_tells_of_itself_goes_with_the_pointer(open_page: OpenPage) -> None:
    page = open_page("/derivatives")
    told = page.get_by_test_id("stTooltipContent")
    for name, then in (("Size for a presentation", "Usual size"), ("Usual size", "Size for a presentation")):
        icon = page.get_by_role("button", name=name).get_by_test_id("stIconMaterial")
        at_rest(within(icon, 0.5, 0.5))
        page.mouse.move(*within(icon, 0.5, 0.5)())
        expect(told).to_be_visible()
        page.mouse.down()
        page.mouse.up()
        expect(page.get_by_role("button", name=then)).to_be_visible()  # with another icon
        page.mouse.move(1, 1)
        expect(told).to_have_count(0)
