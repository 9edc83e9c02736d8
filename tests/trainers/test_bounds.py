"""Anything within the upload bound is answered within 100 MB: every reader counts before it fills."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainers.hostile_files import CURVES, TABLES

MEGABYTES = 100
READ = {
    "1,000 columns and 100,000 short rows",
    "1,000 full columns",
    "a long JSON column among short ones",
    "bars of Keras",
}


@pytest.mark.parametrize(("kind", "files"), [("curves", CURVES), ("tables", TABLES)])
def test_no_file_within_the_bound_takes_more_than_its_room(kind: str, files: dict[str, object]) -> None:
    command = [sys.executable, "-m", "tests.trainers.hostile_files", kind]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[2], timeout=300
    )
    assert done.returncode == 0, done.stderr
    told = [line.split("\t", 2) for line in done.stdout.splitlines()]
    assert [name for name, _, _ in told] == list(files)
    for name, grown, said in told:
        assert float(grown) < MEGABYTES, name
        assert (said == "read") == (name in READ), f"{name}: {said}"
