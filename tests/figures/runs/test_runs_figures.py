"""What the runs page shows and gives away, as data: rows, side by side, exports, text of users."""

from __future__ import annotations

import ast
import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exports.runs import NUMBERS, configs_json, reports_csv, scripts_file
from figures.runs import name_and_role
from figures.runs.rows import COLUMNS, metric_text, order_of, seconds_text, table_rows
from figures.runs.side_by_side import difference_lines, number_lines, same_settings, side_by_side_html
from figures.runs.text import literal
from trainers import History, RunConfig, diagnose
from trainers.imported.reports import reports_of, watched_of
from trainers.report import Report
from trainers.store import ELSEWHERE, RunFilter
from trainers.store.store import Store, StoredRun


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'runs.sqlite3'}", tmp_path)
    yield opened
    opened.close()


def report(step: int, val_loss: float) -> Report:
    return Report(
        epoch=float(step),
        step=step,
        complete=True,
        seconds=0.5 * step,
        samples_per_second=10.0,
        train_loss=0.1 + 0.2,
        val_loss=val_loss,
        train_metric=0.9,
        val_metric=0.8,
        batch_loss=None,
        baseline_loss=0.7,
        lr=0.01,
    )


def stored(store: Store, name: str, changes: dict | None = None, losses: tuple[float, ...] = (0.5,)) -> StoredRun:
    run = store.create(RunConfig().changed(changes or {}), name=name, status="finished")
    store.add_reports(run.id, [report(i, loss) for i, loss in enumerate(losses, 1)])
    found = store.run(run.id)
    assert found is not None
    return found


def test_every_report_is_a_line_of_the_csv_in_full_precision(store: Store) -> None:
    runs = [stored(store, "first", losses=(0.5, 0.25)), stored(store, '=1+1,"x"', losses=(float("nan"),))]
    text = reports_csv([(run, store.reports(run.id)) for run in runs])
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [line["run"] for line in lines] == [runs[0].id, runs[0].id, runs[1].id]
    assert [float(line["val_loss"]) for line in lines[:2]] == [0.5, 0.25]
    assert float(lines[0]["train_loss"]) == 0.1 + 0.2
    assert lines[2]["val_loss"] == "nan"
    assert lines[0]["batch_loss"] == ""
    assert lines[2]["name"] == '\'=1+1,"x"'  # no spreadsheet takes it for a formula
    assert list(lines[0]) == ["run", "name", *NUMBERS]


def test_one_configuration_is_read_back_and_several_are_listed(store: Store) -> None:
    first, second = stored(store, "a", {"optimizer.lr": 0.5}), stored(store, "b", {"data.name": "iris"})
    assert RunConfig.from_json(configs_json([first])) == first.config
    listed = json.loads(configs_json([first, second]))
    assert [RunConfig.from_json(json.dumps(one["config"])) for one in listed] == [first.config, second.config]
    assert [one["name"] for one in listed] == ["a", "b"]


def test_one_script_is_text_and_several_are_a_zip(store: Store) -> None:
    first, second = stored(store, "a"), stored(store, "b", {"data.name": "noisy_sine"})
    text = scripts_file([first])
    assert isinstance(text, str)
    ast.parse(text)
    archive = scripts_file([first, second])
    assert isinstance(archive, bytes)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert sorted(opened.namelist()) == sorted(f"run-{run.id}.py" for run in (first, second))
        assert opened.read(f"run-{first.id}.py").decode() == text


def test_only_settings_that_differ_are_listed_for_any_number_of_runs(store: Store) -> None:
    runs = [
        stored(store, "a"),
        stored(store, "b", {"optimizer.lr": 0.5}),
        stored(store, "c", {"optimizer.lr": 0.5, "optimizer.name": "sgd", "model.dropout": 0.2}),
    ]
    lines = {line.label: line.texts for line in difference_lines(runs)}
    assert lines == {
        "Dropout": ("none", "none", "0.2"),
        "Optimizer": ("Adam", "Adam", "SGD"),
        "Learning rate": ("0.001", "0.5", "0.5"),
        "Memory of gradients": ("0.9", "0.9", "—"),
        "Memory of squares": ("0.999", "0.999", "—"),
        "Least denominator": lines["Least denominator"],
    }
    assert same_settings([runs[0], runs[0]])
    assert not same_settings(runs)


