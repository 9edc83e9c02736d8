"""What happened on a path of one number: which minimum it came to, in how many steps, or why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from landscapes import TurningPoint
from numerals import readable
from optimizers.outcome import Outcome, explain


def line_sentence(outcome: Outcome, label: str, turns: Sequence[TurningPoint], width: float) -> str:
    """One sentence of at most 25 words that says what happened to ``label``.

    turns: those of the function in its window. width: of that window; places are told to a ten-thousandth of it.
    """
    rounded = [replace(turn, x=_rounded(turn.x, width)) for turn in turns]
    told = _TOLD.get(outcome.state)
    text = None if told is None else told(outcome, rounded)
    return explain(outcome, label) if text is None else f"{label} {text}."


def _converged(o: Outcome, turns: Sequence[TurningPoint]) -> str:
    reached = f"reaches the minimum at {_nearest(o, turns, 'minimum')}"
    if o.steps_to_tolerance is not None:
        reached += " in 1 step" if o.steps_to_tolerance == 1 else f" in {readable(o.steps_to_tolerance)} steps"
    if o.zigzag >= 0.5:
        return f"{reached}, jumping across it at {readable(100 * o.zigzag, 2)} % of them"
    if o.overshoot >= 0.1:
        return f"{reached}, after overshooting by {readable(100 * o.overshoot, 2)} % of the way"
    return reached


def _local_minimum(o: Outcome, turns: Sequence[TurningPoint]) -> str:
    here = f"ends in the minimum at {_nearest(o, turns, 'minimum')}"
    lowest = min((turn for turn in turns if turn.kind == "minimum"), key=lambda turn: turn.value, default=None)
    if o.gap is None or lowest is None:
        return f"{here}, f = {readable(o.final_value)}"
    return f"{here}, {readable(o.gap)} higher than the one at x = {readable(lowest.x)}"


def _maximum(o: Outcome, turns: Sequence[TurningPoint]) -> str:
    at = _nearest(o, turns, "maximum")
    return f"ends at the maximum at {at}: the slope is {readable(o.gradient_norm)}, the curvature {_curvature(o)}"


def _plateau(o: Outcome, _turns: Sequence[TurningPoint]) -> str:
    here = f"is on a plateau at x = {readable(o.final_point[0])}: the slope is {readable(o.gradient_norm)}"
    if o.gap is None or o.distance is None:
        return here
    return f"{here}, while the minimum is {readable(o.gap)} lower and {readable(o.distance)} away"


def _undefined(o: Outcome, _turns: Sequence[TurningPoint]) -> str:
    x = readable(o.final_point[0])
    if not o.diverged_at:
        return f"starts at x = {x}, where f is not defined"
    return f"leaves the domain of f at step {readable(o.diverged_at)}: after x = {x}, f = {readable(o.final_value)}"


def _diverged(o: Outcome, _turns: Sequence[TurningPoint]) -> str | None:
    unbounded = o.calm_until == o.last and o.eigenvalues[0] == 0 and o.product is None
    if not unbounded:
        return None
    return f"diverges at step {readable(o.diverged_at or 0)}: the curvature there is 0, so the step has no bound"


def _moving(o: Outcome, _turns: Sequence[TurningPoint]) -> str | None:
    if o.zigzag < 0.7 or o.distance is None or not o.inside:
        return None
    across = f"still jumps across the minimum at {readable(100 * o.zigzag, 2)} % of its steps"
    if o.product and o.limit is not None and not o.rescaled:
        across += f" (rate × curvature {readable(o.product)}, limit {readable(o.limit)})"  # noqa: RUF001
    return f"{across}, now {readable(o.distance)} away"


def _rounded(x: float, width: float) -> float:
    return round(x, 4 - math.floor(math.log10(width))) + 0.0


_TOLD = {
    "converged": _converged,
    "local minimum": _local_minimum,
    "maximum": _maximum,
    "plateau": _plateau,
    "undefined": _undefined,
    "diverged": _diverged,
    "moving": _moving,
}


def _nearest(o: Outcome, turns: Sequence[TurningPoint], kind: str) -> str:
    """Where the turning point of this kind is that the path ends nearest; the end itself where there is none."""
    x = o.final_point[0]
    places = [turn.x for turn in turns if turn.kind == kind]
    return f"x = {readable(min(places, key=lambda place: abs(place - x), default=x))}"


def _curvature(o: Outcome) -> str:
    return readable(o.eigenvalues[0])
