"""The training page without a browser: what it opens with, what Train, presets and buttons order from the lab."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tests.pages.opened_page import link, opened_page
from tests.trainers.lab.test_lab_runs import finding
from tests.trainers.labs import quick, until, work
from trainers import RunConfig, diagnose
from trainers.config import differences
from trainers.diagnosis.findings import Remedy
from trainers.imported.curves import read_curves
from trainers.imported.reports import reports_of
from trainers.imported.sample import SAMPLE_CSV, SAMPLE_NAME
from trainers.lab.lab import Lab
from trainers.presets.catalogue import PRESETS
from trainers.store import RunFilter
from trainers.store.store import StoredRun
from widgets.browser import _unmasked as unmasked

HOSTILE = "<img src=x onerror=alert(1)> **b** :smile: [a](http://b)"


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/training.py", query)


def button(app: AppTest, label: str) -> Button:
    return next(each for each in app.button if each.label == label)


def has_button(app: AppTest, label: str) -> bool:
    return any(each.label == label for each in app.button)


def shown(app: AppTest, lab: Lab) -> StoredRun:
    run = lab.store.run(link(app)["run"])
    assert run is not None
    return run


def trained(lab: Lab, config: RunConfig, name: str = "") -> str:
    run = lab.store.create(config, name=name)
    work(lab.store, run.id)
    return run.id


def test_an_address_without_settings_starts_the_first_preset_once(lab: Lab) -> None:
    first = opened()
    config = next(iter(PRESETS.values())).configs()[0][1]
    assert shown(first, lab).config == config
    assert link(opened())["run"] == link(first)["run"]
    assert lab.store.count() == 1


def test_a_set_up_that_nobody_has_trained_waits_for_train(lab: Lab) -> None:
    app = opened(quick().to_query())
    assert "run" not in link(app)
    assert any("Press Train" in each.value for each in app.info)
    button(app, "Train").click().run()
    assert not app.exception
    assert shown(app, lab).config == quick()
    assert shown(app, lab).status == "queued"


def test_noise_that_is_moved_begins_a_run_under_way_anew_and_stops_the_one_that_was_started_here(lab: Lab) -> None:
    app = opened(quick().to_query())
    button(app, "Train").click().run()
    before = shown(app, lab)
    moved = next(each for each in app.select_slider if each.label.startswith("Noise"))
    moved.set_value(moved.options[-1]).run()
    assert not app.exception
    after = shown(app, lab)
    assert after.id != before.id
    assert after.config is not None
    assert before.config is not None
    assert set(differences(before.config, after.config)) == {"data.noise"}
    stopped = lab.store.run(before.id)
    assert stopped is not None
    assert stopped.wanted == "stop" or not stopped.active


def test_noise_that_is_moved_beside_an_ended_run_waits_for_train(lab: Lab) -> None:
    run = trained(lab, quick())
    app = opened(quick().to_query())
    moved = next(each for each in app.select_slider if each.label.startswith("Noise"))
    moved.set_value(moved.options[-1]).run()
    assert link(app)["run"] == run
    assert lab.store.count() == 1


def test_noise_that_is_moved_leaves_the_run_of_others_alone(lab: Lab) -> None:
    theirs = lab.store.create(quick(), name="")
    app = opened(quick().to_query() | {"run": theirs.id})
    moved = next(each for each in app.select_slider if each.label.startswith("Noise"))
    moved.set_value(moved.options[-1]).run()
    assert link(app)["run"] != theirs.id
    kept = lab.store.run(theirs.id)
    assert kept is not None
    assert kept.active
    assert kept.wanted != "stop"


def test_a_set_up_that_was_trained_before_is_shown_at_once(lab: Lab) -> None:
    run = trained(lab, quick())
    assert link(opened(quick().to_query()))["run"] == run


def test_train_makes_a_run_anew_even_where_there_is_one(lab: Lab) -> None:
    run = trained(lab, quick())
    app = opened(quick().to_query())
    button(app, "Train").click().run()
    assert link(app)["run"] != run
    assert lab.store.count() == 2


def test_a_link_to_a_run_alone_opens_its_settings(lab: Lab) -> None:
    run = trained(lab, quick({"optimizer.lr": 0.02}))
    assert link(opened({"run": run})) == quick({"optimizer.lr": 0.02}).to_query() | {"run": run}


def test_a_link_to_a_run_that_is_gone_says_so(lab: Lab) -> None:
    app = opened(quick().to_query() | {"run": "gone123456"})
    assert any("no such run" in each.value for each in app.warning)


@pytest.mark.parametrize("key", [key for key, preset in PRESETS.items() if len(preset.runs) > 1])
def test_choosing_a_preset_starts_all_its_runs_together(lab: Lab, key: str) -> None:
    app = opened(quick().to_query())
    next(each for each in app.selectbox if each.label == "Preset").select(key).run()
    assert not app.exception
    run = shown(app, lab)
    made = {one.role: one.config for one in lab.store.runs(RunFilter(experiment=run.experiment))}
    assert made == dict(PRESETS[key].configs())
    assert PRESETS[key].title in " ".join(each.value for each in app.markdown)


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_opens_by_its_link_as_itself(lab: Lab, key: str) -> None:
    app = opened(PRESETS[key].configs()[0][1].to_query())
    assert not app.warning
    assert next(each for each in app.selectbox if each.label == "Preset").value == key


def trial_of(lab: Lab, run: str) -> list[str]:
    """Somebody tries a remedy that begins anew on a run; both sides, worked on to their end."""
    tried = Remedy(label="Decay the weights.", changes={"regularization.weight_decay": 0.1}, start="beginning")
    ids = lab.try_remedy(run, finding(), tried)
    for each in ids:
        work(lab.store, each)
    return ids


def test_a_set_up_opens_its_own_run_and_not_what_others_have_tried_on_it(lab: Lab) -> None:
    own = trained(lab, quick())
    sides = trial_of(lab, own)
    assert lab.store.run(sides[0]).config == quick()  # pyright: ignore[reportOptionalMemberAccess]
    assert link(opened(quick().to_query()))["run"] == own
    lab.fork(own)
    assert link(opened(quick().to_query()))["run"] == own


def test_a_preset_opens_its_own_run_in_a_fresh_browser_while_somebody_tries_a_remedy_on_it(lab: Lab) -> None:
    key, config = next((key, preset.configs()[0][1]) for key, preset in PRESETS.items() if len(preset.runs) == 1)
    opened(config.to_query())
    (own,) = lab.store.runs()
    lab.store.update(own.id, status="finished")
    tried = Remedy(label="Decay the weights.", changes={"regularization.weight_decay": 0.1}, start="beginning")
    lab.try_remedy(own.id, finding(), tried)
    app = opened(quick().to_query())
    next(each for each in app.selectbox if each.label == "Preset").select(key).run()
    assert link(app)["run"] == own.id
    assert lab.store.count() == 3


def test_a_preset_whose_own_run_is_gone_begins_anew_and_shows_no_trial_that_is_left_of_it(lab: Lab) -> None:
    key, config = next((key, preset.configs()[0][1]) for key, preset in PRESETS.items() if len(preset.runs) == 1)
    own = lab.store.create(config, status="finished")
    tried = Remedy(label="Decay the weights.", changes={"regularization.weight_decay": 0.1}, start="beginning")
    sides = lab.try_remedy(own.id, finding(), tried)
    for side in sides:
        lab.store.update(side, status="finished")
    lab.delete([own.id], by=None)
    app = opened(quick().to_query())
    next(each for each in app.selectbox if each.label == "Preset").select(key).run()
    assert link(app)["run"] not in {own.id, *sides}
    assert shown(app, lab).experiment is None


def test_of_a_preset_with_several_runs_an_older_experiment_that_has_them_all_is_shown(lab: Lab) -> None:
    preset = next(preset for preset in PRESETS.values() if len(preset.runs) > 1)
    whole = lab.submit_together(preset.configs(), preset.title)
    lab.submit(preset.configs()[0][1])
    assert lab.presented(preset.configs()) == whole[0]


def test_a_way_back_to_the_run_it_came_from_stands_in_every_trial_and_fork(lab: Lab) -> None:
    own = trained(lab, quick(), "Mine")
    assert not has_button(opened({"run": own}), "Back to the run it came from")
    fork = lab.fork(own, {"optimizer.lr": 0.02})
    for other in (*trial_of(lab, own), fork):
        app = opened({"run": other})
        button(app, "Back to the run it came from").click().run()
        assert not app.exception
        assert link(app) == quick().to_query() | {"run": own}
    lab.delete([own], by=None)
    assert not has_button(opened({"run": fork}), "Back to the run it came from")


def test_what_a_visitor_asks_for_carries_who_it_is(lab: Lab) -> None:
    ours, theirs = (opened(quick({"budget.seed": seed}).to_query()) for seed in (1, 2))
    for app, name in ((ours, "Train"), (theirs, "Train"), (ours, "Stop"), (ours, "Train")):
        button(app, name).click().run()
    third, second, first = (run.visitor for run in lab.store.runs())
    assert first == third != second
    assert len(first) == len(second) == 16


def test_a_cookie_that_is_masked_anew_names_the_same_browser() -> None:
    token = bytes(range(16))

    def cookie(mask: bytes) -> str:
        return f"2|{mask.hex()}|{bytes(byte ^ mask[i % 4] for i, byte in enumerate(token)).hex()}|1700000000"

    assert unmasked(cookie(b"abcd")) == unmasked(cookie(b"wxyz")) == token
    for junk in ("", "2", "2||", "2|zz|00|1", "2||00|1", "\ud800|a|b"):
        assert unmasked(junk) == b""


def test_pause_stop_and_resume_are_offered_where_they_make_sense(lab: Lab) -> None:
    run = lab.store.create(quick())
    app = opened({"run": run.id})
    assert has_button(app, "Stop")
    assert not has_button(app, "Resume")
    button(app, "Stop").click().run()
    until(lambda: has_button(app.run(), "Resume"))
    stopped = lab.store.run(run.id)
    assert stopped is not None
    assert stopped.status == "stopped"
    button(app, "Resume").click().run()
    again = lab.store.run(run.id)
    assert again is not None
    assert again.status == "queued"


def test_an_order_that_is_refused_is_told_in_a_sentence(lab: Lab) -> None:
    run = trained(lab, quick())
    app = opened({"run": run})
    lab.store.update(run, status="running")
    button(app, "Train on").click().run()
    assert not app.exception
    assert app.error


def test_a_finished_run_trains_on_and_forks_with_the_settings_at_the_side(lab: Lab) -> None:
    run = trained(lab, quick())
    app = opened({"run": run})
    button(app, "Train on").click().run()
    longer = lab.store.run(run)
    assert longer is not None
    assert longer.config is not None
    assert longer.config.budget.epochs > quick().budget.epochs
    work(lab.store, run)
    app = opened(quick({"optimizer.lr": 0.5}).to_query() | {"run": run})
    button(app, "Fork with the sidebar's settings").click().run()
    forked = shown(app, lab)
    assert forked.parent == run
    assert forked.config is not None
    assert forked.config.optimizer.lr == 0.5
    assert forked.config.budget.epochs > longer.config.budget.epochs, "an epoch is left from where it begins"


def test_hostile_names_are_shown_as_text(lab: Lab) -> None:
    first = lab.store.create_experiment("Two", "preset").id
    for role in (HOSTILE[:16], "**bold**"):
        lab.store.create(quick({"budget.seed": len(role)}), name=HOSTILE, experiment=first, role=role)
    app = opened({"run": lab.store.runs()[0].id})
    texts = [each.value for each in (*app.markdown, *app.caption)]
    assert not any("<img" in text or "**bold**" in text for text in texts)


def test_a_run_that_got_no_data_is_told_once_and_can_be_tried_again(lab: Lab) -> None:
    run = lab.store.create(quick())
    lab.store.update(run.id, status="no_data", sentence="CIFAR-10 cannot be downloaded.")
    app = opened({"run": run.id})
    assert [each.value for each in app.error] == ["CIFAR\\-10 cannot be downloaded\\."]
    assert has_button(app, "Try again")
    assert not any("No report yet" in str(each.proto) for each in app.get("html"))


def test_a_set_up_that_differs_from_the_run_that_is_shown_is_told(lab: Lab) -> None:
    run = trained(lab, quick())
    same = opened({**quick().to_query(), "run": run})
    assert not any("set otherwise" in each.value for each in same.caption)
    other = opened({**quick().changed({"optimizer.lr": 0.02}).to_query(), "run": run})
    told = next(each.value for each in other.caption if "set otherwise" in each.value)
    assert "Learning rate 0\\.02 instead of" in told
    assert link(other)["run"] == run


def test_runs_that_wait_have_their_place_in_the_table(lab: Lab) -> None:
    roles = [(f"{lr}", quick().changed({"optimizer.lr": lr})) for lr in (0.01, 0.02, 0.03)]
    first = lab.submit_together(roles, "Three")[0]
    for _ in range(lab.slots()):
        lab.store.update(lab.store.create(quick()).id, status="running")
    lab.store.update(first, status="running")
    where = opened({"run": first}).dataframe[0].value["where it is"]
    assert [text.split(" · ")[0] for text in where[1:]] == ["Next in the queue", "Number 2 in the queue"]


def test_where_no_run_is_shown_train_stands_beside_the_words_that_ask_for_it(lab: Lab) -> None:
    app = opened(quick().to_query())
    next(each for each in app.main.button if each.label == "Train").click().run()
    assert shown(app, lab).config == quick()


def test_curves_of_another_tool_open_under_their_own_name_without_what_they_cannot_do(lab: Lab) -> None:
    history = read_curves([(SAMPLE_CSV, SAMPLE_NAME)]).history
    run = lab.store.create(None, name="From elsewhere", status="imported")
    lab.store.add_reports(run.id, reports_of(history), findings=tuple(diagnose(history)))
    app = opened({"run": run.id})
    assert "# From elsewhere" in [each.value for each in app.markdown]
    assert not any(has_button(app, label) for label in ("Resume", "Train on", "Score the test rows"))
