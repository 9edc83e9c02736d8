"""What the corpus keeps of a value, and where two kept values differ.

Kept values are plain JSON. A long or tall row of numbers is kept as a series: its length, its largest size, and a few
numbers evenly spread over it. What depends on the last bits of a machine (a chaotic path after a while) is found by
keeping variants that differ by less than any two machines do: where they disagree, ``steady`` leaves a blank, which
equals anything.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

BLANK = "~"
_SHORT, _PLACES = 9, 7  # numbers of a row that are all kept, and of a longer one
_SIDE = 16  # pixels of a picture's thumbnail
_SERIES = {"series", "scale", "at"}
_WIRE = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "f4": "<f4", "f8": "<f8"}


def kept(value: Any) -> Any:
    """A value as the corpus keeps it: arrays, tables, figures, records and plain values."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if hasattr(value, "to_plotly_json"):
        return _figure(value.to_plotly_json())
    if hasattr(value, "columns") and hasattr(value, "to_dict"):  # a table of pandas
        return {
            str(name): _row(value[name].astype(object).where(value[name].notna(), None).tolist())
            for name in value.columns
        }
    if isinstance(value, Mapping) and set(value) >= {"dtype", "bdata"}:  # how Plotly sends an array
        row = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        return kept(row.reshape([int(n) for n in str(value["shape"]).split(",")]) if "shape" in value else row)
    if isinstance(value, Mapping):
        return {str(name): kept(each) for name, each in value.items()}
    if is_dataclass(value):
        return {field.name: kept(getattr(value, field.name)) for field in fields(value) if field.repr}
    if isinstance(value, np.ndarray) and value.ndim > 1 and value.dtype.kind in "fiub":
        return {"shape": list(value.shape)} | series(value.ravel())
    return _row(list(value))


def series(values: Sequence[Any] | NDArray[Any]) -> dict[str, Any]:
    """A row of numbers: how many, the largest size of a finite one, and some of them."""
    row = np.asarray(values, dtype=np.float64)
    finite = np.abs(row[np.isfinite(row)])
    places = np.unique(np.round(np.linspace(0, max(0, len(row) - 1), _PLACES)).astype(int)) if len(row) else []
    scale = float(finite.max()) if len(finite) else 0.0
    return {"series": len(row), "scale": _number(scale), "at": [_number(float(row[place])) for place in places]}


def _row(values: list[Any]) -> Any:
    numeric = all(isinstance(each, int | float | np.number) and not isinstance(each, bool) for each in values)
    return series(values) if numeric and len(values) > _SHORT else [kept(each) for each in values]


def _number(value: float) -> Any:
    return float(f"{value:.8g}") if math.isfinite(value) else str(value)


_TRACE = ("type", "name", "mode", "x", "y", "z", "text", "xaxis", "yaxis", "fill")


def _some(row: Any) -> Any:
    """A long row of labels is kept as how many there are and the ends."""
    return {"row": len(row), "ends": row[:3] + row[-3:]} if isinstance(row, list) and len(row) > _PLACES else row


