"""Components in the browser: what they load, the numbers that they read, and how they fail."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from experiments.race import Entry, Race, RaceResult, run_race
from exports import standalone_html
from figures.frontend import Buffers, blob, framed, joined_modules
from figures.race import player_payload
from landscapes import LANDSCAPES
from numerals import readable
from tests.browser.pages import OpenPage, open_in, settle

STILL: dict[str, Any] = {"reduced_motion": "reduce"}
BREAK = "() => { CanvasRenderingContext2D.prototype.clearRect = () => { throw new Error('made to fail'); }; }"
MEND = """() => { const frame = document.body.appendChild(document.createElement('iframe'));
  CanvasRenderingContext2D.prototype.clearRect = frame.contentWindow.CanvasRenderingContext2D.prototype.clearRect; }"""


def race(key: str = "rosenbrock", steps: int = 200) -> RaceResult:
    landscape = LANDSCAPES[key]
    rates = {"sgd": 0.001, "momentum": 0.0005, "adam": 0.03}
    entries = tuple(Entry(optimizer=name, values={"lr": lr}) for name, lr in rates.items())
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=steps))


@pytest.mark.parametrize(
    ("path", "component", "script"),
    [("/descent", ".dl-player canvas", "race"), ("/training", ".dl-live canvas", "live")],
)
def test_everything_that_a_component_asks_for_is_there(
    browser: Browser, app_url: str, path: str, component: str, script: str
):
    opened = open_in(browser, "about:blank")
    answers: list[tuple[str, int]] = []
    opened.page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    opened.page.goto(app_url + path)
    expect(opened.page.locator(component).first).to_be_visible()
    asked = {url: status for url, status in answers if "/bidi-components/" in url}
    assert opened.close() == []
    scripts = [url.split("/")[-2] for url in asked if url.endswith(".js")]
    assert sorted(scripts) == sorted(["address", script])  # of one file each
    assert any("/shared/" in url for url in asked)
    assert set(asked.values()) == {200}


def test_the_browser_reads_the_numbers_that_were_written(open_page: OpenPage):
    buffers = Buffers()
    clock = np.cumsum(np.random.default_rng(3).uniform(0.5, 1.5, 1000))
    written = {
        "drawn": (buffers.numbers, np.array([1.0, np.nan, -3.5])),
        "none": (buffers.numbers, np.full(4, np.nan)),
        "same": (buffers.numbers, np.full(3, 0.1)),
        "line": (buffers.numbers, np.arange(2.0, 12.0, 2.0)),
        "small": (buffers.whole, np.array([0, 200])),
        "middle": (buffers.whole, np.array([7, 60_000])),
        "large": (buffers.whole, np.array([7, 70_000, 4_000_000_000])),
        "exact": (buffers.exact, np.array([0.1, np.nan, 1e300])),
        "clock": (lambda values: buffers.clock(values, 100), clock),
    }
    specs = {name: write(values) for name, (write, values) in written.items()}
    payload = framed(blob({"specs": specs}, buffers, 420), pickable=True)
    page = open_page("data:text/html,<title>wire</title>")
    read = page.evaluate(
        """async ({ script, text }) => {
            const { unpack } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
            // Bytes that begin anywhere in their memory, as they come from a socket, are read as well.
            const shifted = new Uint8Array(bytes.length + 3).subarray(3);
            shifted.set(bytes);
            const [one, other] = [bytes, shifted].map((each) => {
                const { header, height, pickable, column } = unpack(each);
                const read = ([name, spec]) => [name, [...column(spec)].map(String)];
                const columns = Object.fromEntries(Object.entries(header.specs).map(read));
                return { height, pickable, nothing: column(null), columns };
            });
            return [one, other];
        }""",
        {
            "script": joined_modules("shared/wire.js") + "\nexport { unpack };",
            "text": base64.b64encode(payload).decode("ascii"),
        },
    )
    assert read[0] == read[1]
    assert (read[0]["height"], read[0]["pickable"], read[0]["nothing"]) == (420, True, None)
    columns = {name: np.array([float(value) for value in texts]) for name, texts in read[0]["columns"].items()}
    for name, (_, values) in written.items():
        if name != "clock":
            np.testing.assert_array_equal(columns[name], values)
    every = specs["clock"]["every"]
    places = np.append(np.arange(0, 1000, every), 999)
    np.testing.assert_allclose(columns["clock"], np.interp(np.arange(1000), places, clock[places]), rtol=1e-6)


def test_a_late_answer_does_not_take_a_slider_back_to_where_it_began(open_page: OpenPage):
    """A key is held down: the page is told at once, and where it rests; of what lies between nothing is asked."""
    page = open_page("data:text/html,<title>slider</title>")
    read = page.evaluate(
        """async (script) => {
            const { StopSlider } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
            const told = [];
            let rested = () => {};
            const rest = new Promise((resolve) => { rested = resolve; });
            const tell = ({ rate }) => told.push(rate) > 1 && rested();
            const slider = new StopSlider("rate", "Rate", () => {}, tell);
            const go = (at) => { slider.move(at); slider.input.dispatchEvent(new Event("change")); };
            const say = (at) => { slider.take([1, 2, 4, 8, 16], at); return slider.at; };
            const places = [say(0)];
            go(1); go(2); go(3);
            for (const at of [0, 1]) places.push(say(at)); // a run that began before, the answer to the first
            await rest;
            for (const at of [1, 3]) places.push(say(at)); // that answer once more, and to where it rests
            places.push(say(0)); // by now it is news: somebody else has set it
            return { places, told };
        }""",
        joined_modules("shared/stop_slider.js") + "\nexport { StopSlider };",
    )
    assert read == {"places": [0, 3, 3, 3, 3, 0], "told": [2, 8]}


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1e-9, 1.0, "10⁻⁹ 10⁻⁶ 10⁻³ 1"),
        (1e-3, 1e2, "0.001 0.01 0.1 1 10 100"),
        (1e-5, 1e1, "0.00001 0.0001 0.001 0.01 0.1 1 10"),
        (1e-7, 1e-3, "10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³"),
        (1.0, 1e6, "1 10 10² 10³ 10⁴ 10⁵ 10⁶"),
        (10.0, 1e4, "10 100 1,000 10,000"),
        (5e-4, 5e-3, "0.0005 0.001 0.002 0.005"),
        (5e-7, 5e-6, "5×10⁻⁷ 10⁻⁶ 2×10⁻⁶ 5×10⁻⁶"),  # noqa: RUF001
    ],
)
def test_the_numbers_of_a_logarithmic_axis_have_one_form(open_page: OpenPage, low: float, high: float, labels: str):
    page = open_page("data:text/html,<title>ticks</title>")
    read = page.evaluate(
        """async ({ script, low, high, count }) => {
            const { logTicks } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
            return logTicks(low, high, count).ticks.map(({ label }) => label);
        }""",
        {
            "script": joined_modules("shared/numbers.js") + "\nexport { logTicks };",
            "low": low,
            "high": high,
            "count": len(labels.split(" ")) - 1,
        },
    )
    assert read == labels.split(" ")


def test_a_number_looks_the_same_in_a_player_and_in_a_sentence(open_page: OpenPage):
    """Powers of ten where they begin, ties to the even digit, thousands: ``formatNumber`` is ``readable``."""
    generator = np.random.default_rng(5)
    drawn = 10 ** generator.uniform(-12, 12, 2000) * generator.choice([-1.0, 1.0], 2000)
    ties = [1.125, 1.375, 0.3125, 2.5, 1250.5, 0.5, 1.5, 112_500.0, 2**-13, 3 * 2**-10, 1e22, 1e23]
    edges = [
        9.995,
        9.9951,
        999_499.9,
        999_500.0,
        999_600.0,
        99_950.0,
        0.00099995,
        1.275e-4,
        1e-6,
        9.99e-7,
        1.2e-6,
        1.25e-6,
    ]
    values = [*drawn.tolist(), *ties, *edges, *(k / 8 for k in range(80))]
    page = open_page("data:text/html,<title>numbers</title>")
    for digits in (1, 2, 3):
        read = page.evaluate(
            """async ({ script, values, digits }) => {
                const { formatNumber } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
                return values.map((value) => formatNumber(value, digits));
            }""",
            {
                "script": joined_modules("shared/numbers.js") + "\nexport { formatNumber };",
                "values": values,
                "digits": digits,
            },
        )
        assert read == [readable(float(value), digits) for value in values]
    readout = page.evaluate(
        """async (script) => {
            const { formatNumber } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
            return [1.2, 0.0124959, 0.000124959, 0.0000124959, 123456].map((value) => formatNumber(value, 6));
        }""",
        joined_modules("shared/numbers.js") + "\nexport { formatNumber };",
    )
    assert readout == ["1.2", "0.0124959", "0.000124959", "1.24959\N{MULTIPLICATION SIGN}10⁻⁵", "123,456"]


def step_of(page: Page) -> Locator:
    return page.get_by_role("slider", name="Step", exact=True)


def test_a_component_that_fails_says_so_and_is_shown_again(browser: Browser, app_url: str):
    opened = open_in(browser, f"{app_url}/descent", **STILL)
    page = opened.page
    settle(page)
    expect(step_of(page)).to_have_value("500")
    step_of(page).focus()
    page.evaluate(BREAK)
    page.keyboard.press("ArrowLeft")
    notice = page.get_by_role("alert").filter(has_text="This part of the page has stopped (made to fail).")
    expect(notice).to_be_visible()
    expect(step_of(page)).to_have_count(0)
    again = page.get_by_role("button", name="Show again")
    again.click()
    expect(notice).to_be_visible()  # nothing has changed, so it fails again
    page.evaluate(MEND)
    again.click()
    expect(step_of(page)).to_have_value(re.compile("499|500"))
    expect(notice).to_have_count(0)
    step_of(page).focus()
    page.keyboard.press("Home")
    expect(step_of(page)).to_have_value("0")
    complaints = opened.close()
    assert complaints
    assert all("made to fail" in each for each in complaints), complaints


def test_an_exported_page_that_fails_says_so_and_is_shown_again(browser: Browser, tmp_path: Path):
    path = tmp_path / "race.html"
    path.write_text(standalone_html(player_payload(race()), "A race"), encoding="utf-8")
    opened = open_in(browser, path.as_uri(), **STILL)
    page = opened.page
    expect(step_of(page)).to_have_value("200")
    step_of(page).focus()
    page.evaluate(BREAK)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("This part of the page has stopped (made to fail).")).to_be_visible()
    page.get_by_role("button", name="Show again").click()
    expect(step_of(page)).to_have_value("200")
    complaints = opened.close()
    assert complaints
    assert all("made to fail" in each for each in complaints), complaints


@pytest.mark.parametrize("header", [{}, {"lanes": [{}]}, {"steps": 1, "lanes": None}])
def test_a_payload_that_cannot_be_read_is_told(browser: Browser, tmp_path: Path, header: dict[str, Any]):
    path = tmp_path / "race.html"
    path.write_text(standalone_html(blob(header, Buffers()), json.dumps(header)), encoding="utf-8")
    opened = open_in(browser, path.as_uri())
    expect(opened.page.get_by_role("alert")).to_contain_text("This part of the page has stopped")
    assert opened.close()
