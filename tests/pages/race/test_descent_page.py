"""The descent page without a browser: defaults, every preset, junk in the URL, what the controls do to the race."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from experiments.race import workload
from experiments.race.link import race_to_query
from experiments.race.presets import PRESETS
from experiments.race.types import Race
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.pages.opened_page import link, newest, opened_page, told


def opened(query: dict[str, str] | None = None, *drawers: str) -> AppTest:
    return opened_page("pages/descent.py", query, *drawers)


def results(app: AppTest) -> list[str]:
    """The rows of the table of results."""
    [table] = [each.proto.body for each in app.get("html") if "<table>" in each.proto.body]
    return re.findall("<tr>.*?</tr>", table.partition("<tbody>")[2])


def race_of(app: AppTest) -> Race:
    return app.session_state["linked descent"].state.race


def test_it_opens_with_a_finished_race() -> None:
    app = opened()
    race = race_of(app)
    assert race.landscape.key == "rosenbrock"
    assert [entry.optimizer for entry in race.entries] == ["sgd", "momentum", "rmsprop", "adam"]
    assert len(results(app)) == 4
    assert not app.warning


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_opens_by_its_link_and_is_shown_as_chosen(key: str) -> None:
    app = opened(race_to_query(PRESETS[key].race))
    assert race_of(app) == PRESETS[key].race
    assert newest(app, "selectbox", "descent.preset").value == key
    assert not app.warning
    assert len(results(app)) == len(PRESETS[key].race.entries)


@pytest.mark.parametrize("key", ["step_size_limit", "noise", "newton_saddle"])
def test_choosing_a_preset_sets_every_control_and_the_link(key: str) -> None:
    app = opened({"surface": "beale", "o1": "adam", "o1.lr": "0.1", "steps": "50"})
    newest(app, "selectbox", "descent.preset").select(key).run()
    assert not app.exception
    assert race_of(app) == PRESETS[key].race
    expected = race_to_query(PRESETS[key].race)
    assert {name: value for name, value in link(app).items() if not name.startswith("v.")} == expected


@pytest.mark.parametrize("key", [*LANDSCAPES, "formula"])
def test_every_surface_can_be_chosen_and_keeps_the_optimizers(key: str) -> None:
    app = opened({"surface": "booth" if key == "rosenbrock" else "rosenbrock"})
    newest(app, "selectbox", "descent.surface").select(key).run()
    assert not app.exception
    race = race_of(app)
    assert race.landscape.key == key
    assert [entry.optimizer for entry in race.entries] == ["sgd", "momentum", "rmsprop", "adam"]
    assert race.start == race.landscape.start


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_can_be_raced_and_has_its_controls(key: str) -> None:
    app = opened({"surface": "himmelblau", "o1": key}, "descent.o1.drawer")
    newest(app, "selectbox", "descent.o1").select(key).run()
    assert not app.exception
    widgets = {widget.key for kind in (app.select_slider, app.slider, app.toggle, app.selectbox) for widget in kind}
    named = {re.sub(r" \d+$", "", name) for name in widgets if name}
    assert {f"descent.o1.{parameter.name}" for parameter in OPTIMIZERS[key].hyperparameters} <= named


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened({"surface": "atlantis", "steps": "20", "noise": "loud", "v.speed": "1000"})
    assert race_of(app).landscape.key == "rosenbrock"
    assert race_of(app).steps == 20
    text = told(app)
    assert "atlantis" in text
    assert "loud" in text
    assert "v.speed" in text
    assert link(app) == {"surface": "rosenbrock", "steps": "20"}
    newest(app, "select_slider", "descent.steps").set_value(50).run()
    assert not app.warning


def test_a_bad_formula_keeps_the_last_surface_and_says_what_is_wrong() -> None:
    app = opened({"surface": "formula", "f": "x^2 + y^2"})
    newest(app, "text_input", "descent.f").set_value("__import__('os').system('true')").run()
    assert not app.exception
    assert app.error
    assert race_of(app).landscape.name == "x^2 + y^2"
    newest(app, "text_input", "descent.f").set_value("x^2 + 5*y^2").run()
    assert not app.error
    assert race_of(app).landscape.name == "x^2 + 5*y^2"
    assert link(app)["f"] == "x^2 + 5*y^2"


def test_optimizers_are_added_and_removed() -> None:
    app = opened(None, "descent.o1.drawer")
    add = next(button for button in app.button if button.label == "Add an optimizer")
    add.click().run()
    assert len(race_of(app).entries) == 5
    app.button(key="descent.o1.remove").click().run()
    race = race_of(app)
    assert [entry.optimizer for entry in race.entries][:3] == ["momentum", "rmsprop", "adam"]
    assert link(app)["o1"] == "momentum"


def test_a_diverging_race_is_told_and_is_no_error() -> None:
    app = opened({"surface": "rosenbrock", "o1": "sgd", "o1.lr": "1"})
    assert not app.error
    assert "iverge" in str(results(app))


def test_every_rule_stands_beside_its_formula_as_its_own_code() -> None:
    app = opened({"surface": "booth", "o1": "adamw", "o2": "lion", "o2.lr": "0.01"}, "descent.written")
    codes = [each.value for each in app.code]
    calls = [code for code in codes if code.startswith("torch.optim.")]
    assert [call.partition("(")[0] for call in calls] == ["torch.optim.AdamW"]
    assert [code for code in codes if "\ndef adamw(objective, points, state, hyper, k):\n" in f"\n{code}"]
    assert [code for code in codes if code.startswith("def lion(objective, points, state, hyper, k):\n")]


def test_every_form_of_a_rule_that_runs_has_its_formula() -> None:
    query = {"surface": "booth", "o1": "adam", "o2": "adam", "o2.eps_place": "inside", "o3": "adam", "o3.lr": "0.1"}
    app = opened(query, "descent.written")
    adam = OPTIMIZERS["adam"]
    forms = [adam.formula(adam.defaults()), adam.formula(adam.defaults() | {"eps_place": "inside"})]
    assert [each.value for each in app.latex] == [f"$$\n{form}\n$$" for form in forms]
    named = [each.value.rpartition(", ")[2] for each in app.caption if each.value.startswith("Adam, ")]
    assert named == ["eps place outside", "eps place inside"]
    assert len([each for each in app.code if each.value.startswith("torch.optim.Adam")]) == 1


def test_nothing_is_told_of_a_drawer_that_nobody_has_opened() -> None:
    app = opened({"surface": "booth", "o1": "sgd"})
    assert not [each for each in app.code if "sgd(" in each.value]
    assert not app.dataframe
    assert not [each for each in app.toggle if each.key == "descent.o1.bias_correction"]
    assert [each for each in app.select_slider if each.key == "descent.o1.lr"]


def test_a_rule_whose_source_is_not_at_hand_is_shown_by_its_formula() -> None:
    def page() -> None:
        from dataclasses import replace

        from pages.parts.race.results import rules
        from tests.exports.made_up_rules import RULES
        from tests.exports.test_race_script import made_up

        typed: dict = {}
        exec("def step(objective, points, state, hyper, k):\n    return points, state", typed)
        rules(made_up(replace(RULES[0], latex="x - g", step=typed["step"]), RULES[1]))

    app = AppTest.from_function(page).run(timeout=60)
    assert not app.exception
    assert [each.value for each in app.latex] == ["$$\nx - g\n$$", "$$\nx\n$$"]
    assert len(app.code) == 1


def test_a_race_of_too_much_work_is_run_shorter_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "MOST", workload.MOST / 20)  # the page is the same for a race of ten seconds
    twelve = {f"o{number}": "lbfgs" for number in range(1, 13)} | {f"o{number}.lr": "0.01" for number in range(1, 13)}
    query = {"surface": "booth", "steps": "5000", "v.step": "4000", "v.picture": "3d"} | twelve
    app = opened(query)
    assert not app.exception
    (sentence,) = [each.value for each in app.info]
    assert re.match(r"5,000 steps of 12 optimizers .* [\d,]+ steps were run", sentence)
    assert race_of(app).steps == 5000  # the link stays what it is
    assert link(app)["steps"] == "5000"
    assert len(results(app)) == 12


def test_a_step_beyond_the_end_of_the_race_shows_its_end() -> None:
    app = opened({"surface": "booth", "steps": "20", "v.step": "3000", "v.picture": "3d"})
    assert not app.exception


def test_a_surface_of_rows_has_batches_and_another_has_none() -> None:
    query = {"surface": "logistic", "o1": "sgd", "o1.lr": "0.1", "o2": "adam", "o2.lr": "0.1", "steps": "50"}
    app = opened(query, "descent.o1.drawer")
    newest(app, "select_slider", "descent.o1.batch").set_value(10).run()
    newest(app, "selectbox", "descent.o1.draw").select("replaced").run()
    assert not app.exception
    assert [(entry.batch, entry.draw) for entry in race_of(app).entries] == [(10, "replaced"), (0, "shuffled")]
    assert link(app)["o1.batch"] == "10"
    assert link(app)["o1.draw"] == "replaced"
    newest(app, "selectbox", "descent.o1").select("momentum").run()
    assert race_of(app).entries[0].batch == 10
    newest(app, "selectbox", "descent.surface").select("beale").run()
    assert not app.exception
    assert [entry.batch for entry in race_of(app).entries] == [0, 0]
    assert not [each for each in app.select_slider if ".batch" in str(each.key)]
    assert "o1.batch" not in link(app)


def test_batches_of_a_surface_without_rows_are_named_as_no_parameter() -> None:
    app = opened({"surface": "beale", "o1": "sgd", "o1.lr": "0.001", "o1.batch": "10", "steps": "50"})
    assert "o1.batch" in told(app)
    app = opened({"surface": "logistic", "o1": "sgd", "o1.lr": "0.1", "o1.batch": "-3", "o1.draw": "x", "steps": "50"})
    assert "o1.batch" in told(app)
    assert "o1.draw" in told(app)
    assert race_of(app).entries[0].batch == 0
