"""``explain``: one plain sentence about a path, chosen from its facts alone."""

# ruff: noqa: RUF001 (the multiplication sign belongs in the sentences)

from __future__ import annotations

from numerals import readable
from optimizers.outcome_types import Outcome


def explain(outcome: Outcome, label: str) -> str:
    """One sentence of at most 25 words that says what happened to ``label`` and which numbers show it."""
    return f"{label} {_TELL[outcome.state](outcome)}."


def _diverged(o: Outcome) -> str:
    when = f"diverges at step {readable(o.diverged_at or 0)}"
    if o.product is not None and o.limit is not None and o.product > o.limit:
        if o.rate is None:
            return f"{when}: effective rate × curvature is {readable(o.product)}, beyond the limit {readable(o.limit)}"
        curvature = readable(o.product / o.rate)
        product = f"rate {readable(o.rate)} × curvature {curvature} = {readable(o.product)}"
        if o.product_at and o.first_product is not None and o.first_product <= o.limit:
            return f"{when}: at step {readable(o.product_at)}, {product} passes the limit {readable(o.limit)}"
        return f"{when}: {product} exceeds the limit {readable(o.limit)}"
    low, high = (abs(each) for each in o.eigenvalues)
    if o.calm_until == o.last and min(low, high) <= 1e-12 * max(low, high):
        return f"{when}: the Hessian there has an eigenvalue of {readable(min(low, high))}, so the step has no bound"
    if o.last + 1 == o.diverged_at and o.final_value <= o.start_value:
        return f"{when}: the step that leaves f = {readable(o.final_value)} overflows"
    if o.final_value < 10 * abs(o.start_value) and o.leaving_step is not None:
        return f"{when}: a step of length {readable(o.leaving_step)} takes it out of the window"
    return f"{when}: f has grown from {readable(o.start_value)} to {readable(o.final_value)}"


def _undefined(o: Outcome) -> str:
    x, y = (readable(each) for each in o.final_point)
    if not o.diverged_at:
        return f"starts at ({x}, {y}), where f is not defined"
    where = f"after ({x}, {y}), with f = {readable(o.final_value)}, comes a point where f is not defined"
    return f"leaves the domain of f at step {readable(o.diverged_at)}: {where}"


def _falling(o: Outcome) -> str:
    where = f"f = {readable(o.final_value)} after {_steps(o.last)}"
    if o.diverged_at is not None:
        return f"runs downhill without end: {where}, then it overflows"
    return f"runs downhill out of the window at step {readable(o.left_domain_at or 0)}: {where}"


def _converged(o: Outcome) -> str:
    if o.steps_to_tolerance is None or o.threshold is None:
        return f"reaches a minimum, f = {readable(o.final_value)}: {_at_rest(o)}"
    evaluations = o.evaluations_to_tolerance or 0
    cost = "one evaluation each" if evaluations == o.steps_to_tolerance else f"{readable(evaluations)} evaluations"
    reached = f"reaches the minimum to within {readable(o.threshold)} in {_steps(o.steps_to_tolerance)}, {cost}"
    if o.overshoot >= 1.5:
        return f"{reached}, after overshooting by {readable(o.overshoot, 2)} times the way"
    if o.overshoot >= 0.1:
        return f"{reached}, after overshooting by {_percent(o.overshoot)} of the way"
    if o.zigzag >= 0.5 and o.across >= 0.5:
        return f"{reached}, crossing the valley at {_percent(o.zigzag)} of its steps"
    if o.straight_distance and o.path_length >= 2 * o.straight_distance:
        return f"{reached}, on a path {readable(o.path_length / o.straight_distance, 2)} times the straight way"
    return reached


def _local_minimum(o: Outcome) -> str:
    above = f"{readable(o.gap)} above the global one" if o.gap is not None else f"f = {readable(o.final_value)}"
    return f"ends in a local minimum {above}: {_at_rest(o)}"


def _at_rest(o: Outcome) -> str:
    low, high = o.eigenvalues
    if low <= 1e-6 * high:
        return f"gradient {readable(o.gradient_norm)}, no curvature along it and {readable(high)} across"
    return f"gradient {readable(o.gradient_norm)}, both curvatures positive ({_pair(o)})"


def _saddle(o: Outcome) -> str:
    at = f"the gradient is {_zero(o)} and the smallest Hessian eigenvalue is {readable(o.eigenvalues[0])}"
    if o.doubling is not None:
        return f"is slow to leave a saddle: {at}; its distance doubles every {_steps(max(round(o.doubling), 1))}"
    return f"is stuck at a saddle: {at}"


def _maximum(o: Outcome) -> str:
    return f"is stuck at a maximum: the gradient is {_zero(o)} and both curvatures are negative ({_pair(o)})"


def _plateau(o: Outcome) -> str:
    if o.gap is None or o.distance is None:
        return f"is on a plateau: the gradient is {_zero(o)}, and the curvatures are {_pair(o)}"
    return (
        f"is on a plateau: the gradient is {_zero(o)}, while the minimum is {readable(o.gap)} lower "
        f"and {readable(o.distance)} away"
    )


def _held(o: Outcome) -> str:
    away = f"{readable(o.distance)} from the minimum" if o.distance is not None else f"at f = {readable(o.final_value)}"
    gradient = f"a gradient of {readable(o.gradient_norm)}"
    if o.decay_pull is None:
        return f"rests {away}: weight decay of {readable(o.weight_decay)} undoes its steps against {gradient}"
    return f"rests {away}, held by its weight decay: a pull of {readable(o.decay_pull)} against {gradient}"


