"""The runs page without a browser: the list and its filters, what is done with marked runs, comparison, import."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import trainers.lab.lab
from tests.pages.opened_page import link, newest, opened_page, told
from tests.trainers.labs import quick, quiet_lab, work
from trainers import diagnose
from trainers.imported.sample import SAMPLE_CSV
from trainers.lab.feed import watch
from trainers.lab.lab import Lab
from trainers.report import Score
from trainers.store.store import StoreError

HOSTILE = "<img src=x onerror=alert(1)> **b** :smile: [a](http://b)"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three runs that were trained, one of them named by an enemy, and one that waits."""
    folder = tmp_path_factory.mktemp("runs")
    lab = quiet_lab(folder)
    together = lab.store.create_experiment("Two rates", "preset").id
    lab.store.create(quick(), name="Plain", experiment=together, role="rate 0.005")
    lab.store.create(quick({"optimizer.lr": 0.02}), name="Faster", experiment=together, role="rate 0.02")
    lab.store.create(quick({"data.name": "noisy_sine", "optimizer.name": "sgd"}), name=HOSTILE)
    for run in lab.store.runs():
        work(lab.store, run.id)
    lab.store.create(quick({"data.name": "iris"}), name="Waiting one")
    lab.close()
    lab.store.close()
    return folder


