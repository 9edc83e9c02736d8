from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.trainers.runs import quick, run
from trainers import Internals, Report, load
from trainers.loop.checkpoint import Checkpoint
from trainers.loop.curvature import curvature, noise_scale
from trainers.loop.evaluation import baseline_loss
from trainers.loop.inside import LayerProbe
from trainers.loop.pictures import histogram, pictures
from trainers.loop.session import DevicePart, Session


def _session(changes=None, resume: Checkpoint | None = None) -> Session:
    config = quick(changes)
    return Session(config, load(config.data), "cpu", resume)


def test_gradient_update_and_weights_are_those_of_the_step_reported():
    config = quick({"optimizer.name": "sgd", "optimizer.lr": 0.3, "regularization.clip_norm": 0.01, "budget.epochs": 1})
    told = run(config)
    inside = told.reports[-1].internals
    assert isinstance(inside, Internals)
    assert inside.layers == ("hidden.0.linear", "hidden.1.linear", "output")
    assert inside.sizes == (64, 1024, 64)
    session = _session({"optimizer.name": "sgd", "optimizer.lr": 0.3, "regularization.clip_norm": 0.01})
    batches = session.batches()
    for rows in batches[:-1]:
        session.take_step(rows)
    old = [p.detach().clone() for p in session.parameters]
    x, y = session.train.inputs[batches[-1]], session.train.targets[batches[-1]]
    grads = torch.autograd.grad(functional.cross_entropy(session.model(x), y), session.parameters)
    session.take_step(batches[-1])
    weights = [0, 2, 4]
    assert inside.grad_norm == pytest.approx([grads[i].norm().item() for i in weights], rel=1e-5)
    updates = [((session.parameters[i] - old[i]).norm() / old[i].norm()).item() for i in weights]
    assert inside.update_ratio == pytest.approx(updates, rel=1e-4)
    assert inside.weight_norm == pytest.approx([old[i].norm().item() for i in weights], rel=1e-5)
    total = torch.stack([g.norm() for g in grads]).norm().item()
    assert told.reports[-1].grad_norm == pytest.approx(total, rel=1e-5)
    assert total > 0.01  # before clipping


def test_a_proximal_step_sets_weights_to_exactly_zero_and_they_are_counted():
    changes = {"optimizer.name": "sgd", "optimizer.lr": 0.1, "regularization.l1": 0.02, "budget.epochs": 8}
    told = run(quick({**changes, "regularization.proximal": True, "watch.pictures": True}))
    inside, drawn = told.reports[-1].internals, told.reports[-1].pictures
    assert inside is not None
    assert drawn is not None
    tensors = told.last().tensors
    weights = [t for name, t in tensors.items() if name.startswith("model.") and t.ndim > 1]
    shares = [(weight == 0).float().mean().item() for weight in weights]
    assert inside.zero_share == pytest.approx(shares)
    assert min(shares) > 0.02
    histogram = drawn["weights"]
    every = torch.cat([weight.flatten() for weight in weights]).numpy()
    assert (histogram["zeros"], histogram["total"]) == ((every == 0).sum(), len(every))
    assert histogram["top"] == pytest.approx(np.abs(every).max())
    edges = histogram["top"] * np.linspace(-1, 1, len(histogram["counts"]) + 1)
    expected = np.histogram(every, edges)[0]
    assert np.abs(histogram["counts"] - expected).sum() <= 2  # a weight on an edge may fall to either side
    by_sign = run(quick(changes)).reports[-1].internals
    assert by_sign is not None
    assert by_sign.zero_share == (0.0, 0.0, 0.0)


def test_the_proximal_step_takes_rate_times_l1_after_the_optimizers_own():
    plain = _session({"optimizer.name": "adamw", "schedule.name": "cosine"})
    shrunk = _session(
        {
            "optimizer.name": "adamw",
            "schedule.name": "cosine",
            "regularization.l1": 0.5,
            "regularization.proximal": True,
        }
    )
    plain.take_step(plain.batches()[0])
    rate = shrunk.lr
    shrunk.take_step(shrunk.batches()[0])
    for before, after in zip(plain.parameters, shrunk.parameters, strict=True):
        before, after = before.detach(), after.detach()
        expected = before.sign() * (before.abs() - rate * 0.5).clamp_min(0) if before.ndim > 1 else before
        torch.testing.assert_close(after, expected)


