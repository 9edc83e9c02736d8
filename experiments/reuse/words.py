"""What the pictures of reuse say, in sentences; every number is that of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.reuse.readings import least, pace_of, score_at_least
from experiments.reuse.settings import request_of
from numerals import readable
from trainers.transfers import (
    ALONE,
    EPOCHS,
    FIRST_ROWS,
    PAIRS,
    PRETRAINED,
    SECONDS,
    SHARED,
    WAYS,
    AnyRequest,
    PretrainedRequest,
    Study,
    TransferRequest,
)

_MINUTES = {"mobilenet_v3_small": 5, "resnet18": 22, "squeezenet1_1": 8}  # on one core, of images of 96 pixels
_SAME = 0.03  # a share of the loss below which two are said to be alike


def transfer_sentences(study: Study, values: Mapping[str, Any]) -> list[str]:
    """The best way at the shown number of rows, its pace, and what becomes of the gap with more rows."""
    rows = int(values["rows"])
    losses = {way: least(study, way, rows) for way in WAYS}
    there = {way: loss for way, loss in losses.items() if loss is not None}
    scratch = there.get("scratch")
    others = {way: loss for way, loss in there.items() if way != "scratch"}
    if scratch is None or not others:
        return []
    best = min(others, key=others.__getitem__)
    sentences = [
        f"With {rows} rows the least validation loss is {readable(scratch)} from scratch and {readable(others[best])} "
        f"{_at(best)} ({_percent(study, 'scratch', rows)} and {_percent(study, best, rows)} right)."
    ]
    pace = pace_of(study, best, rows)
    if pace is not None and others[best] < scratch * (1 - _SAME):
        if pace.epochs is None:
            sentences.append("Its median curve never is as low as that from scratch.")
        else:
            soon = "before the first step" if pace.epochs == 0 else f"at epoch {pace.epochs}: {pace.words}"
            sentences.append(
                f"Training from scratch is lowest at epoch {pace.scratch}; {_at(best)}, the loss is that low {soon}."
            )
    elif others[best] > scratch * (1 + _SAME):
        sentences.append("Nothing that was learned before helps here: from scratch is best.")
    else:
        sentences.append("Here it makes no difference where one starts.")
    frozen, last = there.get("frozen"), request_of(values).counts[-1]
    if frozen is not None and frozen > scratch * (1 + _SAME):
        sentences.append(f"Frozen features come to {readable(frozen)}: they lack what this task needs.")
    elif frozen is not None and rows < last:
        more, all_rows = least(study, "frozen", last), least(study, "scratch", last)
        if more is not None and all_rows is not None and more > all_rows * (1 + _SAME):
            sentences.append(
                f"Frozen features help now ({readable(frozen)}); with {last} rows they stand in the way: "
                f"{readable(more)} against {readable(all_rows)}."
            )
    return sentences


def tasks_sentences(study: Study, values: Mapping[str, Any]) -> list[str]:
    """What sharing does to each task."""
    sentences = []
    names = (f"Which digit it is ({FIRST_ROWS} rows)", f"{_capital(SECONDS[values['second']])} ({values['rows']} rows)")
    gains = []
    for task, name in enumerate(names):
        shared, alone = least(study, SHARED, task=task), least(study, ALONE, task=task)
        if shared is None or alone is None:
            return []
        gain = 1 - shared / alone
        gains.append(gain)
        word = "as good as" if abs(gain) < _SAME else "better than" if gain > 0 else "worse than"
        sentences.append(
            f"{name}: least validation loss {readable(shared)} on shared layers, {word} {readable(alone)} with a "
            f"network of its own ({_percent(study, SHARED, 0, task)} against {_percent(study, ALONE, 0, task)} right)."
        )
    if max(gains) > _SAME and min(gains) > -_SAME:
        sentences.append("Sharing helps: what one task needs serves the other.")
    elif max(gains) < _SAME and min(gains) < -_SAME:
        sentences.append("Sharing costs: the tasks pull the same few units apart.")
    elif min(gains) < -_SAME:
        sentences.append("One task gains what the other pays; move the weight.")
    else:
        sentences.append("Sharing changes little here, with half of the parameters.")
    return sentences


def _at(way: str) -> str:
    return {
        "frozen": "with frozen features",
        "tuned": "fine-tuned",
        "discriminative": "with a rate for each layer",
        "gradual": "unfrozen layer by layer",
    }[way]


def _percent(study: Study, way: str, rows: int, task: int = 0) -> str:
    score = score_at_least(study, way, rows, task)
    return "none" if score is None else f"{100 * score:.3g} %"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def cost_sentence(request: AnyRequest) -> str:
    """How much there is to do, how long about, and what has to be downloaded first."""
    total = len(request.keys())
    if isinstance(request, PretrainedRequest):
        entry, share = PRETRAINED[request.network], (request.side / 96) ** 2
        minutes = max(1, round(_MINUTES[request.network] * share * request.seeds))
        return (
            f"{entry.name} is trained {total} times for {request.seen[-1]} epochs, in about {minutes} minutes on one "
            f"core and much less on a GPU. Its weights, {entry.megabytes} MB, are downloaded once."
        )
    small = f"{total} small networks are trained for {EPOCHS} epochs each"
    if isinstance(request, TransferRequest) and PAIRS[request.pair].model == "cnn":
        return f"{small}, in some minutes on one core. The images are downloaded from OpenML once."
    if isinstance(request, TransferRequest) and request.run:
        return f"{total} networks like that of the run are trained for {EPOCHS} epochs each."
    return f"{small}, in under a minute on one free core."
