"""Pages of training and runs where something around them is wrong: the database, the data folder, the link."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import trainers.lab.lab
from tests.pages.opened_page import opened_page
from tests.trainers.labs import quiet_lab
from trainers import History, diagnose
from trainers.data import uploads
from trainers.imported.reports import reports_of
from trainers.lab.feed import watch
from trainers.store.store import Store

PAGES = pytest.mark.parametrize("page", ["pages/training.py", "pages/runs.py"])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server that has just started: its lab is made by the page."""
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(trainers.lab.lab, "_made", None)
    return tmp_path


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a lab that trains nothing, which the page shows."""
    lab = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", lab)
    yield lab.store
    lab.store.close()


def errors(page: str) -> list[str]:
    return [error.value.replace("\\", "").replace("\N{WORD JOINER}", "") for error in opened_page(page).error]


@PAGES
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("runs", "DESCENT_LAB_DATABASE is no database URL; allowed are"),
        ("postgresql://host:port/runs", "DESCENT_LAB_DATABASE is no database URL; allowed are"),
        ("mysql://host/runs", "names mysql; allowed are sqlite and postgresql"),
        ("sqlite:////dev/null/runs", "cannot be opened; check DESCENT_LAB_DATABASE and the data folder"),
    ],
)
def test_a_wrong_database_is_a_sentence(home, monkeypatch, page, url, sentence):
    monkeypatch.setenv("DESCENT_LAB_DATABASE", url)
    (error,) = errors(page)
    assert sentence in error


@PAGES
def test_a_data_folder_that_cannot_be_written_is_a_sentence(home, page):
    (home / "data").write_text("a file where the folder should be")
    assert errors(page) == [
        "The data folder cannot be written: a file is in its place. Name another one in DESCENT_LAB_DATA."
    ]


@PAGES
def test_a_store_of_another_version_is_a_sentence_and_stays_as_it_is(home, page):
    Store.open().close()
    with sqlite3.connect(home / "data" / "runs.sqlite3") as database:
        database.execute("update lab_schema set version = 7")
    (error,) = errors(page)
    assert "has version 7" in error
    with sqlite3.connect(home / "data" / "runs.sqlite3") as database:
        assert database.execute("select version from lab_schema").fetchall() == [(7,)]


def test_a_link_of_many_wrong_parts_is_told_of_in_few_lines(quiet):
    strange = {f"<b>{number}</b>": "9" * 400 for number in range(900)}
    page = opened_page("pages/training.py", {"data.name": "xor", "model.width": "nan", "run": "../../x"} | strange)
    told = [warning.value for warning in page.warning]
    assert len(told) == 6
    assert "more parts of the link" in told[-1]
    assert all(len(sentence) < 500 for sentence in told)


def test_losses_that_were_not_logged_are_gaps_when_a_stored_import_is_diagnosed_again(quiet):
    train = [1 / (1 + epoch) for epoch in range(24)]
    val = [None if epoch % 3 else 0.2 + 1 / (1 + epoch) for epoch in range(24)]
    broken = [*train[:12], *[float("nan")] * 12]
    for train_loss, diverges in ((train, False), (broken, True)):
        history = History(train_loss=train_loss, val_loss=val)
        run = quiet.create(None, name="curves", status="imported")
        quiet.add_reports(run.id, reports_of(history))
        seen = watch(quiet, run.id)
        assert seen is not None
        again = seen.history()
        assert again.missing_val.tolist() == history.missing_val.tolist()
        assert not again.missing_train.any()
        assert np.isfinite(again.train_loss).tolist() == np.isfinite(history.train_loss).tolist()
        assert [finding.kind for finding in diagnose(again)] == [finding.kind for finding in diagnose(history)]
        assert ("diverging" in {finding.kind for finding in diagnose(again)}) == diverges


def test_a_table_for_which_there_is_no_room_is_refused_beside_the_upload(quiet, tmp_path, monkeypatch):
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    monkeypatch.setattr(uploads, "MAX_KEPT_BYTES", 10)
    page = opened_page("pages/training.py", {"data.name": "csv"})
    page.file_uploader[0].set_value(("mine.csv", b"a,b\n1,x\n2,y\n", "text/csv")).run()
    assert not page.exception
    (error,) = [one.value.replace("\\", "") for one in page.sidebar.error]
    assert error.startswith("mine.csv cannot be kept. There is no room for another table. Delete runs that use one")
