from __future__ import annotations

import pytest

from trainers import choose_device, devices


def test_the_cpu_is_always_there_and_last_and_has_a_name():
    found = devices()
    assert found[-1].kind == found[-1].key == "cpu"
    assert found[-1].name.startswith("CPU (")
    assert choose_device() == found[0]
    assert choose_device("cpu") == found[-1]


def test_gpus_are_listed_first_with_name_and_memory(monkeypatch):
    import torch

    class DataFacts:
        name, total_memory = "NVIDIA H200", 140 * 2**30

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: DataFacts)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert [device.key for device in devices()] == ["cuda:0", "cuda:1", "mps", "cpu"]
    assert choose_device("cuda").key == "cuda:0"
    assert choose_device().memory == 140 * 2**30


def test_an_unknown_device_is_refused():
    with pytest.raises(ValueError, match="the device was given 'xpu'"):
        choose_device("xpu")
