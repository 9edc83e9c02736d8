"""What is stored comes back as it was, number for number; what is damaged is refused."""

from __future__ import annotations

import math
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainers.databases import inside_of, report_at
from trainers.diagnosis.findings import Finding, Remedy
from trainers.report import Report, Score
from trainers.store.codec import (
    clean,
    cut,
    findings_from_json,
    findings_to_json,
    internals_to_bytes,
    numbers_to_bytes,
    pictures_from,
    report_from,
    score_from_json,
    score_to_json,
    to_blob,
    unpacked,
)

ANY = st.floats(allow_nan=True, allow_infinity=True)
MAYBE = st.none() | ANY


def there_and_back(report: Report) -> Report:
    inside = None if report.internals is None else internals_to_bytes(report.internals)
    return report_from(numbers_to_bytes(report), inside, report.complete)


@given(ANY, ANY, MAYBE, MAYBE, MAYBE, st.integers(0, 2**52), st.booleans())
def test_a_report_comes_back_with_its_nones_and_its_nans(train, val, metric, batch, cosine, step, complete):
    report = report_at(
        1.0,
        train_loss=train,
        val_loss=val,
        train_metric=metric,
        batch_loss=batch,
        cosine=cosine,
        step=step,
        complete=complete,
    )
    # repr tells None, NaN and the infinities apart, and every other number exactly.
    assert repr(there_and_back(report)) == repr(report)


@pytest.mark.parametrize("value", [0.0, -1.5, math.nan, math.inf, None])
def test_internals_come_back(value):
    report = report_at(2, internals=inside_of(4, value))
    assert repr(there_and_back(report)) == repr(report)


LENGTHS = ("row_length", "direction_length")


@pytest.mark.parametrize(
    "missing", [("zero_share", "zero_outputs", "slope", *LENGTHS), ("zero_outputs", "slope", *LENGTHS), LENGTHS]
)
def test_internals_of_an_earlier_day_come_back_without_what_was_not_measured_then(missing: tuple[str, ...]):
    inside = inside_of(4, 0.25)
    report = report_at(2, internals=inside)
    whole = unpacked(internals_to_bytes(inside))
    former = zlib.compress(whole[: len(whole) - 8 * 4 * len(missing)])
    back = report_from(numbers_to_bytes(report), former, True).internals
    assert back == replace(inside, **dict.fromkeys(missing, (None,) * 4))  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="reshape"):
        report_from(numbers_to_bytes(report), zlib.compress(whole[: len(whole) - 8]), True)


@pytest.mark.parametrize("damage", [b"", b"\0" * 8, b"\0" * 127, numbers_to_bytes(report_at(1))[:-1]])
def test_a_report_that_is_cut_off_is_refused(damage: bytes):
    with pytest.raises(ValueError, match="damaged"):
        report_from(damage, None, True)


@given(st.binary(max_size=60))
def test_no_bytes_are_taken_for_internals_or_pictures(junk: bytes):
    numbers = numbers_to_bytes(report_at(1))
    for content in (junk, zlib.compress(junk)):
        with pytest.raises((ValueError, TypeError)):
            report_from(numbers, content, True)
        with pytest.raises(ValueError):  # noqa: PT011
            pictures_from(content)


def test_a_blob_that_unpacks_to_far_too_much_is_refused():
    with pytest.raises(ValueError, match="too long"):
        unpacked(zlib.compress(b"\0" * 20_000_000))


def test_pictures_come_back_with_their_types():
    grid = np.arange(12, dtype=np.uint8).reshape(3, 4)
    back = pictures_from(to_blob({"surface": {"x": [0.5, math.inf], "winner": grid, "line": grid.astype(np.float32)}}))
    assert back["surface"]["x"] == (0.5, math.inf)
    assert np.array_equal(back["surface"]["winner"], grid)
    assert back["surface"]["winner"].dtype == np.uint8
    assert back["surface"]["line"].dtype == np.float32


FINDING = Finding(
    kind="overfitting",
    name="Overfitting",
    confidence=0.75,
    since=12.0,
    evidence="validation loss 0.41 → 0.63",
    remedies=(
        Remedy(label="Add dropout", changes={"model.dropout": 0.3, "optimizer.name": "adamw"}, start="best"),
        Remedy(label="More data"),
    ),
    span=(12.0, math.inf),
    secondary=True,
    alarm=False,
)


def test_findings_come_back():
    assert findings_from_json(findings_to_json((FINDING, FINDING))) == (FINDING, FINDING)
    assert findings_from_json(None) == findings_from_json(findings_to_json(())) == ()


def test_numbers_of_numpy_in_findings_become_plain_ones():
    made = Finding(**{**vars(FINDING), "remedies": (Remedy(label="Wider", changes={"model.width": np.int64(8)}),)})
    assert findings_from_json(findings_to_json((made,)))[0].remedies[0].changes == {"model.width": 8}


@pytest.mark.parametrize("metric", [None, 0.5, math.nan])
@pytest.mark.parametrize("confusion", [None, ((1, 2), (3, 4))])
def test_a_score_comes_back(metric, confusion):
    score = Score(loss=math.inf, metric=metric, rows=10, confusion=confusion)
    assert repr(score_from_json(score_to_json(score))) == repr(score)


@pytest.mark.parametrize("text", ["{", "[1]", "[{}]", "null", "3", '[{"kind": 1}]', '{"loss": []}', "[" * 100_000])
def test_damaged_json_is_a_value_error(text: str):
    for read in (findings_from_json, score_from_json):
        with pytest.raises((ValueError, RecursionError)):
            read(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  two\t\nlines  ", "two lines"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("half \ud800 pair", "half pair"),
        ("<b>&amp;</b> 'x'; DROP TABLE runs", "<b>&amp;</b> 'x'; DROP TABLE runs"),
        ("Übung 漢字 👩‍🔬", "Übung 漢字 👩‍🔬"),
    ],
)
def test_a_text_of_the_user_is_kept_on_one_line_without_control_characters(text: str, kept: str):
    assert clean(text) == kept


def test_a_long_text_is_cut_with_an_ellipsis():
    assert cut("x" * 80, 80) == "x" * 80
    assert cut("x" * 81, 80) == "x" * 79 + "…"
