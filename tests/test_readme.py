"""What the README shows and says holds as it stands: its examples run, its folders and files are there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(text: str, folder: Path) -> str:
    """Run an example as a file of its own, in a fresh process; what it printed."""
    file = folder / "example.py"
    file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_runs_as_it_stands(number: int, tmp_path: Path):
    run(EXAMPLES[number], tmp_path)


def test_the_examples_give_what_the_readme_says(tmp_path: Path):
    notebook = next(text for text in EXAMPLES if "descend(rosenbrock" in text)
    shape = re.search(r"^path\.points\.shape  # (.*)$", notebook, re.MULTILINE)
    assert shape
    assert run(f"{notebook}\nprint(path.points.shape)", tmp_path).strip() == shape[1]


def test_the_landscape_and_the_optimizer_that_are_added_work_together(tmp_path: Path):
    landscape = next(text for text in EXAMPLES if "TROUGH" in text)
    optimizer = next(text for text in EXAMPLES if "SIGNUM" in text)
    after = """
from optimizers import descend

path = descend(TROUGH, SIGNUM, start=TROUGH.start, steps=300)
assert path.values[-1] < 0.1 * path.values[0]
assert TROUGH.latex and TROUGH.minimum == 0.0
"""
    run(f"{landscape}\n{optimizer}\n{after}", tmp_path)


def _rows(heading: str) -> list[tuple[str, str]]:
    section = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [(first.strip(), second.strip()) for first, second in rows[1:]]


def test_the_map_names_every_folder_and_none_that_is_not_there():
    named = {re.sub(r"[`/]", "", first) for first, _ in _rows("The folders")}
    holds = {path.name for path in ROOT.iterdir() if path.name[0] not in "._" and any(path.rglob("*.py"))}
    assert named == (holds - {"build", "docs"}) | {"app.py", "server.py"}


@pytest.mark.parametrize("place", re.findall(r"`([a-z_]+/[a-z_/.]*)`", README.partition("## Add a landscape")[2]))
def test_every_place_of_the_readme_is_there(place: str):
    assert (ROOT / place).exists() or any(ROOT.rglob(place))


def test_the_commands_of_the_readme_are_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets


def test_what_a_message_tells_to_install_is_what_the_readme_says():
    """The package is in no index: whoever follows a message installs from the lab's folder."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    told: set[str] = set()
    for path in (*(ROOT / "trainers").rglob("*.py"), *(ROOT / "docs").glob("*.md"), ROOT / "README.md"):
        text = path.read_text(encoding="utf-8")
        assert "descent-lab[" not in text, path
        told |= set(re.findall(r"pip install '\.\[(\w+)\]'", text))
    assert {"ray", "postgresql"} <= told <= set(extras)
