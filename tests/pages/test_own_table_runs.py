"""A run on the user's own table that cannot be used: the training page says why, wherever it would need the rows."""

from __future__ import annotations

from typing import Any
from urllib.error import URLError

import pytest
from streamlit.testing.v1 import AppTest

from exports import script_or_reason
from tests.pages.opened_page import opened_page
from tests.trainers.labs import quick, work
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


HUGE = {"model.widths": "-".join(["9999"] * 64), "model.initializer": "kaiming_normal"}
TOO_LARGE = "parameters; allowed are 20,000,000 at the most."


def test_a_model_too_large_for_the_table_is_refused_before_it_is_queued(lab: Lab) -> None:
    file = keep_upload(ROWS.encode())
    app = opened_page("pages/training.py", quick({"data.name": "csv", "data.file": file, **HUGE}).to_query())
    assert not app.exception
    assert app.button(key="training.start").disabled, "it is refused at the control, before it is pressed"
    count = 2 * 9999 + 63 * 9999 * 10_000 + 2 * 10_000  # a weight an input, and a bias, for each unit
    assert f"This model has {count:,} {TOO_LARGE}" in told(app)
    assert not lab.store.count()


def test_a_fork_too_large_for_the_table_is_refused_at_the_hand(lab: Lab) -> None:
    small = quick({"data.name": "csv", "data.file": keep_upload(ROWS.encode())})
    run = work(lab.store, lab.submit(small))
    app = opened_page("pages/training.py", small.changed(HUGE).to_query() | {"run": run.id})
    next(button for button in app.button if button.label == "Fork with the sidebar's settings").click().run()
    assert not app.exception
    assert TOO_LARGE in told(app)
    assert lab.store.count() == 1


def test_a_model_too_large_for_a_table_that_was_not_known_is_refused_by_the_worker(lab: Lab) -> None:
    """No network is built on the way, neither to train nor to write the script down: it would not fit."""
    config = quick({"data.name": "csv", "data.file": keep_upload(ROWS.encode()), **HUGE})
    run = work(lab.store, lab.store.create(config).id)
    assert run.status == "failed"
    assert run.sentence.endswith(TOO_LARGE)
    app = opened_page("pages/training.py", {"run": run.id})
    assert told(app).count(TOO_LARGE) >= 2, "beside the verdict, and where the script would be"
    assert script_or_reason(config).startswith("# There is no script: This model has")


@pytest.mark.parametrize("changes", [{}, {"data.leak": "feature"}, {"data.drop_giveaways": True}], ids=str)
def test_the_web_server_fetches_no_data_set(lab: Lab, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]) -> None:
    """A data set that must be downloaded, with no internet: the run says so, the page reads and writes what it can."""

    def unreachable(*arguments: Any, **named: Any) -> None:
        asked.append(named)
        raise URLError("no internet here")

    asked: list[Any] = []
    monkeypatch.setattr("sklearn.datasets.fetch_openml", unreachable)
    for name in ("boston", "mnist"):
        config = quick({"data.name": name, **changes})
        opened_page("pages/training.py", config.to_query())
        run = lab.store.create(config)
        opened_page("pages/training.py", {"run": run.id})
        script_or_reason(config)
        assert not asked, "only a worker may fetch it"
        work(lab.store, run.id)
        assert asked.pop()
        asked.clear()
        app = opened_page("pages/training.py", {"run": run.id})
        assert "OpenML cannot be reached" in told(app)
        if changes and name == "boston":
            assert "Boston housing is not on this machine yet" in told(app)
        else:
            assert "fetch_openml(" in script_or_reason(config)
        assert not asked
