from __future__ import annotations

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainers.runs import run
from trainers import CsvError, DataUnavailable, RunConfig, keep_upload, load, read_csv
from trainers.data import csv_table
from trainers.data.csv_table import table_from

GOOD = b"height,color,kind\n1.5,red,a\n2.5,blue,b\n3.5,red,a\n4.5,green,b\n"


def test_numbers_words_and_classes_become_columns():
    table = table_from(read_csv(GOOD))
    assert table.features == ("height", "color = blue", "color = green", "color = red")
    assert table.inputs.tolist() == [[1.5, 0, 0, 1], [2.5, 1, 0, 0], [3.5, 0, 0, 1], [4.5, 0, 1, 0]]
    assert table.classes == ("a", "b")
    assert table.targets.tolist() == [0, 1, 0, 1]


def test_roles_of_columns_are_chosen():
    table = table_from(read_csv(GOOD), target="height", features=["kind"], task="regression")
    assert table.features == ("kind = a", "kind = b")
    assert table.targets.tolist() == [1.5, 2.5, 3.5, 4.5]
    assert table.targets.dtype == np.float32
    assert table.classes == ()


def test_class_numbers_are_in_the_order_of_numbers():
    rows = "\n".join(f"0,{label}" for label in (10, 9, 2, 10))
    assert table_from(read_csv(f"x,y\n{rows}\n".encode())).classes == ("2", "9", "10")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_in_the_header(delimiter):
    columns = read_csv(GOOD.replace(b",", delimiter.encode()))
    assert columns.names == ("height", "color", "kind")
    assert columns.is_numeric("height")
    assert not columns.is_numeric("color")


def test_quotes_blank_lines_and_a_byte_order_mark_are_read():
    columns = read_csv('\ufeffa,"b, c"\r\n\r\n1,"x\ny"\r\n2,z\r\n'.encode())
    assert columns.names == ("a", "b, c")
    assert columns.column("b, c") == ("x\ny", "z")
    assert columns.lines == (3, 5)


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (b"", "the file is empty", None),
        (b"\n\n", "the file is empty", None),
        (b"a,b\n", "a header but no rows", None),
        (b"a\n1\n", "there is one column", 1),
        (b"a,a\n1,2\n", "two columns are named 'a'", 1),
        (b"a,\n1,2\n", "column 2 has no name", 1),
        (b"a,b\n1,2\n1,2,3\n", "the number of cells is 3; in the header it is 2", 3),
        (b"a,b\n1,2\n\n5\n", "the number of cells is 1; in the header it is 2", 4),
        (b'a,b\n1,2\n"1,2\n', "this cannot be read", 3),
        (b"a,b\n1,2\n\xff,2\n", "this is not UTF-8 text", 3),
        (b"a,b\n1,\x00\n", "zero byte", 2),
        (b"a,b\n1," + b"x" * 1001 + b"\n", "more than 1000 characters", 2),
        (b",".join(b"c%d" % i for i in range(501)) + b"\n", "501 columns; allowed are 500", 1),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(content, message, line):
    with pytest.raises(CsvError, match=message) as caught:
        read_csv(content)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ") or line is None


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (
            b"a,b\n1,2\n3,x\n5,4\n6,7\n8,9\n",
            {"task": "regression"},
            r"line 3: column 'b' was given 'x', which is no number",
        ),
        (b"a,b\n1,2\n,4\n5,6\n", {}, r"line 3: column 'a' is empty"),
        (b"a,b\n1,2\n3,\n", {}, r"line 3: column 'b' is empty"),
        (b"a,b\ninf,2\n1,3\n", {}, r"line 2: column 'a' was given 'inf'; allowed are finite numbers"),
        (b"a,b\n1e300,2\n1,3\n", {}, r"line 2: column 'a'"),
        (b"a,b\n1,2\n3,2\n", {}, r"the target 'b' has one value"),
        (b"a,b\n1,2\n3,4\n", {"target": "c"}, r"there is no column 'c'; the table has a, b"),
        (b"a,b\n1,2\n3,4\n", {"features": ["b"]}, r"the target 'b' is also a feature"),
        (b"a,b\n" + b"".join(b"w%d,%d\n" % (i, i % 2) for i in range(60)), {}, r"column 'a' has 60 different words"),
        (b"a,b\n" + b"".join(b"1,%d\n" % i for i in range(150)), {}, r"has 150 values; allowed are 100 classes"),
    ],
)
def test_columns_that_cannot_be_used_are_refused_with_their_line(content, arguments, message):
    with pytest.raises(CsvError, match=message):
        table_from(read_csv(content), **arguments)


