"""Sequences made on the spot, for models that read step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from trainers.data.table import Progress, Table

Values = Mapping[str, Any]


def adding(values: Values, progress: Progress) -> Table:
    """``(length, 2)``: a number uniform on [0, 1] and a mark that is 1 at one step of each half; the target is the sum
    of the two marked numbers. Hochreiter & Schmidhuber (1997), experiment 4, with marks in the halves."""
    rng = np.random.default_rng(values["seed"])
    size, length = values["size"], values["length"]
    numbers = rng.random((size, length))
    marks = np.zeros((size, length))
    rows, half = np.arange(size), length // 2
    first, second = rng.integers(0, half, size), rng.integers(half, length, size)
    marks[rows, first] = marks[rows, second] = 1
    return Table(
        inputs=np.stack([numbers, marks], -1).astype(np.float32),
        targets=(numbers[rows, first] + numbers[rows, second]).astype(np.float32),
        features=("number", "mark"),
        target="sum",
    )


def parity(values: Values, progress: Progress) -> Table:
    """``(length, 1)`` of 0 and 1; class 1 where the number of ones is odd."""
    rng = np.random.default_rng(values["seed"])
    bits = rng.integers(0, 2, (values["size"], values["length"]))
    return Table(
        inputs=bits[..., None].astype(np.float32),
        targets=(bits.sum(1) % 2).astype(np.int64),
        features=("bit",),
        target="parity",
        classes=("even", "odd"),
    )


def sine_continuation(values: Values, progress: Progress) -> Table:
    """``(length, 1)``: sin(w t + p) + noise at t = 0 .. length - 1, w uniform on [0.2, 0.8], p on [0, 2 pi); the target
    is the next value without noise."""
    rng = np.random.default_rng(values["seed"])
    size, length = values["size"], values["length"]
    frequency, phase = rng.uniform(0.2, 0.8, (size, 1)), rng.uniform(0, 2 * np.pi, (size, 1))
    wave = np.sin(frequency * np.arange(length + 1) + phase)
    seen = wave[:, :-1] + values["noise"] * rng.normal(size=(size, length))
    return Table(
        inputs=seen[..., None].astype(np.float32),
        targets=wave[:, -1].astype(np.float32),
        features=("value",),
        target="next",
    )
