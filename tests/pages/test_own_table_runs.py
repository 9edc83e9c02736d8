"""A run on the user's own table that cannot be used: the training page says why, wherever it would need the rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import trainers.lab.lab
from tests.pages.opened_page import opened_page
from tests.trainers.labs import quick, quiet_lab, work
from trainers import keep_upload
from trainers.lab.lab import Lab

ROWS = "x,y\n" + "".join(f"{k},{'ab'[k % 2]}\n" for k in range(40))
CASES: dict[str, tuple[str | None, dict[str, Any], str]] = {
    "no file": (None, {}, "No table has been uploaded"),
    "a file that is gone": (None, {"data.file": "ab" * 32}, "The uploaded table is no longer here"),
    "a wrong column": (ROWS, {"data.target": "price"}, "there is no column 'price'"),
    "features that are no list": (ROWS, {"data.features": "{"}, "a JSON list of column names"),
    "a target of words for a number": (ROWS, {"data.task": "regression"}, "was given 'a', which is no number"),
    "one class": ("x,y\n1,a\n2,a\n3,a\n", {}, "the target 'y' has one value"),
    "two rows": ("x,y\n1,a\n2,b\n", {}, "has 2 rows; a split into parts needs 3 at the least"),
    "two rows, without give-aways": (
        "x,y\n1,a\n2,b\n",
        {"data.drop_giveaways": True},
        "has 2 rows; a split into parts needs 3 at the least",
    ),
}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab whose runs wait until the test works on them, in the folder where uploads are kept."""
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    own = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()


def told(app: AppTest) -> str:
    boxes = [box.value for kind in (app.warning, app.error, app.info, app.caption) for box in kind]
    return "\n".join(boxes).replace("\\", "").replace("\N{WORD JOINER}", "")


@pytest.mark.parametrize("case", CASES)
def test_a_run_on_a_table_that_cannot_be_used_says_why(lab: Lab, case: str) -> None:
    content, changes, sentence = CASES[case]
    file = {"data.file": keep_upload(content.encode())} if content else {}
    run = lab.store.create(quick({"data.name": "csv", **file, **changes}))
    work(lab.store, run.id)
    app = opened_page("pages/training.py", {"run": run.id})
    assert not app.exception
    stored = lab.store.run(run.id)
    assert stored is not None
    assert stored.status == "no_data"
    assert sentence in stored.sentence
    assert told(app).count(sentence) >= 2, "beside the verdict, and where the script would be"


@pytest.mark.parametrize("case", CASES)
def test_a_set_up_on_a_table_that_cannot_be_used_opens_and_waits(lab: Lab, case: str) -> None:
    content, changes, _ = CASES[case]
    file = {"data.file": keep_upload(content.encode())} if content else {}
    app = opened_page("pages/training.py", quick({"data.name": "csv", **file, **changes}).to_query())
    assert not app.exception
    assert "Press Train" in told(app)