def test_files_with_too_many_bytes_rows_or_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(csv_table, "MAX_BYTES", 100)
    with pytest.raises(CsvError, match="allowed are"):
        read_csv(b"a,b\n" + b"1,2\n" * 50)
    monkeypatch.setattr(csv_table, "MAX_ROWS", 3)
    with pytest.raises(CsvError, match="line 5: there are more than 3 rows"):
        read_csv(b"a,b\n" + b"1,2\n" * 9)
    monkeypatch.setattr(csv_table, "MAX_NUMBERS", 3)
    with pytest.raises(CsvError, match="rows times features are more than 3"):
        table_from(read_csv(GOOD[:-12]))


@given(st.binary(max_size=200) | st.text(alphabet='ab,;\n"1.5 é\x00', max_size=80).map(str.encode))
@settings(max_examples=300)
def test_any_bytes_are_a_table_or_an_error_of_the_table(content):
    with suppress(CsvError):
        table_from(read_csv(content))


def _config(digest, **values):
    return RunConfig().changed({"data.name": "csv", "data.file": digest, **values})


def test_an_uploaded_table_trains_and_its_configuration_names_it(data_home):
    rng = np.random.default_rng(0)
    rows = "".join(f"{x:.4f},{y:.4f},{'up' if x > y else 'down'}\n" for x, y in rng.normal(size=(60, 2)))
    digest = keep_upload(f"x,y,where\n{rows}".encode())
    assert (data_home / "uploads" / f"{digest}.csv").exists()
    config = _config(digest, **{"budget.epochs": 3})
    assert RunConfig.from_json(config.to_json()) == config
    assert load(config.data).classes == ("down", "up")
    told = run(config)
    assert told.ended.reason == "finished"
    names = _config(digest, **{"data.features": json.dumps(["x"]), "data.target": "y", "data.task": "regression"})
    assert names.loss.name == "mse"
    assert load(names.data).features == ("x",)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "No table has been uploaded"),
        ({"data.file": "0" * 64}, "no longer here; upload it again"),
        ({"data.target": "nowhere"}, "cannot be used, there is no column 'nowhere'"),
        ({"data.features": "[1]"}, "a JSON list of column names"),
        ({"data.features": "{"}, "a JSON list of column names"),
    ],
)
def test_an_upload_that_cannot_be_used_says_so(data_home, values, message):
    digest = keep_upload(GOOD) if "data.file" not in values and values else ""
    with pytest.raises(DataUnavailable, match=message):
        load(_config(digest).changed(values).data)


def test_an_upload_that_was_changed_on_the_disk_is_refused(data_home):
    digest = keep_upload(GOOD)
    (data_home / "uploads" / f"{digest}.csv").write_bytes(GOOD + b"1,red,a\n")
    with pytest.raises(DataUnavailable, match="has changed on the disk"):
        load(_config(digest).data)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "/.."])
def test_a_file_is_named_by_its_digest_and_by_nothing_else(name):
    with pytest.raises(ValueError, match=r"data\.file was given"):
        _config(name)


def test_junk_is_not_kept(data_home):
    with pytest.raises(CsvError):
        keep_upload(b"\x00\x01")
    assert not (data_home / "uploads").exists()


def test_numbers_with_a_comma_are_told_of_with_their_line():
    rows = "".join(f"{number},5;{number % 2}\n" for number in range(60))
    with pytest.raises(CsvError, match=r"line 2: column 'x' was given '0,5'; write numbers with a point"):
        table_from(read_csv(f"x;y\n{rows}".encode()))