def test_there_is_no_histogram_where_a_weight_is_no_number():
    assert histogram([torch.tensor([[1.0, math.nan]])]) is None
    zeros = histogram([torch.zeros(2, 3)])
    assert zeros is not None
    assert (zeros["zeros"], zeros["total"], zeros["top"], zeros["counts"].sum()) == (6, 6, 0.0, 6)


def test_distance_is_from_the_start_also_after_a_resumption():
    config = quick({"watch.checkpoint_every": 2})
    told = run(config)
    first, last = _session(), Session(config, load(config.data), "cpu", told.last())
    expected = [
        ((a - b).norm() / b.norm()).item() for a, b in zip(last.parameters, first.parameters, strict=True) if a.ndim > 1
    ]
    assert told.reports[-1].internals is not None
    assert told.reports[-1].internals.distance == pytest.approx(expected, rel=1e-4)


def _activity(session: Session):
    rows = LayerProbe(session).activity(session.model.eval(), session.train.inputs)
    return [[None if value is None else value.item() for value in row] for row in rows]


@torch.no_grad()
def test_a_dead_unit_is_one_that_gives_nothing_for_every_row():
    session = _session({"model.widths": "10-10"})
    session.model.get_parameter("hidden.0.linear.bias")[:4] = -1e4
    seen = _activity(session)
    dead, alive = seen[0][1], seen[2][1]
    hidden = session.model.get_submodule("hidden.0")(session.train.inputs)
    assert dead == pytest.approx((hidden <= 0).all(0).float().mean().item())
    assert dead is not None
    assert dead >= 0.4
    assert alive is None


@torch.no_grad()
def test_zeros_among_activations_are_counted():
    session = _session({"model.widths": "10-10"})
    hidden = session.model.get_submodule("hidden.0")(session.train.inputs)
    zeros, slope, *lengths = _activity(session)[0][3:]
    assert zeros == pytest.approx((hidden == 0).float().mean().item())
    assert zeros is not None
    assert 0.3 < zeros < 0.7
    assert slope is None
    assert lengths == [None, None]


@pytest.mark.parametrize("kind", [("moons", "mlp"), ("digits", "cnn"), ("adding", "gru"), ("adding", "transformer")])
def test_lengths_and_directions_of_weight_norm_are_those_of_its_parametrization(kind: tuple[str, str]):
    """w = g v / |v| row by row, so that the rows of the weight a layer works with are as long as g."""
    session = _session({"data.name": kind[0], "model.name": kind[1], "model.normalization": "weight"})
    layers = [module for module in session.model.modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    normed = [layer for layer in layers if nn.utils.parametrize.is_parametrized(layer)]
    assert normed
    with torch.no_grad():
        for layer in normed:
            layer.parametrizations.weight.original0.mul_(2.5)  # pyright: ignore
    for layer, row in zip(layers, _activity(session), strict=True):
        if layer not in normed:
            assert row[5:] == [None, None]
            continue
        v = layer.parametrizations.weight.original1.detach()  # pyright: ignore
        of_rows = layer.weight.detach().flatten(1).norm(dim=1)
        assert row[5] == pytest.approx(of_rows.mean().item(), rel=1e-5)
        assert row[6] == pytest.approx(v.flatten(1).norm(dim=1).mean().item(), rel=1e-5)
        assert of_rows.mean().item() == pytest.approx(2.5 * v.flatten(1).norm(dim=1).mean().item(), rel=1e-5)


def test_of_slopes_that_are_learned_the_value_is_told():
    changes = {"model.activation": "prelu", "budget.epochs": 3, "optimizer.lr": 0.01}
    told = run(quick(changes))
    slopes: list[tuple[float | None, ...]] = [report.internals.slope for report in told.reports if report.internals]
    assert slopes[-1][2] is None
    last = [told.last().tensors[f"model.hidden.{i}.rest.0.weight"].item() for i in range(2)]
    assert slopes[-1][:2] == pytest.approx(last)
    assert slopes[0][:2] != slopes[-1][:2]


@torch.no_grad()
def test_a_saturated_unit_is_on_its_flat_end_for_nine_rows_of_ten():
    session = _session({"model.widths": "10-10", "model.activation": "tanh"})
    session.model.get_parameter("hidden.0.linear.bias")[:3] = 50.0
    hidden = session.model.get_submodule("hidden.0")(session.train.inputs)
    expected = ((hidden.abs() > 0.97).float().mean(0) >= 0.9).float().mean().item()
    spread, dead, saturated, zeros = _activity(session)[0][:4]
    assert zeros == 0
    assert saturated == pytest.approx(expected)
    assert saturated is not None
    assert saturated >= 0.3
    assert spread == pytest.approx(hidden.std().item())
    assert dead == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("changes", "layers"),
    [
        ({"data.name": "digits", "model.normalization": "batch"}, 5),
        ({"data.name": "digits", "model.name": "resnet", "model.width": 4}, 10),
        ({"data.name": "parity", "model.name": "rnn", "data.size": 100}, 2),
        ({"data.name": "parity", "model.name": "transformer", "data.size": 100}, 10),
        ({"model.normalization": "weight", "model.residual": True}, 3),
        ({"model.depth": 0}, 1),
    ],
)
def test_every_kind_of_model_shows_its_inside(changes, layers):
    told = run(quick({**changes, "budget.epochs": 1, "data.train_size": 60}))
    inside = told.reports[-1].internals
    assert inside is not None
    assert len(inside.layers) == layers
    for column in (inside.grad_norm, inside.update_ratio, inside.weight_norm, inside.activation_std, inside.distance):
        assert len(column) == layers
        assert all(value is not None and value > 0 for value in column)


