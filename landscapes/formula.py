"""A landscape from a formula typed by a user: what the grammar reads, with a start and minima found by looking."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes.compile import Compiled, compile_expression
from landscapes.from_sympy import coordinates
from landscapes.grammar import read_formula
from landscapes.line import line_facts, turning_of
from landscapes.lowest import distinct, polish
from landscapes.program import Array
from landscapes.tokens import FormulaError, tokens
from landscapes.types import Domain, Facts, Landscape

if TYPE_CHECKING:
    import sympy

__all__ = ["FormulaError", "parse_formula", "parse_line"]


def parse_formula(text: str, domain: Domain = ((-3.0, 3.0), (-3.0, 3.0))) -> Landscape:
    """The landscape of a formula in x and y, on a window ``((x_low, x_high), (y_low, y_high))``.

    Its key is "formula" and its name is the text, so that a link can carry it. Its minima are the lowest points that a
    search of the window finds; none are given where the lowest value is on the border or the lowest points form a
    curve. All that is ever asked of it (derivatives, program, LaTeX, a start) is made here, so that it is at hand
    for every formula that is taken.

    Raises:
        FormulaError: the text is not a formula, breaks a limit, or is not real and finite anywhere in the window, or
            nowhere has a finite gradient.
        ValueError: the window is not two increasing pairs of finite numbers.
    """
    domain = _check_domain(domain)
    facts = _facts(read_formula(text), domain)
    return Landscape(
        key="formula",
        name=" ".join(text.split()),
        character="A formula of your own.",
        difficulty="What makes it hard is for the race to show.",
        reference="Typed by the user.",
        facts=facts,
        notes="Minima are the lowest points that a numerical search of the window found."
        if facts.keywords["minima"]
        else "",
    )


def parse_line(text: str, window: tuple[float, float] = (-3.0, 3.0)) -> Landscape:
    """The function of a formula in x alone, on a window; else as ``parse_formula``.

    Its minima are the lowest of its turning points, if nothing else in the window is lower. ``y =`` may stand in front.

    Raises:
        FormulaError: as ``parse_formula`` does, and where y is used.
        ValueError: as ``parse_formula`` does.
    """
    (low, high), _ = _check_domain((window, (-1.0, 1.0)))
    words, body = tokens(text), text
    if words[0].text == "y" and words[1].text == "=":
        body = " " * (words[1].position + 1) + text[words[1].position + 1 :]
    expression = read_formula(body)
    if coordinates()[1] in expression.free_symbols:
        place = next(word.position for word in tokens(body) if word.text == "y")
        raise FormulaError("this is a function of x alone; y has no place in it", place)
    return Landscape(
        key="formula",
        name=" ".join(text.split()),
        character="A function of your own.",
        difficulty="What makes it hard is for the race to show.",
        reference="Typed by the user.",
        facts=_line_facts(expression, low, high),
        dimensions=1,
    )


def _line_facts(expression: sympy.Expr, low: float, high: float) -> partial[Facts]:
    compiled = _compiled(expression, dimensions=1)
    points = np.stack([x := np.linspace(low, high, 2401), np.zeros_like(x)], axis=-1)
    values = compiled.value(points)
    if not np.isfinite(values).any():
        raise FormulaError("the formula is not a real, finite number anywhere in the window")
    start = _start(compiled, points)
    if start is None:
        raise FormulaError("the formula has no finite gradient anywhere in the window")
    with np.errstate(all="ignore"):
        turns = turning_of(
            lambda x: compiled.gradient(np.stack([x, np.zeros_like(x)], axis=-1))[..., 0],
            lambda x: compiled.value(np.stack([x, np.zeros_like(x)], axis=-1)),
            low,
            high,
        )
    wells = [turn for turn in turns if turn.kind == "minimum"]
    lowest = min((well.value for well in wells), default=math.inf)
    close = 1e-9 * (1 + abs(lowest))
    known = bool(wells) and float(np.nanmin(values)) >= lowest - close
    return partial(
        line_facts,
        expression=lambda: expression,
        window=(low, high),
        start=start[0],
        minima=tuple(well.x for well in wells if known and well.value <= lowest + close),
        minimum=lowest if known else None,
    )


def _check_domain(domain: Any) -> Domain:
    try:
        (left, right), (bottom, top) = domain
        sides = tuple(float(side) for side in (left, right, bottom, top))
    except (TypeError, ValueError):
        sides = (math.nan,) * 4
    if not (all(abs(side) <= 1e6 for side in sides) and sides[0] < sides[1] and sides[2] < sides[3]):
        raise ValueError(
            f"domain was given {domain!r}; allowed is ((x_low, x_high), (y_low, y_high)), low < high, within 1e6"
        )
    return (sides[0], sides[1]), (sides[2], sides[3])


def _compiled(expression: sympy.Expr, dimensions: int = 2) -> Compiled:
    try:
        compiled = compile_expression(expression, dimensions)
        compiled.make_all()
    except ValueError as error:
        raise FormulaError(f"the formula cannot be computed: {error}") from None
    return compiled


def _facts(expression: sympy.Expr, domain: Domain) -> partial[Facts]:
    """Start and minima by looking at a grid of 121 x 121 points."""
    compiled = _compiled(expression)
    axes = [np.linspace(low, high, 121) for low, high in domain]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    values = compiled.value(points)
    if not np.isfinite(values).any():
        raise FormulaError("the formula is not a real, finite number anywhere in the window")
    start = _start(compiled, points[::3, ::3].reshape(-1, 2)) or _start(compiled, points.reshape(-1, 2))
    if start is None:
        raise FormulaError("the formula has no finite gradient anywhere in the window")
    minima, minimum = _lowest(compiled, domain, points, np.where(np.isfinite(values), values, np.inf))
    return partial(
        Facts,
        expression=lambda: expression,
        domain=domain,
        start=start,
        minima=tuple(minima),
        minimum=minimum,
    )


def _start(compiled: Compiled, points: Array) -> tuple[float, float] | None:
    """A high point away from the border where the gradient is not 0; where there is none, any at which value and
    gradient are finite. None where no point ``(n, 2)`` has both."""
    low, high = points.min(0), points.max(0)
    values, gradients = compiled.value(points), compiled.gradient(points)
    inside = (np.abs(points - (low + high) / 2) <= 0.4 * (high - low)).all(-1)  # y is 0 throughout on a line
    sound = np.isfinite(values) & np.isfinite(gradients).all(-1)
    slopes = np.abs(gradients).max(-1)
    for wanted in (sound & inside & (slopes > 1e-6), sound & inside, sound):
        order = np.flatnonzero(wanted)[np.argsort(values[wanted], kind="stable")]
        if not len(order):
            continue
        high_enough = int(0.9 * (len(order) - 1))
        point = points[order[high_enough]]
        short = np.array([float(f"{at:.9g}") for at in point.tolist()])  # as a link writes it
        for x, y in (short.tolist(), point.tolist()):
            at = np.array([x, y])
            if np.isfinite(compiled.value(at)) and np.isfinite(compiled.gradient(at)).all():
                return x, y
    return None


def _lowest(
    compiled: Compiled, domain: Domain, points: Array, values: Array
) -> tuple[list[tuple[float, float]], float | None]:
    around = np.pad(values, 1, constant_values=np.inf)
    count = len(values)
    neighbors = [around[i : count + i, j : count + j] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    basin = (values <= np.minimum.reduce(neighbors)) & np.isfinite(values)
    basins = points[basin][np.argsort(values[basin], kind="stable")[:64]]
    if not len(basins):
        return [], None
    spacing = points[1, 1] - points[0, 0]
    places = polish(lambda p: (compiled.gradient(p), compiled.hessian(p)), basins, longest=spacing)
    # A kink on the grid, such as that of |x| + |y|, is a minimum from which Newton's method must not walk away.
    places = np.concatenate([places, basins])
    (left, right), (bottom, top) = domain
    depth, gradient, hessian = compiled.value(places), compiled.gradient(places), compiled.hessian(places)
    with np.errstate(all="ignore"):
        size = np.abs(hessian).max((-1, -2))
        still = np.abs(gradient).max(-1) <= 1e-9 * (1 + np.abs(depth) + size * (1 + np.abs(places).max(-1)))
        inside = (places[:, 0] >= left) & (places[:, 0] <= right) & (places[:, 1] >= bottom) & (places[:, 1] <= top)
        sound = still & inside & np.isfinite(depth) & np.isfinite(size)
        sound[sound] = np.linalg.eigvalsh(hessian[sound]).min(-1) >= -1e-9 * (1 + size[sound])
        floor = values.min()
        tolerance = 1e-9 * (1 + abs(floor))
        if not sound.any() or depth[sound].min() > floor + tolerance:
            return [], None
        minimum = float(depth[sound].min())
        lowest = distinct(places[sound & (depth <= minimum + tolerance)], float(spacing.max()) / 2)
    return (lowest if len(lowest) <= 16 else []), minimum
