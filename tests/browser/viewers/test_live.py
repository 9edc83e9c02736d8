"""The live curves in one offline file: what a person sees and does while runs train."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from exports.live import live_html
from figures.live.payload import comparison_payload, live_payload
from figures.live.pictures import SIGN_COLORS
from figures.live.sweep import sweep_payload
from figures.theme import BLUE, GREEN, VERMILLION, on_background, rgb, shades
from tests.browser.pages import OpenPage, box_of, eventually, fits, hover_until
from tests.figures.live.test_live_payload import finding, plane_facts, surface, swept
from tests.figures.live_runs import layers_of, watched

WIDE = (932, 520)

Opener = Callable[..., Page]

# How many pixels of a canvas are of a color, within a part of it (left, top, right, bottom as shares).
_COUNT = """([name, color, part]) => {
    const canvas = document.querySelector(name);
    const sides = [canvas.width, canvas.height];
    const [left, top, right, bottom] = part.map((share, i) => Math.round(share * sides[i % 2]));
    const { data } = canvas.getContext('2d').getImageData(left, top, right - left, bottom - top);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        const away = Math.abs(data[i] - color[0]) + Math.abs(data[i + 1] - color[1]) + Math.abs(data[i + 2] - color[2]);
        if (data[i + 3] > 200 && away < 24) count += 1;
    }
    return count;
}"""


@pytest.fixture
def open_live(open_page: OpenPage, tmp_path: Path) -> Opener:
    """Writes a payload to a file and opens it."""

    def open_live(payload: bytes, **options: Any) -> Page:
        path = tmp_path / "live.html"
        path.write_text(live_html(payload, "Runs"), encoding="utf-8")
        if not options.get("phone"):
            options.setdefault("size", WIDE)
        page = open_page(path.as_uri(), **options)
        page.wait_for_function("window.descentLive && descentLive.chart.drawn > 0")
        # What watches its size has heard of it before the second frame: from then on the chart stands where it is.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return page

    return open_live


def show(page: Page, payload: bytes) -> None:
    """New data, as it comes from the page."""
    page.evaluate(
        "(text) => descentLive.show(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))",
        base64.b64encode(payload).decode(),
    )


def run(epochs: int = 20, status: str = "running", **given: Any) -> Any:
    """Training loss falls from 1, validation loss falls and rises again, accuracy rises."""
    at = np.arange(1.0, epochs + 1)
    series = {
        "train_loss": 1 / at,
        "val_loss": 0.5 + ((at - 10) / 20) ** 2,
        "train_metric": 1 - 0.5 / at,
        "val_metric": 0.9 - 0.4 / at,
        "lr": np.full(epochs, 0.01),
    }
    tables = {"dead_share": np.linspace(0, 1, 5 * epochs).reshape(epochs, 5), "grad_norm": np.full((epochs, 5), 0.1)}
    layers = layers_of(epochs, tuple(f"layer {i}" for i in range(5)), **tables)
    more: dict[str, Any] = {"baseline_loss": 0.7} | given
    return watched(series, layers=layers, status=status, **more)


def album(epochs: int) -> list[tuple[float, Any]]:
    """One picture an epoch: the border between both classes moves from left to right."""
    pictures = []
    for i in range(epochs):
        winner = np.ones((16, 16), np.uint8)
        winner[:, : round(16 * (i + 1) / (epochs + 1))] = 0
        pictures.append((i + 1.0, surface(winner, np.full((16, 16), 255, np.uint8))))
    return pictures


def readout(page: Page) -> Locator:
    return page.locator(".dl-live-readout")


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def counted(page: Page, canvas: str, color: str, part: tuple[float, ...] = (0, 0, 1, 1)) -> int:
    return page.evaluate(_COUNT, [canvas, list(rgb(color)), list(part)])


def hover(page: Page, epoch: float, down: float = 0.5) -> None:
    """Put the pointer over an epoch of the chart; the cursor is then at the report next to it."""

    def place() -> tuple[float, float]:
        box = box_of(page.locator(".dl-live-over"))
        x = page.evaluate("(epoch) => descentLive.chart.plot.toX(epoch)", epoch)
        return box["x"] + x, box["y"] + down * box["height"]

    def there() -> bool:
        cursor = readout(page).get_attribute("data-cursor")
        return bool(cursor) and abs(float(cursor) - epoch) <= 0.5

    hover_until(page, place, there)


def becomes(page: Page, script: str, value: Any) -> None:
    """An expression of the page comes to this value."""
    eventually(lambda: page.evaluate(script), lambda found: found == value)


def test_both_curves_are_drawn_where_their_numbers_are(open_live: Opener):
    page = open_live(live_payload([run(status="finished")]))
    for color in (BLUE, VERMILLION):
        assert counted(page, ".dl-live-base", color) > 100
    # Epoch 5: the validation curve passes at its own value, and nothing of its color lies well away from it.
    spot = page.evaluate(
        """([epoch, value]) => {
            const { plot, ratio, base } = descentLive.chart;
            const at = (y) => [...base.getContext('2d').getImageData(plot.toX(epoch) * ratio, y * ratio, 1, 1).data];
            return [at(plot.toY(value)), at(plot.toY(value) + 25)];
        }""",
        [5, 0.5 + 0.25**2],
    )
    assert np.abs(np.array(spot[0][:3]) - rgb(VERMILLION)).sum() < 60
    assert np.abs(np.array(spot[1][:3]) - rgb(VERMILLION)).sum() > 200


def test_the_readout_tells_the_exact_numbers_under_the_pointer_and_the_newest_without_it(open_live: Opener):
    page = open_live(live_payload([run(best_epoch=10.0, best_val_loss=0.5)]))
    expect(readout(page)).to_contain_text("epoch 20, step 200, 1 s")
    expect(readout(page)).to_contain_text("best 0.5 at epoch 10")
    before = page.locator(".dl-live").bounding_box()
    hover(page, 4.2)
    expect(readout(page)).to_have_attribute("data-cursor", "4")
    expect(readout(page)).to_contain_text("epoch 4, step 40")
    expect(readout(page)).to_contain_text("training 0.25")
    expect(readout(page)).to_contain_text("validation 0.59")
    assert page.locator(".dl-live").bounding_box() == before
    page.mouse.move(5, 5)
    expect(readout(page)).to_have_attribute("data-cursor", "")
    expect(readout(page)).to_contain_text("epoch 20")


def test_tabs_switch_the_chart_and_its_name(open_live: Opener):
    page = open_live(live_payload([run()]))
    chart = page.locator(".dl-live-base")
    expect(chart).to_have_attribute(
        "aria-label",
        "Loss by epoch. Training is 0.05 at epoch 20. Validation is 0.75 at epoch 20.",
    )
    tab(page, "Metric").click()
    expect(tab(page, "Metric")).to_have_attribute("aria-pressed", "true")
    expect(tab(page, "Loss")).to_have_attribute("aria-pressed", "false")
    expect(readout(page)).to_contain_text("training 0.975")
    page.get_by_label("Inside the network").select_option("dead_share")
    expect(tab(page, "Metric")).to_have_attribute("aria-pressed", "false")
    hover(page, 10)
    names = page.locator(".dl-live-tip span")
    eventually(lambda: sorted(names.all_inner_texts()), lambda found: found == [f"layer {i}" for i in range(5)])


def test_new_data_keeps_panel_scale_zoom_cursor_and_the_scale_where_it_suffices(open_live: Opener):
    page = open_live(live_payload([run(12)]))
    tab(page, "Metric").click()
    page.get_by_label("Logarithmic vertical axis").click()
    hover(page, 6)
    expect(readout(page)).to_contain_text("epoch 6")
    before = page.evaluate("[descentLive.chart.data.yScale.low, descentLive.chart.data.yScale.high]")
    for epochs in (13, 14):
        show(page, live_payload([run(epochs)]))
    expect(tab(page, "Metric")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Logarithmic vertical axis")).to_have_attribute("aria-pressed", "true")
    expect(readout(page)).to_contain_text("epoch 6")
    assert page.evaluate("[descentLive.chart.data.yScale.low, descentLive.chart.data.yScale.high]") == before
    assert page.evaluate("descentLive.chart.data.xScale.high") == 15
    page.evaluate("descentLive.zoom([3, 7])")
    show(page, live_payload([run(15)]))
    assert page.evaluate("[descentLive.chart.data.xScale.low, descentLive.chart.data.xScale.high]") == [3, 7]
    show(page, live_payload([run(15, id="another")]))
    assert page.evaluate("[descentLive.zoomed, descentLive.cursor]") == [None, None]


def test_the_axis_grows_in_round_steps_while_a_run_goes_on_and_ends_with_it(open_live: Opener):
    page = open_live(live_payload([run(11)]))
    tops = []
    for epochs in (12, 14, 15, 18):
        show(page, live_payload([run(epochs)]))
        tops.append(page.evaluate("descentLive.chart.data.xScale.high"))
    assert tops == [15, 15, 20, 20]
    show(page, live_payload([run(18, status="finished")]))
    assert page.evaluate("descentLive.chart.data.xScale.high") == 18


def test_a_drag_zooms_and_a_double_click_shows_all(open_live: Opener):
    page = open_live(live_payload([run(status="finished")]))
    hover(page, 5)
    page.mouse.down()
    hover(page, 9)
    page.mouse.up()
    low, high = eventually(lambda: page.evaluate("descentLive.zoomed"), bool)
    assert low == pytest.approx(5, abs=0.1)
    assert high == pytest.approx(9, abs=0.1)
    expect(readout(page)).to_contain_text("double-click shows all")
    page.locator(".dl-live-over").dblclick()
    becomes(page, "descentLive.zoomed", None)


def test_arrow_keys_move_the_cursor_and_escape_leaves_it(open_live: Opener):
    page = open_live(live_payload([run()]))
    page.locator(".dl-live").focus()
    page.keyboard.press("ArrowLeft")
    expect(readout(page)).to_contain_text("epoch 20")
    page.keyboard.press("ArrowLeft")
    expect(readout(page)).to_contain_text("epoch 19")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(readout(page)).to_contain_text("epoch 2,")
    page.keyboard.press("End")
    expect(readout(page)).to_have_attribute("data-cursor", "20")
    page.keyboard.press("Escape")
    expect(readout(page)).to_have_attribute("data-cursor", "")


def test_the_horizontal_axis_counts_steps_or_seconds_and_the_cursor_stays_on_its_report(open_live: Opener):
    page = open_live(live_payload([run()]))
    hover(page, 8)
    page.get_by_label("Horizontal axis", exact=True).select_option("step")
    becomes(page, "descentLive.cursor", 80)
    page.get_by_label("Horizontal axis", exact=True).select_option("seconds")
    becomes(page, "descentLive.cursor", pytest.approx(0.4))
    expect(readout(page)).to_contain_text("epoch 8, step 80, 0.4 s")
    expect(page.locator(".dl-live-base")).to_have_attribute(
        "aria-label", "Loss by seconds. Training is 0.05 at seconds 1. Validation is 0.75 at seconds 1."
    )


def test_the_picture_follows_the_cursor_and_returns_to_the_newest(open_live: Opener):
    facts = plane_facts(np.random.default_rng(1))
    pictures = [(epoch, entry) for epoch, entry in album(20)]
    page = open_live(live_payload([run(status="finished", album=pictures, facts=facts)]))
    epoch = page.locator(".dl-live-epoch")
    expect(epoch).to_have_text("epoch 20")
    first, last = (0.2, 0.1, 0.4, 0.3), (0.8, 0.1, 0.95, 0.3)

    def shares() -> tuple[float, float]:
        """Green minus red in the left and the right of the surface."""
        return tuple(
            page.evaluate(
                """(part) => {
                    const canvas = document.querySelector('.dl-live-picture');
                    const sides = [canvas.width, canvas.height];
                    const [l, t, r, b] = part.map((share, i) => Math.round(share * sides[i % 2]));
                    const { data } = canvas.getContext('2d').getImageData(l, t, r - l, b - t);
                    let sum = 0;
                    for (let i = 0; i < data.length; i += 4) sum += data[i + 1] - data[i];
                    return (4 * sum) / data.length;
                }""",
                list(part),
            )
            for part in (first, last)
        )  # pyright: ignore[reportReturnType]

    newest = shares()
    assert newest[0] > 40
    assert newest[1] > 0
    hover(page, 2)
    expect(epoch).to_have_text("epoch 2")
    early = shares()
    assert early[0] < -20
    assert early[1] < -20
    page.mouse.move(5, 5)
    expect(epoch).to_have_text("epoch 20")
    assert shares() == newest
    slider = page.get_by_role("slider", name="Epoch of the picture")
    slider.fill("4")
    expect(epoch).to_have_text("epoch 5")
    expect(readout(page)).to_contain_text("epoch 5,")
    slider.fill("19")
    expect(readout(page)).to_have_attribute("data-cursor", "")


def test_pictures_of_several_kinds_are_switched_and_the_choice_outlives_new_data(open_live: Opener):
    both = [(epoch, entry | {"confusion": {"counts": np.array([[30, 4], [2, 28]])}}) for epoch, entry in album(2)]
    facts = plane_facts(np.random.default_rng(2))
    page = open_live(live_payload([run(album=both, facts=facts)]))
    expect(tab(page, "Surface")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".dl-live-key")).to_contain_text("yes")
    tab(page, "Confusion").click()
    expect(page.locator(".dl-live-picture")).to_have_attribute("aria-label", "Confusion matrix at epoch 2")
    assert counted(page, ".dl-live-picture", GREEN) == 0
    show(page, live_payload([run(21, album=both, facts=facts)]))
    expect(tab(page, "Confusion")).to_have_attribute("aria-pressed", "true")


def test_runs_are_named_as_text_and_hidden_by_their_chip(open_live: Opener):
    wicked = "<img src=x onerror=alert(1)>"
    runs = [run(id="a", role="unchanged"), run(id="b", role=wicked), run(15, id="c", role="short")]
    page = open_live(live_payload(runs))
    chips = page.locator(".dl-chip")
    expect(chips).to_have_count(3)
    expect(chips.nth(1)).to_contain_text(wicked)
    assert page.locator("img").count() == 0
    before = counted(page, ".dl-live-base", VERMILLION)
    assert before > 100
    chips.nth(1).click()
    expect(chips.nth(1)).to_have_attribute("aria-pressed", "false")
    assert counted(page, ".dl-live-base", VERMILLION) == 0
    show(page, live_payload(runs))
    assert counted(page, ".dl-live-base", VERMILLION) == 0
    chips.nth(1).click()
    assert counted(page, ".dl-live-base", VERMILLION) == pytest.approx(before, rel=0.05)
    hover(page, 10)
    expect(chips.nth(2)).to_contain_text("0.5")
    expect(page.locator(".dl-live-tip div")).to_have_count(6)


def test_runs_stand_apart_in_charts_of_one_size_and_scale_that_tell_their_gaps(open_live: Opener):
    runs = [run(id=f"run{i}", role=f"cure {i}") for i in range(5)]
    page = open_live(live_payload(runs))
    page.get_by_role("button", name="a chart each").click()
    plots = page.evaluate(
        "descentLive.chart.cells.map(({ plot, title }) => [title, plot.width, plot.height, plot.toY(0.5) - plot.top])"
    )
    assert [plot[0] for plot in plots] == [f"cure {i}" for i in range(5)]
    np.testing.assert_allclose([plot[1:] for plot in plots], [plots[0][1:]] * 5)
    corners = page.evaluate("descentLive.chart.cells.map(({ plot }) => [plot.left, plot.top])")
    assert len({left for left, _ in corners}) > 1
    assert len({top for _, top in corners}) > 1
    expect(page.locator(".dl-apart")).to_have_count(1)

    def middle() -> tuple[float, float]:
        box = box_of(page.locator(".dl-live-over"))
        x, y = page.evaluate(
            "(({ left, top, width, height }) => [left + width / 2, top + height / 2])(descentLive.chart.cells[3].plot)"
        )
        return box["x"] + x, box["y"] + y

    hover_until(page, middle, lambda: (readout(page).text_content() or "").startswith("cure 3, epoch 12"))
    page.locator(".dl-chip").nth(3).click()
    becomes(page, "descentLive.chart.cells.length", 4)
    page.get_by_role("button", name="a chart each").click()
    becomes(page, "descentLive.chart.cells.length", 1)
    expect(page.locator(".dl-apart")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 844, 700, 390])
def test_all_numbers_of_the_readout_are_in_sight(open_live: Opener, width: int):
    facts = plane_facts(np.random.default_rng(3))
    ended = run(1500, status="finished", album=album(2), facts=facts, best_epoch=1234.0, best_val_loss=0.123456)
    page = open_live(live_payload([ended]), size=(width, 700))
    expect(readout(page)).to_contain_text("best 0.1235 at epoch 1,234")
    hidden = page.evaluate(
        """() => {
            const frame = document.querySelector('.dl-live-readout').getBoundingClientRect();
            return [...document.querySelectorAll('.dl-live-readout > span')].filter((node) => {
                const box = node.getBoundingClientRect();
                return box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
            }).map((node) => node.textContent);
        }"""
    )
    assert hidden == []


def test_a_loss_that_stands_still_is_drawn_from_zero(open_live: Opener):
    level = np.linspace(0.6935, 0.693, 20)
    still = watched({"train_loss": level, "val_loss": level}, id="a", status="finished", baseline_loss=0.6931)
    page = open_live(live_payload([still]))
    assert page.evaluate("descentLive.chart.data.yScale.low") == 0.0
    assert page.evaluate("descentLive.chart.data.yScale.high") > 0.75
    page.get_by_role("button", name="log y").click()
    becomes(page, "descentLive.chart.data.yScale.low > 0", True)


def test_the_verdict_is_shaded_over_its_span(open_live: Opener):
    page = open_live(live_payload([run(status="finished", findings=(finding(span=(10.0, 20.0)),))]))
    shades = page.evaluate(
        """() => {
            const { plot, ratio, base } = descentLive.chart;
            const ink = base.getContext('2d');
            const at = (epoch) => [...ink.getImageData(plot.toX(epoch) * ratio, (plot.top + 9) * ratio, 1, 1).data];
            return [at(4.5), at(14.5)];
        }"""
    )
    assert shades[0][3] == 0
    assert shades[1][3] > 10
    expect(page.locator(".dl-live-base")).to_have_attribute("aria-label", re.compile("Overfitting from epoch 10 to 20"))


def test_a_queued_run_shows_axes_and_says_why_it_waits_and_then_its_first_reports(open_live: Opener):
    page = open_live(live_payload([watched(status="queued", sentence="Two runs are before it.")]))
    label = page.locator(".dl-live-base")
    expect(label).to_have_attribute("aria-label", "Loss by epoch. Two runs are before it.")
    hover(page, 3)
    page.locator(".dl-live").focus()
    page.keyboard.press("ArrowLeft")
    show(page, live_payload([run(2)]))
    expect(tab(page, "Metric")).to_be_visible()
    assert counted(page, ".dl-live-base", BLUE) > 20


def test_numbers_beyond_float32_gaps_and_infinities_are_drawn_without_complaint(open_live: Opener):
    wild = watched(
        {"train_loss": [1.0, np.nan, 0.5, 1e300, np.inf], "val_loss": [np.nan] * 4 + [2.0]}, status="diverged"
    )
    page = open_live(live_payload([wild]))
    assert page.evaluate("descentLive.chart.data.yScale.high") < 10
    page.locator(".dl-live").focus()
    page.keyboard.press("End")
    expect(readout(page)).to_contain_text("training > 10³⁸")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(readout(page)).to_contain_text("training \N{EN DASH}")


def test_a_comparison_and_a_sweep_are_one_chart_without_a_picture(open_live: Opener):
    page = open_live(comparison_payload([run(id="a"), run(9, id="b")], "gap", x="seconds"))
    expect(page.locator(".dl-live-right")).to_be_hidden()
    assert page.evaluate("descentLive.clock") == "seconds"
    payload = sweep_payload(swept([2, 8, 32, 128], "model.width"))
    assert payload is not None
    show(page, payload)
    assert page.evaluate("[descentLive.chart.data.xScale.kind, descentLive.chart.data.xTitle]") == ["log", "width"]
    expect(page.get_by_label("Horizontal axis", exact=True)).to_be_hidden()
    page.locator(".dl-live").focus()
    page.keyboard.press("Home")
    expect(readout(page)).to_contain_text("width 2")
    expect(readout(page)).to_contain_text("validation, end 0.5")


@pytest.mark.parametrize("several", [False, True])
def test_on_a_phone_nothing_is_wider_than_the_screen_and_targets_suit_a_finger(open_live: Opener, several: bool):
    facts = plane_facts(np.random.default_rng(3))
    runs = [run(id=f"run{i}", role=f"a rather long name of run {i}", album=album(2), facts=facts) for i in range(3)]
    page = open_live(live_payload(runs if several else runs[:1]), phone=True)
    fits(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input')]
            .map((node) => [node.getAttribute('aria-label') || node.textContent, node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < 44 || box.width < 44)).map(([name]) => name)"""
    )
    assert small == []
    boxes = [page.locator(name).bounding_box() for name in (".dl-live-plot", ".dl-live-canvas")]
    assert all(box is not None and box["x"] + box["width"] <= 390 and box["height"] >= 250 for box in boxes)


