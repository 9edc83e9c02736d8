"""What a link says of controls: shown alone, left out, held fast, framed; on any page, and told where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import trainers.lab.lab
from tests.pages.opened_page import link, opened_page, told
from tests.pages.shown_text import live_texts
from tests.trainers.labs import quick, quiet_lab, work
from trainers.imported import SAMPLE_CSV
from trainers.lab.lab import Lab
from widgets.staging import MOST_NAMES, staging_of


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab of its own, whose runs nobody trains."""
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    own = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()


def sliders(page: str, query: dict[str, str]) -> dict[str, bool]:
    """Whether each control of numbers is held fast, by its key."""
    app = opened_page(f"pages/{page}.py", query)
    return {each.key: each.disabled for each in (*app.slider, *app.select_slider, *app.number_input) if each.key}


def test_controls_are_left_out_and_held_fast_and_the_link_keeps_it():
    query = {"steps": "40", "hide": "seed,start_x", "lock": "steps,o1.lr"}
    shown = sliders("line", query)
    assert "line.seed" not in shown
    assert "line.start_x" not in shown
    assert shown["line.steps"]
    assert shown["line.o1.lr"]
    assert not shown["line.noise"]
    app = opened_page("pages/line.py", query)
    kept = link(app)
    assert (kept["hide"], kept["lock"], kept["steps"]) == ("seed,start_x", "steps,o1.lr", "40")
    assert not app.warning


def test_what_is_shown_alone_leaves_all_else_out():
    small = {"width": "16", "samples": "10", "depth": "4", "n": "1"}
    shown = sliders("initialization", {**small, "show": "depth", "lock": "s1.scale"})
    assert shown == {"initialization.depth": False, "initialization.s1.scale": True}


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("activations", "depth"),
        ("losses", "delta"),
        ("maps", "steps"),
        ("training", "optimizer.lr"),
        ("training", "budget.seed"),
        ("normalization", "correlation"),
    ],
)
def test_it_holds_on_every_page(quiet: Lab, page: str, name: str):
    key = f"{page}.{name}"
    assert sliders(page, {"lock": name})[key]
    assert key not in sliders(page, {"hide": name})


def test_controls_that_are_no_settings_are_staged_by_names_of_their_own(quiet: Lab):
    """Cells and the unit of batch normalization by hand; curves that are brought along; a table of one's own."""
    cases = {
        "normalization": ({"part": "hand"}, ("cells", "unit")),
        "runs": ({"view": "import"}, ("import.text", "import.train_loss", "import.name")),
        "training": ({"data.name": "csv"}, ("data.file",)),
        "neuron": ({}, ("file",)),
    }
    for page, (query, names) in cases.items():
        for name in names:
            drawn = {each: opened(page, {**query, each: name}) for each in ("point", "lock", "hide")}
            assert not drawn["point"].warning, (page, name)
            key = next(key for key, own in drawn["point"].session_state["staging"].drawn.items() if own == name)
            assert not held_fast(drawn["point"], key)
            assert held_fast(drawn["lock"], key), (page, name)
            assert held_fast(drawn["hide"], key) is None, (page, name)


def opened(page: str, query: dict[str, str]) -> AppTest:
    app = opened_page(f"pages/{page}.py", query)
    if query.get("view") == "import":
        app.session_state["runs.import.text"] = SAMPLE_CSV
        app.run()
        assert not app.exception
    return app


def held_fast(app: AppTest, key: str) -> bool | None:
    """Of the control of this key; None where it is not drawn."""
    for element in app.main, app.sidebar:
        for each in element:
            found = getattr(each.proto, "id", "")
            if found.endswith(f"-{key}"):
                return each.proto.disabled
    return None


def test_a_checkpoint_and_more_epochs_are_staged(quiet: Lab):
    run = quiet.store.create(quick())
    work(quiet.store, run.id)
    for name in ("checkpoint", "more_epochs"):
        query = {"run": run.id}
        for how, shown in (("point", False), ("lock", True), ("hide", None)):
            app = opened_page("pages/training.py", {**query, how: name})
            key = next(key for key, own in app.session_state["staging"].drawn.items() if own == name)
            assert held_fast(app, key) is shown, (name, how)


def test_menus_are_left_out_too():
    app = opened_page("pages/maps.py", {"hide": "preset,view"})
    assert not [each for each in app.selectbox if each.key == "maps.preset"]
    assert not app.get("button_group")


def test_a_value_that_is_left_out_stays_as_the_link_has_it():
    app = opened_page("pages/line.py", {"steps": "37", "hide": "steps"})
    assert link(app)["steps"] == "37"


def test_unknown_names_are_told_as_text():
    app = opened_page("pages/line.py", {"hide": "seed,<b>x</b>", "point": "o9.lr", "lock": "o1.momentum"})
    assert "<b>x</b> is no control of this page, so it is not left out." in told(app)
    assert "o9.lr is no control of this page, so it is not pointed at." in told(app)
    assert "<b>x</b>" not in "".join(text for _, text in live_texts(app))


def test_what_is_pointed_at_is_framed():
    styles = [text for where, text in live_texts(opened_page("pages/line.py", {"point": "steps"})) if "Html" in where]
    assert any(".st-key-line-steps { outline" in text for text in styles)


def test_a_link_with_thousands_of_names_is_cut():
    assert len(staging_of({"hide": ",".join(f"x{n}" for n in range(10_000))}).hide) <= MOST_NAMES
    app = opened_page("pages/line.py", {"hide": ",".join(f"x{n}" for n in range(10_000))})
    assert len(app.warning) <= 5
