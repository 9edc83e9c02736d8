"""Least squares on many rows as a script: it runs without the lab and prints the page's numbers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from experiments.neuron import ManyRows, solve
from exports import many_rows_script


@pytest.mark.parametrize("falls", [False, True])
def test_the_script_runs_alone_and_prints_the_numbers_of_the_page(tmp_path: Path, falls: bool) -> None:
    asked = ManyRows(rows=200, features=6, batch=30, epochs=4, draw=8, falls=falls)
    script = tmp_path / "script.py"
    script.write_text(many_rows_script(asked), encoding="utf-8")
    alone = [sys.executable, "-I", "-W", "error", script]
    done = subprocess.run(alone, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = solve(asked)
    head, *lines = done.stdout.splitlines()
    assert repr(result.least) in head
    for walked, line in zip(result.walked, lines, strict=True):
        heights = ", ".join(f"{epoch}: {walked.at_epoch(epoch):.6g}" for epoch in range(5))
        assert line == f"{walked.name}, rate {walked.rate:.6g}: {heights}"