def test_the_best_number_is_marked_only_where_numbers_can_be_compared(store: Store) -> None:
    low, high = stored(store, "a", losses=(0.5, 0.2)), stored(store, "b", losses=(0.4, 0.3))
    best = {line.label: line.best for line in number_lines([high, low])}
    assert best["Best validation loss"] == {1}
    assert best["Validation metric at the end"] == frozenset()  # both are 0.8
    smoothed = stored(store, "c", {"loss.label_smoothing": 0.1}, losses=(0.1,))
    assert not any(line.best for line in number_lines([low, smoothed]) if "loss" in line.label)


def test_names_stand_escaped_in_the_table_of_two_runs(store: Store) -> None:
    runs = [stored(store, "<script>x</script>"), stored(store, '"><b>')]
    text = side_by_side_html(runs, number_lines(runs), ["#000000", "#ffffff"], caption="Two", href=lambda one: one)
    assert "<script>" not in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert '"><b>' not in text


def test_a_row_holds_nothing_that_json_cannot(store: Store) -> None:
    run = replace(stored(store, "a"), val_metric=float("-inf"), best_val_loss=float("inf"))
    (row,) = json.loads(json.dumps(table_rows([run]), allow_nan=False))
    assert row["cells"]["metric"]["order"] is None
    assert row["cells"]["loss"]["order"] is None
    assert row["cells"]["metric"]["text"] == "\N{MINUS SIGN}∞"


def test_times_and_metrics_are_written_as_people_read_them(store: Store) -> None:
    run = stored(store, "a")
    assert [seconds_text(x) for x in (0.42, 12.3, 185, 7800)] == ["0.42 s", "12 s", "3 min 5 s", "2 h 10 min"]
    assert metric_text(run, 0.934) == "93.4%"
    assert metric_text(stored(store, "b", {"data.name": "noisy_sine"}), 0.934) == "0.934"
    assert metric_text(run, None) == "—"


def test_imported_curves_come_back_from_the_store_as_they_were(store: Store) -> None:
    history = History(
        train_loss=[0.9, 0.5, 0.3], val_loss=[0.8, None, 0.6], val_metric=[0.5, None, 0.7], epochs=[1, 2, 4]
    )
    run = store.create(None, name="theirs", status="imported")
    store.add_reports(run.id, reports_of(history))
    back = [report for _, report in store.reports(run.id)]
    assert [one.epoch for one in back] == [1.0, 2.0, 4.0]
    assert [one.train_loss for one in back] == [0.9, 0.5, 0.3]
    assert back[1].val_loss != back[1].val_loss
    assert [one.val_metric for one in back] == [0.5, None, 0.7]
    kept, shown = store.run(run.id), watched_of(history, (), "theirs").run
    assert kept is not None
    assert (kept.best_epoch, kept.best_val_loss, kept.epoch) == (shown.best_epoch, shown.best_val_loss, shown.epoch)


@pytest.mark.parametrize("text", ["[a](http://b)", "**b**", "$x$", "<b>", "1. x", "# x", "`x`", "![i](j)"])
def test_literal_text_leaves_no_mark_that_markdown_reads(text: str) -> None:
    told = literal(text)
    assert told.replace("\\", "").replace("\N{WORD JOINER}", "") == text
    marks = [i for i, letter in enumerate(told) if letter in "[]()*$<>#`!._" and told[i - 1] != "\\"]
    assert not marks