def _figure(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """What a figure shows: its traces with their numbers and colors, its axes and its words; not how it is dressed."""
    traces = [
        {name: _some(kept(trace[name])) for name in _TRACE if trace.get(name) is not None}
        | {"color": (trace.get("line") or {}).get("color"), "dash": (trace.get("line") or {}).get("dash")}
        for trace in drawn["data"]
    ]
    axes = {
        name: [(axis.get("title") or {}).get("text"), axis.get("type"), kept(axis.get("range"))]
        for name, axis in drawn["layout"].items()
        if name[1:5] == "axis"
    }
    words: list[Any] = [note.get("text") for note in drawn["layout"].get("annotations", ())]
    return {"traces": traces, "axes": axes, "words": _some(words)}


# ---- what leaves the lab --------------------------------------------------------------------------------------------


def race_payload(payload: bytes) -> dict[str, Any]:
    """The player's payload: its header, with series in place of what lies in the buffers."""
    header, buffers = _opened(payload)

    def filled(told: Any) -> Any:
        if told is None:
            return None
        if "at" in told:
            return series(np.frombuffer(buffers, "<f4", told["n"], told["at"]))
        first, step = told["from"], told["step"]
        if first is None or step == 0:
            return {"constant": kept(first)}
        return {"slope": kept(step)} if first == 0 else series((first + step * np.arange(told["n"])).astype("<f4"))

    lanes = [
        {
            name: filled(told) if name in ("x", "y", "gap", "gradient", "distance", "rate", "evaluations") else told
            for name, told in lane.items()
        }
        | {
            "memory": [
                {
                    "name": each["name"],
                    "series": [{"name": s["name"], "is": filled(s["values"])} for s in each["series"]],
                }
                for each in lane["memory"]
            ]
        }
        for lane in header["lanes"]
    ]
    del header["race"]  # a digest of every last bit
    return kept(header | {"lanes": lanes})


def payload(payload: bytes) -> dict[str, Any]:
    """Any payload: its header, with series in place of what lies in the buffers."""
    header, buffers = _opened(payload)

    def filled(told: Any) -> Any:
        if isinstance(told, dict) and set(told) <= {"at", "n", "as"} and "at" in told:
            column = np.frombuffer(buffers, _WIRE[told.get("as", "f4")], told["n"], told["at"])
            return {"as": told.get("as", "f4"), "is": _row(column.tolist())}
        if isinstance(told, dict) and set(told) == {"from", "step", "n"} and told["from"] is None:
            return {"as": "f4", "is": _row([math.nan] * told["n"])}
        if isinstance(told, dict):
            return {name: filled(each) for name, each in told.items()}
        return [filled(each) for each in told] if isinstance(told, list) else told

    return kept(filled(header))


def _opened(payload: bytes) -> tuple[dict[str, Any], bytes]:
    length, *_ = struct.unpack("<IHH", payload[:8])
    return json.loads(payload[8 : 8 + length]), payload[8 + length :]


def page_and_payload(text: str) -> tuple[dict[str, Any], bytes]:
    """What surrounds the modules of an exported page, that they are there, and the payload in it."""
    encoded = re.search(r'id="payload">([^<]*)<', text)
    script = re.search(r'<script type="module">\n(.*?)</script>', text, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    if not (encoded and script and style):
        raise ValueError("the page lacks its payload, its script or its style")
    around = text
    for found in (encoded, script, style):
        around = around.replace(found[1], "...")
    return {
        "page": around.splitlines(),
        "mounts": re.findall(r"^const shown = (\w+)\(", script[1], re.MULTILINE),
        "defines it": bool(re.search(r"^(?:async )?function mount\w*\(", script[1], re.MULTILINE)),
        "imports": len(re.findall(r"^(?:import|export)\s", script[1], re.MULTILINE)),
        "styled": ".dl-" in style[1],
    }, base64.b64decode(encoded[1])


def svg(text: str) -> dict[str, Any]:
    """A drawing: its size and texts, and the shapes of every look with the box they fill."""
    root = ElementTree.fromstring(text)
    looks: dict[str, list[tuple[float, float]]] = {}
    counts: dict[str, int] = {}
    texts = []
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        given = dict(element.attrib)
        if tag in ("text", "title", "desc"):
            where = [kept(float(given[axis])) for axis in "xy" if axis in given]
            texts.append([tag, element.text or "", *where])
            continue
        points = [tuple(map(float, pair.split(","))) for pair in given.pop("points", "").split()]
        for x, y in (("x", "y"), ("cx", "cy")):
            if x in given and y in given:
                points.append((float(given.pop(x)), float(given.pop(y))))
        given.pop("href", None)
        look = " ".join([tag, *(f"{name}={value}" for name, value in given.items())])
        counts[look] = counts.get(look, 0) + 1
        looks.setdefault(look, []).extend(points)  # type: ignore[arg-type]
    shapes = {
        look: [counts[look], *(kept(np.round([*np.min(points, 0), *np.max(points, 0)], 1).tolist()) if points else ())]
        for look, points in looks.items()
    }
    return {"texts": texts, "shapes": shapes}


def image(data: bytes) -> dict[str, Any]:
    """A PNG or GIF: format, size, frames with their milliseconds, and thumbnails of first, middle and last frame."""
    with Image.open(io.BytesIO(data)) as opened:
        frames = [(frame.convert("RGB"), frame.info.get("duration")) for frame in ImageSequence.Iterator(opened)]
        chosen = sorted({0, len(frames) // 2, len(frames) - 1})
        return {
            "format": opened.format,
            "size": list(opened.size),
            "frames": len(frames),
            "milliseconds": _row([duration for _, duration in frames]),
            "looks": [{"pixels": _thumbnail(frames[place][0])} for place in chosen],
        }


def _thumbnail(frame: Image.Image) -> str:
    return frame.resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes().hex()


def csv_text(text: str) -> dict[str, Any]:
    """A table of numbers as text: its columns, their numbers as series and their words as they are."""
    end = "\r\n" if "\r\n" in text else "\n"
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    return {"line end": repr(end), "columns": {name: _column([row[i] for row in rows]) for i, name in enumerate(head)}}


def _column(cells: list[str]) -> Any:
    try:
        return series([float(cell) if cell else math.nan for cell in cells])
    except ValueError:
        return {word: cells.count(word) for word in dict.fromkeys(cells)}


def lines(text: str) -> list[str]:
    """A text line by line."""
    return text.splitlines()


# ---- comparing -------------------------------------------------------------------------------------------------------


def differences(was: Any, now: Any, rel: float, path: str = "") -> Iterator[str]:
    """Where a value is not as it was recorded, one sentence each; numbers may differ by ``rel`` of their size."""
    if was == BLANK and isinstance(was, str):
        return
    if isinstance(was, dict) and isinstance(now, dict):
        if set(was) != set(now):
            lost, new = [sorted(set(a) - set(b)) for a, b in ((was, now), (now, was))]
            yield f"{path or 'it'}: lost {lost}, new {new}"
        for name in [name for name in was if name in now]:
            within = f"{path}.{name}".lstrip(".")
            if name == "pixels":
                yield from _pixels(was[name], now[name], within)
            elif name == "at" and set(was) >= _SERIES:
                scale = was["scale"] if isinstance(was["scale"], int | float) else 0.0
                yield from _numbers(was["at"], now["at"], rel, scale, within)
            else:
                yield from differences(was[name], now[name], rel, within)
    elif isinstance(was, list) and isinstance(now, list):
        for place, (old, new) in enumerate(zip(was, now, strict=False)):
            found = list(differences(old, new, rel, f"{path}[{place}]"))
            yield from found
            if found and isinstance(old, str):
                break  # the first line that differs says it
        if len(was) != len(now):
            yield f"{path}: it had {len(was)} entries and has {len(now)}"
    elif _is_number(was) and _is_number(now):
        if not _close(was, now, rel, 0.0):
            yield f"{path}: it was {was!r} and is {now!r}"
    elif type(was) is not type(now) or was != now:
        yield f"{path}: it was {was!r:.300} and is {now!r:.300}"


def _numbers(was: list[Any], now: list[Any], rel: float, scale: float, path: str) -> Iterator[str]:
    for place, (old, new) in enumerate(zip(was, now, strict=False)):
        if _is_number(old) and _is_number(new):
            if not _close(old, new, rel, 1e-3 * rel * scale):
                yield f"{path}[{place}]: it was {old!r} and is {new!r}"
        else:
            yield from differences(old, new, rel, f"{path}[{place}]")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _close(was: float, now: float, rel: float, absolute: float) -> bool:
    if isinstance(was, int) and isinstance(now, int):
        return was == now
    return abs(was - now) <= max(rel * abs(was), absolute, 1e-15)


def _pixels(was: str, now: str, path: str) -> Iterator[str]:
    """Thumbnails look alike where no channel is off by more than 12 of 255, and on average by less than 1."""
    old, new = (np.frombuffer(bytes.fromhex(each), np.uint8).astype(int) for each in (was, now))
    if old.shape != new.shape:
        yield f"{path}: it had {len(old)} numbers and has {len(new)}"
        return
    gap = np.abs(old - new)
    if gap.max() > 12 or gap.mean() > 1:
        where = divmod(int(gap.argmax()) // 3, _SIDE)
        yield f"{path}: at row {where[0]}, column {where[1]} of {_SIDE} it is off by {gap.max()}"


def steady(base: Any, variants: Sequence[Any], rel: float) -> Any:
    """``base`` with a blank wherever one of the variants is not a tenth as close to it as ``rel`` asks for."""
    for other in variants:
        base = _blanked(base, other, rel / 10, 0.0)
    return base


def _blanked(base: Any, other: Any, rel: float, scale: float) -> Any:
    if isinstance(base, dict) and isinstance(other, dict) and set(base) == set(other):
        if set(base) >= _SERIES:
            scale = base["scale"] if _is_number(base["scale"]) else 0.0
        return {
            name: base[name]
            if name == "pixels"
            else _blanked(base[name], other[name], rel, scale if name == "at" else 0.0)
            for name in base
        }
    if isinstance(base, list) and isinstance(other, list) and len(base) == len(other):
        return [_blanked(a, b, rel, scale) for a, b in zip(base, other, strict=True)]
    if _is_number(base) and _is_number(other):
        return base if _close(base, other, rel, 1e-3 * rel * scale) else BLANK
    return base if type(base) is type(other) and base == other else BLANK
