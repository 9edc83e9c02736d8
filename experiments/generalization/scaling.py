"""Scaling laws: the cells of the study as points over parameters, rows and compute, each with its power law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.generalization.drawing import Floats
from numerals import readable
from trainers.studies import Law, StudyRequest, fit_law, start_loss

Cells = Mapping[str, Mapping[str, Any]]
_BINS = 3  # of the best losses by compute, in each factor of ten


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """One axis: places and losses ``(places,)`` (geometric means of networks), the least and largest of each place.

    fitted: which places the law is fitted to, those where less than half of what there is to learn is left.
    """

    key: str
    name: str
    x: Floats
    loss: Floats
    low: Floats
    high: Floats
    fitted: NDArray[np.bool_]
    law: Law | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Scaling:
    """All three axes, as far as they are known, and the loss of each width on its way: (units, compute, losses)."""

    scales: tuple[Scale, ...]
    curves: tuple[tuple[str, Floats, Floats], ...]
    start: float


def scaling_request(values: Mapping[str, Any]) -> StudyRequest:
    """What is asked of a worker."""
    return StudyRequest.of("scaling", values)


def scaling_of(values: Mapping[str, Any], cells: Cells) -> Scaling:
    """Points and laws of the cells that are known."""
    request = scaling_request(values)
    start = start_loss(request.values)
    known = [(name, cells[name]) for name in request.cells if name in cells]
    whole = [(name, each) for name, each in known if each["rows"] is None]
    few = [each for _, each in known if each["rows"] is not None]
    curves = tuple(
        (name, np.array(each["compute"], dtype=np.float64), np.array(each["curve"], dtype=np.float64))
        for name, each in whole
    )
    floor = bool(values["floor"])
    scales = (
        _scale("parameters", "parameters", [(each["parameters"], each["losses"]) for _, each in whole], start, floor),
        _scale("rows", "training rows", [(each["rows"], each["losses"]) for each in few], start, floor),
        _scale("compute", "compute (operations)", best_by_compute(curves), start, floor),
    )
    return Scaling(scales=scales, curves=curves, start=start)


def best_by_compute(curves: Sequence[tuple[str, Floats, Floats]]) -> list[tuple[float, list[float]]]:
    """The least loss that any width has reached with so much compute, in equal parts of each factor of ten.

    A part counts where the width that was best in it was still learning or a larger one had come so far.
    """
    points = sorted((c, loss) for _, compute, losses in curves for c, loss in zip(compute, losses, strict=True))
    best: dict[int, tuple[float, float]] = {}
    least = np.inf
    for compute, loss in points:
        if loss < least:
            least = loss
            best[int(np.floor(_BINS * np.log10(compute)))] = (compute, loss)
    return [(compute, [loss]) for compute, loss in best.values()]


def _scale(key: str, name: str, points: Sequence[tuple[float, Sequence[float]]], start: float, floor: bool) -> Scale:
    x = np.array([at for at, _ in points], dtype=np.float64)
    loss = np.array([np.exp(np.log(losses).mean()) for _, losses in points])
    fitted = loss < start / 2
    law = fit_law(x[fitted], loss[fitted], floor=floor) if fitted.any() else None
    return Scale(
        key=key,
        name=name,
        x=x,
        loss=loss,
        low=np.array([min(losses) for _, losses in points]),
        high=np.array([max(losses) for _, losses in points]),
        fitted=fitted,
        law=law,
    )


def scaling_sentences(scaling: Scaling, values: Mapping[str, Any]) -> list[str]:
    """The exponent of each axis with its error, what it means, and what theory says of it."""
    sentences = []
    for scale in scaling.scales:
        law = scale.law
        if law is None:
            continue
        above = " above its floor" if law.floor > 2 * law.floor_error else ""
        told = (
            f"**{scale.name.partition(' (')[0].capitalize()}:** exponent {readable(law.exponent)} "
            f"\N{PLUS-MINUS SIGN} {readable(law.error, 2)}; ten times as much divides the loss{above} by "
            f"{readable(law.tenfold)}."
        )
        if above:
            told += f" Left at infinity: {readable(law.floor)} \N{PLUS-MINUS SIGN} {readable(law.floor_error, 2)}."
        sentences.append(told)
    if values["learn"] == "teacher" and sentences:
        inputs = int(values["inputs"])
        told = f"Theory for networks made of linear pieces: an exponent of about 4/d = {readable(4 / inputs)} in "
        told += f"parameters for d = {inputs} inputs (Sharma and Kaplan 2020)."
        if values["noise"]:
            told += f" The noise of new targets, {readable(values['noise'] ** 2)}, stays whatever is spent."
        sentences.append(told)
    return sentences
