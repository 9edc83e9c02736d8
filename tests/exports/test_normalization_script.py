"""The normalization page as PyTorch scripts: each runs, and prints the numbers of the page."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.normalization.coupling import coupled_rows
from experiments.normalization.leak import leak_view
from experiments.normalization.settings import PRESETS, declared
from experiments.normalization.stages import race_stages
from experiments.normalization.tensor import normalized_example
from experiments.normalization.whitening import two_features
from experiments.normalization.worked_example import by_hand
from exports.normalization import normalization_script
from networks import ACTIVATIONS, INITIALIZERS
from networks.normalization import KINDS
from settings.linked import read_settings


def settings(**query: str) -> dict[str, Any]:
    values, problems = read_settings(declared, query)
    assert not problems
    return values


def printed(path: Path, values: dict[str, Any]) -> str:
    script = path / "script.py"
    script.write_text(normalization_script(values), encoding="utf-8")
    done = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_stages_have_the_condition_numbers_and_steps_of_the_page(tmp_path: Path) -> None:
    values = settings(whitening="zca", steps="200")
    races = race_stages(
        two_features(correlation=0.9, seed=values["seed"]),
        ("raw", "centered", "scaled", "rotated", "zca"),
        start=(-2.0, -1.0),
        steps=200,
        share=0.9,
    )
    lines = printed(tmp_path, values).splitlines()
    assert lines == [
        f"{race.stage}: condition number {race.condition:.4g}, 1/1,000 of the loss after {race.arrived} steps"
        for race in races
    ]


def test_the_leak_reports_the_losses_of_the_page(tmp_path: Path) -> None:
    values = settings(part="leak", stage="whitened", drift="0")
    chosen = {key: values[key] for key in ("correlation", "drift", "train", "test", "noise", "seed")}
    found = leak_view("whitened", **chosen).found
    losses = re.findall(r"part (\S+)$", printed(tmp_path, values), re.MULTILINE)
    np.testing.assert_allclose([float(loss) for loss in losses], [found.test_loss, found.leaked_loss], rtol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_normalizes_the_tensor_of_the_page(kind: str, tmp_path: Path) -> None:
    values = settings(part="layers", kind=kind, samples="2", channels="2", hw="3", gamma="2", beta="0.5")
    _, result = normalized_example(kind, (2, 2, 3), groups=2, scale=2.0, shift=0.5, seed=values["seed"])
    shift = 0.0 if kind == "rms" else 0.5  # PyTorch's has none
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d+(?:e[+-]\d+)?", printed(tmp_path, values))]
    np.testing.assert_allclose(numbers, result.output.ravel() - 0.5 + shift, atol=2e-4)


def test_the_example_by_hand_comes_out_as_on_the_page(tmp_path: Path) -> None:
    values = settings(part="hand")
    worked = by_hand(values["cells"], scale=1.0, shift=0.0)
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d+", printed(tmp_path, values))]
    np.testing.assert_allclose(numbers, np.asarray(worked.output).T.ravel(), atol=2e-4)


def test_rows_are_coupled_as_on_the_page(tmp_path: Path) -> None:
    values = settings(part="coupling", rows="3", deep="2", activation="relu")
    said = printed(tmp_path, values)
    for way, name in (("none", "none"), ("batch", "batch, training"), ("layer", "layer")):
        ours = coupled_rows(way, rows=3, deep=2, activation="relu", seed=values["seed"])
        told = said.partition(f"{name}: ")[2]
        assert float(told.partition(" %")[0]) == pytest.approx(100 * ours.others, abs=2e-3)
        numbers = [float(number) for number in re.findall(r"\d+\.\d+(?:e[+-]\d+)?", told.partition("\n")[2])[:9]]
        np.testing.assert_allclose(numbers, ours.matrix.ravel(), atol=2e-4)


@pytest.mark.parametrize("query", [PRESETS["forgotten"].query, {**PRESETS["relu_depth"].query, "norm.weight": "true"}])
def test_what_draws_by_chance_runs(query: dict[str, str], tmp_path: Path) -> None:
    assert printed(tmp_path, settings(**query))


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_every_network_is_a_script(initializer: str) -> None:
    for activation, entry in ACTIVATIONS.items():
        if entry.trainable:
            ast.parse(normalization_script(settings(part="effect", activation=activation, initializer=initializer)))
