"""A text as QR code: Model 2, bytes, error correction M, versions 1 to 10 (ISO/IEC 18004:2015).

A camera reads it where as much as 15 of 100 modules are hidden. The encoder is held against another by
tests/figures/drawing/test_qr_code.py.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

# By version: codewords of error correction a block, and the data codewords of each block (table 9).
_BLOCKS = (
    (10, (16,)),
    (16, (28,)),
    (26, (44,)),
    (18, (32, 32)),
    (24, (43, 43)),
    (16, (27, 27, 27, 27)),
    (18, (31, 31, 31, 31)),
    (22, (38, 38, 39, 39)),
    (22, (36, 36, 36, 37, 37)),
    (26, (43, 43, 43, 43, 44)),
)
_ALIGNED = ((), (18,), (22,), (26,), (30,), (34,), (22, 38), (24, 42), (26, 46), (28, 50))
MOST_BYTES = sum(_BLOCKS[-1][1]) - 3
_FINDER = np.pad(np.pad(np.ones((3, 3), bool), 1), 1, constant_values=True)
_ALIGNMENT = np.pad(np.pad(np.ones((1, 1), bool), 1), 1, constant_values=True)


def qr_modules(text: str) -> NDArray[np.bool_]:
    """The dark modules, ``(side, side)``, without the four light ones that belong around them.

    Raises:
        ValueError: it is longer than ``MOST_BYTES`` bytes.
    """
    content = text.encode()
    version = next((version for version in range(1, 11) if _fits(len(content), version)), None)
    if version is None:
        raise ValueError(f"a QR code was asked for with {len(content)} bytes; at most {MOST_BYTES} are taken")
    fixed, dark = _patterns(version)
    bits = np.unpackbits(np.array(_codewords(content, version), np.uint8)).astype(bool)
    dark = dark.copy()
    places = _way(fixed)
    dark[places[: len(bits), 0], places[: len(bits), 1]] = bits
    row, column = np.indices(dark.shape)[0], np.indices(dark.shape)[1]
    best, least = dark, None
    for mask, turned in enumerate(_masks(row, column)):
        tried = np.where(fixed, dark, dark ^ turned)
        _put_format(tried, mask)
        penalty = _penalty(tried)
        if least is None or penalty < least:
            best, least = tried, penalty
    return best


def _fits(count: int, version: int) -> bool:
    return 4 + (8 if version < 10 else 16) + 8 * count <= 8 * sum(_BLOCKS[version - 1][1])


def _codewords(content: bytes, version: int) -> list[int]:
    """Data with its correction, the codewords of the blocks in turns."""
    correction, sizes = _BLOCKS[version - 1]
    head = f"0100{len(content):0{8 if version < 10 else 16}b}"
    bits = head + "".join(f"{byte:08b}" for byte in content) + "0000"
    bits = bits[: 8 * sum(sizes)]
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]
    words += [(0xEC, 0x11)[place % 2] for place in range(sum(sizes) - len(words))]
    blocks, begin = [], 0
    for size in sizes:
        blocks.append(words[begin : begin + size])
        begin += size
    checks = [_remainder(block, correction) for block in blocks]
    turns = [block[place] for place in range(max(sizes)) for block in blocks if place < len(block)]
    return turns + [check[place] for place in range(correction) for check in checks]


@cache
def _field() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Powers and logarithms of the field with 256 elements, by x^8 + x^4 + x^3 + x^2 + 1."""
    powers, logarithms, value = [], [0] * 256, 1
    for exponent in range(255):
        powers.append(value)
        logarithms[value] = exponent
        value = (value << 1) ^ (0x11D if value & 0x80 else 0)
    return tuple(powers * 2), tuple(logarithms)


def _product(left: int, right: int) -> int:
    powers, logarithms = _field()
    return powers[logarithms[left] + logarithms[right]] if left and right else 0


def _remainder(block: list[int], correction: int) -> list[int]:
    """Reed and Solomon's codewords of one block: what is left of it after division by (x - 1)(x - 2)(x - 4)..."""
    divisor = [1]
    for exponent in range(correction):
        root = _field()[0][exponent]
        shifted = [*divisor, 0]
        divisor = [each ^ _product(root, before) for each, before in zip(shifted, [0, *divisor], strict=True)]
    left = [*block, *[0] * correction]
    for place in range(len(block)):
        factor = left[place]
        for step, each in enumerate(divisor):
            left[place + step] ^= _product(each, factor)
    return left[len(block) :]


