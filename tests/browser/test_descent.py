"""The descent page and the landing page as a person uses them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from experiments.race.link import race_to_query
from experiments.race.presets import PRESETS
from optimizers import OPTIMIZERS
from tests.browser.pages import (
    TRAINING_MS,
    OpenPage,
    at_rest,
    choose,
    eventually,
    fits,
    land,
    query,
    settle,
    turn,
    within,
)

STILL: dict[str, Any] = {"reduced_motion": "reduce"}


def finals(page: Page) -> list[str]:
    """The final values in the legend; they change when the paths do."""
    return page.locator(".dl-chip .dl-value").all_inner_texts()


def loaded(page: Page) -> list[str]:
    expect(page.locator(".dl-chip .dl-value").first).not_to_be_empty()
    return finals(page)


def chosen(page: Page, label: str, option: str) -> None:
    choose(page.get_by_role("combobox", name=label).first, option, typed=option)


def race_of(page: Page) -> dict[str, str]:
    """The parameters of the address that are the race's; the view has its own."""
    return {key: value for key, value in query(page).items() if not key.startswith("v.")}


def test_the_race_plays_by_itself_and_can_be_scrubbed(open_page: OpenPage) -> None:
    page = open_page("/descent?v.speed=0.25")  # 20 seconds: it still plays when a slow browser has come so far
    loaded(page)
    step = page.get_by_role("slider", name="Step", exact=True)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("combobox", name="Speed").select_option("16")
    expect(step).to_have_value("500")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    step.focus()
    page.keyboard.press("Home")
    expect(step).to_have_value("0")
    page.keyboard.press("ArrowRight")
    expect(step).to_have_value("1")
    page.wait_for_url(re.compile(r"v\.step=1\b"))


@pytest.mark.parametrize("phone", [False, True])
def test_a_clicked_start_moves_the_paths_and_the_link_shows_the_same(open_page: OpenPage, phone: bool) -> None:
    page = open_page("/descent", phone=phone, **STILL)
    before = loaded(page)
    x, y = at_rest(within(page.locator(".dl-map"), 0.35, 0.4))
    if phone:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.click(x, y)
    page.wait_for_url(re.compile(r"start="))
    expect(page.locator(".dl-chip .dl-value").first).not_to_have_text(before[0])
    settle(page)
    again = open_page(page.url[page.url.index("/descent") :], phone=phone, **STILL)
    eventually(lambda: (finals(again), finals(page)), lambda both: both[0] == both[1] != before)
    assert query(again)["start"] == query(page)["start"]
    fits(page)


def test_dragging_a_rate_moves_its_path_and_the_link(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)
    before = loaded(page)
    settle(page)
    slider = page.get_by_role("slider", name="Rate of Adam")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"o4\.lr=0\.16"))
    expect(page.locator(".dl-chip .dl-value").nth(3)).not_to_have_text(before[3])
    settle(page)
    assert finals(page)[:3] == before[:3]


def test_a_slider_keeps_every_one_of_five_quick_moves(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)  # a preset, which the first move leaves
    before = loaded(page)
    settle(page)
    slider = page.get_by_role("slider", name="Rate of Adam")
    stop = int(slider.input_value())
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"o4\.lr=0\.11"))
    settle(page)
    expect(slider).to_have_value(str(stop - 5))
    expect(page.locator(".dl-chip .dl-value").nth(3)).not_to_have_text(before[3])
    assert query(page)["o4.lr"] == "0.11"
    assert finals(page)[:3] == before[:3]


def test_a_slider_stays_where_it_is_dragged_though_the_last_drag_is_not_answered(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)
    before = loaded(page)
    settle(page)
    slider = page.get_by_role("slider", name="Rate of Adam")
    thumb = page.get_by_test_id("stSlider").filter(has=slider).get_by_test_id("stSliderThumbValue").locator("..")
    thumb.scroll_into_view_if_needed()
    for _ in range(3):
        x, y = within(thumb, 0.5, 0.5)()
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 25, y, steps=15)
        page.mouse.up()
    # The browser has drawn the drag within two frames; an answer of the server that would undo it takes longer.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    stop, rate = slider.evaluate("slider => [slider.value, slider.getAttribute('aria-valuetext')]")
    page.wait_for_url(re.compile(rf"o4\.lr={re.escape(rate.removeprefix('rate '))}(&|$)"))
    settle(page)
    expect(slider).to_have_value(stop)
    assert query(page)["o4.lr"] == rate.removeprefix("rate ")
    assert finals(page)[:3] == before[:3]


