from __future__ import annotations

import json
import struct

import pytest
import torch

from trainers import Checkpoint
from trainers.loop.checkpoint import pack, unpack

STATE = {"epoch": 1.5, "step": 7, "config": "{}", "extra": {"best": 0.1 + 0.2}}


def test_a_checkpoint_survives_bytes_exactly():
    kept = Checkpoint(tensors={"a": torch.randn(3, 2), "r": torch.get_rng_state()}, state=STATE)
    read = Checkpoint.from_bytes(kept.to_bytes())
    assert read.state == STATE
    assert read.epoch == 1.5
    assert read.step == 7
    assert all(torch.equal(read.tensors[name], tensor) for name, tensor in kept.tensors.items())


def _with_header(header):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"abc",
        b"\x80\x04\x95" * 100,
        struct.pack("<Q", 2**60) + b"{}",
        _with_header({}),
        _with_header({"__metadata__": {"checkpoint": "no json"}}),
        _with_header(
            {"__metadata__": {"checkpoint": "{}"}, "a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}
        ),
    ],
)
def test_what_is_no_checkpoint_is_refused(content):
    with pytest.raises(ValueError, match="this is no checkpoint, or it is damaged"):
        Checkpoint.from_bytes(content)


def test_every_cut_checkpoint_is_refused():
    whole = Checkpoint(tensors={"a": torch.arange(5.0)}, state=STATE).to_bytes()
    for end in range(0, len(whole), 7):
        with pytest.raises(ValueError, match="no checkpoint"):
            Checkpoint.from_bytes(whole[:end])


def test_states_of_any_shape_are_packed_and_unpacked():
    tensors: dict[str, torch.Tensor] = {}
    value = {0: {"step": torch.tensor(3.0), "old": [torch.ones(2), None], "n": 5, "flag": True}, 1: {}}
    packed = json.loads(json.dumps(pack(value, "o", tensors)))
    again = unpack(packed, tensors)
    assert again[0]["n"] == 5
    assert again[0]["flag"] is True
    assert again[0]["old"][1] is None
    assert torch.equal(again[0]["old"][0], torch.ones(2))
    assert again[1] == {}
    again[0]["step"].add_(1)
    assert tensors["o.0.step"] == 3
