"""The five scripts run, and from one start all end at the numbers that the page shows."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from experiments.derivatives import FORMS, Coefficients, drawn_start, fitted
from exports.derivatives import form_script, forms_zip, trace_csv

RATE, STEPS, ROWS = 1e-6, 2000, 2000
# One process for all: importing PyTorch takes longer than the descent.
RUN_ALL = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path, run_name='__main__')"


def printed(folder: Path, start: Coefficients | None) -> dict[str, list[float]]:
    """a, b, c, d that each form prints."""
    files = []
    for form in FORMS:
        files.append(folder / f"cubic_{form}.py")
        text = form_script(form, start=start, rate=RATE, steps=STEPS, rows=ROWS, seed=3)
        files[-1].write_text(text, encoding="utf-8")
    command = [sys.executable, "-W", "error", "-c", RUN_ALL, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = re.findall(r"a, b, c, d = (.+)", done.stdout)
    assert len(lines) == len(FORMS)
    return {form: [float(number) for number in line.split()] for form, line in zip(FORMS, lines, strict=True)}


def test_from_one_start_all_forms_give_the_numbers_of_the_page(tmp_path: Path):
    start = drawn_start(0)
    shown = fitted(start, RATE, STEPS, ROWS)
    told = printed(tmp_path, start)
    assert told["numpy"] == list(shown.coefficients)
    for form in FORMS:
        np.testing.assert_allclose(told[form], shown.coefficients, rtol=0, atol=1e-10, err_msg=form)


def test_each_form_runs_from_its_usual_start(tmp_path: Path):
    told = printed(tmp_path, None)
    best = fitted(drawn_start(3), RATE, STEPS, ROWS).best
    assert told["numpy"] == list(fitted(drawn_start(3), RATE, STEPS, ROWS).coefficients)
    for form in FORMS:  # the slow direction has not quite arrived
        np.testing.assert_allclose(told[form], best, atol=0.2, err_msg=form)
    assert len({tuple(four) for four in told.values()}) >= 3


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("start", [None, (1e-300, -2.0, 1e17, 0.1)])
def test_a_script_is_python_with_the_numbers_it_was_given(form: str, start: Coefficients | None):
    text = form_script(form, start=start, rate=3.3e-7, steps=17, rows=33, seed=5)
    compile(text, form, "exec")
    for each in ("3.3e-07", "range(17)", "33", *(map(repr, start) if start else ["(5)"])):
        assert each in text
    assert not re.search(r"\{\w*\}", text)


def test_all_five_come_in_one_archive():
    packed = forms_zip(start=None, rate=RATE, steps=STEPS, rows=ROWS, seed=0)
    archive = zipfile.ZipFile(io.BytesIO(packed))
    assert archive.namelist() == [f"cubic_{form}.py" for form in FORMS]
    expected = form_script("optim", start=None, rate=RATE, steps=STEPS, rows=ROWS, seed=0)
    assert archive.read("cubic_optim.py").decode() == expected


def test_a_trace_is_csv():
    rows = [{"node": "x", "computes": "input"}, {"node": "v1", "computes": "max(x, y)"}]
    assert trace_csv(rows) == 'node,computes\r\nx,input\r\nv1,"max(x, y)"\r\n'
