"""Curves of other tools become histories; what cannot be read is refused with its line and column."""

from __future__ import annotations

import json
import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.trainers.curves_by_hand import overfit
from trainers import diagnose
from trainers.imported.curves import MAX_BYTES, MAX_ROWS, CurvesError, parse_curves, parse_files, read_curves

NAN = math.nan


def series(history, *names: str) -> list[list[float]]:
    return [[round(float(x), 6) for x in getattr(history, name)] for name in names]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_with_any_usual_delimiter(delimiter: str, end: str):
    rows = ["epoch,train loss,validation loss,val_acc", "1,0.9,1.0,0.5", "2,0.5,0.7,0.75", "", "3,0.4,0.6,0.8"]
    history = parse_curves(end.join(rows).replace(",", delimiter))
    assert series(history, "epochs", "train_loss", "val_loss", "val_metric") == [
        [1, 2, 3],
        [0.9, 0.5, 0.4],
        [1.0, 0.7, 0.6],
        [0.5, 0.75, 0.8],
    ]


def test_decimal_commas_are_read_where_commas_do_not_part_cells():
    assert series(parse_curves("loss;val_loss\n0,5;0,75\n0,25;1,5e-1"), "train_loss", "val_loss") == [
        [0.5, 0.25],
        [0.75, 0.15],
    ]


def test_a_table_without_a_header_is_read_by_position():
    assert series(parse_curves("1,0.9,1.0\n2,0.5,0.7\n"), "epochs", "train_loss", "val_loss") == [
        [1, 2],
        [0.9, 0.5],
        [1.0, 0.7],
    ]
    assert series(parse_curves("0.9\n0.5\n"), "train_loss") == [[0.9, 0.5]]


def test_the_history_of_keras_is_read():
    text = json.dumps({"loss": [1.0, 0.5], "val_loss": [1.1, 0.8], "accuracy": [0.4, 0.7], "val_accuracy": [0.3, 0.6]})
    assert series(parse_curves(text, "history.json"), "train_loss", "val_loss", "train_metric", "val_metric") == [
        [1.0, 0.5],
        [1.1, 0.8],
        [0.4, 0.7],
        [0.3, 0.6],
    ]


def test_keras_history_with_a_number_that_broke_is_diverging():
    history = parse_curves('{"loss": [1.0, NaN], "val_loss": [1.1, Infinity]}')
    assert diagnose(history)[0].kind == "diverging"


def test_records_are_read_and_sparse_ones_are_joined_by_epoch():
    """The log of a Hugging Face trainer: training and evaluation in different records."""
    rows = [{"loss": 0.9, "epoch": 0.5}, {"loss": 0.7, "epoch": 1.0}, {"eval_loss": 0.8, "epoch": 1.0}]
    for text in (json.dumps(rows), json.dumps({"log_history": rows}), "\n".join(map(json.dumps, rows))):
        history = parse_curves(text)
        assert series(history, "epochs", "train_loss") == [[0.5, 1.0], [0.9, 0.7]]
        assert list(history.missing_val) == [True, False]


def test_the_sparse_rows_of_lightning_become_one_row_an_epoch():
    text = """epoch,step,train_loss_epoch,train_loss_step,val_acc,val_loss
0,9,,1.5,,
0,19,,1.3,0.5,1.2
0,19,1.4,,,
1,39,,0.9,0.6,1.0
1,39,1.0,,,
"""
    curves = read_curves([(text, "metrics.csv")])
    assert series(curves.history, "epochs", "train_loss", "val_loss", "val_metric") == [
        [0, 1],
        [1.4, 1.0],
        [1.2, 1.0],
        [0.5, 0.6],
    ]
    assert curves.columns["train_loss"] == "train_loss_epoch"


def test_the_export_of_weights_and_biases_is_read_without_its_bounds():
    text = """"Step","sunny-1 - train/loss","sunny-1 - train/loss__MIN","sunny-1 - train/loss__MAX","sunny-1 - val_loss"
"0","0.9","0.8","1.0","1.1"
"1","0.5","0.4","0.6","0.7"
"""
    assert series(parse_curves(text), "epochs", "train_loss", "val_loss") == [[0, 1], [0.9, 0.5], [1.1, 0.7]]


def test_an_export_of_several_runs_is_refused_by_name():
    with pytest.raises(CurvesError, match="2 runs \\('a', 'b'\\)"):
        parse_curves("Step,a - loss,b - loss\n0,1,1\n1,1,1\n")


def test_two_files_of_tensorboard_are_one_history():
    def file(values: list[float]) -> str:
        rows = [f"{1.7e9 + i},{i},{value}" for i, value in enumerate(values)]
        return "\n".join(["Wall time,Step,Value", *rows])

    train, val = file([0.9, 0.5, 0.4]), file([1.0, 0.8])
    for files in (
        [(val, "run-validation-tag-epoch_loss.csv"), (train, "run-train-tag-epoch_loss.csv")],
        [(train, "first.csv"), (val, "second.csv")],
    ):
        history = parse_files(files)
        assert series(history, "epochs", "train_loss") == [[0, 1, 2], [0.9, 0.5, 0.4]]
        assert list(history.missing_val) == [False, False, True]
    assert series(parse_curves(train, "run-train-tag-epoch_loss.csv"), "train_loss") == [[0.9, 0.5, 0.4]]
    with pytest.raises(CurvesError, match="no file is the training loss"):
        parse_files([(val, "run-validation-tag-epoch_loss.csv")])