def test_it_follows_the_dark_theme_and_back(open_live: Opener):
    page = open_live(live_payload([run()]), color_scheme="dark")
    assert page.evaluate("descentLive.look.dark")
    assert counted(page, ".dl-live-base", "#2A86D1") > 50
    page.emulate_media(color_scheme="light")
    page.wait_for_function("!descentLive.look.dark")
    assert counted(page, ".dl-live-base", BLUE) > 50
    assert counted(page, ".dl-live-base", "#2A86D1") == 0


def test_it_fits_the_room_it_is_given(open_live: Opener):
    page = open_live(live_payload([run()]))
    for width in (1200, 640, 390, 932):
        page.set_viewport_size({"width": width, "height": 700})
        page.wait_for_function(
            "(width) => descentLive.chart.width <= width && descentLive.chart.width > 0.3 * width", arg=width
        )
        fits(page)


def test_the_loss_as_trained_is_drawn_on_request(open_live: Opener):
    at = np.arange(1.0, 21)
    series = {"train_loss": 1 / at, "val_loss": 0.5 + 0 * at, "batch_loss": 0.9 + 0 * at, "lr": 0.1 / at}
    page = open_live(live_payload([watched(series, status="finished")]))
    toggle = page.get_by_role("button", name="The loss that the optimizer sees")
    expect(toggle).to_have_text("as trained")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".dl-live-readout")).not_to_contain_text("last mini-batch")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".dl-live-readout")).to_contain_text("last mini-batch 0.9")
    page.get_by_role("button", name="Rate", exact=True).click()
    expect(toggle).to_be_hidden()
    page.get_by_role("button", name="Loss", exact=True).click()
    expect(page.locator(".dl-live-readout")).to_contain_text("last mini-batch 0.9")


