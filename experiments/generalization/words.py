"""What the pictures of generalization say, in sentences; every number is that of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.generalization.capacity import ByCapacity
from experiments.generalization.dropout import Dropped
from experiments.generalization.epochs import ByEpoch
from experiments.generalization.tradeoff import Tradeoff
from numerals import readable


def capacity_name(model: str, capacity: int) -> str:
    """What a capacity is called: the degree of a polynomial, or a number of waves or units."""
    if model == "networks":
        return f"{capacity} hidden unit{'s' * (capacity != 1)}"
    return f"degree {capacity - 1}" if model == "polynomials" else f"{capacity} wave{'s' * (capacity != 1)}"


def chosen_capacity(values: Mapping[str, Any]) -> int:
    """The capacity that is looked at, whatever the model calls it."""
    return int(values["width"] if values["model"] == "networks" else values["capacity"])


def tradeoff_sentences(errors: Tradeoff, values: Mapping[str, Any]) -> list[str]:
    """The sum at the chosen capacity, what was measured, and where the least error is."""
    chosen = chosen_capacity(values)
    if chosen not in errors.capacities:  # of networks that are not trained yet
        return []
    i = errors.capacities.index(chosen)
    bias, variance, total = errors.bias[i], errors.variance[i], errors.total[i]
    name = capacity_name(values["model"], chosen)
    measured = f"{readable(float(errors.measured[i]))} \N{PLUS-MINUS SIGN} {readable(float(errors.spread[i]), 2)}"
    sentences = [
        f"{name.capitalize()}: bias² {readable(float(bias))} + variance {readable(float(variance))} "
        f"+ noise {readable(errors.noise)} = {readable(float(total))}. Measured on new rows: {measured}."
    ]
    if chosen == errors.best:
        sentences.append("No other capacity here has a smaller sum.")
    else:
        least = readable(float(errors.total.min()))
        which = "bias" if bias > variance else "variance"
        cure = "a richer model" if bias > variance else "more rows, a simpler model or a penalty"
        sentences.append(
            f"Most of what could be saved is {which}: {cure} helps. "
            f"The least sum, {least}, is that of {capacity_name(values['model'], errors.best)}."
        )
    return sentences


def capacity_sentences(errors: ByCapacity, values: Mapping[str, Any]) -> list[str]:
    """The error at the chosen number of functions, the peak, and what becomes of it."""
    i, count = errors.at(values["functions"]), int(values["functions"])
    error, last = float(errors.error[i]), float(errors.error[-1])
    where = (
        "as many functions as rows"
        if count == errors.rows
        else (
            f"{errors.rows - count} fewer functions than rows"
            if count < errors.rows
            else f"{count - errors.rows} more functions than rows"
        )
    )
    sentences = [
        f"{count} function{'s' * (count != 1)}, {where}: the error on new rows is {readable(error)}, "
        f"on those that were fitted {_or_none(float(errors.training[i]))}."
    ]
    early = errors.error[: max(1, errors.at(errors.rows) - 1)]
    peak = float(errors.error[errors.at(errors.peak)])
    if peak > 3 * max(last, float(early.min())):
        sentences.append(
            f"The peak, {readable(peak)}, is at {errors.peak} functions for {errors.rows} rows: only one fit goes "
            f"through all rows there, and it must swing. With {errors.counts[-1]} functions the smallest of many fits "
            f"is calm again: {readable(last)}; the best small model has {readable(float(early.min()))}."
        )
    else:
        sentences.append(
            "With this penalty there is no peak: large coefficients cost more than the rows' noise is worth."
        )
    return sentences


def epoch_sentences(errors: ByEpoch, values: Mapping[str, Any]) -> list[str]:
    """The error at the chosen epoch and where its valleys are."""
    i = errors.at(values["epoch"])
    sentences = [
        f"Epoch {errors.epochs[i]:,}: error on new rows {readable(float(errors.error[i]))}: fast features "
        f"{readable(float(errors.fast[i]))} + slow ones {readable(float(errors.slow[i]))} + noise "
        f"{readable(errors.noise)}. Training loss {readable(float(errors.training[i]))}."
    ]
    valleys = errors.valleys
    if len(valleys) > 1:
        sentences.append(
            f"Two valleys, at epochs {valleys[0]:,} and {valleys[-1]:,}: the fast features overfit before the slow "
            "ones are learned. Whoever stops in the first one never sees the second."
        )
    elif valleys:
        sentences.append(
            f"One valley, at epoch {valleys[0]:,}, {readable(float(errors.error.min()))}: all features turn together."
        )
    else:
        sentences.append(f"No valley: the least error, {readable(float(errors.error.min()))}, is at an end.")
    return sentences


def dropout_sentences(layer: Dropped, values: Mapping[str, Any]) -> list[str]:
    """Masked passes against the one scaled pass, the training loss with and without masks, and the penalty."""
    mean, spread = float(layer.here.mean()), float(layer.here.std())
    scaled, count = float(layer.scaled[layer.at]), len(layer.masked)
    apart = abs(mean - scaled)
    if values["drop"] == 0:
        return ["Nothing is dropped: every pass is the same."]
    error = spread / np.sqrt(count)
    exact = (
        "For a number they agree but for chance"
        if values["output"] == "number"
        else "Through a sigmoid they are close, not equal"
    )
    smallest, largest = float(layer.penalties.min()), float(layer.penalties.max())
    return [
        f"At x = {readable(float(values['at']))} the mean of {count} masked passes is {readable(mean)} "
        f"(\N{PLUS-MINUS SIGN} {readable(float(error), 2)}); the one scaled pass gives {readable(scaled)}. "
        f"{exact}: {readable(apart, 2)} apart. Masked passes spread by {readable(spread)}.",
        f"Training loss with masks {readable(layer.with_masks)}, without {readable(layer.without)}: with dropout the "
        "training loss is measured on crippled networks, so it may stand above the validation loss.",
        f"On this layer dropout is exactly an L2 penalty, of {readable(smallest, 2)} to {readable(largest, 2)} on the "
        f"square of each weight: loss without masks plus penalty is {readable(layer.expected)}. "
        "Units that answer strongly pay most.",
    ]


def _or_none(error: float) -> str:
    """An error as text; what is left of rounding is none."""
    return readable(error) if error > 1e-9 else "0"
