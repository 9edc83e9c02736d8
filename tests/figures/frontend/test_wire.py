"""The blob holds columns of numbers aligned, small, and with the digits of float32."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from figures.frontend import Buffers, blob, framed, plain

LARGEST = float(np.finfo(np.float32).max)


def test_numbers_on_a_line_stand_in_the_header_and_others_in_the_buffers():
    buffers = Buffers()
    assert buffers.numbers(np.full(4, 0.1)) == {"from": 0.1, "step": 0.0, "n": 4}
    assert buffers.numbers(np.arange(3, 9, 2)) == {"from": 3.0, "step": 2.0, "n": 3}
    assert buffers.numbers(np.full(3, np.nan)) == {"from": None, "step": 0, "n": 3}
    assert buffers.joined() == b""
    assert buffers.numbers(np.array([1.0, 2.0, 4.0])) == {"at": 0, "n": 3}
    assert buffers.numbers(np.array([1.0, np.nan, 4.0])) == {"at": 16, "n": 3}
    assert buffers.numbers(np.array([1.0, 2.0, 4.0])) == {"at": 0, "n": 3}
    np.testing.assert_array_equal(np.frombuffer(buffers.joined(), "<f4", 3, 16), [1, np.nan, 4])


def test_numbers_beyond_float32_are_cut_at_its_largest():
    buffers = Buffers()
    huge = [np.array([1e300, 1e300, 1e300]), np.array([0.0, np.inf, -np.inf])]
    for values in huge:
        spec = buffers.numbers(values)
        got = np.frombuffer(buffers.joined(), "<f4", spec["n"], spec["at"])
        np.testing.assert_array_equal(got, np.clip(values, -LARGEST, LARGEST).astype(np.float32))


@pytest.mark.parametrize(("top", "kind"), [(0, "u1"), (255, "u1"), (256, "u2"), (65_535, "u2"), (65_536, "u4")])
def test_whole_numbers_take_the_bytes_that_the_largest_needs(top: int, kind: str):
    buffers = Buffers()
    spec = buffers.whole(np.array([[0, 1], [2, top]]))
    assert spec == {"at": 0, "n": 4, "as": kind}
    assert np.frombuffer(buffers.joined(), f"<{kind}", 4).tolist() == [0, 1, 2, top]


def opened(payload: bytes) -> tuple[dict[str, Any], tuple[int, int], bytes]:
    length, *frame = struct.unpack("<IHH", payload[:8])
    assert length % 8 == 0
    return json.loads(payload[8 : 8 + length]), (frame[0], frame[1]), payload[8 + length :]


def test_the_header_is_padded_so_that_buffers_begin_aligned():
    for name in ("", "é", "a name", "one that is longer"):
        buffers = Buffers()
        spec = buffers.numbers(np.array([1.0, 2.0, 5.0]))
        header, frame, rest = opened(blob({"name": name, "is": spec}, buffers, 420))
        assert header == {"name": name, "is": spec}
        assert frame == (420, 0)
        assert rest == buffers.joined()


def test_the_frame_changes_nothing_but_itself():
    payload = blob({"a": 1}, Buffers(), 300)
    tall = framed(payload, height=700, pickable=True)
    assert opened(tall)[1] == (700, 1)
    assert tall[:4] + tall[8:] == payload[:4] + payload[8:]
    assert opened(framed(payload, pickable=True))[1] == (300, 1)
    assert framed(framed(payload, pickable=True)) == payload


def test_a_height_is_bounded():
    payload = blob({}, Buffers(), 10**9)
    assert opened(payload)[1] == (4096, 0)
    assert opened(framed(payload, height=-5))[1] == (0, 0)


def test_what_is_no_finite_number_is_left_out():
    assert [plain(number) for number in (1, 0.5, None, float("nan"), float("inf"))] == [1.0, 0.5, None, None, None]


def test_a_view_goes_into_the_header_and_leaves_the_numbers_where_they_are() -> None:
    buffers = Buffers()
    header = {"kind": "live", "y": buffers.numbers(np.array([1.0, 5.0, 2.0]))}
    payload = blob(header, buffers, 300)
    shown = framed(payload, view={"panel": "rate", "zoom": "1~2"})
    size, height, pick = struct.unpack_from("<IHH", shown)
    assert size % 8 == 0
    assert (height, pick) == (300, 0)
    assert json.loads(shown[8 : 8 + size]) == {"view": {"panel": "rate", "zoom": "1~2"}, **header}
    assert shown[8 + size :] == payload[8 + struct.unpack_from("<I", payload)[0] :]