def test_the_spread_of_channels_counts_units_by_channel():
    session = _session({"data.name": "digits", "data.train_size": 60, "model.width": 8})
    with torch.no_grad():
        session.model.get_parameter("convolutions.0.bias")[:2] = -1e4
    assert _activity(session)[0][1] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("data", "loss"),
    [("diabetes", "mse"), ("diabetes", "mae"), ("xor", "mse"), ("xor", "cross_entropy"), ("xor", "bce"), ("xor", "kl")],
)
def test_the_baseline_is_the_best_constant_prediction(data, loss):
    session = _session({"data.name": data, "loss.name": loss})
    constant = torch.zeros(session.outputs, requires_grad=True)
    if not session.classes:
        with torch.no_grad():
            constant += session.train.targets.mean()
    optimizer = torch.optim.LBFGS([constant], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        outputs = constant.expand(len(session.train), session.outputs)
        value = session.losses(outputs, session.train.targets, "mean")
        value.backward()
        return value

    for _ in range(5):
        optimizer.step(closure)
    assert baseline_loss(session) == pytest.approx(closure().item(), rel=1e-3)


def _searched(session: Session) -> float:
    """The lowest mean loss of one row of outputs, by a search over many starts in double precision."""
    rows, found = session.train.targets, []
    rows = rows.double() if rows.dtype.is_floating_point else rows
    for seed in range(3):
        drawn = torch.Generator().manual_seed(seed)
        constant = (2 * torch.randn(session.outputs, generator=drawn, dtype=torch.float64)).requires_grad_()
        optimizer = torch.optim.Adam([constant], lr=0.1)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 250)
        value = torch.zeros(())
        for _ in range(250):
            optimizer.zero_grad()
            value = session.losses(constant.expand(len(rows), session.outputs), rows, "mean")
            value.backward()
            optimizer.step()
            schedule.step()
        found.append(float(value.detach()))
    return min(found)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "huber 0.1", "huber 0.4"])
def test_the_baseline_of_numbers_is_that_of_a_search(loss: str):
    name, _, delta = loss.partition(" ")
    changes = {"data.name": "diabetes", "loss.name": name, "data.train_size": 60}
    session = _session(changes | ({"loss.delta": float(delta)} if delta else {}))
    # A skewed target, whose mean and median differ.
    session.train.targets.copy_((session.train.targets * 1.5).exp())
    assert baseline_loss(session) == pytest.approx(_searched(session), rel=2e-3)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.7, 0.2, 0.1), (0.4, 0.35, 0.25)])
@pytest.mark.parametrize(
    "loss",
    ["mse", "mae", "huber", "huber 0.1", "huber 0.4", "cross_entropy", "cross_entropy s", "bce", "bce s", "kl", "kl s"],
)
def test_the_baseline_of_classes_is_that_of_a_search(shares: tuple[float, ...], loss: str):
    name, _, more = loss.partition(" ")
    changes: dict[str, object] = {
        "data.name": "xor" if len(shares) == 2 else "iris",
        "loss.name": name,
        "data.train_size": 60,
    }
    changes |= {"loss.label_smoothing": 0.2} if more == "s" else {"loss.delta": float(more)} if more else {}
    session = _session(changes)
    counts = [round(share * len(session.train)) for share in shares]
    counts[0] += len(session.train) - sum(counts)
    session.train.targets.copy_(torch.repeat_interleave(torch.arange(len(shares)), torch.tensor(counts)))
    lowest = _searched(session)
    # A search comes close to a corner of the simplex and never there.
    assert lowest - 2e-3 * max(lowest, 0.1) <= baseline_loss(session) <= lowest + 1e-6


