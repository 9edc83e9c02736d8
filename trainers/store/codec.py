"""Values of the run store as its columns hold them, and back. What is damaged raises ValueError.

A report is sixteen float64 numbers; its internals are float64 rows behind a JSON header. A number that was not measured
is one certain NaN, so that it stays apart from a NaN that was: ``None`` and NaN both come back as what they were.
"""

from __future__ import annotations

import json
import math
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.data import DataFacts
from trainers.diagnosis import Finding, Remedy
from trainers.report import Internals, Report, Score, from_plain, plain

NUMBERS = tuple(field.name for field in fields(Report) if field.name not in ("complete", "internals", "pictures"))
COLUMNS = tuple(field.name for field in fields(Internals) if field.name not in ("layers", "sizes"))
# Before the share of zeros; before zeros among activations and slopes; before the two lengths, which stand last.
_FORMER_COLUMNS = (7, 8, 10)
_NOT_MEASURED = np.uint64(0x7FF8_4C41_4200_0000)  # a quiet NaN that no arithmetic makes
_ALWAYS = frozenset({"epoch", "step", "seconds", "train_loss", "val_loss", "baseline_loss", "lr"})
MAX_UNPACKED = 16_000_000
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """The text on one line, without control characters and marks that turn the direction of what follows."""
    spaced = "".join(" " if c.isspace() or unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(text))
    clean_text = "".join(c for c in spaced if c not in _TURNING and unicodedata.category(c) != "Cs")
    return " ".join(clean_text.split())


def cut(text: str, limit: int) -> str:
    """The cleaned text, with an ellipsis where it is too long."""
    cleaned = clean(text)
    return cleaned if len(cleaned) <= limit else f"{cleaned[: limit - 1].rstrip()}…"