def test_a_preset_is_not_undone_by_a_slider_that_is_moved_before_it_is_drawn(open_page: OpenPage) -> None:
    page = open_page("/descent?surface=beale&o1=adam&o1.lr=0.1&steps=50", **STILL)
    loaded(page)
    settle(page)
    # Told in one breath with the preset, as a busy browser may, the move could as well have come before it.
    page.evaluate(
        """() => {
            const app = document.querySelector('[data-testid=stApp]');
            const begins = (done) => () => app.dataset.testScriptState === 'running' && done();
            const watched = { attributeFilter: ['data-test-script-state'] };
            window.begun = new Promise((done) => new MutationObserver(begins(done)).observe(app, watched));
        }"""
    )
    chosen(page, "Preset", PRESETS["newton_saddle"].title)
    page.evaluate("begun")
    page.get_by_role("slider", name="Gradient noise").focus()
    page.keyboard.press("ArrowRight")
    expected = race_to_query(PRESETS["newton_saddle"].race) | {"noise": "0.01"}
    eventually(lambda: race_of(page), lambda race: race == expected)
    settle(page)
    assert race_of(page) == expected
    expect(page.get_by_role("combobox", name="Preset")).to_have_value("")


def test_a_clicked_start_is_not_undone_by_a_slider_that_is_moved_at_once(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)
    loaded(page)
    settle(page)
    slider = page.get_by_role("slider", name="Steps")
    slider.focus()
    page.locator(".dl-map").click(position={"x": 200, "y": 150})
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(r"start=.*steps=400"))
    settle(page)
    field = page.get_by_role("spinbutton", name="Start x")
    eventually(
        lambda: (float(field.input_value()), float(query(page)["start"].split(",")[0])),
        lambda starts: starts[0] == pytest.approx(starts[1], rel=1e-3),
    )


def test_the_first_click_opens_what_else_an_optimizer_can_be_set_to(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)
    before = loaded(page)
    page.get_by_text("More of Adam").click()
    switch = page.get_by_test_id("stSidebar").locator("label", has_text="bias correction").locator("visible=true")
    at_rest(within(switch, 0.5, 0.5))  # the drawer slides open
    turn(switch, False)
    page.wait_for_url(re.compile(r"o4\.bias_correction=false"))
    expect(page.locator(".dl-chip .dl-value").nth(3)).not_to_have_text(before[3])


def test_a_preset_from_the_menu_sets_link_and_controls(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)
    loaded(page)
    chosen(page, "Preset", PRESETS["newton_saddle"].title)
    page.wait_for_url(re.compile("himmelblau"))
    settle(page)
    expect(page.get_by_text(PRESETS["newton_saddle"].look_for)).to_be_visible()
    expected = race_to_query(PRESETS["newton_saddle"].race)
    eventually(lambda: race_of(page), lambda race: race == expected)
    page.reload()
    settle(page)
    expect(page.get_by_text(PRESETS["newton_saddle"].look_for)).to_be_visible()
    assert race_of(page) == expected


def test_formulas_are_raced_and_refused(open_page: OpenPage) -> None:
    page = open_page("/descent", **STILL)
    before = loaded(page)
    chosen(page, "Surface", "Your own formula")
    field = page.get_by_role("textbox", name="f(x, y) =")
    field.fill("x^2 + 4*y^2 + sin(3*x)")
    field.press("Enter")
    page.wait_for_url(re.compile("sin"))
    settle(page)
    values = eventually(lambda: at_rest(lambda: finals(page)), lambda values: values != before)
    field.fill("__import__('os').system('touch /tmp/x')")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    settle(page)
    assert finals(page) == values
    assert query(page)["f"] == "x^2 + 4*y^2 + sin(3*x)"


def test_junk_in_a_link_is_told_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/descent?surface=<b>no</b>&steps=0&o1=adam&o1.beta1=7", **STILL)
    loaded(page)
    for told in ("<b>no</b>", "steps was given '0'", "o1.beta1 was given '7'"):
        expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()