def test_a_loss_named_so_is_preferred_to_an_error_that_may_be_a_metric():
    columns = read_curves([("mae,loss,val_mae,val_loss,lr\n1,2,3,4,0.1\n1,2,3,4,0.1", "")]).columns
    assert columns == {"train_loss": "loss", "val_loss": "val_loss", "lr": "lr"}


@pytest.mark.parametrize("content", ["loss,val_loss\n1,1\n0.5,0.8", '{"loss": [1, 0.5]}'])
def test_bytes_are_read_as_text_is(content: str):
    expected = series(parse_curves(content), "train_loss")
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert series(parse_curves(content.encode(encoding)), "train_loss") == expected


def test_curves_of_another_tool_get_the_same_diagnosis():
    curves = overfit()
    rows = [f"{i + 1},{a:.6f},{b:.6f}" for i, (a, b) in enumerate(zip(*curves.values(), strict=True))]
    found = diagnose(parse_curves("\n".join(["epoch,loss,val_loss", *rows])))
    assert found[0].kind == "overfitting"
    assert np.isclose(found[0].since, 15, atol=3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("epoch,loss\n", "no row"),
        ("epoch,loss\n1,0.5\n2,high\n", "line 3, column 'loss': it was given 'high'; allowed is a number, or nothing"),
        ("epoch,loss\n1,0.5,7\n", "line 2: it has 3 cells; the header has 2"),
        ("epoch,val_loss\n1,0.5\n", "there is no training loss among the columns 'epoch', 'val_loss'"),
        ("epoch,loss\ninf,0.5\n1,2", "line 2, column 'epoch': it was given inf; allowed are finite numbers"),
        ("epoch,loss\n1,\n2,\n", "the column of the training loss has no number"),
        ("{", "line 1: this is not JSON"),
        ('{"loss": 3}', "there is no list"),
        ("[1, [2]]", "row 2 was given [2]; allowed are objects"),
        ('{"loss": [1, {}]}', "line 2, column 'loss': it was given {}"),
        ('{"loss": [true]}', "line 1, column 'loss': it was given True"),
        (b"loss\n1\n\x81\n", "line 3: this is text in neither UTF-8 nor Windows-1252"),
        ("loss\n1\n\x00\n", "line 3: this is not text: it has a zero byte"),
        ("1,2,3,4,5,6\n", "line 1: there is no header, and 6 columns"),
        ("[" * 100_000, "nested too deeply"),
        ("a" * 400 + ",loss\n1,2", "the name of column 1 has more than 300 characters"),
        ("loss\n" + "1\n" * (MAX_ROWS + 1), f"more than {MAX_ROWS:,} rows"),
        ("x" * (MAX_BYTES + 1), "the file has 2.0 MB; allowed are 2 MB"),
        (",".join(f"c{i}" for i in range(1200)) + "\n1", "there are 1,200 columns; allowed are 1,000"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content: str | bytes, message: str):
    with pytest.raises(CurvesError) as caught:
        parse_curves(content)
    assert message in str(caught.value)


def test_hostile_text_stays_text_and_is_cut_short():
    with pytest.raises(CurvesError) as caught:
        parse_curves("loss\n<script>alert(1)</script>" + "x" * 10_000)
    assert "'<script>alert(1)</script>" in str(caught.value)
    assert len(str(caught.value)) < 200
    with pytest.raises(CurvesError, match="__import__"):
        parse_curves("loss\n__import__('os').system('true')")


def test_the_error_knows_line_and_column_as_values():
    with pytest.raises(CurvesError) as caught:
        parse_curves("epoch,loss\n1,0.5\n2,high\n")
    assert (caught.value.line, caught.value.column) == (3, "loss")


@given(st.text(max_size=300) | st.binary(max_size=300))
@example("loss\n1e999\n")
@example('{"loss": [1' + "0" * 400 + "]}")
@example('"loss\n1')
def test_anything_is_a_history_or_a_curves_error(content: str | bytes):
    with suppress(CurvesError):
        assert diagnose(parse_curves(content, "curves.csv"))


_CELLS = st.sampled_from(["", "nan", "inf", "-inf", "1", "0.5", "1e-3", "-2", "null", "x", "1,5", '"', "1e400"])
_NAMES = st.sampled_from(["epoch", "step", "loss", "val_loss", "train/loss", "acc", "lr", "run - loss", "x", ""])


@given(
    st.lists(_NAMES, min_size=1, max_size=5),
    st.lists(st.lists(_CELLS, max_size=6), max_size=12),
    st.sampled_from(",;\t"),
)
def test_any_table_is_a_history_or_a_curves_error(names: list[str], rows: list[list[str]], delimiter: str):
    text = "\n".join(delimiter.join(row) for row in [names, *rows])
    with suppress(CurvesError):
        assert diagnose(parse_curves(text))
