"""The initialization page without a browser: what is measured, presets, junk, and what a click on the plane does."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from experiments.initialization.settings import PRESETS, declared, setups_of
from settings.linked import read_settings
from tests.pages.opened_page import link, newest, opened_page, told

SMALL = {"width": "32", "samples": "100"}


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/initialization.py", query)


def spreads(app: AppTest, slot: int = 1) -> list[float]:
    return [float(text) for text in app.dataframe[slot - 1].value["spread"].tolist()[:5]]


def test_normal_weights_of_a_hundredth_give_the_published_spreads() -> None:
    app = opened(dict(PRESETS["small"].query))
    assert spreads(app) == pytest.approx([0.2131, 0.0476, 0.0106, 0.0024, 0.0005], rel=0.05)
    assert "0.2131" in " ".join(caption.value for caption in app.caption)


def test_normal_weights_of_one_saturate_tanh_as_published() -> None:
    app = opened(dict(PRESETS["large"].query))
    assert spreads(app) == pytest.approx([0.98] * 5, abs=0.005)


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_opens_by_its_link_and_is_measured(key: str) -> None:
    app = opened(SMALL | {"depth": "2", "n": "1", "s1.activation": "mish"})
    # Small beside the preset's own size, so that all of them are measured in a moment.
    query = dict(PRESETS[key].query) | SMALL | {"depth": "5"}
    for name in list(app.query_params):
        del app.query_params[name]
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert link(app) == query
    assert len(app.dataframe) == len(setups_of(read_settings(declared, query)[0]))


def test_the_menu_opens_a_preset() -> None:
    app = opened(SMALL | {"n": "1"})
    newest(app, "selectbox", "initialization.preset").select("zeros").run()
    assert not app.exception
    assert link(app) == PRESETS["zeros"].query
    assert newest(app, "selectbox", "initialization.s1.initializer").value == "zeros"


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened(SMALL | {"n": "1", "s1.initializer": "magic", "s2.scale": "1", "depth": "1000", "focus": "4"})
    text = told(app)
    assert "magic" in text
    assert "'s2.scale' is not a parameter" in text
    assert "'focus' is not a parameter" in text
    assert "depth was given '1000'; allowed is a whole number in [2, 100]" in text
    assert link(app) == SMALL | {"n": "1"}


def test_another_initializer_starts_at_its_own_default() -> None:
    app = opened(SMALL | {"n": "1", "s1.scale": "3"})
    newest(app, "selectbox", "initialization.s1.initializer").select("uniform").run()
    assert link(app) == SMALL | {"n": "1", "s1.initializer": "uniform"}


def test_set_ups_are_added_and_taken_away() -> None:
    app = opened(SMALL)
    next(button for button in app.button if button.label == "Add a set-up").click().run()
    assert len(app.dataframe) == 4
    app.button(key="initialization.remove.1").click().run()
    assert len(app.dataframe) == 3
    assert link(app)["s1.scale"] == "1"


def test_layers_of_their_own_widths_tell_fan_in_from_fan_out() -> None:
    app = opened({"n": "1", "widths": "64-32-16", "samples": "10"})
    assert newest(app, "text_input", "initialization.widths").value == "64-32-16"
    newest(app, "text_input", "initialization.widths").set_value("64-0").run()
    assert "allowed is 2 to 41 whole numbers" in app.error[0].value.replace("\\", "")
    assert link(app)["widths"] == "64-32-16"
    newest(app, "text_input", "initialization.widths").set_value("48-24").run()
    assert not app.error
    assert link(app)["widths"] == "48-24"


@pytest.mark.parametrize("widths", ["64", "64-", "0-5", "4096-5", "a-b", "-".join(["5"] * 42)])
def test_widths_that_cannot_be_used_are_named(widths: str) -> None:
    app = opened({"n": "1", "depth": "2", "width": "8", "samples": "10", "widths": widths})
    assert "widths was given" in told(app)
    assert "widths" not in link(app)
