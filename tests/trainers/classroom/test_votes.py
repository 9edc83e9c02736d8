"""What a class has answered, beside NumPy's histogram; what is typed and what is sent."""

from __future__ import annotations

import numpy as np
import pytest

from trainers.classroom import ANYONE, OPENERS, ClassError, Link, Vote, checked_link, code_of, may_open, openers
from trainers.classroom.codes import LENGTH, LETTERS, digest, is_key, new_code, new_key
from trainers.classroom.votes import BARS, distribution, middle


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_counted_as_numpy_does(seed: int):
    values = np.random.default_rng(seed).normal(size=60).round(3)
    vote = Vote(number=1, question="How much?", choices=())
    bars = distribution(vote, [float(value) for value in values])
    assert [count for _, count in bars] == np.histogram(values, BARS)[0].tolist()
    assert middle([float(value) for value in values]) == pytest.approx(np.median(values))


def test_few_numbers_have_a_bar_each_and_choices_stand_in_their_order():
    vote = Vote(number=1, question="How much?", choices=())
    assert distribution(vote, [3.0, 1.0, 3.0]) == [("1", 1), ("3", 2)]
    assert distribution(vote, []) == []
    assert middle([]) is None
    vote = Vote(number=1, question="Which?", choices=("b", "a", "c"))
    assert distribution(vote, [2.0, 0.0, 2.0]) == [("b", 1), ("a", 0), ("c", 2)]


def test_a_vote_is_read_as_it_was_written():
    vote = Vote(number=3, question="Which?", choices=("b", "ä"), open=False, shown=True)
    assert Vote.from_json(vote.to_json()) == vote


def test_a_code_is_read_however_it_is_typed():
    code = new_code()
    assert len(code) == LENGTH
    assert set(code) <= set(LETTERS)
    for typed in (code, code.lower(), f" {code[:2]} {code[2:]} ", f"{code[:3]}-{code[3:]}"):
        assert code_of(typed) == code
    for typed in ("", "AEIOU", code[:-1], code + "B", None, 5, "B" * 1000, "\uff22" * 5):
        assert code_of(typed) == ""


def test_a_lecturer_is_known_by_his_word_alone():
    key = new_key()
    assert is_key(key, digest(key))
    assert not is_key(key[:-1], digest(key))
    assert not is_key("\ud800", digest(key))
    assert key not in digest(key)


def test_a_link_loses_what_is_each_ones_own():
    query = "?steps=300&screen=large&embed=true&embed_options=dark_theme&room=KDMPT&empty="
    assert checked_link("line", query) == Link(path="line", query="steps=300&empty=")
    assert checked_link("", "") == Link()
    with pytest.raises(ClassError, match="name of a page"):
        checked_link("a/b", "")


@pytest.mark.parametrize(
    ("given", "word", "who", "open"),
    [
        ("", "", "anyone", True),
        ("anyone", "", "anyone", True),
        ("teacher", "", "teacher", False),
        ("teacher", "sesame", "teacher", True),
        ("Teacher ", "sesame", "teacher", True),
        ("nobody", "sesame", "nobody", False),
        ("everybody", "sesame", "nobody", False),
    ],
)
def test_who_may_open_rooms_is_a_setting(monkeypatch: pytest.MonkeyPatch, given: str, word: str, who: str, open: bool):
    monkeypatch.setenv(OPENERS, given)
    monkeypatch.setenv("DESCENT_LAB_TEACHER", "sesame")
    assert (openers(), may_open(word)) == (who, open)
    monkeypatch.delenv("DESCENT_LAB_TEACHER")
    assert openers() == (ANYONE if who == ANYONE else "nobody")