def test_the_majority_class_alone_is_the_best_constant_under_absolute_errors():
    session = _session({"data.name": "xor", "loss.name": "mae", "data.size": 500})
    rows = len(session.train)
    session.train.targets.copy_((torch.arange(rows) < rows // 10).long())
    assert baseline_loss(session) == pytest.approx(rows // 10 / rows, rel=1e-6)


def _hessian(session: Session, part: DevicePart):
    names = [name for name, _ in session.model.named_parameters()]
    flat = torch.cat([p.detach().reshape(-1) for p in session.parameters]).double()
    sizes, shapes = [p.numel() for p in session.parameters], [p.shape for p in session.parameters]
    model = session.model.double()

    def loss(vector):
        pieces = {n: piece.view(s) for n, piece, s in zip(names, vector.split(sizes), shapes, strict=True)}
        outputs = torch.func.functional_call(model, pieces, (part.inputs.double(),))
        return functional.cross_entropy(outputs, part.targets)

    hessian = torch.autograd.functional.hessian(loss, flat)
    assert isinstance(hessian, torch.Tensor)
    model.float()
    return torch.linalg.eigvalsh(hessian)


def test_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    session = _session({"model.widths": "5", "model.activation": "tanh"})
    largest, smallest = curvature(session, session.train)
    values = _hessian(session, session.train)
    assert largest == pytest.approx(values[-1].item(), rel=1e-3)
    assert smallest == pytest.approx(values[0].item(), rel=0.1, abs=1e-3)


@pytest.mark.parametrize("model", ["transformer", "gru", "lstm", "rnn"])
def test_sharpness_is_there_for_sequences_too(model):
    session = _session({"data.name": "parity", "data.size": 100, "model.name": model})
    largest, smallest = curvature(session, session.train)
    assert largest > 0
    assert smallest <= largest


def test_the_sharpness_of_a_quadratic_is_known():
    session = _session({"data.name": "diabetes", "model.name": "linear"})
    x = torch.cat([session.train.inputs, torch.ones(len(session.train), 1)], 1).double()
    values = torch.linalg.eigvalsh(2 * x.T @ x / len(x))
    largest, smallest = curvature(session, session.train)
    assert largest == pytest.approx(values[-1].item(), rel=1e-4)
    assert smallest == pytest.approx(values[0].item(), abs=1e-3)


def test_the_noise_scale_is_the_trace_of_the_covariance_over_the_squared_gradient():
    session = _session({"data.size": 6000, "data.test_share": 0.1, "model.widths": "4"})
    part = session.train.first(3200)
    rows = []
    for x, y in zip(part.inputs, part.targets, strict=True):
        loss = functional.cross_entropy(session.model(x[None]), y[None])
        rows.append(torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, session.parameters)]))
    each = torch.stack(rows).double()
    expected = each.var(0).sum() / each.mean(0).square().sum()
    assert noise_scale(session, part) == pytest.approx(expected.item(), rel=0.25)
    assert noise_scale(session, session.train.first(40)) is None


def test_successive_gradients_turn_around_when_the_rate_is_too_high():
    changes = {"data.name": "diabetes", "model.name": "linear", "optimizer.name": "sgd", "budget.batch_size": 0}
    watch = {"watch.cosine": True, "watch.sharpness": True, "budget.epochs": 6}
    slow = run(quick({**changes, **watch, "optimizer.lr": 0.01}))
    sharpness = slow.reports[-1].sharpness
    assert sharpness is not None
    fast = run(quick({**changes, **watch, "optimizer.lr": 1.95 / sharpness, "budget.epochs": 12}))
    assert all(r.cosine is not None and r.cosine > 0.9 for r in slow.reports[1:])
    assert fast.reports[-1].cosine is not None
    assert fast.reports[-1].cosine < -0.5


def test_what_was_not_asked_for_is_not_measured():
    told = run(quick({"watch.internals": False}))
    last = told.reports[-1]
    assert (last.internals, last.grad_norm, last.sharpness, last.noise_scale, last.cosine) == (None,) * 5
    assert last.pictures is None


