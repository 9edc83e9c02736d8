"""The stored catalogue is what the expressions compile to, and spares the app SymPy."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from landscapes import LANDSCAPES, LINES
from landscapes.stored import PATH, as_entry, stored_keys

CATALOGUE = {**LANDSCAPES, **LINES}


@pytest.mark.parametrize("key", CATALOGUE)
def test_an_entry_is_what_its_expression_compiles_to(key: str) -> None:
    fresh = json.loads(json.dumps(as_entry(CATALOGUE[key])))
    assert json.loads(PATH.read_text(encoding="utf-8"))[key] == fresh, "run make stored"


def test_the_file_holds_the_catalogue() -> None:
    assert stored_keys() == set(CATALOGUE)
    assert len(CATALOGUE) == len(LANDSCAPES) + len(LINES)


def test_the_default_race_needs_no_sympy() -> None:
    program = (
        "import sys\n"
        "from experiments.race.link import race_from_query\n"
        "from figures.race.player import player_payload\n"
        "from experiments.race.race import run_race\n"
        "player_payload(run_race(race_from_query({})[0]))\n"
        "print('sympy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "False"
