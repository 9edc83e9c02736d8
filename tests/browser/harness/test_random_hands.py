"""The walk of hands sees what is wrong on a page, and a short one with a fixed seed finds nothing in the app."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.fuzz.hand_page import differences, look, quiet
from tests.fuzz.hands import run_walk

_PAGE = """<div data-testid="stApp" data-test-connection-state="CONNECTED" data-test-script-state="notRunning">
<main data-testid="stMain"><div data-testid="stElementContainer"><h1>Rates</h1>
<input type="range" aria-label="Rate" min="0" max="9" value="3"><button>Stop</button>{more}</div></main></div>"""
_WRONG = '<div data-testid="stException">KeyError</div><div style="width: 3000px; height: 1px"></div>'


def test_it_sees_what_is_wrong_on_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(_PAGE.format(more=""))
    right = quiet(page)
    assert (right.exceptions, right.wide, right.running) == ((), False, False)
    assert right.values == {("main", "slider", "Rate", 1): "3"}
    assert [str(each) for each in right.controls if each.usable][-1] == "button 'Stop' in main"
    page.set_content(_PAGE.format(more=_WRONG).replace('value="3"', 'value="4"').replace("Rates", "Errors"))
    wrong = look(page)
    assert wrong.exceptions == ("KeyError",)
    assert wrong.wide
    assert differences(right, wrong, (), components=True) == [
        "slider 'Rate' shows '3', by its link '4'",
        "says 'Rates', by its link it does not",
        "does not say 'Errors', by its link it does",
    ]
    page.close()


def test_a_short_walk_finds_nothing(browser: Browser) -> None:
    assert run_walk(["/losses", "suite/1", 5], browser) == "walked"
