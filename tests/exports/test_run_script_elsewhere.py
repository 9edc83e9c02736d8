"""The script of a run trains on a GPU where it is run, on one without float64, too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from exports.run_script import script
from tests.exports.test_run_script import CASES
from tests.far_device import FAR, far_device
from trainers import RunConfig

_LINE = r"epoch \d+: .*"


def printed(text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return re.findall(_LINE, capsys.readouterr().out)


@pytest.mark.parametrize(
    "changes",
    [
        CASES["sizes by hand, LSUV, penalties, clipping, drops"],
        CASES["convolutions with mixed images"],
        CASES["attention with averaged weights"],
        CASES["maxout, renormalized, from moved biases"],
        {"optimizer.name": "adagrad"},  # its fused kernel is not everywhere
    ],
    ids=["penalties", "images", "attention", "maxout", "Adagrad"],
)
def test_the_script_trains_elsewhere_as_here(
    changes: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    config = RunConfig().changed({"data.name": changes.get("data.name", "moons")})
    text = script(config.changed({**changes, "budget.epochs": 2}))
    # PyTorch knows by their names which devices have fused kernels; of this one it does not.
    elsewhere, found = re.subn(
        "^device = .*$", f'device = "{FAR}"', text.replace("fused=True", "fused=False"), flags=re.M
    )
    assert found == 1
    here = printed(text, capsys)
    with far_device() as machine:
        there = printed(elsewhere, capsys)
    assert machine.results > 100
    assert len(here) == len(there) == 2
    for one, other in zip(there, here, strict=True):
        numbers = [[float(number) for number in re.findall(r"\d[\d.e+-]*\d|\d", line)] for line in (one, other)]
        assert numbers[0] == pytest.approx(numbers[1], rel=2e-3, abs=2e-3)