@pytest.mark.parametrize("text", [":smile:", ":material/home:", ":red[x]", "a->b", "<-"])
def test_literal_text_parts_what_streamlit_reads_even_where_it_is_escaped(text: str) -> None:
    told = literal(text).replace("\\", "")
    assert text not in told
    assert told.replace("\N{WORD JOINER}", "") == text


def shown(store: Store, column: str) -> list[str]:
    """The column as the page shows it, of the runs in its order."""
    return [row["cells"][column.removeprefix("-")]["text"] for row in table_rows(store.runs(order=order_of(column)))]


def test_runs_are_ordered_by_what_a_column_shows_with_the_empty_last(store: Store) -> None:
    diverging = tuple(diagnose(History(train_loss=[1.0, float("nan")], val_loss=[1.0, 2.0])))
    for name, loss, changes in (
        ("b", 0.3, {"data.name": "iris"}),
        ("C", None, {"optimizer.name": "adamw"}),
        ("a", 0.1, {}),
        ("d", float("nan"), {"data.name": "noisy_sine"}),
        ("e", 2e-5, {"data.name": "digits"}),
    ):
        run = store.create(RunConfig().changed(changes), name=name, status="finished")
        store.update(run.id, best_val_loss=loss, findings=diverging if name in "be" else ())
    store.create(None, name="F", status="imported")
    assert shown(store, "name") == ["a", "b", "C", "d", "e", "F"]
    assert shown(store, "-name") == ["F", "e", "d", "C", "b", "a"]
    assert [run.name for run in store.runs(order=order_of("loss"))] == ["e", "a", "b", "F", "d", "C"]
    assert [run.name for run in store.runs(order=order_of("-loss"))] == ["b", "a", "e", "F", "d", "C"]
    for column in ("data", "optimizer", "status", "verdict"):
        texts = shown(store, column)
        known = [text for text in texts if text != "—"]
        assert known == sorted(known, key=str.casefold), column
        assert texts == [*known, *["—"] * (len(texts) - len(known))], column
        assert [text for text in shown(store, f"-{column}") if text != "—"] == known[::-1]
    assert order_of("") is order_of("nonsense") is None
    everything = {run.id for run in store.runs()}
    for column in COLUMNS:
        assert {run.id for run in store.runs(order=order_of(column))} == everything


def test_runs_are_filtered_by_data_and_verdict_in_the_database(store: Store) -> None:
    diverging = tuple(diagnose(History(train_loss=[1.0, float("nan")], val_loss=[1.0, 2.0])))
    store.create(RunConfig().changed({"data.name": "moons"}), status="finished")
    iris = store.create(RunConfig().changed({"data.name": "iris"}), status="finished")
    imported = store.create(None, status="imported")
    watched = store.create(None, status="running", device=ELSEWHERE)
    store.update(iris.id, findings=diverging)

    def ids(data: tuple[str, ...] = (), verdicts: tuple[str, ...] = ()) -> set[str]:
        found = {run.id for run in store.runs(RunFilter(data=data, verdicts=verdicts))}
        assert store.count(RunFilter(data=data, verdicts=verdicts)) == len(found)
        return found

    assert ids(data=("iris", "imported")) == {iris.id, imported.id}
    assert ids(data=("watched",)) == {watched.id}
    assert ids(verdicts=("diverging",)) == {iris.id}
    assert ids(data=("moons",), verdicts=("diverging",)) == set()
    store.update(iris.id, findings=())
    assert ids(verdicts=("diverging",)) == set()


@pytest.mark.parametrize(
    ("name", "role", "told"),
    [
        ("Plain against residual: 5 plain", "5 plain", "Plain against residual: 5 plain"),
        ("5 plain", "5 plain", "5 plain"),
        ("A run", "remedied", "A run · remedied"),
        ("A run", "", "A run"),
    ],
)
def test_a_role_that_the_name_tells_is_not_told_twice(name: str, role: str, told: str) -> None:
    assert name_and_role(name, role) == told
