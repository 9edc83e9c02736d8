"""What the network looks like at an epoch, as columns of the blob: decision surface, where units switch, fitted curve,
the network itself, mistakes, confusion, histogram of the weights.

A surface is one byte a cell: which class wins, and how sure the network is of it, see ``surface_cells``. Points lie on
a grid of 65,536 places a side between ``low`` and ``high``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from figures.frontend import Buffers
from figures.theme import CLASSES, COLORS, MARKERS, NEGATIVE, POSITIVE, on_background

if TYPE_CHECKING:
    from trainers.lab import Feed

KINDS = ("surface", "units", "curve", "network", "mistakes", "confusion", "weights")
CLASS_MARKERS = ("circle", "triangle", "square", "diamond", "cross", "star")
_IMAGES_RUNNING, _IMAGES_ENDED = 24_000, 400_000  # bytes of mistakes
_CLASSES = 40
_INPUTS = 16  # names of inputs in the picture of the network
SIGN_COLORS = (POSITIVE, NEGATIVE)  # positive and negative, of weights and of what a unit answers


def class_style(number: int) -> tuple[str, str]:
    """(color, marker) of a class in pictures."""
    return (*CLASSES, *COLORS)[number % (len(CLASSES) + len(COLORS))], CLASS_MARKERS[number % len(CLASS_MARKERS)]


def surface_levels(classes: int) -> int:
    """Steps of confidence that a byte has room for beside the class."""
    return max(1, 256 // max(1, classes))


def surface_cells(picture: Mapping[str, Any], classes: int) -> NDArray[np.uint8]:
    """``(size, size)``: winner times levels plus confidence, from 0 where all classes are alike to levels - 1."""
    levels = surface_levels(classes)
    confidence = np.asarray(picture["confidence"], dtype=np.float64) / 255
    least = 1 / max(classes, 2)
    share = np.clip((confidence - least) / (1 - least), 0, 1)
    winner = np.minimum(np.asarray(picture["winner"], dtype=np.int64), classes - 1)
    return (winner * levels + np.round(share * (levels - 1)).astype(np.int64)).astype(np.uint8)


def class_count(watched: Feed) -> int:
    """How many classes the pictures show; 0 in a regression."""
    if watched.run.facts is not None and watched.run.facts.classes:
        return len(watched.run.facts.classes)
    if not watched.album:
        return 0
    newest = watched.album[-1][1]
    if "confusion" in newest:
        return len(newest["confusion"]["counts"])
    return int(np.max(newest["surface"]["winner"])) + 1 if "surface" in newest else 0


def picture_header(watched: Feed, buffers: Buffers) -> dict[str, Any] | None:
    """The album as the header tells it: only the newest pictures while the run is active. None where there is none."""
    album = [entry for entry in watched.album if any(kind in entry[1] for kind in KINDS)]
    if not album:
        return None
    active = watched.run.active
    album = album[-1:] if active else album
    facts = watched.run.facts
    classes = class_count(watched)
    names = [str(name) for name in facts.classes] if facts is not None and facts.classes else []
    names += [str(i) for i in range(len(names), classes)]
    styles = [class_style(i) for i in range(min(classes, _CLASSES))]
    with_images = _with_images(album, _IMAGES_RUNNING if active else _IMAGES_ENDED)
    return {
        "classes": names[:_CLASSES],
        "colors": [[on_background(color, dark) for dark in (False, True)] for color, _ in styles],
        "markers": [MARKERS[marker] for _, marker in styles],
        "levels": surface_levels(classes),
        "signs": [[on_background(color, dark) for dark in (False, True)] for color in SIGN_COLORS],
        "axes": [str(name) for name in facts.features[:2]] if facts is not None else [],
        "inputs": [str(name) for name in facts.features[:_INPUTS]] if facts is not None else [],
        "target": str(facts.target) if facts is not None else "",
        "points": _points(facts.points, buffers) if facts is not None and facts.points else {},
        "album": [
            {"epoch": float(epoch)} | _entry(pictures, classes, buffers, i in with_images, active)
            for i, (epoch, pictures) in enumerate(album)
        ],
    }


def _entry(
    pictures: Mapping[str, Any], classes: int, buffers: Buffers, with_images: bool, active: bool
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (surface := pictures.get("surface")) is not None and 0 < classes <= 256:
        cells = surface_cells(surface, classes)
        made["surface"] = {
            "x": list(map(float, surface["x"])),
            "y": list(map(float, surface["y"])),
            "size": len(cells),
            "cells": buffers.whole(cells),
        }
    if (curve := pictures.get("curve")) is not None:
        made["curve"] = {name: buffers.numbers(np.asarray(curve[name], dtype=np.float64)) for name in "xy"}
    if (network := pictures.get("network")) is not None:
        made["network"] = {
            "sizes": [int(size) for size in network["sizes"]],
            "weights": buffers.numbers(np.asarray(network["weights"], dtype=np.float64)),
            "spread": buffers.numbers(np.asarray(network["spread"], dtype=np.float64)),
        }
        if "maps" in network:
            maps = np.asarray(network["maps"])
            made["network"] |= {"side": int(maps.shape[-1]), "maps": buffers.whole(maps)}
    if (units := pictures.get("units")) is not None and "surface" in made:
        made["units"] = {
            "lines": buffers.numbers(np.asarray(units["lines"], dtype=np.float64).ravel()),
            "state": buffers.whole(np.asarray(units["state"])),
            "units": int(units["units"]),
        }
    if (confusion := pictures.get("confusion")) is not None and len(confusion["counts"]) <= _CLASSES:
        made["confusion"] = {"counts": buffers.whole(np.asarray(confusion["counts"]))}
    if (mistakes := pictures.get("mistakes")) is not None and with_images:
        images = np.asarray(mistakes["images"], dtype=np.uint8)
        count = len(images)
        if active and count:  # while the run goes on only the worst of them
            count = max(4, min(count, _IMAGES_RUNNING // max(1, images[0].size)))
        made["mistakes"] = {
            "shape": list(images.shape[1:]),
            "images": buffers.whole(images[:count]),
            "true": [int(label) for label in mistakes["true"][:count]],
            "predicted": [int(label) for label in mistakes["predicted"][:count]],
            "confidence": [round(float(share), 3) for share in mistakes["confidence"][:count]],
        }
    if (weights := pictures.get("weights")) is not None:
        made["weights"] = {
            "counts": buffers.whole(np.asarray(weights["counts"])),
            "top": float(weights["top"]),
            "zeros": int(weights["zeros"]),
            "total": int(weights["total"]),
        }
    return made


def _with_images(album: Sequence[tuple[float, Mapping[str, Any]]], limit: int) -> set[int]:
    """Which entries keep their mistakes: all, or as many as fit, spread over the run with the newest among them."""
    sizes = [np.asarray(p["mistakes"]["images"]).size if "mistakes" in p else 0 for _, p in album]
    fit = max(1, limit // max(1, max(sizes)))
    if fit >= len(album):
        return set(range(len(album)))
    return {round(i) for i in np.linspace(len(album) - 1, 0, fit, endpoint=fit > 1).tolist()}


def _points(points: Mapping[str, Any], buffers: Buffers) -> dict[str, Any]:
    """Training and validation points; their places as whole numbers between a low and a high."""
    made: dict[str, Any] = {}
    for axis in "xy":
        both = [np.asarray(points[f"{part}_{axis}"], dtype=np.float64) for part in ("train", "val")]
        seen = np.concatenate([values[np.isfinite(values)] for values in both])
        low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
        span = high - low or 1.0
        for part, values in zip(("train", "val"), both, strict=True):
            places = np.round(np.nan_to_num((values - low) / span, nan=0.0).clip(0, 1) * 65_535).astype(np.int64)
            made[f"{part}_{axis}"] = {"low": low, "span": span, "places": buffers.whole(places)}
    for part in ("train", "val"):
        if f"{part}_class" in points and len(points[f"{part}_class"]):
            made[f"{part}_class"] = buffers.whole(np.asarray(points[f"{part}_class"]))
    return made
