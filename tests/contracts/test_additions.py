"""One made-up definition for each catalogue, added to a copy of the project: nothing else has to change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.additions.definitions import ADDED, PAGE

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file() or path.name == "pages"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "faces.py", "numerals.py"):
        shutil.copy(ROOT / file, folder)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(Path(__file__).parent / "additions" / "walk.py", folder)
    for name, text in ADDED.items():
        with (folder / name).open("a", encoding="utf-8") as module:
            module.write(text)
    (folder / "pages" / "extra.py").write_text(PAGE, encoding="utf-8")
    app = (folder / "app.py").read_text(encoding="utf-8")
    group = '    "Signals": [\n'
    assert group in app
    own = '        page_at("pages/extra.py", title="Extra", url_path="extra"),\n'
    app = app.replace(group, f"{group}{own}")
    (folder / "app.py").write_text(app, encoding="utf-8")
    return folder


@pytest.mark.parametrize("part", ["pages", "race", "training"])
def test_what_is_added_in_one_place_is_everywhere(copy: Path, tmp_path: Path, part: str):
    environment = {**os.environ, "PYTHONPATH": str(copy), "DESCENT_LAB_DATA": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "walk.py", part], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
