from __future__ import annotations

import pytest

from trainers import RunConfig, choose_device, devices, load
from trainers.loop import hardware, suitable_device


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


def test_small_steps_are_taken_on_the_cpu_and_large_ones_on_the_gpu(monkeypatch):
    gpu = hardware.Device(key="cuda:0", name="NVIDIA H200", kind="cuda")
    cpu = hardware.Device(key="cpu", name="CPU", kind="cpu")
    monkeypatch.setattr(hardware, "devices", lambda: (gpu, cpu))
    small = RunConfig()
    large = small.changed({"data.size": 4000, "model.width": 1024, "budget.batch_size": 512})
    assert suitable_device(small, load(small.data)) == cpu
    assert suitable_device(large, load(large.data)) == gpu
    monkeypatch.setattr(hardware, "devices", lambda: (cpu,))
    assert suitable_device(large, load(large.data)) == cpu


def test_products_are_weights_times_rows_times_places():
    config = RunConfig().changed({"budget.batch_size": 32, "model.width": 16, "model.depth": 2})
    splits = load(config.data)
    weights = config.parameters(splits.shape, len(splits.classes))
    assert hardware.products(config, splits) == 32 * weights
    rows = len(splits.train)
    assert hardware.products(config.changed({"budget.batch_size": 100_000}), splits) == rows * weights
