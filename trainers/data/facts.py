"""What is known of the data of a run: rows, names, leaks, the yardstick, and points to draw behind its pictures.

Plain values, so that a page can show them without loading data or PyTorch. ``to_dict`` gives what JSON can hold.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainers.data.splits import Leaks, leak_report

if TYPE_CHECKING:
    from trainers.data.splits import Part, Splits

MAX_POINTS = 600
_MAX_STORED = 100_000
_NAMES = {
    "train_x": "<f4",
    "train_y": "<f4",
    "val_x": "<f4",
    "val_y": "<f4",
    "train_class": "|u1",
    "val_class": "|u1",
}


@dataclass(frozen=True, kw_only=True)
class DataFacts:
    """rows: of training, validation and test. shape: of one sample. flipped: training labels that were made wrong.

    reference_metric: what another kind of model reaches on the same rows; None until it is known. points: at most 600
    of each part, in raw units: ``train_x``, ``train_y``, ``val_x``, ``val_y`` float32 ``(n,)`` and, where they have
    classes, ``train_class``, ``val_class`` uint8. With two features x and y are these; with one, y is the target. Empty
    where there is no such picture.
    """

    rows: tuple[int, int, int]
    features: tuple[str, ...]
    classes: tuple[str, ...]
    target: str
    shape: tuple[int, ...]
    flipped: int
    leaks: Leaks | None = None
    leak_sentences: tuple[str, ...] = ()
    reference_metric: float | None = None
    unit: str = ""
    scale: float | None = None
    points: Mapping[str, NDArray[Any]] = field(default_factory=lambda: MappingProxyType({}), repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        leaks = None
        if self.leaks is not None:
            leaks = {**vars(self.leaks), "giveaways": [[name, score] for name, score in self.leaks.giveaways]}
        return {
            "rows": list(self.rows),
            "features": list(self.features),
            "classes": list(self.classes),
            "target": self.target,
            "shape": list(self.shape),
            "flipped": self.flipped,
            "leaks": leaks,
            "leak_sentences": list(self.leak_sentences),
            "reference_metric": self.reference_metric,
            "unit": self.unit,
            "scale": self.scale,
            "points": {
                name: base64.b64encode(values.astype(_NAMES[name], copy=False).tobytes()).decode()
                for name, values in self.points.items()
            },
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> DataFacts:
        """Read ``to_dict`` back. Raises ValueError for anything else."""
        try:
            train, val, test = (int(count) for count in given["rows"])
            leaks, reference, scale = given["leaks"], given["reference_metric"], given.get("scale")
            return cls(
                rows=(train, val, test),
                features=tuple(str(name) for name in given["features"]),
                classes=tuple(str(name) for name in given["classes"]),
                target=str(given["target"]),
                shape=tuple(int(size) for size in given["shape"]),
                flipped=int(given["flipped"]),
                leaks=None if leaks is None else leaks_from(leaks),
                leak_sentences=tuple(str(sentence) for sentence in given["leak_sentences"]),
                reference_metric=None if reference is None else float(reference),
                unit=str(given.get("unit", "")),
                scale=None if scale is None else float(scale),
                points=MappingProxyType({name: _points(name, text) for name, text in given["points"].items()}),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"these are no facts of a data set: {error!r:.200}") from None


def leaks_from(given: Mapping[str, Any]) -> Leaks:
    """Leaks as ``to_dict`` has them."""
    counts = {name: int(given[name]) for name in ("shared_val", "shared_test", "val_rows", "test_rows")}
    return Leaks(**counts, giveaways=tuple((str(name), float(score)) for name, score in given["giveaways"]))


def _points(name: str, text: str) -> NDArray[Any]:
    if len(text) > _MAX_STORED:
        raise ValueError(f"{name} is too long")
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=_NAMES[name]).copy()


def facts_of(splits: Splits, *, leaks: bool = True) -> DataFacts:
    """The facts of loaded data; looking for leaks takes time with many rows and can be left for later."""
    report = leak_report(splits) if leaks else None
    return DataFacts(
        rows=(len(splits.train), len(splits.val), len(splits.test)),
        features=tuple(splits.features),
        classes=tuple(splits.classes),
        target=splits.target,
        shape=tuple(splits.shape),
        flipped=len(splits.flipped),
        leaks=report,
        leak_sentences=() if report is None else tuple(report.sentences()),
        unit=splits.unit[0],
        scale=None if splits.classes else splits.target_scale * splits.unit[1],
        points=_drawn(splits),
    )


def _drawn(splits: Splits) -> Mapping[str, NDArray[Any]]:
    plane = splits.shape == (2,) and 0 < len(splits.classes) <= 256
    line = splits.shape == (1,) and not splits.classes
    if splits.inputs != "vector" or not (plane or line):
        return MappingProxyType({})
    points: dict[str, NDArray[Any]] = {}
    for name, part in (("train", splits.train), ("val", splits.val)):
        raw = _raw(part, splits)
        points[f"{name}_x"] = raw[:, 0]
        if plane:
            points[f"{name}_y"] = raw[:, 1]
            points[f"{name}_class"] = part.targets[:MAX_POINTS].astype(np.uint8)
        else:
            targets = part.targets[:MAX_POINTS, 0] * splits.target_scale + splits.target_shift
            points[f"{name}_y"] = targets.astype(np.float32)
    return MappingProxyType(points)


def _raw(part: Part, splits: Splits) -> NDArray[np.float32]:
    return (part.inputs[:MAX_POINTS] * splits.scale + splits.shift).astype(np.float32)
