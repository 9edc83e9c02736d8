"""What the numbers of an estimate say: sentences and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.derivatives import METHODS, Place, best_step, error_of, estimated, methods_of, rounding_of
from numerals import readable

_PRIME = "\N{PRIME}"
_EVALUATIONS = {"forward": "2", "central": "2", "complex": "1 complex"}


def estimate_sentences(place: Place, h: float) -> list[str]:
    """What each method gives with this h and why, in at most three sentences."""
    where = f"x₀ = {readable(place.x, 6)}"
    slopes, exact = place.slopes, place.slopes.derivative
    if exact is None:
        return [_no_derivative(place, where), _all_estimates(place, h)]
    at = np.array([h])
    errors = {method: float(np.asarray(estimated(place, method, at).error)[0]) for method in methods_of(place.curve)}
    told = ", ".join(f"{METHODS[method]} by {_missed(error)}" for method, error in errors.items())
    sentences = [f"With h = {readable(h)}, f{_PRIME}({readable(place.x, 6)}) = {exact:.10g} is missed: {told}."]
    if (why := _why(place, h)) is not None:
        sentences.append(why)
    if "complex" not in errors:
        sentences.append("No complex step: f compares or takes a size, so it is not analytic.")
    assert slopes.derivative is not None
    return sentences


def _missed(error: float) -> str:
    return "nothing" if error == 0 else "no number" if not np.isfinite(error) else readable(error)


def _why(place: Place, h: float) -> str | None:
    """Which of the two errors of forward differences is larger, with the best step."""
    if place.higher is None:
        return None
    truncation, rounding = abs(place.higher[0]) * h / 2, rounding_of(place, "forward") / h
    best = best_step(place, "forward")
    larger = "truncation" if truncation > rounding else "rounding"
    ending = f" Theory's best h is {readable(best)}." if best is not None else ""
    return (
        f"Forward: truncation |f{_PRIME}{_PRIME}| h / 2 = {readable(truncation)}, rounding up to {readable(rounding)}; "
        f"{larger} is larger.{ending}"
    )


def _no_derivative(place: Place, where: str) -> str:
    left, right = place.slopes.left, place.slopes.right
    if left is None and right is None:
        return f"At {where}, f is no real number that float64 holds, so there is no derivative."
    if left is None or right is None:
        return f"At {where}, f has values on one side only; the slope there is {readable(left or right or 0.0)}."
    if np.isinf(left) or np.isinf(right):
        return f"At {where}, f jumps or is vertical: slopes {readable(left)} and {readable(right)}, no derivative."
    return f"At {where}, f has no derivative: slope {readable(left)} on the left, {readable(right)} on the right."


def _all_estimates(place: Place, h: float) -> str:
    told = [
        f"{METHODS[method]} says {readable(float(estimated(place, method, np.array([h])).estimate[0]))}"
        for method in methods_of(place.curve)
    ]
    own = readable(float(place.curve.derivative(place.x, place.precision)))
    ends = [slope for slope in (place.slopes.left, place.slopes.right) if slope is not None]
    tip = any(map(np.isinf, ends)) and own == "0"
    why = " At a vertical tip the lab's autodiff takes 0, so that a path can leave it; PyTorch gives infinity."
    return f"With h = {readable(h)} {', '.join(told)}, autodiff {own}.{why if tip else ''}"


def estimate_table(places: Sequence[Place], h: float, by_hand: float | None) -> pd.DataFrame:
    """One row a method and precision: the estimate with all digits, its error, what it costs."""
    rows: list[dict[str, Any]] = []
    for place in places:
        digits = 17 if place.precision == "float64" else 9
        if by_hand is not None and place.precision == "float64":
            rows.append(_row("by hand", place, by_hand, digits, "none"))
        rows.append(_row("autodiff", place, float(place.curve.derivative(place.x, place.precision)), digits, "1 sweep"))
        for method in methods_of(place.curve):
            value = float(estimated(place, method, np.array([h])).estimate[0])
            rows.append(_row(METHODS[method], place, value, digits, _EVALUATIONS[method]))
    return pd.DataFrame(rows)


def _row(method: str, place: Place, value: float, digits: int, cost: str) -> dict[str, Any]:
    error = error_of(place, value)
    return {
        "method": method,
        "numbers": place.precision,
        "estimate": f"{value:.{digits}g}",
        "error": "none to tell" if error is None else readable(float(error)),
        "evaluations of f": cost,
    }