def _patterns(version: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which modules hold no data, and the dark ones among them; format is put later."""
    side = 17 + 4 * version
    fixed, dark = np.zeros((side, side), bool), np.zeros((side, side), bool)
    fixed[6], fixed[:, 6] = True, True
    dark[6], dark[:, 6] = np.arange(side) % 2 == 0, np.arange(side) % 2 == 0
    for row, column in ((0, 0), (0, side - 7), (side - 7, 0)):
        about = slice(max(0, row - 1), row + 8), slice(max(0, column - 1), column + 8)
        fixed[about], dark[about] = True, False
        dark[row : row + 7, column : column + 7] = _FINDER
    fixed[:9, :9] = fixed[8, side - 8 :] = fixed[side - 8 :, 8] = True
    centers = (6, *_ALIGNED[version - 1]) if version > 1 else ()
    for row in centers:
        for column in centers:
            if (row, column) not in ((6, 6), (6, side - 7), (side - 7, 6)):
                about = slice(row - 2, row + 3), slice(column - 2, column + 3)
                fixed[about], dark[about] = True, _ALIGNMENT
    if version >= 7:
        value = version << 12 | _check(version, 12, 0x1F25)
        bits = np.array([value >> place & 1 for place in range(18)], bool).reshape(6, 3)
        fixed[:6, side - 11 : side - 8] = fixed[side - 11 : side - 8, :6] = True
        dark[:6, side - 11 : side - 8] = bits
        dark[side - 11 : side - 8, :6] = bits.T
    return fixed, dark


def _check(value: int, digits: int, divisor: int) -> int:
    """The remainder of a value, with so many zeros behind it, by a polynomial over two elements."""
    left = value << digits
    while left.bit_length() > digits:
        left ^= divisor << (left.bit_length() - divisor.bit_length())
    return left


def _way(fixed: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Rows and columns of the modules that hold data, in the order of the bits: two columns up, two down."""
    side = len(fixed)
    places, up = [], True
    for right in [*range(side - 1, 6, -2), *range(5, 0, -2)]:
        for row in range(side - 1, -1, -1) if up else range(side):
            places += [(row, column) for column in (right, right - 1) if not fixed[row, column]]
        up = not up
    return np.array(places)


def _masks(row: NDArray[Any], column: NDArray[Any]) -> tuple[NDArray[np.bool_], ...]:
    """The modules that each of the eight masks turns."""
    both = row * column
    return (
        (row + column) % 2 == 0,
        row % 2 == 0,
        column % 3 == 0,
        (row + column) % 3 == 0,
        (row // 2 + column // 3) % 2 == 0,
        both % 2 + both % 3 == 0,
        (both % 2 + both % 3) % 2 == 0,
        ((row + column) % 2 + both % 3) % 2 == 0,
    )


def _put_format(dark: NDArray[np.bool_], mask: int) -> None:
    """Write level and mask beside the finders, twice."""
    value = mask  # of level M, whose two bits are 00
    bits = (value << 10 | _check(value, 10, 0x537)) ^ 0x5412
    told = np.array([bits >> place & 1 for place in range(15)], bool)
    dark[[0, 1, 2, 3, 4, 5, 7, 8], 8] = told[:8]
    dark[8, [7, 5, 4, 3, 2, 1, 0]] = told[8:]
    side = len(dark)
    dark[8, side - 1 - np.arange(8)] = told[:8]
    dark[side - 7 + np.arange(7), 8] = told[8:]
    dark[side - 8, 8] = True


def _penalty(dark: NDArray[np.bool_]) -> int:
    """How hard it is to read: runs of one color, squares, what looks like a finder, too much of one color."""
    total = 0
    for lines in (dark, dark.T):
        for line in lines:
            text = "".join("1" if module else "0" for module in line)
            runs = np.diff(np.flatnonzero(np.r_[True, line[1:] != line[:-1], True]))
            total += int(np.sum(runs[runs >= 5] - 2))
            total += 40 * _finders(text)
    same = dark[1:, 1:] == dark[:-1, 1:]
    same &= (dark[1:, 1:] == dark[1:, :-1]) & (dark[1:, 1:] == dark[:-1, :-1])
    share = 100 * np.mean(dark)
    return total + 3 * int(np.sum(same)) + 10 * int(abs(share - 50) // 5)


def _finders(line: str) -> int:
    """How often 1011101 stands with four light modules before or behind it; outside of the code all is light."""
    padded = f"0000{line}0000"
    count, place = 0, padded.find("1011101")
    while place >= 0:
        before, behind = padded[max(0, place - 4) : place], padded[place + 7 : place + 11]
        count += (before == "0000") + (behind == "0000")
        place = padded.find("1011101", place + 1)
    return count