def test_the_weights_are_drawn_with_their_exact_zeros(open_live: Opener):
    counts = np.array([0, 10, 40, 10, 0], np.int32)
    album = [
        (float(epoch), {"weights": {"counts": counts, "top": 0.5, "zeros": zeros, "total": 60}})
        for epoch, zeros in ((1, 0), (2, 30))
    ]
    page = open_live(live_payload([watched({"train_loss": [1.0, 0.5]}, album=album)]))
    picture = page.locator("canvas.dl-live-picture")
    expect(picture).to_have_attribute("aria-label", re.compile("of 60 weights 50 % are exactly zero"))
    zero, other = rgb(GREEN), rgb(shades(False).muted)
    whole = [0.0, 0.0, 1.0, 1.0]
    assert page.evaluate(_COUNT, ["canvas.dl-live-picture", zero, whole]) > 500
    assert page.evaluate(_COUNT, ["canvas.dl-live-picture", other, whole]) > 500
    page.get_by_role("slider", name="Epoch of the picture").fill("0")
    expect(picture).to_have_attribute("aria-label", re.compile("none is exactly zero"))
    assert page.evaluate(_COUNT, ["canvas.dl-live-picture", zero, whole]) == 0


def test_lines_of_units_move_with_the_epoch_and_dead_ones_are_marked(open_live: Opener):
    def units(offset: float, state: list[int]) -> dict[str, object]:
        lines = np.array([[1.0, 0.0, offset], [0.0, 1.0, -0.5], [0.6, 0.8, 9.0]], np.float32)
        return {"units": {"lines": lines, "state": np.array(state, np.uint8), "units": 3}}

    flat = surface(np.zeros((8, 8), np.uint8), np.full((8, 8), 128, np.uint8))
    facts = replace(plane_facts(np.random.default_rng(0)), points={})
    pictures = [(1.0, flat | units(0.5, [0, 1, 1])), (2.0, flat | units(-1.5, [0, 0, 1]))]
    page = open_live(live_payload([run(status="finished", album=pictures, facts=facts)]))
    picture = page.locator("canvas.dl-live-picture")
    tab(page, "Unit lines").click()
    expect(picture).to_have_attribute("aria-label", "Unit lines at epoch 2: 1 of 3 units dead, 1 outside the picture")
    expect(page.locator(".dl-live-key")).to_contain_text("dead")
    canvas, dead, ink = "canvas.dl-live-picture", "#C44E00", shades(False).text
    left, right = (0.15, 0.1, 0.5, 0.8), (0.6, 0.1, 1.0, 0.8)
    assert counted(page, canvas, dead) == 0
    before = [counted(page, canvas, ink, part) for part in (left, right)]
    assert before[1] > before[0] + 20  # the upright line is at 1.5 of -1 to 2, the other one on both sides
    page.get_by_role("slider", name="Epoch of the picture").fill("0")
    expect(picture).to_have_attribute("aria-label", "Unit lines at epoch 1: 2 of 3 units dead, 1 outside the picture")
    assert counted(page, canvas, dead) > 100
    after = [counted(page, canvas, ink, part) for part in (left, right)]
    assert after[0] > after[1] + 20