PAINTED = """name => {
    const find = (root) => root.querySelector(`.dl-relief-${name}`)
        || [...root.querySelectorAll('*')].map((each) => each.shadowRoot && find(each.shadowRoot)).find((one) => one);
    const canvas = find(document);
    if (!canvas || canvas.width < 100) return "";
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0, count = 0;
    for (let i = 3; i < data.length; i += 4) {
        if (data[i] < 128) continue;
        sum = (sum * 31 + i + data[i - 1]) % 1000000007;
        count += 1;
    }
    return count > 500 ? `${count} ${sum}` : "";
}"""


def test_three_dimensions_show_the_same_race_follow_it_and_keep_charts_and_controls(open_page: OpenPage) -> None:
    page = open_page("/descent?surface=himmelblau", **STILL)
    loaded(page)
    page.get_by_role("radio", name="3-D").or_(page.get_by_role("button", name="3-D")).first.click()
    page.wait_for_url(re.compile(r"v\.picture=3d"))
    surface = eventually(lambda: page.evaluate(PAINTED, "surface"), bool)
    step = page.get_by_role("slider", name="Step", exact=True)
    expect(step).to_be_in_viewport()
    trail = eventually(lambda: page.evaluate(PAINTED, "trail"), bool)
    step.focus()
    page.keyboard.press("Home")
    eventually(lambda: page.evaluate(PAINTED, "trail"), lambda now: now != trail)
    assert page.evaluate(PAINTED, "surface") == surface
    page.get_by_role("button", name="Turn left").click()
    eventually(lambda: page.evaluate(PAINTED, "surface"), lambda now: now not in ("", surface))
    page.wait_for_url(re.compile(r"v\.camera="))
    page.get_by_role("button", name="Look from where start and finish are seen").click()
    eventually(lambda: page.evaluate(PAINTED, "surface"), lambda now: now == surface)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)


@pytest.mark.parametrize("label", ["Player, HTML", "Paths, CSV", "Picture, SVG", "Python script", "Animation, GIF"])
def test_what_is_taken_away_is_whole(open_page: OpenPage, tmp_path: Path, label: str) -> None:
    page = open_page("/descent?surface=booth&steps=50", **STILL)
    values = loaded(page)
    page.get_by_role("button", name="Take away").click()
    with page.expect_download(timeout=TRAINING_MS) as started:
        land(page.get_by_role("button", name=label))
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    content = path.read_bytes()
    if label == "Player, HTML":
        offline = open_page(path.as_uri(), **STILL)
        eventually(lambda: finals(offline), lambda shown: shown == values)
    elif label == "Paths, CSV":
        assert len(content.decode().splitlines()) > 4 * 51
    elif label == "Picture, SVG":
        assert content.lstrip().startswith(b"<svg")
    elif label == "Animation, GIF":
        assert content.startswith(b"GIF89a")
    else:
        compile(content.decode(), path.name, "exec")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_the_landing_page_opens_a_preset_by_its_picture(
    open_page: OpenPage, phone: bool, scheme: Literal["light", "dark"]
) -> None:
    page = open_page("/", phone=phone, color_scheme=scheme, **STILL)
    loaded(page)
    fits(page)
    page.get_by_role("link", name=PRESETS["saddle"].title).click()
    page.wait_for_url(re.compile("/descent.*surface=saddle"))
    settle(page)
    expect(page.get_by_text(PRESETS["saddle"].look_for)).to_be_visible()
    expect(page.locator(".dl-chip .dl-value")).to_have_count(4)
    loaded(page)


def test_a_click_in_the_table_of_rules_adds_a_lane(open_page: OpenPage) -> None:
    page = open_page("/descent?surface=bowl&o1=sgd", **STILL)
    loaded(page)
    settle(page)
    page.get_by_text(re.compile(r"All \d+ rules compared")).click()
    for lanes in (2, 3):  # the same rule twice
        expect(page.get_by_text("Click a rule to add it")).to_be_visible()
        table = page.locator("[data-testid=stDataFrame]").last
        expect(table.locator("canvas td").filter(has_text="Nesterov").first).to_be_attached()
        row = 1.5 + list(OPTIMIZERS).index("nesterov")
        land(table, {"x": 40, "y": row * _ROW_HEIGHT})
        eventually(lambda lanes=lanes: query(page).get(f"o{lanes}"), lambda rule: rule == "nesterov")
        settle(page)


_ROW_HEIGHT = 33.0  # pixels, of Streamlit's tables at our size of type