@pytest.fixture
def lab(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The lab of a copy of that folder, as the page gets it."""
    shutil.copytree(seeded, tmp_path / "data")
    own = quiet_lab(tmp_path / "data")
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab without a run."""
    own = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/runs.py", query)


def ids(lab: Lab) -> dict[str, str]:
    return {run.name: run.id for run in lab.store.runs()}


def rows(app: AppTest) -> list[dict[str, Any]]:
    """What the table was given."""
    found = [part.proto for part in app.get("bidi_component") if part.proto.component_name.endswith(".runs")]
    return json.loads(found[0].json)["rows"] if found else []


def names(app: AppTest) -> list[str]:
    return [row["cells"]["name"]["text"] for row in rows(app)]


def marked(app: AppTest, *chosen: str) -> AppTest:
    """As if the browser had told these marks."""
    app.session_state["runs.selected"] = list(chosen)
    return app.run()


def page_html(app: AppTest) -> str:
    return " ".join(part.proto.body for part in app.get("html"))


# ---- the list -----------------------------------------------------------------------------------------------------


def test_all_runs_are_listed_newest_first_with_what_each_came_to(lab: Lab) -> None:
    app = opened()
    assert names(app) == ["Waiting one", HOSTILE, "Faster", "Plain"]
    waiting, sine, faster, plain = (row["cells"] for row in rows(app))
    assert waiting["status"]["text"] == "Waiting"
    assert waiting["data"] == {"text": "Iris", "under": "Multilayer perceptron"}
    assert sine["metric"]["under"] == "R²"
    assert faster["optimizer"]["under"] == "rate 0.02"
    assert faster["name"]["under"] == "Two rates · rate 0.02"
    assert (plain["status"]["text"], plain["status"]["under"]) == ("Finished", "6 of 6 epochs")
    run = lab.store.run(ids(lab)["Plain"])
    assert run is not None
    assert plain["loss"]["order"] == run.best_val_loss
    assert plain["verdict"]["text"] == run.findings[0].name


def test_without_a_run_the_page_says_what_to_do(nothing: Lab) -> None:
    app = opened()
    assert "no run yet" in " ".join(part.value for part in app.markdown)
    next(button for button in app.button if button.label == "Bring your own curves").click().run()
    assert link(app) == {"view": "import"}
    assert app.text_area


def test_the_list_is_filtered_by_name_status_data_and_verdict(lab: Lab) -> None:
    app = opened()
    newest(app, "text_input", "runs.search").set_value("fast").run()
    assert names(app) == ["Faster"]
    assert link(app) == {"q": "fast"}
    newest(app, "text_input", "runs.search").set_value("").run()
    newest(app, "multiselect", "runs.statuses").set_value(["queued"]).run()
    assert names(app) == ["Waiting one"]
    newest(app, "multiselect", "runs.statuses").set_value([]).run()
    newest(app, "multiselect", "runs.data").set_value(["noisy_sine", "iris"]).run()
    assert names(app) == ["Waiting one", HOSTILE]
    newest(app, "multiselect", "runs.data").set_value([]).run()
    verdicts = {run.name: run.findings[0].kind for run in lab.store.runs() if run.findings}
    newest(app, "multiselect", "runs.verdicts").set_value([verdicts["Plain"]]).run()
    assert names(app) == [run.name for run in lab.store.runs() if verdicts.get(run.name) == verdicts["Plain"]]
    assert link(app) == {"verdicts": verdicts["Plain"]}
    next(button for button in app.button if button.label == "Clear filters").click().run()
    assert len(names(app)) == 4
    assert link(app) == {}


def test_filters_that_let_nothing_through_say_so(lab: Lab) -> None:
    app = opened({"q": "atlantis"})
    assert not rows(app)
    assert "No run matches" in app.info[0].value


def test_a_link_opens_its_filters_and_names_what_it_cannot_use(lab: Lab) -> None:
    app = opened({"data": "iris,atlantis", "view": "moon"})
    assert names(app) == ["Waiting one"]
    text = told(app)
    assert "atlantis" in text
    assert "moon" in text


def test_a_link_with_a_run_that_is_not_here_or_a_parameter_of_another_page_says_so(lab: Lab) -> None:
    text = told(opened({"run": "gone123456", "data.name": "iris"}))
    assert "'run' is not a parameter of this page; it is left out. To compare runs it is runs." in text
    assert "'data.name' is not a parameter of this page; it is left out." in text
    assert "One run is not here; it may have been deleted." in told(opened({"runs": "gone123456"}))
    assert not told(opened({"embed": "true", "q": "Plain"}))


def test_more_than_a_hundred_runs_are_shown_in_pages(nothing: Lab) -> None:
    for number in range(105):
        nothing.store.create(quick(), name=f"run {number}", status="stopped")
    app = opened()
    assert names(app) == [f"run {number}" for number in range(104, 4, -1)]
    app = opened({"page": "2"})
    assert names(app) == [f"run {number}" for number in range(4, -1, -1)]
    assert opened({"page": "99"}).session_state["runs.page"] == 2


# ---- what is done with marked runs --------------------------------------------------------------------------------


def test_a_run_is_renamed_and_its_name_stays_text(lab: Lab) -> None:
    app = marked(opened(), ids(lab)["Plain"])
    app.button(key="runs.rename").click().run()
    app.text_input(key=f"runs.name.{ids(lab)['Plain']}").set_value("<b>Second</b>").run()
    app.button(key="runs.rename.do").click().run()
    assert not app.exception
    assert "<b>Second</b>" in ids(lab)
    assert "<b>Second</b>" in names(app)


def test_deletion_says_what_goes_and_deletes_after_it_was_confirmed(lab: Lab) -> None:
    run = ids(lab)[HOSTILE]
    app = marked(opened(), run)
    app.button(key="runs.delete").click().run()
    told = " ".join(part.value for part in app.markdown)
    assert f"{len(lab.store.reports(run))} reports" in told
    assert "<img" not in page_html(app)
    assert "&lt;img" in page_html(app)
    assert lab.store.run(run) is not None
    app.button(key="runs.delete.do").click().run()
    assert lab.store.run(run) is None
    assert HOSTILE not in names(app)


def test_a_run_at_work_is_not_deleted_and_the_reason_is_told(lab: Lab) -> None:
    app = marked(opened(), ids(lab)["Waiting one"], ids(lab)["Plain"])
    app.button(key="runs.delete").click().run()
    app.button(key="runs.delete.do").click().run()
    assert "stop it before it is deleted" in app.error[0].value
    assert {"Waiting one", "Plain"} <= set(ids(lab))
    app.button(key="runs.delete.not").click().run()
    assert not app.error


def test_two_to_eight_marked_runs_can_be_compared(lab: Lab) -> None:
    chosen = ids(lab)
    app = marked(opened(), chosen["Plain"])
    assert app.button(key="runs.compare").disabled
    marked(app, chosen["Plain"], chosen["Faster"])
    app.button(key="runs.compare").click().run()
    assert not app.exception
    assert link(app) == {"runs": f"{chosen['Plain']},{chosen['Faster']}", "number": "val_loss", "x": "epoch"}


# ---- comparison ---------------------------------------------------------------------------------------------------


def test_a_link_shows_its_comparison_with_what_differs_and_nothing_else(lab: Lab) -> None:
    chosen = ids(lab)
    query = {"runs": f"{chosen['Plain']},{chosen['Faster']}", "number": "lr", "x": "step"}
    app = opened(query)
    assert newest(app, "selectbox", "runs.number").value == "lr"
    assert link(app) == query
    told = page_html(app)
    assert "Settings that differ" in told
    assert "Learning rate</" in told
    assert "Memory of gradients</" not in told
    assert "Best validation loss" in told


def test_runs_that_are_called_alike_stay_the_ones_that_were_chosen(lab: Lab) -> None:
    """A menu of Streamlit's is told what was chosen by what it is called; two runs of one set-up are called alike."""
    chosen = ids(lab)
    for name in ("Plain", "Faster"):
        lab.store.update(chosen[name], name="Two moons", role="")
    query = {"runs": f"{chosen['Plain']},{chosen['Faster']}", "number": "val_loss", "x": "epoch"}
    app = opened(query)
    menu = newest(app, "multiselect", "runs.compared")
    assert len(set(menu.options)) == len(menu.options)
    assert {each.partition(" \N{MIDDLE DOT} ")[2] for each in menu.options if each.startswith("Two moons")} == {
        chosen["Plain"],
        chosen["Faster"],
    }
    app.run()  # the browser says what it shows
    assert link(app) == query


def test_a_comparison_names_runs_that_are_gone(lab: Lab) -> None:
    app = opened({"runs": f"{ids(lab)['Plain']},NoSuchRun1", "number": "<b>", "x": "moons"})
    assert newest(app, "multiselect", "runs.compared").value == [ids(lab)["Plain"]]
    assert newest(app, "selectbox", "runs.number").value == "val_loss"
    assert "not here" in " ".join(warning.value for warning in app.warning)


def test_the_test_score_is_asked_for_and_shown_when_it_arrives(lab: Lab) -> None:
    run = ids(lab)["Plain"]
    app = opened({"runs": run})
    assert "Test loss" not in page_html(app)
    app.button(key="runs.score").click().run()
    scored = lab.store.run(run)
    assert scored is not None
    assert scored.wanted == "score"
    assert "scoring" in page_html(app)
    lab.store.update(run, wanted="run", test=Score(loss=0.123, metric=0.75, rows=24, confusion=None))
    app = opened({"runs": run})
    assert "0.123" in page_html(app)
    assert "75.0%" in page_html(app)
    assert not [button for button in app.button if button.key == "runs.score"]


def test_names_in_a_comparison_are_text(lab: Lab) -> None:
    app = opened({"runs": f"{ids(lab)[HOSTILE]},{ids(lab)['Plain']}"})
    assert "<img" not in page_html(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in page_html(app)


# ---- import -------------------------------------------------------------------------------------------------------


def test_an_error_in_pasted_curves_names_line_and_column(nothing: Lab) -> None:
    app = opened({"view": "import"})
    app.text_area(key="runs.import.text").set_value("epoch,loss,val_loss\n1,0.9,0.8\n2,0.7,many").run()
    told = app.error[0].value.replace("\\", "")
    assert "line 3" in told
    assert "val_loss" in told
    assert not app.exception


def test_a_file_that_is_given_twice_is_one(nothing: Lab) -> None:
    app = opened({"view": "import"})
    file = ("mine.csv", b"epoch,loss,val_loss\n1,0.9,0.8\n2,0.7,0.6\n3,0.5,0.5\n", "text/csv")
    app.file_uploader[0].set_value([file, file]).run()
    assert not app.error
    assert any("3 rows" in each.value for each in app.caption)


def test_the_sample_is_read_diagnosed_and_kept_as_a_run(nothing: Lab) -> None:
    app = opened({"view": "import"})
    next(button for button in app.button if button.label.startswith("Try a sample")).click().run()
    assert "Overfitting" in page_html(app)
    assert boxes(app) == {
        "train_loss": "train_loss",
        "val_loss": "val_loss",
        "train_metric": "train_accuracy",
        "val_metric": "val_accuracy",
        "lr": "—",
        "epoch": "epoch",
    }
    app.text_input(key="runs.import.name.overfitting").set_value("From elsewhere").run()
    app.button(key="runs.import.keep").click().run()
    assert not app.exception
    (kept,) = nothing.store.runs()
    assert (kept.name, kept.status, kept.config) == ("From elsewhere", "imported", None)
    assert kept.findings[0].kind == "overfitting"
    assert (kept.best_epoch, kept.epoch) == (4.0, 60.0)
    seen = watch(nothing.store, kept.id)
    assert seen is not None
    lines = [line.split(",") for line in SAMPLE_CSV.splitlines()[1:]]
    assert seen.series["val_loss"].tolist() == [float(line[2]) for line in lines]
    assert link(app)["runs"] == kept.id


def boxes(app: AppTest) -> dict[str, str]:
    """What the boxes of columns show, by role."""
    keys = {str(box.key): str(box.value) for box in app.selectbox if str(box.key).startswith("runs.import.column.")}
    return {key.split(".")[3]: value for key, value in keys.items()}


def choose(app: AppTest, role: str, column: str) -> AppTest:
    box = next(box for box in app.selectbox if str(box.key).startswith(f"runs.import.column.{role}."))
    box.set_value(column).run()
    assert not app.exception
    return app


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption).replace("\\", "").replace("\N{WORD JOINER}", "")


def test_what_was_taken_for_what_can_be_changed_and_stays_while_the_text_is_edited(nothing: Lab) -> None:
    app = opened({"view": "import"})
    text = "epoch,train_loss,val_loss,accuracy\n1,0.9,1,0.5\n2,0.7,0.9,0.6\n3,0.6,0.8,0.7"
    app.text_area(key="runs.import.text").set_value(text).run()
    assert boxes(app)["val_metric"] == "—"
    assert "accuracy may be of training or of validation: choose, if you know." in captions(app)
    choose(app, "val_metric", "accuracy")
    app.text_area(key="runs.import.text").set_value(f"{text}\n4,0.5,0.7,0.8").run()
    assert boxes(app)["val_metric"] == "accuracy"
    assert "4 rows" in captions(app)
    app.button(key="runs.import.keep").click().run()
    (kept,) = nothing.store.runs()
    assert kept.val_metric == 0.8


def test_a_column_that_cannot_be_one_says_so_above_the_boxes(nothing: Lab) -> None:
    app = opened({"view": "import"})
    app.text_area(key="runs.import.text").set_value("a,b,c\n1,0.9,x\n2,0.7,y").run()
    assert "there is no training loss among the columns" in app.error[0].value.replace("\\", "")
    choose(app, "train_loss", "b")
    assert not app.error
    choose(app, "epoch", "a")
    assert "2 rows" in captions(app)


def test_one_of_several_trainings_is_chosen(nothing: Lab) -> None:
    app = opened({"view": "import"})
    text = "epoch,loss\n1,0.9\n2,0.7\n3,0.6\n1,0.5\n2,0.4"
    app.text_area(key="runs.import.text").set_value(text).run()
    box = next(box for box in app.selectbox if str(box.key).startswith("runs.import.training"))
    assert list(box.options) == ["1: lines 2 to 4", "2: lines 5 to 6"]
    box.set_value("2: lines 5 to 6").run()
    app.button(key="runs.import.keep").click().run()
    assert nothing.store.runs()[0].train_loss == 0.4


def test_files_of_tensorboard_are_read_together(nothing: Lab) -> None:
    app = opened({"view": "import"})
    uploader = app.file_uploader(key="runs.import.files")
    for part, first, second in (("train", 0.9, 0.5), ("validation", 0.8, 0.6)):
        text = f"Wall time,Step,Value\n1.0,1,{first}\n2.0,2,{second}\n"
        uploader.upload(f"run_{part}_loss.csv", text.encode(), "text/csv")
    app.run()
    assert not app.exception
    assert not app.error
    assert boxes(app)["val_loss"] == "run_validation_loss.csv"
    app.button(key="runs.import.keep").click().run()
    (kept,) = nothing.store.runs()
    assert (kept.train_loss, kept.val_loss) == (0.5, 0.6)


def test_a_store_that_is_gone_is_told_in_its_sentence(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    app = opened()
    monkeypatch.setattr(lab.store, "runs", gone)
    app.run()
    assert not app.exception
    assert "disk is full" in app.error[0].value


def test_kept_curves_are_compared_with_own_runs(lab: Lab) -> None:
    app = opened({"view": "import"})
    app.text_area(key="runs.import.text").set_value("epoch,loss\n1,0.9\n2,0.7\n3,0.6").run()
    app.button(key="runs.import.keep").click().run()
    assert not app.exception
    kept = lab.store.runs()[0]
    app = opened({"runs": f"{kept.id},{ids(lab)['Plain']}", "number": "train_loss"})
    assert "Imported" in page_html(app)


def test_the_sample_is_what_its_configuration_trains_to() -> None:
    from tests.trainers.runs import run
    from trainers import History
    from trainers.imported.sample import SAMPLE_CONFIG

    reports = [report for report in run(SAMPLE_CONFIG).reports if report.complete]
    lines = [[float(cell) for cell in line.split(",")] for line in SAMPLE_CSV.splitlines()[1:]]
    assert [report.epoch for report in reports] == [line[0] for line in lines]
    # Another processor rounds otherwise, which grows with time.
    for report, line in list(zip(reports, lines, strict=True))[:10]:
        assert (report.train_loss, report.val_loss) == pytest.approx(line[1:3], rel=1e-2)
    assert diagnose(History.from_reports(reports))[0].kind == "overfitting"


# ---- words --------------------------------------------------------------------------------------------------------


def test_times_are_told_in_their_largest_unit() -> None:
    from figures.runs.text import ago

    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    spans = {5: "just now", 60: "1 min ago", 7300: "2 h ago", 86_400: "1 day ago", 86_400 * 40: "8 Feb 2026"}
    assert {seconds: ago(now - timedelta(seconds=seconds), now) for seconds in spans} == spans


def test_whose_checkpoints_gave_way_reads_of_which_runs_and_why(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.parts.runs.listing.asker", lambda: "anna@here")
    assert "gave way" not in " ".join(each.label for each in opened().expander)
    run = lab.store.create(quick(), name="Anna's", visitor="anna@there", status="stopped")
    for number in range(2):
        lab.store.keep_checkpoint(run.id, b"x" * 100, "regular", number, number)
    monkeypatch.setenv("DESCENT_LAB_MAX_DISK_EACH", "50")
    lab.store.prune(10**9)
    (told,) = [each.value for each in opened().markdown if "gave way" in each.value or "have gone" in each.value]
    assert "Anna" in told
    assert "Delete runs that you no longer need" in told
    app = opened_page("pages/training.py", {"run": run.id})
    assert any("2 checkpoints of this run have gone" in each.value for each in app.info)
