"""The page of maps as a person uses it: maps and lines, the rate in the hand, links, files, themes, a phone."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from experiments.maps import PRESETS, End, MapsCodec, path_ends, rest_points, server_sheets
from figures.theme import BASINS, DARK, rgb
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, descend
from tests.browser.pages import OpenPage, at_rest, css, eventually, fits, query, settle, within

SIDE = 512
QUICK = "steps=100&o1=momentum&o1.lr=0.005"


def plots(page: Page) -> Locator:
    return page.locator(".dm-plot")


def grown(page: Page, finest: int = 2, number: int = 0) -> None:
    """Await a map of 256 x 256 or finer."""
    plot = plots(page).nth(number)
    stride = eventually(
        lambda: plot.get_attribute("data-stride"), lambda told: told is not None and int(told) <= finest
    )
    assert stride


def kinds(page: Page, number: int = 0) -> np.ndarray:
    """What the map says of each sample, the first row at the top."""
    read = "(root, at) => [...[...root.maps.shown.boards.values()][at].panel.kind]"
    return np.reshape(page.locator(".dm-maps").evaluate(read, number), (SIDE, SIDE))


def legend(page: Page) -> str:
    return page.locator(".dm-legend").inner_text()


def test_the_map_on_the_page_is_that_of_descend(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}")
    grown(page)
    shown, landscape = kinds(page), LANDSCAPES["himmelblau"]
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, SIDE // 2, (2, 200)) * 2
    (left, right), (bottom, top) = landscape.domain
    starts = np.stack(
        [left + (columns + 0.5) / SIDE * (right - left), top - (rows + 0.5) / SIDE * (top - bottom)], axis=-1
    )
    path = descend(landscape, OPTIMIZERS["momentum"], start=starts, steps=100, record="points", lr=0.005)
    ends, _ = path_ends(landscape, path, landscape.domain, rest_points(landscape, landscape.domain))
    assert (shown[rows, columns] == ends).mean() >= 0.99  # the last digit of a start decides on a border
    assert len(set(ends)) >= 4
    expect(page.locator(".dm-legend")).to_contain_text("minimum C at (3, 2)")
    expect(page.locator(".dm-legend")).to_contain_text("saddles E, F, G, H")


def test_a_first_picture_is_there_at_once_and_the_page_does_not_wait(open_page: OpenPage) -> None:
    page = open_page("/maps?steps=500&o1=adam&o1.lr=0.05")
    grown(page, 16)
    # While the workers are busy with the finest map the page answers within a few frames.
    longest = page.evaluate(
        """() => new Promise((done) => {
            let [last, longest, left] = [performance.now(), 0, 30];
            const tick = (now) => {
              longest = Math.max(longest, now - last);
              last = now;
              left -= 1;
              if (left) requestAnimationFrame(tick); else done(longest);
            };
            requestAnimationFrame(tick);
        })"""
    )
    assert longest < 1000


def test_the_page_computes_itself_until_a_worker_has_loaded(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}")
    grown(page)
    whole = kinds(page)
    waiting: list[Route] = []
    page.route(re.compile(r"/maps/worker\.js"), lambda route: waiting.append(route))
    page.reload()
    grown(page, 16)
    assert waiting
    shown = kinds(page)[::16, ::16]
    np.testing.assert_array_equal(shown, whole[::16, ::16])
    for route in waiting:
        route.continue_()
    grown(page)


def test_a_rate_in_the_hand_redraws_the_map_before_anything_is_sent(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}")
    grown(page)
    before, address = kinds(page), query(page)
    slider = page.get_by_role("slider", name="Rate of Momentum", exact=True).first
    slider.evaluate(
        "(input) => { input.value = String(Number(input.value) + 9); input.dispatchEvent(new Event('input')); }"
    )
    eventually(lambda: (kinds(page) != before).mean(), lambda share: share > 0.02)
    assert query(page) == address
    expect(page.locator(".dm-value").first).to_have_text("rate 0.011")
    slider.dispatch_event("change")
    page.wait_for_url(re.compile(r"o1\.lr=0\.011"))
    grown(page)
    settle(page)
    own = page.locator("[data-testid=stSidebar]").get_by_text("rate 0.011")
    expect(own).to_be_visible()


def test_pointing_draws_a_path_and_a_click_leads_to_its_race(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}&o2=adam&o2.lr=0.1")
    grown(page, 8)
    top = page.locator(".dm-top").first
    page.mouse.move(*within(top, 0.8, 0.2)())
    expect(page.locator(".dm-readout")).to_contain_text("Adam: minimum C at (3, 2) after")
    page.mouse.click(*within(top, 0.3, 0.3)())
    page.wait_for_url(re.compile("at_x="))
    page.mouse.move(5, 5)
    expect(page.locator(".dm-readout")).to_contain_text("minimum B")
    chosen = query(page)
    link = page.get_by_role("link", name="Race from here")
    given = {key: each[0] for key, each in parse_qs(urlsplit(link.get_attribute("href") or "").query).items()}
    assert [float(each) for each in given["start"].split(",")] == [float(chosen["at_x"]), float(chosen["at_y"])]
    link.click()
    page.wait_for_url(re.compile("/descent"))
    settle(page)
    there = query(page)
    assert (there["o1"], there["o1.lr"], there["o2"], there["steps"]) == ("momentum", "0.005", "adam", "100")
    assert there["start"] == given["start"]
    expect(page.get_by_role("alert")).to_have_count(0)


def test_arrow_keys_move_the_start(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}&at_x=1&at_y=1")
    grown(page, 8)
    page.locator(".dm-top").focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: query(page).get("at_x"), lambda x: x == "1.15625")
    expect(page.locator(".dm-readout")).to_contain_text("From (1.16, 1)")


def test_the_map_of_rates_shows_theory_and_a_click_sets_both(open_page: OpenPage) -> None:
    page = open_page("/maps?" + "&".join(f"{key}={value}" for key, value in PRESETS["bowl"].query.items()))
    grown(page)
    expect(page.locator(".dm-notes")).to_contain_text("Best pair by theory: rate 0.111, momentum 0.444.")
    told = legend(page)
    found = re.search(r"fewest steps: (\d+) at rate ([\d.]+), momentum ([\d.]+)", told)
    assert found, told
    assert 0.05 < float(found[2]) < 0.16
    assert 0.3 < float(found[3]) < 0.6
    shown = kinds(page)[::2, ::2]
    rates = 1e-5 * 1e6 ** ((np.arange(0, SIDE, 2) + 0.5) / SIDE)
    momenta = 0.9999 * (1 - (np.arange(0, SIDE, 2)[:, None] + 0.5) / SIDE)
    beyond = rates > 2 * (1 + momenta) / 25 * 1.05
    assert (shown[beyond] == End.DIVERGED).mean() > 0.99
    assert not (shown[~beyond] == End.DIVERGED).mean() > 0.01
    page.mouse.click(*within(page.locator(".dm-top").first, 0.6, 0.5)())
    page.wait_for_url(re.compile(r"o1\.momentum="))
    expect(page.locator(".dm-readout")).to_contain_text("steps")


def test_lines_of_sensitivity_are_drawn_and_told(open_page: OpenPage) -> None:
    page = open_page("/maps?view=sensitivity&surface=elongated_bowl&steps=100")
    eventually(lambda: plots(page).get_attribute("data-lines"), lambda lines: lines == "8")
    rows = page.locator(".dm-legend tr")
    expect(rows).to_have_count(9)
    expect(rows.nth(1)).to_contain_text("SGD")
    expect(rows.nth(1)).to_contain_text("decades")


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_drawn(open_page: OpenPage, key: str) -> None:
    page = open_page(
        "/maps?" + "&".join(f"{name}={value}" for name, value in PRESETS[key].query.items()).replace("+", "%2B")
    )
    expect(page.get_by_text(PRESETS[key].look_for)).to_be_visible()
    expect(page.locator(".dm-legend td").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_junk_in_a_link_is_told_and_a_map_is_drawn(open_page: OpenPage) -> None:
    page = open_page("/maps?view=<b>no</b>&o1=nobody&steps=1e9&x_low=9&other=1")
    for told in (
        "<b>no</b>",
        "o1 was given 'nobody'",
        "steps was given '1e9'",
        "no inside",
        "'other' is not a parameter",
    ):
        expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    grown(page, 8)


@pytest.mark.parametrize("formula", ["1/(x*y)", "1/x + y^2", "log(x)", "x*0"])
def test_a_formula_with_a_pole_is_drawn_and_explained(open_page: OpenPage, formula: str) -> None:
    page = open_page(f"/maps?surface=formula&f={formula.replace('+', '%2B')}&steps=50&o1=sgd&o1.lr=0.1")
    expect(page.locator(".dm-legend td").first).to_be_visible()


def test_a_rule_that_diverges_at_once_is_drawn(open_page: OpenPage) -> None:
    page = open_page("/maps?o1=sgd&o1.lr=1e100&steps=50")
    expect(page.locator(".dm-legend")).to_contain_text("diverges")
    expect(page.locator(".dm-readout")).to_contain_text("diverges, or leaves where f is defined at step 1")


@pytest.mark.parametrize("view", ["basins", "rates", "sensitivity"])
def test_nothing_is_wider_than_a_phone_and_dark_is_dark(open_page: OpenPage, view: str) -> None:
    page = open_page(f"/maps?view={view}&steps=50", phone=True, color_scheme="dark")
    expect(page.locator(".dm-legend td").first).to_be_visible()
    expect(page.locator(".dm-legend")).to_have_css("color", css(DARK.text))
    fits(page)
    heights = [each.bounding_box() for each in page.locator(".dm-button").all()]
    assert all(box and box["height"] >= 44 for box in heights)


def test_another_theme_gives_other_shades_of_the_same_map(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}")
    grown(page)
    corner = "(root) => [...[...root.maps.shown.boards.values()][0].panel.pixels.data.slice(0, 3)]"
    before = page.locator(".dm-maps").evaluate(corner)
    page.get_by_role("button", name=re.compile("[Dd]ark")).first.click()
    page.wait_for_url(re.compile("embed_options=dark_theme"))  # the page is loaded anew
    grown(page)
    after = eventually(lambda: page.locator(".dm-maps").evaluate(corner), lambda now: now != before)
    assert sum(after) < sum(before)


@pytest.mark.parametrize("view", ["basins", "rates", "sensitivity"])
def test_maps_are_taken_away_as_png_svg_and_csv(open_page: OpenPage, view: str, tmp_path: Path) -> None:
    page = open_page(f"/maps?view={view}&steps=50&o1=momentum&o1.lr=0.01")
    expect(page.locator(".dm-legend td").first).to_be_visible()
    files = {}
    for kind in ("PNG", "SVG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {kind}").click()
        files[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[kind])
    assert files["PNG"].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    svg = files["SVG"].read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert ("start x" if view == "basins" else "learning rate") in svg
    rows = list(csv.reader(io.StringIO(files["CSV"].read_text(encoding="utf-8"))))
    assert len(rows) > 500
    if view == "basins":
        assert rows[0] == ["x", "y", "Momentum: end", "Momentum: steps"]
        assert -5 < float(rows[1][0]) < float(rows[-1][0]) < 5
        assert any(row[2].startswith("minimum") for row in rows)


def test_basins_have_the_colors_of_the_theme(open_page: OpenPage) -> None:
    page = open_page(f"/maps?{QUICK}")
    grown(page)
    # Read at once: the legend is made anew as the map grows finer.
    colors = (
        "(legend) => [...legend.querySelectorAll('.dm-chip')].map((chip) => getComputedStyle(chip).backgroundColor)"
    )
    legend = page.locator(".dm-legend").first
    shown = set(eventually(lambda: legend.evaluate(colors), lambda row: len(row) >= 4)[:4])
    assert shown <= {f"rgb({', '.join(map(str, rgb(color)))})" for color in BASINS}
    assert len(shown) == 4


def test_a_rule_that_searches_in_loops_has_a_map_from_the_server(open_page: OpenPage) -> None:
    page = open_page("/maps?steps=60&o1=bfgs")
    plot = plots(page).first
    known = eventually(lambda: plot.get_attribute("data-stride"), lambda told: told is not None and int(told) <= 8)
    stride = int(known or 0)
    shown, landscape = kinds(page)[::stride, ::stride], LANDSCAPES["himmelblau"]
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, SIDE // stride, (2, 100))
    (left, right), (bottom, top) = landscape.domain
    x, y = left + (columns * stride + 0.5) / SIDE * (right - left), top - (rows * stride + 0.5) / SIDE * (top - bottom)
    path = descend(landscape, OPTIMIZERS["bfgs"], start=np.stack([x, y], axis=-1), steps=60, record="points")
    ends, _ = path_ends(landscape, path, landscape.domain, rest_points(landscape, landscape.domain))
    assert (shown[rows, columns] == ends).mean() >= 0.99
    expect(page.get_by_text("the server computes it")).to_be_visible()
    before = page.locator(".dm-readout").inner_text()
    box = at_rest(plot.bounding_box)
    assert box is not None
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])
    eventually(lambda: query(page).get("at_x"), bool)
    settle(page)
    page.mouse.move(0, 0)
    eventually(page.locator(".dm-readout").inner_text, lambda told: told.startswith("From") and told != before)


def test_a_rule_that_searches_in_loops_has_a_map_of_its_numbers(open_page: OpenPage) -> None:
    page = open_page("/maps?view=rates&steps=60&o1=trust_region")
    plot = plots(page).first
    known = eventually(lambda: plot.get_attribute("data-stride"), lambda told: told is not None and int(told) <= 16)
    stride = int(known or 0)
    values, _ = MapsCodec().read({"view": "rates", "steps": "60", "o1": "trust_region"})
    sheet = server_sheets(values)["o1"]
    told = sheet.outcomes(sheet.samples(stride).reshape(-1, 2))
    np.testing.assert_array_equal(kinds(page)[::stride, ::stride].ravel(), told.ends)
    expect(page.locator(".dm-legend")).to_contain_text("fewest steps: ")
    # When all is there the page asks no more, and a click sets both numbers, in the sidebar and the link.
    eventually(lambda: page.locator(".dm-progress").inner_text(), lambda text: not text)
    page.mouse.click(*within(page.locator(".dm-top").first, 0.5, 0.5)())
    page.wait_for_url(re.compile(r"o1\.max_radius="))
    expect(page.locator(".dm-readout")).to_contain_text("steps")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_hand_is_heard_while_the_server_computes(open_page: OpenPage) -> None:
    page = open_page("/maps?view=rates&steps=2000&o1=lbfgs&starts=many")
    expect(page.locator(".dm-progress")).to_contain_text("computing")
    page.get_by_text("Sensitivity", exact=True).click()
    page.wait_for_url(re.compile("view=sensitivity"))
    eventually(lambda: plots(page).get_attribute("data-lines"), lambda lines: lines == "8")


def test_lines_of_rules_that_search_in_loops_stand_beside_the_others(open_page: OpenPage) -> None:
    page = open_page("/maps?view=sensitivity&rules=searching&surface=booth&steps=100")
    eventually(lambda: plots(page).get_attribute("data-lines"), lambda lines: lines == "8")
    rows = page.locator(".dm-legend tr")
    expect(rows).to_have_count(9)
    expect(rows.filter(has_text="Trust region, radius")).to_contain_text("decades")
    expect(rows.filter(has_text="Coordinate descent")).to_contain_text("none to choose")
    eventually(lambda: page.locator(".dm-progress").inner_text(), lambda text: not text)
    values, _ = MapsCodec().read({"view": "sensitivity", "rules": "searching", "surface": "booth", "steps": "100"})
    read = "(root) => root.maps.shown.lines.map(({ rule, value }) => [rule.key, [...value]])"
    shown = dict(page.locator(".dm-maps").evaluate(read))
    for rule, sheet in server_sheets(values).items():
        expected = sheet.outcomes(sheet.samples(1)).values
        np.testing.assert_array_equal(shown[rule], np.broadcast_to(expected, 64))