def _oscillating(o: Outcome) -> str:
    if o.product is not None and o.limit is not None and o.product >= 0.8 * o.limit:
        stays = f"f staying {readable(o.gap)} above the minimum" if o.gap is not None else "f no longer falling"
        return f"swings to and fro, {stays}: {_rate_times(o)} is {readable(o.product)} (limit {readable(o.limit)})"
    stays = f"f stays {readable(o.gap)} above the minimum" if o.gap is not None else "f no longer falls"
    return f"swings to and fro in steps of {readable(o.last_step)}: {stays}"


def _hovering(o: Outcome) -> str:
    noise = f"gradient noise of {readable(o.noise)}"
    if o.batch:
        noise = f"batches of {readable(o.batch)} {'row' if o.batch == 1 else 'rows'} ({noise})"
    if o.gap is None or o.noise_floor is None:
        return f"hovers: {noise} {'keep' if o.batch else 'keeps'} f moving by {readable(o.noise_floor or 0.0)}"
    rate = f" and steps of {readable(o.last_step)}"
    return f"hovers on average {readable(o.noise_floor)} above the minimum, held up by {noise}{rate}"


def _stalled(o: Outcome) -> str:
    if o.longest_step > 100 * o.last_step:
        shrunk = f"its steps have shrunk from {readable(o.longest_step)} to {readable(o.last_step)}"
    else:
        shrunk = f"its steps are only {readable(o.last_step)} long"
    if o.distance is None:
        return f"stalls: {shrunk}, although the gradient is {readable(o.gradient_norm)}"
    return f"stalls{_whereabouts(o).removeprefix(',')}: {shrunk}, although the gradient is {readable(o.gradient_norm)}"


def _moving(o: Outcome) -> str:
    share = o.product / o.limit if o.product is not None and o.limit else None
    if o.zigzag >= 0.7 and o.across >= 0.3 and o.condition_number is not None:
        return (
            f"crosses the valley at {_percent(o.zigzag)} of its steps{_in_brackets(o)} and creeps along it: "
            f"condition number {readable(o.condition_number)}"
        )
    still = f"still moves{_whereabouts(o) or f' after {_steps(o.steps)}'}"
    if not o.inside and o.left_domain_at is not None:
        away = f", now {readable(o.distance)} from the minimum" if o.distance is not None else ""
        above = f"f is {readable(o.gap)} above it" if o.gap is not None else f"f = {readable(o.final_value)}"
        return f"leaves the window at step {readable(o.left_domain_at)} and still moves{away}: {above}"
    if share is not None and (share < 0.25 or o.rescaled) and o.rate_left is not None and o.rate_left <= 0.1:
        whose = "its effective rate has" if o.rescaled else "its rate has"
        return f"{still}: {whose} fallen to {_percent(o.rate_left)} of the first"
    if share is not None and 0 < share < 0.05 and not o.rescaled and o.product is not None and o.limit is not None:
        return f"{still}: {_rate_times(o)} is {readable(o.product)}, far below the limit {readable(o.limit)}"
    if o.gap is not None and o.overshoot >= 0.1 and o.steps_per_decade is None:
        past = f"it overshot by {_percent(o.overshoot)} of the way"
        return f"{still}: {past}, and f is {readable(o.gap)} above the minimum"
    if o.condition_number is not None and o.condition_number >= 10:
        return f"{still}: with condition number {readable(o.condition_number)}, {_pace(o)}"
    if o.steps_left is not None and o.distance and o.start_distance and o.distance > 0.1 * o.start_distance:
        left = f"about {readable(float(round(o.steps_left)))} more steps of {readable(o.last_step)} are needed"
        return f"{still}: {left}"
    if o.gap is not None:
        return f"{still}: f is {readable(o.gap)} above the minimum{_and_pace(o)}"
    return f"{still}: f = {readable(o.final_value)}, the gradient is {readable(o.gradient_norm)}"


def _and_pace(o: Outcome) -> str:
    return "" if o.steps_per_decade is None else f", and {_pace(o)}"


def _whereabouts(o: Outcome) -> str:
    """How far it has come: the distances that the picture shows, the same measure for every path."""
    if o.distance is None or o.start_distance is None:
        return ""
    return f", {readable(o.distance)} from the minimum ({readable(o.start_distance)} at the start)"


def _pace(o: Outcome) -> str:
    if o.steps_per_decade is None:
        return f"f is {readable(o.gap)} above the minimum" if o.gap is not None else f"f = {readable(o.final_value)}"
    if o.steps_per_decade > 100 * o.steps:
        return "f hardly falls"
    return f"the gap shrinks tenfold every {readable(float(round(o.steps_per_decade)))} steps"


def _in_brackets(o: Outcome) -> str:
    if o.product is None or o.limit is None:
        return ""
    return f" ({_rate_times(o)} {readable(o.product)}, limit {readable(o.limit)})"


_TELL = {
    "diverged": _diverged,
    "falling": _falling,
    "undefined": _undefined,
    "converged": _converged,
    "local minimum": _local_minimum,
    "saddle": _saddle,
    "maximum": _maximum,
    "plateau": _plateau,
    "held": _held,
    "oscillating": _oscillating,
    "hovering": _hovering,
    "stalled": _stalled,
    "moving": _moving,
}


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{readable(count)} steps"


def _percent(share: float) -> str:
    return f"{readable(100 * share, 2)} %"


def _pair(o: Outcome) -> str:
    return f"{readable(o.eigenvalues[0])} and {readable(o.eigenvalues[1])}"


def _zero(o: Outcome) -> str:
    return readable(o.gradient_norm)


def _rate_times(o: Outcome) -> str:
    return "effective rate × curvature" if o.rescaled else "rate × curvature"
