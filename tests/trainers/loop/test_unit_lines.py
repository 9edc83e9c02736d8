"""The lines where units switch, against the values of the units themselves."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.trainers.runs import quick
from trainers import load
from trainers.loop.inside import LayerProbe
from trainers.loop.pictures import pictures
from trainers.loop.session import Session
from trainers.loop.unit_lines import MOST_LINES, STATES, unit_lines


def _session(changes: dict[str, object]) -> Session:
    config = quick({"data.scaling": "standard", **changes})
    return Session(config, load(config.data), "cpu")


def _lines(session: Session, rows: int = 512):
    return unit_lines(session, session.model.eval(), rows)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"model.normalization": "batch"},
        {"model.normalization": "batch_renorm"},
        {"model.normalization": "weight"},
        {"model.normalization": "layer", "model.norm_position": "after"},
        {"model.activation": "leaky_relu", "model.initializer": "pytorch"},
        {"model.residual": True, "model.dropout": 0.3},
    ],
)
def test_on_its_line_what_enters_a_unit_is_zero_and_beside_it_the_side_is_right(changes):
    session = _session({"model.widths": "9-4", **changes})
    with torch.no_grad():
        for name, tensor in [*session.model.named_parameters(), *session.model.named_buffers()]:
            if tensor.ndim == 1 and tensor.is_floating_point():
                tensor.add_(0.3 + 0.1 * torch.arange(len(tensor)) if "running" in name else 0.2)
    made = _lines(session)
    assert made is not None
    entering: list[torch.Tensor] = []
    place = 1 if changes.get("model.normalization") in ("batch", "batch_renorm") else 0
    module = session.model.get_submodule(f"hidden.0.rest.{place}")
    module.register_forward_pre_hook(lambda _, args: entering.append(args[0]))
    shift, scale = session.splits.shift, session.splits.scale
    for unit, (a, b, c) in enumerate(made["lines"].astype(float)):
        assert np.hypot(a, b) == pytest.approx(1, rel=1e-5)
        on = np.array([[-a * c, -b * c], [-a * c + 0.7 * b, -b * c - 0.7 * a]])
        raw = np.vstack([on, on + 0.5 * np.array([a, b]), on - 0.5 * np.array([a, b])])
        session.model(torch.tensor((raw - shift) / scale, dtype=torch.float32))
        values = entering[-1][:, unit].detach().numpy()
        steepness = np.abs(values[2:]).min()
        assert np.abs(values[:2]).max() < 1e-3 * steepness
        assert (values[2:4] > 0).all()
        assert (values[4:] < 0).all()


def test_of_maxout_it_is_where_the_pieces_are_equal():
    session = _session({"model.widths": "5", "model.activation": "maxout", "model.normalization": "weight"})
    made = _lines(session)
    assert made is not None
    linear = session.model.get_submodule("hidden.0.linear")
    for unit, (a, b, c) in enumerate(made["lines"].astype(float)):
        raw = np.array([[-a * c, -b * c]])
        values = linear(torch.tensor((raw - session.splits.shift) / session.splits.scale, dtype=torch.float32))[0]
        assert values[2 * unit].item() == pytest.approx(values[2 * unit + 1].item(), abs=1e-4)
    assert _lines(_session({"model.activation": "maxout", "model.pieces": 3})) is None


def test_dead_units_are_those_of_the_dead_share_and_others_never_switch():
    session = _session({"model.widths": "12"})
    with torch.no_grad():
        bias = session.model.get_parameter("hidden.0.linear.bias")
        bias[:3] = -1e3
        bias[3:5] = 1e3
    made = _lines(session)
    assert made is not None
    states = [STATES[number] for number in made["state"]]
    assert states[:5] == ["dead"] * 3 + ["one"] * 2
    share = LayerProbe(session).activity(session.model.eval(), session.train.inputs)[0][1]
    assert share is not None
    assert states.count("dead") / 12 == pytest.approx(share.item())


def test_a_first_bias_far_below_zero_kills_every_unit():
    alive, dead = (_lines(_session({"model.width": 8, "model.first_bias": bias})) for bias in (0.0, -30.0))
    assert alive is not None
    assert dead is not None
    assert (alive["state"] != 1).all()
    assert (dead["state"] == 1).all()


def test_there_are_lines_only_where_units_have_them():
    assert _lines(_session({"model.normalization": "layer"})) is None
    assert _lines(_session({"model.normalization": "rms"})) is None
    assert _lines(_session({"model.activation": "identity"})) is None
    assert _lines(_session({"model.depth": 0})) is None
    assert _lines(_session({"model.name": "logistic"})) is None
    broken = _session({})
    with torch.no_grad():
        broken.model.get_parameter("hidden.0.linear.weight").fill_(float("nan"))
    assert _lines(broken) is None
    assert "units" not in pictures(_session({"data.name": "iris"}))
    wide = _lines(_session({"model.width": 80}))
    assert wide is not None
    assert (len(wide["lines"]), len(wide["state"]), wide["units"]) == (MOST_LINES, MOST_LINES, 80)
