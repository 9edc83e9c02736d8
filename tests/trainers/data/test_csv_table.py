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
        (b"a,b\n1,2\n\x81,2\n", "this is text in neither UTF-8 nor Windows-1252", 3),
        (b"a,b\n1,2\n\x1a,2\n", "the control character", 3),
        (b"PK\x03\x04junk", "a workbook of Excel or a ZIP archive; save the table as CSV", None),
        (b"," * 200_000, "more than 100,000 cells in this row", 1),
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


# ---- what is guessed, and told ------------------------------------------------------------------------------------


def numbers(table) -> list[list[float]]:
    return [[round(float(x), 6) for x in row] for row in table.inputs]


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("x;y\n5,5;1\n-0,25;0\n7;1\n", [5.5, -0.25, 7]),
        ("x;y\n1.234,5;1\n2.000;0\n-7;1\n", [1234.5, 2000, -7]),
        ('x,y\n"5,5",1\n"0,25",0\n7,1\n', [5.5, 0.25, 7]),
        ('x,y\n"1,234",1\n"1,000,000.5",0\n7,1\n', [1234, 1_000_000.5, 7]),
        ("x\ty\n5,5\ta\n1,5e1\tb\n", [5.5, 15]),
    ],
)
def test_commas_in_numbers_are_read_as_what_they_are_and_told(content, values):
    columns = read_csv(content.encode())
    assert columns.is_numeric("x")
    assert [row[0] for row in numbers(table_from(columns))] == values
    assert any("in x." in note and note.startswith("Numbers with") for note in columns.notes)


def test_commas_in_words_stay():
    columns = read_csv(b"x;y\n1,5 m;a\n2,5;b\n")
    assert columns.column("x") == ("1,5 m", "2,5")
    assert not any("decimal" in note for note in columns.notes)


def test_a_quantity_with_decimal_commas_is_no_class():
    rows = "".join(f"{k},{k % 10};{k}\n" for k in range(60))
    columns = read_csv(f"x;y\n{rows}".encode())
    assert [row[0] for row in numbers(table_from(columns, target="y", task="regression"))][:3] == [0, 1.1, 2.2]


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        (b"5.1,3.5,setosa\n4.9,3.0,setosa\n6.0,2.9,virginica\n", ("column 1", "column 2", "column 3"), 3),
        (b"1,2\n3,4\n5,6\n", ("column 1", "column 2"), 3),
        (b"5,5;a\n2,5;b\n", ("column 1", "column 2"), 2),
        (b"p,x,p\ne,x,p\np,b,n\n", ("column 1", "column 2", "column 3"), 3),
        (b"0,1,2,label\n0.5,0.25,1,a\n1,2,3,b\n", ("0", "1", "2", "label"), 2),
        (b"country,2019,2020\nCH,1,2\nDE,3,4\n", ("column 1", "column 2", "column 3"), 3),
        (b"id,2019,2020\n1,1.5,2.5\n2,3.5,4.5\n", ("id", "2019", "2020"), 2),
    ],
)
def test_a_row_of_data_is_no_header(content, names, rows):
    columns = read_csv(content)
    assert (columns.names, columns.rows) == (names, rows)
    assert any("no header" in note for note in columns.notes) == (names[0] == "column 1")


@pytest.mark.parametrize(
    "content",
    [
        b",a,b\n0,1,x\n1,2,y\n",
        b"a,b\nrow1,1,x\nrow2,2,y\n",
        b"a,b,,\n1,x,,\n2,y,,\n",
        b"a,b\n1,x,,\n2,y,,\n",
        b"sep=,\na,b\n1,x\n2,y\n",
        b'"a", "b"\n1, "x"\n2, "y"\n',
        b"|a|b|\n|---|:-:|\n|1|x|\n|2|y|\n",
        b"a b\n1 x\n2   y\n",
        b" a   b\n1.0  x\n 2   y \n",
        "a,b\n1,x\n2,y\n".encode("utf-16"),
        "a,b\n1,x\n2,y\n".encode("utf-16-le"),
        b"a,b\r1,x\r2,y\r",
    ],
)
def test_the_same_table_in_other_clothes(content):
    columns = read_csv(content)
    assert columns.names == ("a", "b")
    assert [float(cell) for cell in columns.column("a")] == [1, 2]
    assert columns.column("b") == ("x", "y")


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"sep=;\na;b\n1;x\n2;y\n", "Cells are parted by semicolons."),
        (b",a,b\n0,1,x\n1,2,y\n", "The first column has no name: it numbers the rows and is left out."),
        (b"a,b,,\n1,x,,\n2,y,,\n", "2 empty columns have no name and are left out."),
        ("Größe,b\n1,x\n2,y\n".encode("cp1252"), "it was read as Windows-1252"),
        ("Größe,b\n1,x\n2,y\n".encode("utf-16"), "The file is in UTF-16."),
    ],
)
def test_what_was_guessed_is_told(content, note):
    columns = read_csv(content)
    assert any(note in one for one in columns.notes)
    assert columns.names[0] in ("Größe", "a")
    assert not read_csv(b"a,b\n1,x\n2,y\n").notes


def test_an_underscore_makes_a_word():
    columns = read_csv(b"x,y\n1_1,a\n2_1,b\n")
    assert not columns.is_numeric("x")
    assert table_from(columns).features == ("x = 1_1", "x = 2_1")


def test_rows_with_empty_cells_are_refused_or_left_out():
    columns = read_csv(b"x,w,y\n1,a,0\n?,a,1\n3,,1\n4,b,\n5,b,1\nNA,a,0\n6,a,0\n")
    with pytest.raises(CsvError, match=r"line 5: column 'y' is empty; 1 of 7 rows have no value there"):
        table_from(columns)
    with pytest.raises(CsvError, match=r"line 3: column 'x' is empty \(\?\); 2 of 4 rows have no value there"):
        table_from(read_csv(b"x,y\n1,0\n?,1\n2,1\nNaN,0\n"))
    table = table_from(columns, drop_empty=True)
    assert numbers(table) == [[1, 1, 0], [5, 0, 1], [6, 1, 0]]
    assert (table.targets.tolist(), table.classes) == ([0, 1, 0], ("0", "1"))
    assert len(table_from(columns, features=["w"], drop_empty=True).targets) == 5, "x is not asked for"
    with pytest.raises(CsvError, match="every row has an empty cell"):
        table_from(read_csv(b"x,z,y\n1,,0\n2,,1\n"), drop_empty=True)


def test_an_upload_can_be_read_without_its_rows_with_empty_cells(data_home):
    rows = "".join(f"{k},{'' if k == 7 else k % 2}\n" for k in range(40))
    digest = keep_upload(f"x,y\n{rows}".encode())
    with pytest.raises(DataUnavailable, match="line 9: column 'y' is empty"):
        load(_config(digest).data)
    config = _config(digest, **{"data.drop_empty": True})
    assert RunConfig.from_json(config.to_json()) == config
    assert RunConfig.from_query(config.to_query()) == (config, [])
    parts = load(config.data)
    assert sum(len(part) for part in (parts.train, parts.val, parts.test)) == 39
