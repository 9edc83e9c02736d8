"""A whole surface, from the kept weights of runs: lattices, what lies in them, ways between runs, going on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from experiments.surface import sentences
from trainers import Checkpoint, RunConfig, load, train
from trainers.loop.session import Session
from trainers.surfaces import Joint, Layout, Surface, SurfaceRequest, compute_surface
from trainers.surfaces.stacked import Evaluation

Run = tuple[RunConfig, list[Checkpoint]]
SMALL = {"data.size": 300, "budget.epochs": 12, "watch.checkpoint_every": 3, "model.width": 16, "watch.pictures": False}


def trained(changes: dict[str, Any]) -> Run:
    """A run and its checkpoints, in the order of steps."""
    config, kept = RunConfig(), []
    if "data.name" in changes:  # with settings of its own
        config = config.changed({"data.name": changes["data.name"]})
        changes = {"watch.checkpoint_every": 3, "watch.pictures": False, **changes}
    config = config.changed(changes if "data.name" in changes else {**SMALL, **changes})

    def keep(checkpoint: Checkpoint, kind: str) -> None:
        kept.append(checkpoint)

    train(config, report=lambda reports: None, checkpoint=keep, device="cpu", threads=1, checkpoint_seconds=1e9)
    return config, sorted(kept, key=lambda one: one.step)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [trained({"budget.seed": seed}) for seed in range(3)]


def request(plane: str, count: int, **more: Any) -> SurfaceRequest:
    names = [f"r{k}" for k in range(count)]
    return SurfaceRequest(plane=plane, runs=tuple(names), kept=tuple(names), **{"resolution": 9, "rows": 100, **more})


def surface(plane: str, runs: list[Run], told: Any = lambda *told: None, before: Any = None, **more: Any) -> Surface:
    asked = request(plane, len(runs), **more)
    config = runs[0][0]
    kept = [of_run for _, of_run in runs]
    return compute_surface(asked, config, kept, load(config.data), told, device="cpu", before=before)


def loss_of(run: Run, rows: int, part: str = "train") -> float:
    session = Session(run[0], load(run[0].data), "cpu", run[1][-1])
    some = getattr(session, part).first(rows)
    with session.evaluating() as model, torch.no_grad():
        return float(session.losses(model(some.inputs), some.targets, "mean"))


def at(found: Surface, name: str, alpha: float, beta: float) -> float:
    column = int(np.argmin(np.abs(np.array(found.alphas) - alpha)))
    row = int(np.argmin(np.abs(np.array(found.betas) - beta)))
    return float(found.values[name][row, column])


def test_around_a_run_the_middle_is_the_run_and_rows_are_beta(runs: list[Run]):
    found = surface("random", runs[:1], reach=2.0, seed=5)
    assert found.alphas == pytest.approx(np.linspace(-2, 2, 9))
    assert found.betas == pytest.approx(np.linspace(-2, 2, 9))
    for name, part in (("train_loss", "train"), ("val_loss", "val")):
        assert at(found, name, 0, 0) == pytest.approx(loss_of(runs[0], 100, part), rel=1e-5)
    # One corner, from the weights themselves: alpha goes with the columns, beta with the rows, in every row.
    config, kept = runs[0]
    session = Session(config, load(config.data), "cpu", kept[-1])
    evaluation = Evaluation(session=session, rows=100, way="one")
    from trainers.surfaces import random_plane

    plane = random_plane(evaluation.layout, evaluation.layout.vector(session.model), 5)
    places = torch.tensor([[alpha, beta] for beta in (-1.5, 0.0, 0.5) for alpha in (2.0, -1.0)])
    losses = evaluation.measure(plane, places)["train_loss"].tolist()
    ours = [at(found, "train_loss", alpha, beta) for alpha, beta in places.tolist()]
    assert ours == pytest.approx(losses, rel=1e-5)
    assert found.complete
    assert found.rows == (100, 60)


def test_finer_lattices_hold_the_coarser_ones_and_are_told_as_they_come(runs: list[Run]):
    told: list[tuple[int, float]] = []

    def hear(so_far: Surface | None, share: float, words: str) -> None:
        if so_far is not None and so_far.alphas:
            assert np.isfinite(so_far.values["train_loss"]).all()  # only what is measured
            told.append((len(so_far.alphas), share))

    fine = surface("random", runs[:1], hear, resolution=33)
    coarse = surface("random", runs[:1])
    assert told[0][0] == 9
    assert sorted({size for size, _ in told}) == [9, 17, 33]
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    for name, grid in coarse.values.items():
        assert fine.values[name][::4, ::4] == pytest.approx(grid, rel=1e-5), name


def test_work_that_was_broken_off_goes_on_where_it_was(runs: list[Run], monkeypatch: pytest.MonkeyPatch):
    whole = surface("random", runs[:1], resolution=33)
    partly: list[Surface] = []

    def break_off(so_far: Surface | None, share: float, words: str) -> None:
        if so_far is not None and len(so_far.alphas) == 17:
            partly.append(so_far)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        surface("random", runs[:1], break_off, resolution=33)
    measured: list[int] = []
    measure = Evaluation.measure
    monkeypatch.setattr(
        Evaluation, "measure", lambda s, plane, at: (measured.append(len(at)), measure(s, plane, at))[1]
    )
    again = surface("random", runs[:1], resolution=33, before=Surface.from_plain(partly[0].to_plain()))
    assert sum(measured) == 33 * 33 - 17 * 17
    assert again.complete
    for name, grid in whole.values.items():
        assert again.values[name] == pytest.approx(grid, rel=2e-5), name
    other = surface("random", runs[:1], resolution=33, reach=0.5, before=whole)  # of other places nothing is taken
    assert other.values["train_loss"].max() < whole.values["train_loss"].max()


def test_the_plane_of_the_path_has_its_losses_on_the_way(runs: list[Run]):
    found = surface("path", runs[:1], resolution=33)
    path = [mark for mark in found.marks if mark.kind == "path"]
    assert path[0].epoch == 0
    assert path[-1].epoch == 12
    assert (path[-1].alpha, path[-1].beta) == pytest.approx((0, 0), abs=1e-5)
    assert found.alphas[0] < min(mark.alpha for mark in path) < max(mark.alpha for mark in path) < found.alphas[-1]
    assert sum(found.explained) > 0.8
    assert found.beside is not None
    assert 0 < found.beside < 1
    assert at(found, "train_loss", path[0].alpha, path[0].beta) > 1.4 * loss_of(runs[0], 100)


def test_three_runs_lie_in_their_plane(runs: list[Run]):
    found = surface("three", runs)
    assert [mark.label for mark in found.marks] == ["r0", "r1", "r2"]
    assert len(found.sharpness) == 3
    assert [one.loss for one in found.sharpness] == pytest.approx([loss_of(run, 100) for run in runs], rel=1e-5)


def test_a_line_has_a_barrier_that_matching_lowers_and_a_curve_goes_round(runs: list[Run]):
    found = surface("curve", runs[:2])
    ways = {joint.kind: joint for joint in found.joints}
    for joint in ways.values():
        assert joint.train_loss[0] == pytest.approx(loss_of(runs[0], 100), rel=1e-4)
        assert joint.train_loss[-1] == pytest.approx(loss_of(runs[1], 100), rel=1e-4)
    assert ways["line"].barrier() > 0.1
    assert ways["matched"].barrier() < 0.8 * ways["line"].barrier()
    assert ways["curve"].barrier() < 0.2 * ways["line"].barrier()
    assert ways["curve"].at[0] == pytest.approx((0, 0), abs=1e-4)
    assert max(beta for _, beta in ways["curve"].at) > max(beta for _, beta in ways["line"].at)
    straight = surface("line", runs[:2], resolution=17, reach=2.0)  # from -0.5 to 1.5, by eighths
    assert straight.line
    assert straight.values["train_loss"].shape == (1, 17)
    assert [joint.kind for joint in straight.joints] == ["line", "matched"]
    assert at(straight, "train_loss", 0, 0) == pytest.approx(loss_of(runs[0], 100), rel=1e-4)
    assert at(straight, "train_loss", 1, 0) == pytest.approx(loss_of(runs[1], 100), rel=1e-4)


def test_channels_are_matched_and_where_nothing_can_be_the_surface_says_why():
    small = {"data.name": "digits", "data.train_size": 400, "budget.epochs": 8}
    small |= {"model.depth": 1, "model.hidden": 0, "model.width": 32}
    found = surface("line", [trained({**small, "budget.seed": seed}) for seed in range(2)])
    ways = {joint.kind: joint for joint in found.joints}
    assert ways["matched"].train_loss[-1] == pytest.approx(ways["line"].train_loss[-1], rel=1e-4)  # the same function
    assert ways["matched"].barrier() < 0.5 * ways["line"].barrier()
    assert found.notes == ()
    tied = {"model.activation": "maxout", "model.width": 4, "budget.epochs": 1}
    found = surface("line", [trained({**tied, "budget.seed": seed}) for seed in range(2)])
    assert [joint.kind for joint in found.joints] == ["line"]
    assert len(found.notes) == 1
    assert "pieces of a maxout unit belong together. What can be matched: units of perceptrons" in found.notes[0]
    assert found.notes[0] in sentences(found)


def test_a_run_with_averaged_weights_is_where_it_is_evaluated():
    run = trained({"regularization.ema": 0.9})
    assert at(surface("random", [run]), "train_loss", 0, 0) == pytest.approx(loss_of(run, 100), rel=1e-5)


def test_what_has_no_plane_is_refused_with_a_sentence(runs: list[Run]):
    with pytest.raises(ValueError, match="different shapes"):
        surface("line", [runs[0], trained({"model.width": 8})])
    with pytest.raises(ValueError, match="the same weights"):
        surface("line", [runs[0], runs[0]])


def test_on_a_curve_statistics_of_batch_norm_are_measured_at_every_point():
    """Garipov et al. (2018), section 3: every point is loaded, its statistics are measured, then it is evaluated."""
    normal = [trained({"model.normalization": "batch", "budget.seed": seed}) for seed in range(2)]
    found = surface("curve", normal, rows=100)
    assert found.batch_norm
    control = next(mark for mark in found.marks if mark.kind == "control")
    curve = next(joint for joint in found.joints if joint.kind == "curve")
    line = next(joint for joint in found.joints if joint.kind == "line")
    assert curve.barrier() < line.barrier()
    session = Session(normal[0][0], load(normal[0][0].data), "cpu", normal[0][1][-1])
    some = session.train.first(100)
    for joint, place in ((line, 0), (curve, 0)):  # the first run: its weights, the statistics of these rows
        torch.optim.swa_utils.update_bn([some.inputs], session.model)
        with session.evaluating() as model, torch.no_grad():
            expected = float(session.losses(model(some.inputs), some.targets, "mean"))
        assert joint.train_loss[place] == pytest.approx(expected, rel=1e-4)
    assert np.isfinite(found.values["train_loss"]).all()
    assert control.alpha != 0
    straight = surface("line", normal)  # there they are mixed as the weights are, as before
    assert straight.batch_norm
    assert straight.joints[0].train_loss[0] == pytest.approx(loss_of(normal[0], 100), rel=1e-4)
    assert straight.joints[0].train_loss[20] != pytest.approx(line.train_loss[20], rel=1e-2)


def test_deep_plain_networks_have_rougher_surfaces_than_residual_ones():
    """Li et al. (2018), figure 5, small: bends of the log loss from point to point, and the largest eigenvalue."""
    rough, sharp = {}, {}
    for residual in (False, True):
        changes = {"model.depth": 20, "model.width": 32, "model.residual": residual, "model.normalization": "batch"}
        found = surface("random", [trained({**changes, "optimizer.lr": 1e-3, "data.size": 600})], resolution=33)
        height = np.log(found.values["train_loss"])
        rough[residual] = sum(float(np.mean(np.abs(np.diff(height, 2, axis=axis)))) for axis in (0, 1))
        sharp[residual] = found.sharpness[0].eigenvalues[0]
    assert rough[True] < 0.85 * rough[False]
    assert sharp[True] < 0.7 * sharp[False]


def test_a_surface_goes_through_json_and_junk_is_none(runs: list[Run]):
    found = surface("curve", runs[:2])
    found.values["val_loss"][2, 3] = np.nan
    text = json.dumps(found.to_plain(), allow_nan=False)
    back = Surface.from_plain(json.loads(text))
    assert back is not None
    assert back.to_plain() == found.to_plain()
    assert back.values["train_loss"] == pytest.approx(found.values["train_loss"], rel=1e-5)
    assert np.isnan(back.values["val_loss"][2, 3])
    plain = json.loads(text)
    for junk in (None, 3, "x", [], {}, {**plain, "values": {"train_loss": [[1.0]]}}, {**plain, "marks": [{"x": 1}]}):
        assert Surface.from_plain(junk) is None
    assert replace(found, joints=()).joints == ()


def test_a_barrier_is_the_height_above_the_straight_line_between_the_ends():
    joint = Joint(kind="line", shares=(0.0, 0.5, 1.0), train_loss=(1.0, 4.0, 2.0), val_loss=(1.0, 1.2, 2.0))
    assert joint.barrier() == pytest.approx(2.5)
    assert joint.barrier("val") == pytest.approx(0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"plane": "cube"},
        {"runs": ("a",)},
        {"runs": ("a", "a")},
        {"kept": ("../x", "b")},
        {"reach": float("nan")},
        {"reach": 1e9},
        {"resolution": 10},
        {"rows": 0},
        {"seed": -1},
    ],
)
def test_requests_are_bounded(wrong: dict[str, Any]):
    good = {"plane": "line", "runs": ("a", "b"), "kept": ("c", "d")}
    asked = SurfaceRequest(**good)
    assert SurfaceRequest.from_plain(json.loads(json.dumps(asked.to_plain()))) == asked
    with pytest.raises(ValueError, match=r"given|named"):
        SurfaceRequest(**{**good, **wrong})


def test_a_layout_is_what_a_model_has():
    config = RunConfig().changed(SMALL)
    session = Session(config, load(config.data), "cpu")
    assert Layout.of(session.model).parameters == config.parameter_count()
