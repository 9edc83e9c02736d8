"""What a search leaves: a table, Optuna's own database, and a script that comes to the same."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import optuna
import pytest

from exports import rates_csv, rates_script, sweep_csv, sweep_curves_csv, sweep_script
from tests.trainers.labs import quick
from tests.trainers.runs import run
from trainers.data import load
from trainers.loop import search_rates
from trainers.rates import RateRequest, RateSearch, held_rate, suggestion
from trainers.sweeps import Axis, Study, Sweep, SweepRequest, Trial, study_file

ROOT = Path(__file__).resolve().parents[2]
RATE = Axis(name="optimizer.lr", low=1e-3, high=0.3, log=True)
OPTIMIZERS = Axis(name="optimizer.name", values=("adam", "adamw"))


def request(**changes: Any) -> SweepRequest:
    small = quick({"budget.epochs": 2, "data.size": 60, "watch.internals": False})
    return SweepRequest(**{"config": small.to_json(), "axes": (RATE,), "trials": 3, "draw": 5, **changes})


def sweep() -> Sweep:
    return Sweep(
        experiment="e",
        trials=(
            Trial(
                part="random",
                number=0,
                values=(0.1,),
                state="complete",
                goal=0.5,
                goals=(0.4, 0.6),
                runs=("a", "b"),
                order=1,
            ),
            Trial(part="random", number=1, values=(0.2,), state="pruned", epochs=(1.0, 2.0), curve=(0.9, 0.8), order=0),
            Trial(part="random", number=2, values=(0.3,), state="diverged", order=2),
            Trial(part="random", number=3, values=(0.25,), state="running", goal=0.7),
        ),
    )


def test_every_trial_is_a_row() -> None:
    rows = list(csv.DictReader(io.StringIO(sweep_csv(request(), sweep()))))
    assert [row["optimizer.lr"] for row in rows] == ["0.1", "0.2", "0.3", "0.25"]
    assert (rows[0]["val_loss"], rows[0]["runs"], rows[0]["ended_as"]) == ("0.5", "a b", "2")
    assert float(rows[0]["spread"]) == pytest.approx(math.sqrt(0.02))
    assert (rows[1]["state"], rows[2]["val_loss"], rows[3]["ended_as"]) == ("pruned", "", "")


def test_every_epoch_of_a_curve_is_a_row() -> None:
    rows = list(csv.DictReader(io.StringIO(sweep_curves_csv(request(), sweep()))))
    pruned = [row for row in rows if row["trial"] == "1"]
    assert [(row["optimizer.lr"], row["epoch"], row["val_loss"]) for row in pruned] == [
        ("0.2", "1.0", "0.9"),
        ("0.2", "2.0", "0.8"),
    ]
    assert {row["trial"] for row in rows} == {str(trial.number) for trial in sweep().trials if trial.curve}


def test_optuna_opens_the_database(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    path.write_bytes(study_file(request(), sweep()))
    study = optuna.load_study(study_name="random", storage=f"sqlite:///{path}")
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "PRUNED", "COMPLETE"]
    assert (study.best_value, study.best_params) == (0.5, {"optimizer.lr": 0.1})
    assert study.trials[1].intermediate_values == {1: 0.9, 2: 0.8}
    assert study.trials[2].value == math.inf
    assert study.trials[0].user_attrs["runs"] == ["a", "b"]
    study.sampler = optuna.samplers.RandomSampler(seed=1)
    assert (
        1e-3 <= study.ask({"optimizer.lr": study.trials[0].distributions["optimizer.lr"]}).params["optimizer.lr"] <= 0.3
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"samplers": ("random",), "seeds": 2},
        {"samplers": ("grid", "tpe"), "pruner": "halving", "goal": "val_metric"},
        {"beside": OPTIMIZERS, "axes": (RATE, Axis(name="decay", values=(0.01, 0.1)))},
    ],
)
def test_the_script_proposes_the_same_and_comes_to_the_same(changes: dict[str, Any], tmp_path: Path) -> None:
    asked = request(**changes)
    printed = repeated(asked, tmp_path)
    found = dict(re.findall(r"^(\w+ \d+): .* complete (\S+)$", printed, re.M))
    for part in asked.parts:
        study = Study(asked, part)
        values = study.ask()
        text = f"{part.key} 0: {values!r}"
        assert text in printed
        if asked.goal == "val_loss":
            goals = []
            for seed in range(asked.seeds):
                told = run(asked.configured(part, values, seed))
                goals.append(min(report.val_loss for report in told.reports if report.complete))
            assert float(found[f"{part.key} 0"]) == pytest.approx(sum(goals) / len(goals), rel=1e-6)
    assert printed.count("best ") == len(asked.parts)


def test_a_budget_of_time_is_that_of_all_studies_of_the_script(tmp_path: Path) -> None:
    printed = repeated(request(samplers=("grid", "random"), seconds=1e-9), tmp_path)
    assert re.findall(r"^(\w+ \d+): ", printed, re.M) == ["grid 0"], "nothing begins once it is spent"


def repeated(asked: SweepRequest, folder: Path) -> str:
    """What the script of a search prints."""
    path = folder / "search.py"
    path.write_text(sweep_script(asked), encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "DESCENT_LAB_DATA": str(folder)}
    done = subprocess.run(
        [sys.executable, str(path)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_search_for_a_rate_is_a_table_and_a_script_that_repeats_it(tmp_path: Path) -> None:
    small = quick({"data.size": 60, "watch.internals": False})
    asked = RateRequest(config=small.to_json(), lowest=1e-3, highest=1.0, steps=20)
    so_far: list[RateSearch] = []
    found = search_rates(asked, load(small.data), lambda search, share: so_far.append(search), device="cpu")
    rows = list(csv.DictReader(io.StringIO(rates_csv(found))))
    raised = [row for row in rows if row["way"] == "raised"]
    assert [float(row["rate"]) for row in raised] == list(found.range_test.rates)
    assert [float(row["train_loss"]) for row in raised] == list(found.range_test.losses)
    assert {(int(row["trial"]), float(row["rate"])) for row in rows if row["way"] == "halved"} == {
        (number, trial.rate) for number, trial in enumerate(found.trials, 1)
    }
    script = tmp_path / "rates.py"
    script.write_text(rates_script(asked), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"halving it suggests {held_rate(found.trials)}"
    assert f"raising it suggests {suggestion(found.range_test).rate}" in done.stdout
    # Broken off anywhere, and gone on with from what was stored, it comes to the same.
    for stored in so_far[:: max(1, len(so_far) // 4)]:
        before = RateSearch.from_plain(stored.to_plain())
        again = search_rates(asked, load(small.data), lambda search, share: None, device="cpu", before=before)
        assert again.to_plain() == found.to_plain()