def seconds_of(moment: datetime | None) -> float | None:
    """Raises ValueError for a time without a zone."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"a time was given as {moment}; allowed is one with its zone")
    return moment.timestamp()


def moment_of(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def finite(value: Any) -> float | None:
    """A float, None where it is no finite number: the two databases treat NaN differently."""
    return None if value is None or not math.isfinite(value) else float(value)


def numbers_to_bytes(report: Report) -> bytes:
    values = [getattr(report, name) for name in NUMBERS]
    return _packed(values).tobytes()


def numbers_from_bytes(contents: list[bytes]) -> NDArray[np.float64]:
    """``(reports, numbers)`` of many reports; what was not measured is NaN."""
    return np.frombuffer(b"".join(contents), dtype="<f8").reshape(len(contents), len(NUMBERS))


def report_from(numbers: bytes, inside: bytes | None, complete: bool) -> Report:
    """One report, without pictures. Raises ValueError where it is damaged."""
    if len(numbers) != 8 * len(NUMBERS):
        raise ValueError("this report is damaged")
    values: dict[str, Any] = dict(zip(NUMBERS, _unpacked(np.frombuffer(numbers, dtype="<f8")), strict=True))
    if any(values[name] is None for name in _ALWAYS) or not math.isfinite(values["step"]):
        raise ValueError("this report is damaged")
    values["step"] = int(values["step"])
    return Report(**values, complete=complete, internals=None if inside is None else internals_from(inside))


def internals_to_bytes(internals: Internals) -> bytes:
    names = json.dumps([internals.layers, internals.sizes]).encode()
    rows = [_packed(list(getattr(internals, name))).tobytes() for name in COLUMNS]
    return zlib.compress(len(names).to_bytes(4, "little") + names + b"".join(rows), 6)


def table_from(content: bytes) -> tuple[tuple[str, ...], tuple[int, ...], NDArray[np.float64]]:
    """Names and sizes of the layers, and ``(columns, layers)``; what was not measured is NaN."""
    data = unpacked(content)
    length = int.from_bytes(data[:4], "little")
    layers, sizes = _header(data[4 : 4 + length])
    values = np.frombuffer(data[4 + length :], dtype="<f8")
    if layers and len(values) in [count * len(layers) for count in _FORMER_COLUMNS]:
        missing = np.full(len(COLUMNS) * len(layers) - len(values), _NOT_MEASURED, dtype="<u8").view("<f8")
        values = np.concatenate([values, missing])
    return layers, sizes, values.reshape(len(COLUMNS), len(layers))


def internals_from(content: bytes) -> Internals:
    layers, sizes, values = table_from(content)
    columns: dict[str, Any] = {name: tuple(_unpacked(row)) for name, row in zip(COLUMNS, values, strict=True)}
    return Internals(layers=layers, sizes=sizes, **columns)


@lru_cache(maxsize=256)
def _header(text: bytes) -> tuple[tuple[str, ...], tuple[int, ...]]:
    layers, sizes = json.loads(text)
    return tuple(str(name) for name in layers), tuple(int(size) for size in sizes)


def _packed(values: list[Any]) -> NDArray[np.float64]:
    packed = np.array([0.0 if value is None else value for value in values], dtype="<f8")
    missing = np.array([value is None for value in values], dtype=bool)
    packed.view("<u8")[missing] = _NOT_MEASURED
    return packed


def _unpacked(values: NDArray[np.float64]) -> list[float | None]:
    missing = values.view("<u8") == _NOT_MEASURED
    return [None if gone else value for value, gone in zip(values.tolist(), missing.tolist(), strict=True)]


def unpacked(content: bytes) -> bytes:
    """What ``zlib.compress`` was given. Raises ValueError where it is damaged or far too long."""
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(content, MAX_UNPACKED)
    except zlib.error as error:
        raise ValueError(f"this is damaged: {error}") from None
    if not reader.eof:
        raise ValueError("this is damaged, or too long")
    return data


def to_blob(value: Any) -> bytes:
    """Plain values and arrays, as compressed JSON."""
    return zlib.compress(json.dumps(plain(value), separators=(",", ":"), allow_nan=False).encode(), 6)


def from_blob(content: bytes) -> Any:
    return from_plain(json.loads(unpacked(content)))


def pictures_from(content: bytes) -> Mapping[str, Any]:
    """Raises ValueError where it is damaged."""
    try:
        pictures = from_blob(content)
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"this picture is damaged: {error!r}") from None
    if not isinstance(pictures, Mapping):
        raise ValueError("this picture is damaged")
    return pictures


@lru_cache(maxsize=256)
def facts_from(content: bytes) -> DataFacts:
    """Raises ValueError where it is damaged."""
    return DataFacts.from_dict(json.loads(unpacked(content)))


def facts_to_bytes(facts: DataFacts) -> bytes:
    return zlib.compress(json.dumps(facts.to_dict(), separators=(",", ":")).encode(), 6)


def findings_to_json(findings: tuple[Finding, ...]) -> str:
    rows = []
    for finding in findings:
        remedies = [{**vars(remedy), "changes": dict(remedy.changes)} for remedy in finding.remedies]
        rows.append({**vars(finding), "remedies": remedies, "span": list(finding.span)})
    return json.dumps(plain(rows), allow_nan=False, default=_number_of)


def _number_of(value: Any) -> Any:
    """Numbers of NumPy, which diagnoses may hold."""
    if isinstance(value, np.generic):
        return value.item()
    raise ValueError(f"{value!r:.60} cannot be stored")


@lru_cache(maxsize=512)
def findings_from_json(text: str | None) -> tuple[Finding, ...]:
    """Raises ValueError where it is damaged."""
    if not text:
        return ()
    try:
        return tuple(_finding(row) for row in json.loads(text))
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"these findings are damaged: {error!r:.100}") from None


def _finding(row: Mapping[str, Any]) -> Finding:
    since, until = (_number(epoch) for epoch in row["span"])
    return Finding(
        kind=str(row["kind"]),
        name=str(row["name"]),
        confidence=_number(row["confidence"]),
        since=_number(row["since"]),
        evidence=str(row["evidence"]),
        remedies=tuple(
            Remedy(label=str(each["label"]), changes=dict(each["changes"]), start=each["start"])
            for each in row["remedies"]
        ),
        span=(since, until),
        secondary=bool(row["secondary"]),
        alarm=bool(row["alarm"]),
    )


def _number(value: Any) -> float:
    return float(from_plain(value))


def score_to_json(score: Score) -> str:
    return json.dumps(plain(vars(score)), allow_nan=False)


@lru_cache(maxsize=512)
def score_from_json(text: str | None) -> Score | None:
    """Raises ValueError where it is damaged."""
    if not text:
        return None
    try:
        row = json.loads(text)
        confusion = row["confusion"]
        return Score(
            loss=_number(row["loss"]),
            metric=None if row["metric"] is None else _number(row["metric"]),
            rows=int(row["rows"]),
            confusion=None if confusion is None else tuple(tuple(int(n) for n in line) for line in confusion),
        )
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"this score is damaged: {error!r:.100}") from None
