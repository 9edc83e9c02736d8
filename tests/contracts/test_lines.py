"""Every function of one variable keeps what its definition promises, and rules on it are those of one number."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import pytorch_optimizer
import torch

from landscapes import LINES, FormulaError, Landscape, parse_line, turning_points
from optimizers import OPTIMIZERS, descend

SETTINGS = {
    **LINES,
    "parabola-steep": LINES["parabola"].with_parameters(c=7),
    "double_well-level": LINES["double_well"].with_parameters(t=0.05),
    "double_well-tilted": LINES["double_well"].with_parameters(t=1.5),
    "waves-none": LINES["waves"].with_parameters(a=0),
    "waves-high": LINES["waves"].with_parameters(a=2),
    "cliff-none": LINES["cliff"].with_parameters(h=0),
    "cliff-high": LINES["cliff"].with_parameters(h=10),
}
TORCH: dict[str, Callable[[torch.Tensor, Landscape], torch.Tensor]] = {
    "parabola": lambda x, f: f.parameters["c"] * x**2 / 2,
    "absolute_value": lambda x, _: x.abs(),
    "quartic": lambda x, _: x**4 / 4,
    "log_cosh": lambda x, _: x.cosh().log(),
    "double_well": lambda x, f: (x**2 - 1) ** 2 + f.parameters["t"] * x,
    "waves": lambda x, f: x**2 / 10 + f.parameters["a"] * (1 - torch.cos(3 * x)),
    "plateaus": lambda x, _: 1 - torch.exp(-(x**2) / 2),
    "cliff": lambda x, f: x**2 / 10 + f.parameters["h"] / (1 + torch.exp(-20 * (x - 1))),
}


@pytest.fixture(autouse=True)
def _float64():
    """ASGD and Prodigy keep their own numbers in the default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture(params=SETTINGS, name="line")
def _line(request: pytest.FixtureRequest) -> Landscape:
    return SETTINGS[request.param]


def on(line: Landscape, count: int = 4001) -> np.ndarray:
    x = np.linspace(*line.domain[0], count)
    return np.stack([x, np.zeros_like(x)], axis=-1)


def test_the_lines_that_are_asked_for_are_there() -> None:
    wanted = {"parabola", "absolute_value", "double_well", "waves", "plateaus", "cliff"}
    assert wanted <= set(LINES)
    assert all(key == each.key and each.dimensions == 1 for key, each in LINES.items())
    assert set(TORCH) == set(LINES)


