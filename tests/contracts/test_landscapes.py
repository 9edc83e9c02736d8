"""Every landscape of the catalogue keeps what its definition promises. A new entry is covered by itself."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
import sympy
import torch

from landscapes import LANDSCAPES, Landscape
from landscapes.lowest import polish
from landscapes.program import run_program

REQUIRED = """
    saddle monkey_saddle elongated_bowl rosenbrock beale himmelblau booth matyas rastrigin ackley styblinski_tang
    three_hump_camel six_hump_camel goldstein_price easom mccormick levy griewank branin schwefel michalewicz
    dixon_price zakharov bohachevsky drop_wave eggholder plateau ravine sinusoids deep_linear
"""
SETTINGS = {
    **LANDSCAPES,
    "elongated_bowl-rotated": LANDSCAPES["elongated_bowl"].with_parameters(condition=1000, rotation=37),
    "rosenbrock-mild": LANDSCAPES["rosenbrock"].with_parameters(a=-0.5, b=5),
    "rosenbrock-far": LANDSCAPES["rosenbrock"].with_parameters(a=30),
    "sharp_and_flat-alike": LANDSCAPES["sharp_and_flat"].with_parameters(c=0),
    "sharp_and_flat-sharper": LANDSCAPES["sharp_and_flat"].with_parameters(c=20),
    "least_squares-bias": LANDSCAPES["least_squares"].with_parameters(data="iris", inputs="one_feature", l2=0.3),
    "logistic-bias": LANDSCAPES["logistic"].with_parameters(inputs="one_feature"),
    "logistic-held": LANDSCAPES["logistic"].with_parameters(data="setosa_virginica", l2=0.01),
    "sigmoid_squared-blobs": LANDSCAPES["sigmoid_squared"].with_parameters(data="blobs"),
    **{f"sinusoids-{seed}": LANDSCAPES["sinusoids"].with_parameters(seed=seed) for seed in (0, 1, 2, 3, 10**9)},
}
EPS = float(np.finfo(np.float64).eps)


@pytest.fixture(params=SETTINGS, name="landscape")
def _landscape(request: pytest.FixtureRequest) -> Landscape:
    return SETTINGS[request.param]


def draw(landscape: Landscape, count: int) -> np.ndarray:
    low, high = np.array(landscape.domain).T
    return np.random.default_rng(0).uniform(low, high, (count, 2))


def grid(landscape: Landscape, count: int) -> np.ndarray:
    axes = [np.linspace(low, high, count) for low, high in landscape.domain]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def rounding(landscape: Landscape, point: tuple[float, float]) -> float:
    """How far from 0 a gradient may be when each coordinate is one float64 away from the exact root."""
    return 16 * EPS * (1 + float(np.abs(landscape.hessian(np.array(point))).max()) * (1 + max(map(abs, point))))


def test_every_required_landscape_is_there() -> None:
    assert set(REQUIRED.split()) <= set(LANDSCAPES)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) and key == item.key for key, item in LANDSCAPES.items())
    assert len({item.name for item in LANDSCAPES.values()}) == len(LANDSCAPES)


@pytest.mark.parametrize("c", [0, 5, 1e6])
def test_one_of_two_minima_is_sharper_by_the_ratio(c: float) -> None:
    surface = LANDSCAPES["sharp_and_flat"].with_parameters(c=c)
    flat, sharp = surface.hessian(np.array(surface.minima))
    np.testing.assert_allclose(flat, np.diag([1, 0.25]), atol=1e-12)
    np.testing.assert_allclose(sharp, (1 + 4 * c) * np.diag([1, 0.25]), rtol=1e-12)


def test_value_at_each_minimum_is_the_minimum(landscape: Landscape) -> None:
    assert (landscape.minimum is None) == (not landscape.minima)
    for point in landscape.minima:
        assert landscape.minimum is not None
        size = max(abs(float(landscape.value(np.array(landscape.start)))), abs(landscape.minimum))
        assert abs(float(landscape.value(np.array(point))) - landscape.minimum) <= 8 * EPS * size


def test_gradient_vanishes_at_minima_and_points_outward_on_the_border(landscape: Landscape) -> None:
    for point in landscape.minima:
        for slope, at, (low, high) in zip(landscape.gradient(np.array(point)), point, landscape.domain, strict=True):
            assert low <= at <= high
            if at == high:
                assert slope <= rounding(landscape, point)
            elif at == low:
                assert slope >= -rounding(landscape, point)
            else:
                assert abs(slope) <= rounding(landscape, point)


def test_only_the_eggholder_has_its_minimum_on_the_border() -> None:
    border = {
        key
        for key, item in LANDSCAPES.items()
        for point in item.minima
        if any(at in sides for at, sides in zip(point, item.domain, strict=True))
    }
    assert border == {"eggholder"}


def test_no_point_of_the_domain_is_lower(landscape: Landscape) -> None:
    if landscape.minimum is None:
        return
    lowest = float(landscape.value(draw(landscape, 100_000)).min())
    assert lowest >= landscape.minimum - 4 * EPS * (1 + abs(landscape.minimum))


def test_every_global_minimum_of_the_domain_is_named(landscape: Landscape) -> None:
    if landscape.minimum is None:
        return
    points = grid(landscape, 301)
    values = np.pad(landscape.value(points), 1, constant_values=np.inf)
    around = [values[i : i + 301, j : j + 301] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    basins = points[values[1:-1, 1:-1] <= np.minimum.reduce(around)]
    step = points[1, 1] - points[0, 0]
    found = polish(lambda p: (landscape.gradient(p), landscape.hessian(p)), basins, longest=step)
    low, high = np.array(landscape.domain).T
    found = found[((found >= low) & (found <= high)).all(-1)]
    best = found[landscape.value(found) <= landscape.minimum + 1e-9 * (1 + abs(landscape.minimum))]
    if landscape.key != "eggholder":  # its minimum is not stationary, so Newton's method cannot end there
        assert len(best)
    assert (landscape.distance(best) <= 1e-4 * (1 + np.abs(best).max(-1))).all()


def test_hessian_is_positive_at_minima_and_indefinite_at_saddles(landscape: Landscape) -> None:
    for point in landscape.minima:
        smallest, largest = np.linalg.eigvalsh(landscape.hessian(np.array(point)))
        assert smallest >= -1e-12 * largest
    for point in landscape.saddles:
        assert np.abs(landscape.gradient(np.array(point))).max() <= rounding(landscape, point)
        smallest, largest = np.linalg.eigvalsh(landscape.hessian(np.array(point)))
        if landscape.key == "monkey_saddle":
            assert smallest == largest == 0
        else:
            assert smallest < -1e-3 < 1e-3 < largest


def test_unbounded_landscapes_fall_from_their_saddle() -> None:
    assert {key for key, item in LANDSCAPES.items() if item.minimum is None} == {"saddle", "monkey_saddle"}
    for key, far in (("saddle", (0.0, 1e6)), ("monkey_saddle", (-1e6, 0.0))):
        assert LANDSCAPES[key].value(np.array(far)) <= -1e12


def test_gradient_and_hessian_equal_autograd(landscape: Landscape) -> None:
    expression = sympy.N(landscape.expression.doit(), 20)
    root = {"sqrt": lambda u: torch.sqrt(torch.as_tensor(u, dtype=torch.float64))}  # of a constant, too
    function = sympy.lambdify(sorted(expression.free_symbols, key=str), expression, modules=[root, "torch"])
    points = draw(landscape, 300)
    x, y = (torch.tensor(points[:, i], requires_grad=True) for i in (0, 1))
    if landscape.rows is None:
        value = function(x, y)
    else:
        columns = {name: torch.tensor(column) for name, column in landscape.rows.by_name.items()}
        value = function(*columns.values(), x[:, None], y[:, None]).mean(-1)
    first = torch.autograd.grad(value.sum(), (x, y), create_graph=True)
    second = [torch.autograd.grad(part.sum(), (x, y), retain_graph=True, materialize_grads=True) for part in first]
    gradient = np.stack([part.detach().numpy() for part in first], axis=-1)
    hessian = np.stack([np.stack([part.numpy() for part in row], axis=-1) for row in second], axis=-2)
    for ours, theirs in (
        (landscape.value(points), value.detach().numpy()),
        (landscape.gradient(points), gradient),
        (landscape.hessian(points), hessian),
    ):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13 * np.abs(theirs).max())


@pytest.mark.parametrize("batch", [(), (7,), (3, 4), (0,), (2, 0, 3), (1, 1, 1)])
def test_shapes_follow_the_batch(landscape: Landscape, batch: tuple[int, ...]) -> None:
    points = draw(landscape, math.prod(batch)).reshape(*batch, 2)
    for function, extra in ((landscape.value, ()), (landscape.gradient, (2,)), (landscape.hessian, (2, 2))):
        result = function(points)
        assert result.shape == batch + extra
        assert result.dtype == np.float64


def test_a_batch_equals_its_points_one_by_one_to_the_last_bit(landscape: Landscape) -> None:
    points = np.concatenate([draw(landscape, 61), np.array([*landscape.minima, *landscape.saddles, landscape.start])])
    for function in (landscape.value, landscape.gradient, landscape.hessian):
        single = np.stack([function(point) for point in points])
        assert function(points).tobytes() == single.tobytes()
        assert function(points[::-1][:5]).tobytes() == single[::-1][:5].tobytes()


def test_everything_is_finite_on_the_whole_domain(landscape: Landscape) -> None:
    points = grid(landscape, 257).reshape(-1, 2)
    if landscape.key == "eggholder":  # the lines where a root is 0
        along = np.arange(-400.0, 401.0)
        points = np.concatenate([points, np.stack([along, along - 47], -1), np.stack([along, -47 - along / 2], -1)])
    points = np.concatenate([points, [[0.0, 0.0], [1e-200, 0.0], [0.0, -1e-200], [1e-161, 1e-161], [1e-9, 0.0]]])
    for function in (landscape.value, landscape.gradient, landscape.hessian):
        assert np.isfinite(function(points)).all()


def test_far_away_gives_infinity_or_nan_but_never_an_exception_or_a_warning(landscape: Landscape) -> None:
    for far in (1e30, 1e154, 1e308, np.inf, np.nan):
        points = far * np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1e-3], [1e-3, 1.0]])
        for function in (landscape.value, landscape.gradient, landscape.hessian):
            single = np.stack([function(point) for point in points])
            np.testing.assert_array_equal(function(points), single)


def test_the_program_of_the_browser_equals_value_and_gradient(landscape: Landscape) -> None:
    points = np.concatenate([draw(landscape, 50), np.array([*landscape.minima, landscape.start])])
    gradient = landscape.gradient(points)
    program = landscape.program
    for code, ours in (
        (program.value, landscape.value(points)),
        (program.dx, gradient[:, 0]),
        (program.dy, gradient[:, 1]),
    ):
        np.testing.assert_array_equal(run_program(code, points, landscape.rows), ours)
    assert len(json.dumps([program.value, program.dx, program.dy], allow_nan=False)) < 4000


def test_the_start_is_inside_and_moves(landscape: Landscape) -> None:
    for at, (low, high) in zip(landscape.start, landscape.domain, strict=True):
        assert low < at < high
    start = np.array(landscape.start)
    assert np.isfinite(landscape.value(start))
    assert np.abs(landscape.gradient(start)).max() > 1e-3
    if landscape.minimum is not None:
        assert landscape.distance(start) > 0.1
        assert landscape.value(start) > landscape.minimum


def test_the_formula_is_typeset_without_traces_of_how_it_is_computed(landscape: Landscape) -> None:
    latex = landscape.latex
    assert "x" in latex
    assert "y" in latex
    assert not re.search(r"cases|operatorname|left\(-1\\right|\+ -|1 \\cdot|\d\.\d{13}", latex)


def test_sentences_are_short_and_plain(landscape: Landscape) -> None:
    texts = [landscape.character, landscape.difficulty, landscape.notes]
    texts += [parameter.meaning for parameter in landscape.hyperparameters]
    assert landscape.character
    assert landscape.difficulty
    assert landscape.reference
    for sentence in re.split(r"(?<=\.)\s", " ".join(texts)):
        assert len(sentence.split()) <= 20, sentence
        assert "!" not in sentence


# Values from the literature with the unit of their last digit, or by hand from the published form (no unit: exact).
# None is computed by the code under test.
LITERATURE: dict[str, list[tuple]] = {
    "saddle": [((1, 2), -3.0)],
    "monkey_saddle": [((1, 2), -11.0)],
    "deep_linear": [((2, 3), 25.0), ((0, 0), 1.0), ((4, 0.25), 0.0)],
    "elongated_bowl": [((3, 2), 54.5)],
    "rosenbrock": [((-1.2, 1), 24.2), ((0, 0), 1.0), ((2, 1), 901.0)],
    "ravine": [((math.pi / 2, 1), math.pi**2 / 80), ((0, 1), 10.0)],
    "sharp_and_flat": [((0, 0), 6 / 8), ((2, 1), 10 * 46 / 8)],
    "plateau": [((math.sqrt(5), 0), 1 - 1 / math.e), ((0, math.sqrt(2.5)), 1 - 1 / math.e)],
    "beale": [((0, 0), 14.203125), ((3, 0.5), 0.0), ((1, 1), 14.203125), ((-4.5, -4.5), 181853.61328125)],
    "himmelblau": [((0, 0), 170.0), ((3, 2), 0.0), ((-0.270845, -0.923039), 181.617, 1e-3)],
    "booth": [((0, 0), 74.0), ((1, 3), 0.0), ((-10, -10), 2594.0)],
    "matyas": [((1, 1), 0.04), ((10, -10), 100.0)],
    "dixon_price": [((0, 0), 1.0), ((1, 1), 2.0)],
    "zakharov": [((1, 1), 9.3125), ((10, 10), 51050.0)],
    "styblinski_tang": [((0, 0), 0.0), ((1, 1), -10.0), ((-2.903534, -2.903534), -78.332331, 1e-6)],
    "three_hump_camel": [((1, 1), 3.95 - 1 + 1 / 6), ((1.7475523, -0.8737762), 0.2986384422, 1e-10)],
    "six_hump_camel": [
        ((0.08984201, -0.71265640), -1.0316284535, 1e-10),
        ((1.7036067, -0.7960836), -0.2154638244, 1e-10),
    ],
    "goldstein_price": [((-0.6, -0.4), 30.0), ((1.8, 0.2), 84.0), ((1.2, 0.8), 840.0), ((0, 0), 600.0)],
    "easom": [((0, 0), -math.exp(-2 * math.pi**2)), ((math.pi, math.pi), -1.0)],
    "mccormick": [((0, 0), 1.0), ((-0.54719755, -1.54719755), -1.9132229550, 1e-9)],
    "branin": [((0, 0), 55.602112642270264), ((math.pi, 2.275), 0.39788735773, 1e-11)],
    "rastrigin": [((1, 1), 2.0), ((4.52299366, 4.52299366), 80.70658039, 1e-8)],
    "ackley": [((1, 1), 3.6253849384403627), ((0, 0), 0.0)],
    "levy": [((5, 5), 2 + 10 * math.sin(1) ** 2), ((1, 1), 0.0), ((-7, 1), 4 + 40 * math.sin(1) ** 2)],
    "griewank": [((math.pi, 0), 2 + math.pi**2 / 4000), ((3.140023, 4.438445), 0.0073960403, 1e-10)],
    "schwefel": [((0, 0), 837.9657745448674), ((-302.524935, 420.968746), 118.4383, 1e-4)],
    "michalewicz": [((2.20290552, 1.57079633), -1.80130341, 1e-8), ((math.pi / 2, math.pi / 2), -1 - 2**-10)],
    "bohachevsky": [((1, 1), 3.6), ((0, 0), 0.0)],
    "drop_wave": [((math.pi / 6, 0), -2 / (2 + math.pi**2 / 72)), ((0, math.pi / 12), 0.0), ((0, 0), -1.0)],
    "eggholder": [((512, 404.2319), -959.6406627106155), ((0, 0), -25.460337185286313)],
    "least_squares": [],
    "logistic": [((0, 0), math.log(2))],
    "sigmoid_squared": [((0, 0), 0.25)],
    "neuron": [((0, 0), math.log(2))],
    "sinusoids": [((0, 0), 0.35 + 0.42 - 0.52), ((math.pi / 2, 0), 0.47 - 0.42 + 0.52)],
}


@pytest.mark.parametrize("key", LANDSCAPES)
def test_values_of_the_literature(key: str) -> None:
    for point, value, *unit in LITERATURE[key]:
        found = float(LANDSCAPES[key].value(np.array(point, dtype=np.float64)))
        assert abs(found - value) <= (unit[0] if unit else 1e-12 * (1 + abs(value)))


def test_landscape_parameters_change_the_surface() -> None:
    bowl = LANDSCAPES["elongated_bowl"].with_parameters(condition=100, rotation=90)
    assert float(bowl.value(np.array([1.0, 0.0]))) == pytest.approx(50.0, rel=1e-15)
    assert np.linalg.eigvalsh(bowl.hessian(np.array([1.0, 2.0]))) == pytest.approx([1.0, 100.0], rel=1e-14)
    turned = LANDSCAPES["elongated_bowl"].with_parameters(condition=9, rotation=30)
    along = np.array([math.sqrt(3) / 2, 0.5])
    assert turned.hessian(along) @ along == pytest.approx(along, rel=1e-14)
    rosenbrock = LANDSCAPES["rosenbrock"].with_parameters(a=1.2, b=7)
    assert rosenbrock.minima == ((1.2, 1.44),)
    assert float(rosenbrock.value(np.array([0.0, 1.0]))) == pytest.approx(1.44 + 7, rel=1e-15)
    assert rosenbrock.with_parameters(b=100).parameters == {"a": 1.2, "b": 100.0}
    assert LANDSCAPES["rosenbrock"].parameters == {"a": 1.0, "b": 100.0}


@pytest.mark.parametrize(
    ("key", "given", "message"),
    [
        ("rosenbrock", {"c": 1}, "Rosenbrock has no hyperparameter 'c'; it has a, b"),
        ("saddle", {"a": 1}, "Saddle has no hyperparameter 'a'; it has none"),
        ("rosenbrock", {"b": 0}, "b was given 0; allowed is a number in (0, 1e12]"),
        ("rosenbrock", {"a": math.nan}, "a was given nan; allowed is a number in [-100, 100]"),
        ("elongated_bowl", {"condition": 0.5}, "condition was given 0.5; allowed is a number in [1, 1e12]"),
        ("elongated_bowl", {"rotation": "left"}, "rotation was given 'left'; allowed is a number in [-360, 360]"),
        ("elongated_bowl", {"condition": [2, 3]}, "condition was given an array of shape (2,); allowed is one number"),
        ("sinusoids", {"seed": 1.5}, "seed was given 1.5; allowed is a whole number in [0, 1000000000]"),
    ],
)
def test_wrong_parameters_are_refused_with_what_is_allowed(key: str, given: dict, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        LANDSCAPES[key].with_parameters(**given)


def test_points_of_a_wrong_shape_are_refused() -> None:
    landscape = LANDSCAPES["rosenbrock"]
    for function in (landscape.value, landscape.gradient, landscape.hessian):
        for points in (np.zeros(3), np.zeros((2, 1)), np.array(1.0)):
            with pytest.raises(ValueError, match=re.escape("allowed is (*batch, 2)")):
                function(points)


def test_the_distance_to_a_curve_of_minima_is_exact() -> None:
    points = draw(LANDSCAPES["deep_linear"], 200)
    for (x, y), distance in zip(points, LANDSCAPES["deep_linear"].distance(points), strict=True):
        roots = np.roots([1, -x, 0, y, -1])  # of the derivative of the squared distance to (t, 1/t)
        t = roots[np.abs(roots.imag) < 1e-9].real
        assert distance == pytest.approx(np.hypot(t - x, 1 / t - y).min(), rel=1e-9, abs=1e-12)


def test_the_distance_to_isolated_minima_is_to_the_nearest() -> None:
    himmelblau = LANDSCAPES["himmelblau"]
    assert himmelblau.distance(np.array([[3.0, 3.0], [3.0, 1.0]])) == pytest.approx([1.0, 1.0])
    assert np.isnan(LANDSCAPES["saddle"].distance(np.array([1.0, 1.0])))


def test_landscapes_can_be_hashed_and_compared() -> None:
    same = LANDSCAPES["rosenbrock"].with_parameters(a=1)
    assert same == LANDSCAPES["rosenbrock"]
    assert hash(same) == hash(LANDSCAPES["rosenbrock"])
    assert same != same.with_parameters(a=2)
