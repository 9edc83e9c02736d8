"""A run that begins with another's weights, with frozen layers and rates of their own, as a script: it ends alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exports.run_script import script
from exports.run_script.reuse import start_file
from trainers import Checkpoint, RunConfig, train

BASE = {"data.name": "digits", "data.train_size": 60, "budget.epochs": 4, "watch.pictures": False}
FIRST: dict[str, Any] = {"model.name": "mlp", "model.widths": "12-10", "data.half": "first"}
CASES: dict[str, dict[str, Any]] = {
    "frozen, then thawed one by one, at rates of their own": {
        "data.half": "last",
        "reuse.freeze": 2,
        "reuse.unfreeze": 1,
        "reuse.gradual": True,
        "reuse.factor": 0.5,
        "schedule.name": "cosine",
        "optimizer.name": "momentum",
        "regularization.weight_decay": 0.01,
        "regularization.l2": 0.001,
    },
    "the same classes, turned": {"data.turn": 25.0, "reuse.freeze": 1, "regularization.l1": 0.001},
    "two optimizers": {"optimizer.name": "muon", "reuse.factor": 0.3, "reuse.head": "new", "schedule.name": "step"},
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(configuration, start, what its script printed) of each case; one process runs them all."""
    folder = tmp_path_factory.mktemp("reuse")
    kept: list[Checkpoint] = []
    first = RunConfig().changed(BASE).changed(FIRST)
    train(first, report=lambda _: None, checkpoint=lambda made, _: kept.append(made), device="cpu")
    lines = ["import runpy, sys"]
    configs = {}
    for number, (name, changes) in enumerate(CASES.items()):
        config = configs[name] = first.changed({**changes, "reuse.run": "parent"})
        (folder / start_file(config)).write_bytes(kept[-1].to_bytes())
        (folder / f"{number}.py").write_text(script(config), encoding="utf-8")
        lines.append(f"sys.stdout = open('{number}.txt', 'w'); runpy.run_path('{number}.py'); sys.stdout.close()")
    command = [sys.executable, "-W", "error", "-c", "\n".join(lines)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    return {
        name: (configs[name], kept[-1], Path(folder / f"{number}.txt").read_text(encoding="utf-8"))
        for number, name in enumerate(CASES)
    }


@pytest.mark.parametrize("name", CASES)
def test_the_script_ends_where_the_run_ends(executed: Any, name: str) -> None:
    config, start, printed = executed[name]
    reports: list[Any] = []
    train(config, report=reports.extend, start=start, device="cpu")
    told = [(report.train_loss, report.val_loss) for report in reports[1:] if report.complete]
    lines = re.findall(r"epoch \d+: training loss (\S+), validation loss (\S+),", printed)
    assert len(lines) == config.budget.epochs
    for line, losses in zip(lines, told, strict=True):
        assert [float(number) for number in line] == pytest.approx(losses, rel=1e-4)
