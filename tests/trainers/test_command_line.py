"""Verdicts on a command line: what is printed, as text and as JSON, and what the exit status says."""

from __future__ import annotations

import importlib
import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import trainers
from trainers.__main__ import ALARM, CALM, UNREAD, main
from trainers.diagnosis import diagnose
from trainers.imported import MAX_BYTES, read_curves

ROOT = Path(__file__).parents[2]
OVERFITTING = "epoch,train_loss,val_loss\n" + "".join(
    f"{i},{0.9 * math.exp(-i / 12):.4f},{0.9 * math.exp(-i / 8) + 0.2 + 0.01 * max(0, i - 15):.4f}\n" for i in range(60)
)
SOUND = "epoch,train_loss,val_loss,train_acc,val_acc\n" + "".join(
    f"{i},{0.05 + fall:.4f},{0.06 + fall:.4f},{0.98 - fall / 2:.4f},{0.97 - fall / 2:.4f}\n"
    for i, fall in ((i, 0.9 * math.exp(-i / 8)) for i in range(60))
)


def kept(folder: Path, name: str, content: str) -> str:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["diagnose", *arguments])
    return status, capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    status, text = printed(capsys, "--json", *arguments)
    return status, json.loads(text)


def test_it_says_what_the_lab_says_of_the_same_curves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = kept(tmp_path, "run.csv", OVERFITTING)
    status, (told,) = as_json(capsys, file)
    findings = diagnose(read_curves([(OVERFITTING, "run.csv")]).history)
    assert status == ALARM
    assert told["file"] == file
    assert told["columns"] == {"train_loss": "train_loss", "val_loss": "val_loss", "epoch": "epoch"}
    assert [each["kind"] for each in told["findings"]] == [finding.kind for finding in findings]
    assert told["findings"][0]["kind"] == "overfitting"
    assert told["findings"][0]["since"] == findings[0].since
    assert told["findings"][0]["remedies"] == [remedy.label for remedy in findings[0].remedies]
    status, text = printed(capsys, file)
    assert status == ALARM
    assert f"! Overfitting since epoch {findings[0].since:g}: {findings[0].evidence}" in text
    assert all(f"try: {remedy.label}" in text for remedy in findings[0].remedies)


def test_a_sound_training_ends_with_0_and_one_alarm_among_several_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, sick = kept(tmp_path, "sound.csv", SOUND), kept(tmp_path, "sick.csv", OVERFITTING)
    status, text = printed(capsys, sound)
    assert status == CALM
    assert "- Good fit:" in text
    status, told = as_json(capsys, sound, sick)
    assert status == ALARM
    assert [each["file"] for each in told] == [sound, sick]


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [
        kept(tmp_path, "sound.csv", SOUND),
        str(tmp_path / "nowhere.csv"),
        kept(tmp_path, "words.txt", "no numbers here"),
        kept(tmp_path, "large.csv", "x" * (MAX_BYTES + 1)),
        str(tmp_path),
    ]
    status, told = as_json(capsys, *files)
    assert status == UNREAD
    assert "findings" in told[0]
    assert [each["file"] for each in told] == files
    assert all(each["error"] for each in told[1:])
    assert "allowed are" in told[3]["error"]
    status, text = printed(capsys, files[1])
    assert (status, text) == (UNREAD, f"{files[1]}: cannot be read: No such file or directory\n")


def test_several_trainings_in_one_file_are_told_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head, *rows = SOUND.splitlines()
    status, told = as_json(capsys, kept(tmp_path, "both.csv", "\n".join([head, *rows, *rows])))
    assert status == CALM
    assert len(told) == 2
    assert len({each["training"] for each in told}) == 2


def test_series_of_one_training_are_read_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = {"train_loss": [1.0, 0.5, 0.3, 0.2], "val_loss": [1.1, 0.7, 0.6, 0.6]}
    files = [
        kept(
            tmp_path, f"{name}.csv", "Wall time,Step,Value\n" + "".join(f"{i},{i},{v}\n" for i, v in enumerate(values))
        )
        for name, values in series.items()
    ]
    _, (told,) = as_json(capsys, "--together", *files)
    assert told["reports"] == 4
    assert {"train_loss", "val_loss"} <= set(told["columns"])


def test_what_is_piped_in_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SOUND.encode())))
    status, (told,) = as_json(capsys, "-")
    assert status == CALM
    assert told["file"] == "standard input"


def test_the_command_runs_and_says_how_it_is_used(tmp_path: Path) -> None:
    def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", module, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)

    done = run("trainers.diagnose", kept(tmp_path, "run.csv", OVERFITTING))
    assert (done.returncode, done.stderr) == (ALARM, "")
    assert "Overfitting" in done.stdout
    usage = run("trainers.diagnose", "--help").stdout
    assert usage.startswith("usage: python -m trainers.diagnose [-h] [--together] [--json] FILE")
    assert "Exit status" in usage
    assert "Exit status" in run("trainers", "diagnose", "--help").stdout
    nothing = run("trainers")
    assert nothing.returncode == UNREAD
    assert "usage" in nothing.stderr


def test_the_command_does_not_take_the_place_of_the_function() -> None:
    with pytest.raises(ImportError, match="is a command"):
        importlib.import_module("trainers.diagnose")
    assert trainers.diagnose is diagnose
