"""What a page asks of the lab, without processes: queue, rewind, forks, remedies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.labs import now, quick, quiet_lab, stored_curve, true_curve, work
from trainers import Finding, diagnose
from trainers.config.forks import fits, remedy_pair
from trainers.diagnosis.findings import Remedy, Start
from trainers.lab.error import LabError

KEPT = {"watch.checkpoint_every": 2}


@pytest.fixture
def lab(data_home):
    made = quiet_lab(data_home)
    yield made
    made.close()


def finding():
    return Finding(
        kind="overfitting",
        name="Overfitting",
        confidence=0.9,
        since=3.0,
        evidence="Validation loss rose.",
        remedies=(),
        span=(3.0, 6.0),
    )


def remedy(changes: dict[str, Any], start: Start = "here") -> Remedy:
    return Remedy(label="Do it differently.", changes=changes, start=start)


def test_the_web_server_loads_no_torch():
    code = "import trainers.lab.lab, sys; print(sorted({'torch', 'sklearn'} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_runs_wait_in_the_order_they_came(lab):
    ids = [lab.submit(quick({"budget.seed": seed})) for seed in range(3)]
    assert [lab.place(run_id) for run_id in ids] == [1, 2, 3]
    assert lab.queue_length() == 3
    lab.stop(ids[0], by=None)
    assert [lab.place(run_id) for run_id in ids] == [None, 1, 2]
    assert now(lab.store, ids[0]).status == "stopped"
    assert lab.place("nobody") is None


def test_a_full_queue_says_so(lab, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_MAX_WAITING", "2")
    lab.submit(quick())
    with pytest.raises(LabError, match="queue is full"):
        lab.submit_together([("a", quick()), ("b", quick())], "Two")
    lab.submit(quick())
    with pytest.raises(LabError, match="queue is full: 2 wait, and 2 may"):
        lab.submit(quick())
    assert lab.queue_length() == 2


def test_runs_submitted_together_share_an_experiment(lab):
    ids = lab.submit_together([("small", quick()), ("large", quick({"model.width": 99}))], "Widths")
    runs = [now(lab.store, run_id) for run_id in ids]
    assert [run.role for run in runs] == ["small", "large"]
    assert [run.name for run in runs] == ["Widths: small", "Widths: large"]
    experiment = lab.store.experiment(runs[0].experiment)
    assert (experiment.title, experiment.kind) == ("Widths", "preset")
    assert runs[1].experiment == experiment.id


def test_a_rewound_run_drops_what_came_after_and_trains_to_the_same_end(lab):
    config = quick(KEPT)
    run = work(lab.store, lab.submit(config))
    kept = next(one for one in lab.store.checkpoints(run.id) if one.epoch == 2 and one.kind == "regular")
    lab.rewind(run.id, kept.id, by=None)
    back = now(lab.store, run.id)
    assert (back.status, back.epoch, back.step) == ("stopped", 2.0, kept.step)
    assert back.generation > run.generation
    assert max(report.step for _, report in lab.store.reports(run.id)) == kept.step
    assert all(one.step <= kept.step for one in lab.store.checkpoints(run.id))
    lab.resume(run.id, by=None)
    assert work(lab.store, run.id).status == "finished"
    assert stored_curve(lab.store, run.id) == true_curve(config)


def test_a_finished_run_trains_on(lab):
    run = work(lab.store, lab.submit(quick()))
    with pytest.raises(LabError, match="train on"):
        lab.resume(run.id, by=None)
    lab.train_on(run.id, 4, by=None)
    longer = work(lab.store, run.id)
    assert (longer.status, longer.epoch, longer.config.budget.epochs) == ("finished", 10.0, 10)
    assert stored_curve(lab.store, run.id) == true_curve(quick({"budget.epochs": 10}))
    with pytest.raises(LabError, match="allowed are up to"):
        lab.train_on(run.id, 100_000, by=None)


def test_a_fork_goes_on_from_a_checkpoint_of_its_own(lab):
    run = work(lab.store, lab.submit(quick(KEPT)))
    kept = next(one for one in lab.store.checkpoints(run.id) if one.epoch == 4)
    forked = lab.fork(run.id, {"optimizer.lr": 0.02}, checkpoint_id=kept.id)
    lab.store.delete([run.id])
    made = work(lab.store, forked)
    assert (made.status, made.parent, made.parent_epoch) == ("finished", run.id, 4.0)
    reports = [report for _, report in lab.store.reports(forked)]
    assert [report.epoch for report in reports if report.complete] == [5, 6]
    assert {report.lr for report in reports} == {0.02}


def test_an_unchanged_fork_repeats_the_run(lab):
    run = work(lab.store, lab.submit(quick(KEPT)))
    kept = next(one for one in lab.store.checkpoints(run.id) if one.epoch == 2)
    forked = lab.fork(run.id, checkpoint_id=kept.id)
    work(lab.store, forked)
    assert stored_curve(lab.store, forked) == stored_curve(lab.store, run.id)[-4:]


def test_a_fork_with_another_network_starts_at_the_beginning(lab):
    run = work(lab.store, lab.submit(quick(KEPT)))
    kept = lab.store.checkpoints(run.id)[0]
    forked = work(lab.store, lab.fork(run.id, {"model.width": 7}, checkpoint_id=kept.id))
    assert forked.parent_epoch == 0
    assert stored_curve(lab.store, forked.id) == true_curve(quick({**KEPT, "model.width": 7}))


@pytest.mark.parametrize(
    ("changes", "words"), [({"optimizer.lr": -1.0}, "refused"), ({"no.setting": 1}, "refused"), ({}, "already")]
)
def test_a_fork_that_cannot_be_is_refused(lab, changes, words):
    run = work(lab.store, lab.submit(quick()))
    last = next(one for one in lab.store.checkpoints(run.id) if one.kind == "last")
    with pytest.raises(LabError, match=words):
        lab.fork(run.id, changes, checkpoint_id=last.id)
    with pytest.raises(LabError, match="no longer kept"):
        lab.fork(run.id, {"budget.epochs": 50}, checkpoint_id="nothing")
    assert lab.store.count() == 1


@pytest.mark.parametrize("start", ["here", "best", "beginning"])
def test_a_remedy_is_tried_from_one_start_with_one_budget(lab, start):
    run = work(lab.store, lab.submit(quick(KEPT)))
    ids = lab.try_remedy(run.id, finding(), remedy({"regularization.weight_decay": 0.1}, start))
    first, second = (now(lab.store, run_id) for run_id in ids)
    assert (first.role, second.role) == ("unchanged", "remedied")
    assert first.config.budget.seed == second.config.budget.seed
    assert first.config.budget.epochs == second.config.budget.epochs
    assert first.parent_epoch == second.parent_epoch
    assert second.config["regularization.weight_decay"] == 0.1
    experiment = lab.store.experiment(first.experiment)
    assert experiment.kind == "remedy"
    assert experiment.claim["kind"] == "overfitting"
    assert experiment.claim["start"] == start
    assert experiment.claim["epoch"] == first.parent_epoch
    assert experiment.claim["changes"] == {"regularization.weight_decay": 0.1}
    for each in ids:
        made = work(lab.store, each)
        assert made.status == "finished"
        assert made.epoch == first.config.budget.epochs > first.parent_epoch
    if start == "best":
        assert first.parent_epoch == run.best_epoch
    if start == "beginning":
        assert stored_curve(lab.store, ids[0]) == stored_curve(lab.store, run.id)


def test_a_remedy_whose_checkpoint_is_gone_starts_at_the_beginning_and_says_so(lab):
    run = work(lab.store, lab.submit(quick()))
    lab.store.prune(0)
    ids = lab.try_remedy(run.id, finding(), remedy({"regularization.weight_decay": 0.1}, "best"))
    claim = lab.store.experiment(now(lab.store, ids[0]).experiment).claim
    assert (claim["start"], claim["epoch"]) == ("beginning", 0)
    assert "gone" in claim["note"]


@pytest.mark.parametrize("changes", [{}, {"optimizer.lr": -1.0}])
def test_a_remedy_without_a_usable_change_is_refused(lab, changes):
    run = work(lab.store, lab.submit(quick()))
    with pytest.raises(LabError):
        lab.try_remedy(run.id, finding(), remedy(changes))
    assert lab.store.count() == 1


def test_every_remedy_offered_for_a_run_can_be_tried(lab):
    config = quick({"data.train_size": 20, "data.label_noise": 0.3, "budget.epochs": 60, "optimizer.lr": 0.02})
    run = work(lab.store, lab.submit(config))
    offered = [(found, each) for found in run.findings for each in found.remedies]
    assert offered
    assert [found.kind for found in run.findings] != ["good_fit"]
    for found, each in offered:
        first, second = (now(lab.store, run_id) for run_id in lab.try_remedy(run.id, found, each))
        assert second.config != first.config
        assert second.config == first.config.changed(each.changes)


def test_imported_curves_cannot_be_trained(lab):
    run = lab.store.create(None, status="imported")
    orders = (lab.resume, lab.score_test, lambda run_id, by: lab.train_on(run_id, 3, by=by))
    for action in (*orders, lambda run_id, by: lab.fork(run_id)):
        with pytest.raises(LabError, match="imported"):
            action(run.id, by=None)
    with pytest.raises(LabError, match="no such run"):
        lab.stop("nobody", by=None)


def test_a_diverged_run_is_not_resumed(lab):
    run = lab.store.create(quick(), status="diverged")
    with pytest.raises(LabError, match="no number"):
        lab.resume(run.id, by=None)


def test_a_run_without_test_rows_has_no_score(lab):
    run = work(lab.store, lab.submit(quick({"data.test_share": 0.0})))
    with pytest.raises(LabError, match="no test part"):
        lab.score_test(run.id, by=None)


def test_what_waits_or_has_ended_cannot_be_paused(lab):
    run_id = lab.submit(quick())
    with pytest.raises(LabError, match="waits in the queue"):
        lab.pause(run_id, by=None)
    with pytest.raises(LabError, match="not over"):
        lab.train_on(run_id, 3, by=None)
    lab.stop(run_id, by=None)
    with pytest.raises(LabError, match="has ended"):
        lab.pause(run_id, by=None)


def test_watching_gives_what_the_worker_wrote(lab):
    run = work(lab.store, lab.submit(quick()))
    seen = lab.watch(run.id)
    assert seen.epochs.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert [found.kind for found in diagnose(seen.history())] == [found.kind for found in run.findings]
    assert lab.watch("nobody") is None


def test_a_longer_budget_as_remedy_is_compared_with_the_run_as_it_was():
    config = quick()
    unchanged, remedied = remedy_pair(config, {"budget.epochs": 12}, 6.0)
    assert unchanged == config
    assert remedied.budget.epochs == 12
    both, changed = remedy_pair(config, {"budget.epochs": 12, "optimizer.lr": 0.1}, 6.0)
    assert both.budget.epochs == changed.budget.epochs == 12
    spent, tried = remedy_pair(config, {"optimizer.lr": 0.1}, 6.0)
    assert spent.budget.epochs == tried.budget.epochs == 11


@pytest.mark.parametrize("model", ["mlp", "cnn", "resnet", "rnn", "gru", "lstm", "transformer", "logistic", "linear"])
def test_changes_called_fitting_leave_all_weights_their_names_and_shapes(model):
    from networks.models import models_for
    from trainers import RunConfig, load
    from trainers.data.catalogue import DATA_SETS
    from trainers.loop.session import build_model

    sets = ("moons", "diabetes", "digits", "parity")
    suits = [name for name in sets if model in models_for(DATA_SETS[name].inputs, DATA_SETS[name].task)]
    config = RunConfig().changed({"data.name": suits[0], "model.name": model})
    splits = load(config.data)
    shapes = {name: t.shape for name, t in build_model(config, splits).state_dict().items()}
    tried = 0
    for name, setting in config.settings().items():
        if not name.startswith("model.") or name == "model.name":
            continue
        for value in getattr(setting, "choices", None) or (0.3, 1, 2, 5, 16, True):
            try:
                after = config.changed({name: value})
            except ValueError:
                continue
            if after != config and fits(config, after):
                changed = build_model(after, splits).state_dict()
                assert {key: t.shape for key, t in changed.items()} == shapes, name
                tried += 1
    assert tried or model not in ("mlp", "resnet", "transformer")