def test_the_surface_shows_where_each_class_wins():
    config = quick({"data.name": "blobs", "data.size": 300, "watch.pictures": True, "budget.epochs": 30})
    told = run(config)
    made = told.reports[-1].pictures
    assert made is not None
    surface = made["surface"]
    session = Session(config, load(config.data), "cpu", told.last())
    x, y = (np.linspace(surface[axis][0], surface[axis][1], 64) for axis in ("x", "y"))
    point = np.array([x[50], y[10]])
    scaled = torch.tensor((point - session.splits.shift) / session.splits.scale, dtype=torch.float32)[None]
    likely = session.model.eval()(scaled).softmax(1)[0]
    assert surface["winner"][10, 50] == likely.argmax().item()
    assert surface["confidence"][10, 50] == pytest.approx(likely.max().item() * 255, abs=1)
    raw = session.splits.train.inputs * session.splits.scale + session.splits.shift
    assert surface["x"][0] < raw[:, 0].min() < raw[:, 0].max() < surface["x"][1]


def test_the_curve_of_a_regression_is_in_the_units_of_the_data():
    changes = {"data.name": "noisy_sine", "watch.pictures": True, "budget.epochs": 150, "data.noise": 0.0}
    told = run(quick({**changes, "optimizer.lr": 0.005}))
    made = told.reports[-1].pictures
    assert made is not None
    curve = made["curve"]
    inner = np.abs(curve["x"]) < 3
    assert np.abs(curve["y"] - np.sin(curve["x"]))[inner].max() < 0.15


def test_the_confusion_matrix_counts_every_validation_row():
    config = quick({"data.name": "digits", "watch.pictures": True, "watch.mistakes": True})
    told = run(config)
    made = told.reports[-1].pictures
    assert made is not None
    counts, mistakes = made["confusion"]["counts"], made["mistakes"]
    assert counts.sum() == 359
    assert np.trace(counts) / 359 == pytest.approx(told.reports[-1].val_metric)
    wrong = 359 - np.trace(counts)
    assert len(mistakes["images"]) == min(25, wrong) == len(mistakes["true"])
    assert (mistakes["true"] != mistakes["predicted"]).all()
    assert all(a >= b for a, b in pairwise(mistakes["confidence"].tolist()))
    from sklearn.datasets import load_digits

    digits = load_digits()
    row = mistakes["rows"][0]
    assert digits.target[row] == mistakes["true"][0]  # pyright: ignore[reportAttributeAccessIssue]
    pixels = digits.images[row] * 255 / 16  # pyright: ignore[reportAttributeAccessIssue]
    assert np.abs(mistakes["images"][0, 0] - pixels).max() <= 1


def test_pictures_change_nothing():
    session = _session({"model.dropout": 0.3})
    before = torch.get_rng_state()
    pictures(session)
    assert torch.equal(before, torch.get_rng_state())
    assert session.model.training


def test_a_report_survives_json():
    import json

    told = run(quick({"watch.pictures": True, "data.name": "blobs", "data.size": 100}))
    for report in told.reports:
        again = Report.from_dict(json.loads(json.dumps(report.to_dict(), allow_nan=False)))
        assert again.internals == report.internals
        assert (again.train_loss, again.epoch, again.lr) == (report.train_loss, report.epoch, report.lr)
    pictured = told.reports[-1]
    again = Report.from_dict(json.loads(json.dumps(pictured.to_dict())))
    assert pictured.pictures is not None
    assert again.pictures is not None
    assert np.array_equal(again.pictures["surface"]["winner"], pictured.pictures["surface"]["winner"])


def test_numbers_that_are_none_survive_json():
    import json

    report = run(quick({"optimizer.name": "sgd", "optimizer.lr": 1e6, "data.name": "diabetes"})).reports[-1]
    assert not report.is_finite
    again = Report.from_dict(json.loads(json.dumps(report.to_dict(), allow_nan=False)))
    for name in ("train_loss", "val_loss"):
        value, expected = getattr(again, name), getattr(report, name)
        assert value == expected or (math.isnan(value) and math.isnan(expected))


@pytest.mark.parametrize("junk", [{}, {"epoch": 1}, {"zzz": 1}, {"internals": {"layers": []}}, []])
def test_what_is_no_report_is_refused(junk):
    with pytest.raises(ValueError, match="this is no report"):
        Report.from_dict(junk)
