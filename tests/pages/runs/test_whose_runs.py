"""Whose runs are shown, the teacher's word and what it opens, and what a page says of somebody else's run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import trainers.lab.lab
from tests.pages.opened_page import link, newest, opened_page, told
from tests.trainers.labs import quick, quiet_lab, work
from trainers.lab.lab import Lab
from trainers.sweeps import Axis, SweepRequest
from widgets.browser import _WRONG, TRIES

ANNA = "a" * 16


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab with a run of Anna's that has ended, on a server with a teacher."""
    monkeypatch.setenv("DESCENT_LAB_TEACHER", "snow in may")
    own = quiet_lab(tmp_path)
    own.store.create(quick({"budget.epochs": 2}), name="Anna's", visitor=f"{ANNA}@x")
    work(own.store, own.store.runs()[0].id)
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    _WRONG.clear()
    yield own
    own.store.close()
    _WRONG.clear()


def opened(query: dict[str, str] | None = None, page: str = "runs") -> AppTest:
    return opened_page(f"pages/{page}.py", query)


def say(app: AppTest, word: str) -> None:
    app.text_input(key="teacher.word").set_value(word).run()
    assert not app.exception


def keys(app: AppTest) -> set[str]:
    return {each.key for each in app.button if each.key}


def test_mine_are_not_annas_and_everybodys_are(lab: Lab) -> None:
    search = lab.store.create_experiment("Search: lr", "search", {})
    lab.store.create(quick(), experiment=search.id, visitor=f"{ANNA}@x")
    app = opened()
    assert any("1 run" in each.value for each in app.markdown)
    assert [each.label for each in app.expander if "search" in each.label] == ["1 search with 1 run"]
    newest(app, "segmented_control", "runs.whose").set_value("mine").run()
    assert not app.exception
    assert not [each.label for each in app.expander if "search" in each.label]
    assert link(app) == {"whose": "mine"}
    assert not any("at work" in each.value for each in app.markdown), "hers is no run of mine"
    assert any("No run is yours yet" in each.value for each in app.info)
    assert "allowed is all or mine" in told(opened({"whose": "nobodys"}))


def test_each_search_says_what_it_asks_and_how_far_it_is(lab: Lab) -> None:
    asked = SweepRequest(
        config=quick({"data.name": "moons"}).to_json(),
        axes=(Axis(name="optimizer.lr", low=0.01, high=1.0, log=True), Axis(name="model.width", values=(4, 8))),
    )
    job = lab.ask("vary", request=asked.to_plain(), visitor=f"{ANNA}@x")
    search = lab.store.create_experiment("Search: lr and width", "search", {"job": job})
    lab.store.create(quick(), experiment=search.id, visitor=f"{ANNA}@x")
    links = [each.proto.label for each in opened().get("page_link") if each.proto.page == "search"]
    assert "Learning rate and Width on Two moons, at random: 1 run, waiting, just now" in [
        label.replace("\\", "").replace("\N{WORD JOINER}", "") for label in links
    ]


def test_the_teachers_word_opens_what_only_the_teacher_may(lab: Lab) -> None:
    app = opened()
    assert "runs.clear" not in keys(app)
    say(app, "rain in may")
    assert any("not the word" in each.value for each in app.error)
    assert "runs.clear" not in keys(app)
    say(app, "snow in may")
    assert "runs.clear" in keys(app)
    app.button(key="teacher.leave").click().run()
    assert "runs.clear" not in keys(app)


def test_words_are_tried_a_few_times_and_then_not_even_the_right_one_counts(lab: Lab) -> None:
    app = opened()
    for number in range(TRIES):
        say(app, f"guess {number}")
    assert app.text_input(key="teacher.word").disabled
    another = opened()  # a new session from the same place
    say(another, "snow in may")
    assert "runs.clear" not in keys(another)


def test_without_a_word_of_the_server_there_is_no_place_for_one(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESCENT_LAB_TEACHER")
    assert not [each for each in opened().text_input if each.key == "teacher.word"]


def test_somebody_elses_run_is_watched_and_forked(lab: Lab) -> None:
    app = opened({"run": lab.store.runs()[0].id}, "training")
    disabled = {each.label: each.disabled for each in app.button}
    assert disabled["Rewind to it"]
    assert disabled["Train on"]
    assert disabled["Score the test rows"]
    assert not disabled["Fork with the sidebar's settings"]
    assert any("somebody else's: fork it" in each.value for each in app.caption)


def test_the_front_page_shows_what_the_teacher_has_pinned(lab: Lab) -> None:
    assert not any("From your teacher" in each.value for each in opened(page="home").header)
    lab.pin([lab.store.runs()[0].id], True, by=None)
    app = opened(page="home")
    assert not app.exception
    assert any("From your teacher" in each.value for each in app.header)