def test_a_small_network_is_drawn_with_its_weights(open_live: Opener):
    def network(weight: float, spread: float) -> dict[str, object]:
        return {
            "sizes": np.array([2, 2, 1], np.int32),
            "weights": np.array([weight, 0.5, -0.25, 0.1, 1.0, -1.0], np.float32),
            "spread": np.array([1.0, spread, 1.0], np.float32),
        }

    album = [(1.0, {"network": network(0.5, 1.0)}), (2.0, {"network": network(-4.0, 0.0)})]
    page = open_live(live_payload([watched({"train_loss": [1.0, 0.5]}, album=album)]))
    picture = page.locator("canvas.dl-live-picture")
    expect(picture).to_have_attribute("aria-label", re.compile("2-2-1, largest weight 4; 1 unit never moves"))
    positive, negative = (rgb(on_background(color, False)) for color in SIGN_COLORS)
    whole = [0.0, 0.0, 1.0, 1.0]
    strong = page.evaluate(_COUNT, ["canvas.dl-live-picture", negative, whole])
    assert strong > 100
    page.get_by_role("slider", name="Epoch of the picture").fill("0")
    expect(picture).to_have_attribute("aria-label", re.compile("largest weight 1$"))
    assert page.evaluate(_COUNT, ["canvas.dl-live-picture", positive, whole]) > 100
    expect(page.locator(".dl-live-key")).to_contain_text("negative weight")