def test_value_slope_and_curvature_are_those_of_autograd(line: Landscape) -> None:
    points = on(line, 501)
    x = torch.tensor(points[:, 0], dtype=torch.float64, requires_grad=True)
    f = TORCH[line.key](x, line)
    (slope,) = torch.autograd.grad(f.sum(), x, create_graph=True)
    linear = line.key == "absolute_value"
    curvature = None if linear else torch.autograd.grad(slope.sum(), x)[0]
    np.testing.assert_allclose(line.value(points), f.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(line.gradient(points)[:, 0], slope.detach().numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(line.gradient(points)[:, 1], 0.0)
    second = np.zeros(len(x)) if curvature is None else curvature.numpy()
    hessians = line.hessian(points)
    np.testing.assert_allclose(hessians[:, 0, 0], second, rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(hessians[:, 1, 1], hessians[:, 0, 0])
    np.testing.assert_array_equal(hessians[:, 0, 1], 0.0)


def test_minima_are_the_lowest_turning_points_and_nothing_is_lower(line: Landscape) -> None:
    turns = turning_points(line)
    wells = [turn for turn in turns if turn.kind == "minimum"]
    lowest = min(well.value for well in wells)
    assert line.minimum == pytest.approx(lowest, abs=1e-12)
    assert [x for x, _ in line.minima] == pytest.approx(
        [well.x for well in wells if well.value <= lowest + 1e-9], abs=1e-7
    )
    assert line.value(on(line)).min() >= lowest - 1e-12
    kinds = [turn.kind for turn in turns]
    assert all(one != other for one, other in itertools.pairwise(kinds)), "minima and maxima alternate"
    assert np.abs(line.gradient(np.array([line.start]))[0, 0]) > 0
    assert line.domain[0][0] < line.start[0] < line.domain[0][1]


def test_known_turning_points() -> None:
    """The double well without tilt has its minima at -1 and 1; the second well goes where t = 8 / (3 sqrt 3)."""
    level = turning_points(LINES["double_well"].with_parameters(t=1e-3))
    assert [turn.x for turn in level] == pytest.approx([-1, 0, 1], abs=1e-3)
    assert len(turning_points(LINES["double_well"].with_parameters(t=1.5))) == 3
    assert len(turning_points(parse_line("(x^2 - 1)^2 + 1.54x"))) == 1
    cosine = turning_points(parse_line("cos(x)", (-4.0, 7.0)))
    assert [turn.x for turn in cosine] == pytest.approx([-np.pi, 0, np.pi, 2 * np.pi], abs=1e-12)
    assert [turn.kind for turn in cosine] == ["minimum", "maximum"] * 2


def test_a_pole_is_no_turning_point_and_a_level_piece_turns_in_its_middle() -> None:
    assert turning_points(parse_line("1/x^2")) == ()
    assert turning_points(parse_line("-1/x^2")) == ()
    (level,) = turning_points(parse_line("max(abs(x - 0.5) - 1, 0)"))
    assert level.x == pytest.approx(0.5, abs=2e-3)


@pytest.mark.parametrize("text", ["y = x^2", "f(x) = x^2", "x²"])
def test_a_front_is_left_out(text: str) -> None:
    assert parse_line(text).minima == ((0.0, 0.0),)
    assert parse_line(text).latex == "x^{2}"


@pytest.mark.parametrize(("text", "place"), [("x*y", 3), ("x^2 + 0*y", 9), ("y = y + x", 5), ("sin(y)", 5)])
def test_y_is_refused_where_it_stands(text: str, place: int) -> None:
    with pytest.raises(FormulaError, match=re.escape(f"x alone; y has no place in it (at character {place})")):
        parse_line(text)


def test_the_lowest_value_on_the_border_is_no_minimum() -> None:
    assert parse_line("x^3").minima == ()
    assert parse_line("x^3").minimum is None
    assert parse_line("x^3 - 3x").minimum is None, "f falls lower at the left end of the window"


# ---- rules on a line -----------------------------------------------------------------------------------------------

STEPS = 60
PLACES = ("parabola", "double_well", "waves", "cliff")
OF_TORCH = [key for key, rule in OPTIMIZERS.items() if rule.torch is not None and key != "muon"]
OF_THE_PACKAGE = {"lion": "Lion", "adan": "Adan", "ademamix": "AdEMAMix", "prodigy": "Prodigy", "shampoo": "Shampoo"}


def one_number(line: Landscape, make: Callable[[torch.Tensor], Any], steps: int = STEPS) -> np.ndarray:
    """The path of an optimizer of PyTorch whose only weight is x, its gradient by autograd."""
    x = torch.tensor([line.start[0]], dtype=torch.float64, requires_grad=True)
    optimizer, path = make(x), [line.start[0]]

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        f = TORCH[line.key](x, line).sum()
        f.backward()
        return f

    for _ in range(steps):
        optimizer.step(loss)
        path.append(x.item())
    return np.array(path)


def assert_follows(line: Landscape, key: str, wanted: np.ndarray, **values: Any) -> None:
    path = descend(line, OPTIMIZERS[key], start=line.start, steps=len(wanted) - 1, **values)
    np.testing.assert_allclose(path.points[:, 0], wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("key", OF_TORCH)
def test_a_rule_on_a_line_is_the_rule_of_one_weight_in_pytorch(key: str, name: str) -> None:
    rule, line = OPTIMIZERS[key], LINES[name]
    assert rule.torch is not None
    assert rule.torch_arguments is not None
    kind = getattr(torch.optim, rule.torch.rpartition(".")[2])
    arguments = rule.torch_arguments(rule.defaults())
    # Between plain L-BFGS's long jumps a cliff amplifies the last digit at once.
    steps = 10 if key == "lbfgs" else STEPS
    assert_follows(line, key, one_number(line, lambda x: kind([x], **arguments), steps))


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("key", OF_THE_PACKAGE)
def test_a_rule_on_a_line_is_the_rule_of_one_weight_in_the_package(key: str, name: str) -> None:
    values = dict(OPTIMIZERS[key].defaults())
    betas = tuple(values.pop(beta) for beta in ("beta1", "beta2", "beta3") if beta in values)
    own: dict[str, Any] = {"betas": betas} if betas else {}
    if key == "ademamix":
        own |= {"weight_decouple": True, "t_alpha_beta3": values.pop("t_alpha_beta3") or None}
    if key == "shampoo":
        own["matrix_eps"] = values.pop("eps")
    kind = getattr(pytorch_optimizer, OF_THE_PACKAGE[key])
    # Between Prodigy's long jumps waves amplify the last digit.
    wanted = one_number(LINES[name], lambda x: kind([x], **values, **own), 20 if key == "prodigy" else STEPS)
    assert_follows(LINES[name], key, wanted)


def derivatives(line: Landscape, x: float) -> tuple[float, float]:
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(TORCH[line.key](at, line), at, create_graph=True)
    return slope.item(), torch.autograd.grad(slope, at)[0].item()


@pytest.mark.parametrize("name", ["quartic", "log_cosh", "double_well", "waves", "plateaus", "cliff"])
@pytest.mark.parametrize("key", ["newton", "saddle_free_newton"])
def test_newton_on_a_line_divides_by_the_second_derivative(key: str, name: str) -> None:
    line, damping = LINES[name], OPTIMIZERS["saddle_free_newton"].defaults()["damping"]
    path = descend(line, OPTIMIZERS[key], start=line.start, steps=STEPS).points[:, 0]
    for x, after in itertools.pairwise(path[:12]):
        slope, curvature = derivatives(line, x)
        step = slope / curvature if key == "newton" else slope / (abs(curvature) + damping)
        if abs(step) > 10:
            break  # thrown out to where the second derivative of log cosh is a difference of equal digits
        assert after == pytest.approx(x - step, rel=1e-9, abs=1e-9)


def test_bfgs_on_a_parabola_arrives_with_its_first_secant() -> None:
    """One number has one curvature: after one step the secant knows it, and the second step is Newton's."""
    path = descend(LINES["parabola"].with_parameters(c=3), OPTIMIZERS["bfgs"], start=(2.4, 0.0), steps=4)
    assert abs(path.points[2, 0]) <= 1e-12


def test_sam_asks_at_the_point_that_lies_rho_uphill() -> None:
    line, x = LINES["double_well"], 1.6
    for after in descend(line, OPTIMIZERS["sam"], start=(x, 0.0), steps=10, lr=0.02, rho=0.1).points[1:, 0]:
        uphill = x + 0.1 * np.sign(derivatives(line, x)[0])
        x = x - 0.02 * derivatives(line, uphill)[0]
        assert after == pytest.approx(x, rel=1e-12)


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("name", ["parabola", "double_well", "waves"])
def test_no_rule_leaves_the_line(name: str, key: str) -> None:
    path = descend(LINES[name], OPTIMIZERS[key], start=LINES[name].start, steps=STEPS)
    np.testing.assert_array_equal(path.points[..., 1], 0.0)
