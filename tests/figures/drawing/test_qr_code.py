"""QR codes, held against those of the package qrcode 8 (byte mode, level M, the same mask), and against their field."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from figures.drawing import qr_modules
from figures.drawing.qr_code import MOST_BYTES, _product, _remainder

_MADE_BY_QRCODE = [
    ("http://192.0.2.7:8501/join?room=KDMPT", 29, "7c58f005990556f2445763a0efa8f303"),
    ("https://lab.example.org/a/longer/path/join?room=BCDFG", 33, "3511c289ebd42e8ae093a4880c21d7d8"),
    ("x" * 120, 45, "a180abd90a18fff50c07b029a72f4527"),
    ("x" * MOST_BYTES, 57, "8e729daa42c1336f567bb7acfd49dcad"),
    ("ä", 21, "09e4525051fc5098cbe1c7ebbe0cba34"),
]


@pytest.mark.parametrize(("text", "side", "digest"), _MADE_BY_QRCODE)
def test_the_modules_are_those_of_another_encoder(text: str, side: int, digest: str):
    modules = qr_modules(text)
    assert modules.shape == (side, side)
    assert hashlib.sha256(np.packbits(modules).tobytes()).hexdigest()[:32] == digest


@pytest.mark.parametrize("correction", [10, 16, 26])
def test_a_block_and_its_correction_have_the_roots_of_the_divisor(correction: int):
    block = [int(each) for each in np.random.default_rng(correction).integers(0, 256, 30)]
    words = [*block, *_remainder(block, correction)]
    root = 1
    for _ in range(correction):
        value = 0
        for word in words:  # Horner's way
            value = _product(value, root) ^ word
        assert value == 0
        root = _product(root, 2)


def test_what_is_too_long_is_refused():
    with pytest.raises(ValueError, match="at most 213"):
        qr_modules("x" * (MOST_BYTES + 1))
