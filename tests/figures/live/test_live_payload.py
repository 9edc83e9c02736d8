"""The payload of the live curves, read back by a decoder of its own."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exports.live import live_html
from figures.frontend import framed
from figures.live.numbers import NUMBERS, numbers_of
from figures.live.panels import PANELS
from figures.live.payload import comparison_payload, live_payload
from figures.live.pictures import surface_levels
from figures.live.sweep import sweep_payload, sweep_sentence, swept_setting
from figures.live.thin import own_rows, shared_rows
from tests.figures.live_runs import COLUMNS, layers_of, watched
from trainers import Finding, Report, RunConfig, load, train
from trainers.data.facts import DataFacts, facts_of
from trainers.lab.feed import watch
from trainers.store.store import Store

KINDS = {"f4": "<f4", "u1": "<u1", "u2": "<u2", "u4": "<u4"}


class Decoded:
    """A payload as its description says it is to be read."""

    def __init__(self, payload: bytes) -> None:
        length, self.height, _pickable = struct.unpack("<IHH", payload[:8])
        assert length % 8 == 0
        self.header: dict[str, Any] = json.loads(payload[8 : 8 + length])
        self.buffers = payload[8 + length :]

    def column(self, spec: Any) -> Any:
        if "knots" in spec:
            knots = self.column(spec["knots"])
            places = np.minimum(np.arange(len(knots)) * spec["every"], spec["n"] - 1)
            return np.interp(np.arange(spec["n"]), places, knots)
        if "at" in spec:
            assert spec["at"] % 8 == 0
            return np.frombuffer(self.buffers, KINDS[spec.get("as", "f4")], spec["n"], spec["at"])
        return (np.nan if spec["from"] is None else spec["from"]) + spec["step"] * np.arange(spec["n"])

    def panel(self, key: str) -> dict[str, Any]:
        return next(panel for panel in self.header["panels"] if panel["key"] == key)

    def line(self, key: str, number: int = 0) -> tuple[Any, Any]:
        """Rows and values of a line."""
        line = self.panel(key)["lines"][number]
        values = self.column(line["y"])
        return (np.arange(len(values)) if line["rows"] is None else self.column(line["rows"])), values


def finding(kind: str = "overfitting", **given: Any) -> Finding:
    values: dict[str, Any] = {
        "kind": kind,
        "name": kind.title(),
        "confidence": 0.9,
        "since": 5.0,
        "evidence": "It is so.",
        "remedies": (),
        "span": (5.0, 9.0),
    }
    return Finding(**(values | given))


def noisy(count: int, seed: int = 0) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    fall = np.exp(-3 * np.arange(count) / count)
    return {
        name: fall + 0.1 * random.random(count) for name in ("train_loss", "val_loss", "train_metric", "val_metric")
    }


def surface(winner: Any, confidence: Any) -> dict[str, Any]:
    return {"surface": {"x": [-1.0, 2.0], "y": [0.0, 1.0], "winner": winner, "confidence": confidence}}


def plane_facts(rng: np.random.Generator) -> DataFacts:
    points = {f"{part}_{axis}": rng.normal(size=50).astype(np.float32) for part in ("train", "val") for axis in "xy"}
    points |= {f"{part}_class": rng.integers(0, 2, 50).astype(np.uint8) for part in ("train", "val")}
    return DataFacts(
        rows=(50, 50, 0),
        features=("a", "b"),
        classes=("no", "yes"),
        target="t",
        shape=(2,),
        flipped=0,
        leaks=None,
        leak_sentences=(),
        points=points,
    )


def test_every_number_of_a_short_run_arrives_as_float32_with_its_gaps():
    loss = [1.0, 0.5, np.nan, 0.3, 1e300, 1 / 3]
    run = watched({"train_loss": loss, "val_loss": [2.0] * 6})
    decoded = Decoded(live_payload([run], height=512))
    rows, values = decoded.line("loss")
    assert decoded.height == 512
    assert rows.tolist() == list(range(6))
    assert np.isnan(values[2])
    assert values[4] == np.finfo(np.float32).max
    np.testing.assert_array_equal(values[[0, 1, 3, 5]], np.array([1.0, 0.5, 0.3, 1 / 3], np.float32))
    np.testing.assert_array_equal(decoded.line("loss", 1)[1], [2.0] * 6)
    clocks = decoded.header["runs"][0]
    np.testing.assert_array_equal(decoded.column(clocks["epoch"]), run.epochs)
    np.testing.assert_array_equal(decoded.column(clocks["step"]), run.series["step"])
    np.testing.assert_allclose(decoded.column(clocks["seconds"]), run.series["seconds"], rtol=1e-6)


def test_the_same_state_gives_the_same_bytes_and_another_state_others():
    first, again = (live_payload([watched(noisy(300), best_epoch=3.0, best_val_loss=0.5)]) for _ in range(2))
    assert first == again
    more = watched(noisy(300), best_epoch=4.0, best_val_loss=0.5)
    assert live_payload([more]) != first
    assert framed(first, height=300)[6:] == first[6:]
    assert Decoded(framed(first, height=300)).height == 300


@pytest.mark.parametrize("count", [2001, 10_000, 12_345])
def test_long_curves_keep_ends_and_extremes_of_every_bucket_on_common_rows(count: int):
    series = noisy(count)
    series["val_loss"][count // 3] = 50.0
    decoded = Decoded(live_payload([watched(series)]))
    rows, train = decoded.line("loss")
    others, val = decoded.line("loss", 1)
    assert rows.tolist() == others.tolist()
    assert {0, count - 1, count // 3} <= set(rows.tolist())
    assert len(rows) <= 2000
    np.testing.assert_array_equal(train, np.float32(series["train_loss"][rows]))
    np.testing.assert_array_equal(val, np.float32(series["val_loss"][rows]))
    size = 2 ** int(np.ceil(np.log2(count / 256)))
    for start in range(0, count, size):
        for name in ("train_loss", "val_loss"):
            bucket = series[name][start : start + size]
            assert {start + int(bucket.argmin()), start + int(bucket.argmax()), start} <= set(rows.tolist())


def test_points_that_were_kept_stay_while_the_run_grows():
    values = np.random.default_rng(1).normal(size=9000)
    before, after = (set(shared_rows([values[:n]], 256).tolist()) for n in (6000, 8000))
    size = 32
    whole = 6000 // size * size
    assert {row for row in before if row < whole} == {row for row in after if row < whole}


def test_rows_of_each_layer_hold_its_own_extremes_and_gaps_are_no_extremes():
    table = np.random.default_rng(2).normal(size=(1000, 3))
    table[::7, 1] = np.nan
    rows = own_rows(table, 16)
    assert rows.shape == (3, 64)
    assert (np.diff(rows, axis=1) >= 0).all()
    for j in range(3):
        kept = table[rows[j], j]
        assert np.nanmin(kept) == np.nanmin(table[:, j])
        assert np.nanmax(kept) == np.nanmax(table[:, j])
        assert rows[j, 0] == 0
        assert rows[j, -1] == 999


def test_ten_thousand_epochs_with_four_layers_and_a_surface_stay_below_60_kilobytes():
    random = np.random.default_rng(3)
    count = 10_000
    series = noisy(count) | {name: random.random(count) for name in ("samples_per_second", "grad_norm", "cosine")}
    series |= {"lr": np.full(count, 0.01), "seconds": np.cumsum(random.random(count)), "step": 10.0 * np.arange(count)}
    layers = layers_of(count, [f"layer {i}" for i in range(4)], **{name: random.random((count, 4)) for name in COLUMNS})
    cells = random.integers(0, 2, (64, 64)).astype(np.uint8)
    run = watched(
        series,
        layers=layers,
        album=[(1.0, surface(cells, cells + np.uint8(200)))],
        status="running",
        facts=plane_facts(random),
    )
    payload = live_payload([run])
    assert len(payload) < 60_000
    decoded = Decoded(payload)
    seconds = decoded.column(decoded.header["runs"][0]["seconds"])
    assert np.abs(seconds - series["seconds"]).max() < 0.02 * series["seconds"][-1]


def test_layers_are_one_line_each_by_depth_and_only_the_ends_among_several_runs():
    tables = {"dead_share": np.array([[0.0, 0.5, np.nan, 1.0]] * 3)}
    run = watched({"train_loss": [1, 2, 3]}, layers=layers_of(3, ("a", "b", "c", "d"), **tables))
    panel = Decoded(live_payload([run])).panel("dead_share")
    assert [(line["name"], line["depth"]) for line in panel["lines"]] == [("a", 0.0), ("b", 0.5), ("d", 1.0)]
    other = watched({"train_loss": [1, 2, 3]}, id="other", layers=run.layers)
    both = Decoded(live_payload([run, other])).panel("dead_share")
    assert [(line["run"], line["name"]) for line in both["lines"]] == [(0, "a"), (0, "d"), (1, "a"), (1, "d")]


def test_only_panels_that_have_something_are_there_and_a_choice_of_them_is_kept():
    run = watched({"train_loss": [1, 2], "lr": [0.1, 0.1], "sharpness": [10.0, 30.0]})
    decoded = Decoded(live_payload([run]))
    assert [panel["key"] for panel in decoded.header["panels"]] == ["loss", "rate", "sharpness"]
    np.testing.assert_allclose(decoded.line("sharpness")[1], [0.5, 1.5], rtol=1e-6)
    chosen = Decoded(live_payload([run], panels=("loss", "rate")))
    assert [panel["key"] for panel in chosen.header["panels"]] == ["loss", "rate"]
    assert len({panel.key for panel in PANELS}) == len(PANELS)


def test_a_queued_run_shows_axes_and_the_sentence_of_its_row():
    header = Decoded(live_payload([watched(status="queued", sentence="Two runs are before it.")])).header
    assert header["note"] == "Two runs are before it."
    assert [(panel["key"], panel["lines"]) for panel in header["panels"]] == [("loss", [])]
    assert Decoded(live_payload([watched(status="queued", sentence="")])).header["note"]
    assert Decoded(live_payload([watched({"train_loss": [1.0]})])).header["note"] == ""


def test_the_first_finding_that_is_no_symptom_is_marked():
    symptom, cause = finding("plateau", secondary=True), finding(span=(3.0, 8.0))
    header = Decoded(live_payload([watched({"train_loss": [1.0]}, findings=(symptom, cause))])).header
    assert (header["finding"]["kind"], header["finding"]["from"], header["finding"]["to"]) == ("overfitting", 3.0, 8.0)
    unsure = watched({"train_loss": [1.0]}, findings=(finding("not_enough_evidence"),))
    assert Decoded(live_payload([unsure])).header["finding"] is None
    pair = [watched({"train_loss": [1.0]}, id=f"run{i}", findings=(cause,)) for i in range(2)]
    assert Decoded(live_payload(pair)).header["finding"] is None
    assert Decoded(live_payload(pair, focus="run1")).header["finding"]["kind"] == "overfitting"


def test_forks_best_epochs_divergence_and_looks_are_told():
    run = watched(
        {"train_loss": [1.0, 0.5]},
        status="diverged",
        best_epoch=2.0,
        best_val_loss=0.4,
        parent="other",
        parent_epoch=1.0,
        looks={"epoch": [2.25, 2.5], "train_loss": [0.3, np.inf]},
        baseline_loss=0.7,
    )
    header = Decoded(live_payload([run])).header
    told = header["runs"][0]
    assert (told["best"], told["fork"], told["diverged"]) == ([2.0, 0.4], 1.0, True)
    assert told["looks"] == {"epoch": [2.25, 2.5], "train_loss": [0.3, None]}
    assert header["baseline"] == 0.7


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_a_surface_is_one_byte_a_cell_with_winner_and_confidence(classes: int):
    random = np.random.default_rng(classes)
    winner = random.integers(0, classes, (16, 16)).astype(np.uint8)
    confidence = random.integers(256 // classes, 256, (16, 16)).astype(np.uint8)
    facts = DataFacts(
        rows=(1, 1, 1),
        features=("a", "b"),
        classes=tuple("abcdefg"[:classes]),
        target="t",
        shape=(2,),
        flipped=0,
        leaks=None,
        leak_sentences=(),
    )
    run = watched({"train_loss": [1.0]}, album=[(1.0, surface(winner, confidence))], facts=facts)
    decoded = Decoded(live_payload([run]))
    pictures = decoded.header["pictures"]
    spec = pictures["album"][0]["surface"]
    assert spec["cells"]["as"] == "u1"
    cells = decoded.column(spec["cells"]).astype(int)
    levels = surface_levels(classes)
    assert pictures["levels"] == levels
    np.testing.assert_array_equal(cells // levels, winner.ravel())
    shown = 1 / classes + (1 - 1 / classes) * (cells % levels) / (levels - 1)
    expected = np.maximum(confidence.ravel() / 255, 1 / classes)
    assert np.abs(shown - expected).max() <= 0.51 / (levels - 1) + 1e-9


def test_points_come_back_within_a_65535th_of_their_range():
    facts = plane_facts(np.random.default_rng(5))
    cells = np.zeros((4, 4), np.uint8)
    decoded = Decoded(
        live_payload(
            [watched({"train_loss": [1.0]}, album=[(1.0, surface(cells, cells + np.uint8(255)))], facts=facts)]
        )
    )
    points = decoded.header["pictures"]["points"]
    for name in ("train_x", "val_x", "train_y", "val_y"):
        spec = points[name]
        shown = spec["low"] + spec["span"] * decoded.column(spec["places"]) / 65_535
        np.testing.assert_allclose(shown, facts.points[name], atol=spec["span"] / 65_535)
    np.testing.assert_array_equal(decoded.column(points["val_class"]), facts.points["val_class"])


def test_while_a_run_is_active_only_the_newest_picture_is_sent_and_then_the_album():
    cells = np.zeros((8, 8), np.uint8)
    album = [(float(i), surface(cells + np.uint8(i % 2), cells + np.uint8(200))) for i in range(10)]
    sent = {}
    for status in ("running", "finished"):
        pictures = Decoded(live_payload([watched({"train_loss": [1.0]}, album=album, status=status)])).header[
            "pictures"
        ]
        sent[status] = [entry["epoch"] for entry in pictures["album"]]
    assert sent == {"running": [9.0], "finished": [float(i) for i in range(10)]}
    without = Decoded(live_payload([watched({"train_loss": [1.0]}, album=album)], picture=False)).header
    assert without["pictures"] is None
    assert without["roomForPicture"] is False


@pytest.mark.parametrize("name", ["moons", "noisy_sine", "digits", "diabetes"])
def test_room_is_kept_for_a_picture_that_is_to_come(name: str):
    config = RunConfig().changed({"data.name": name})
    header = Decoded(live_payload([watched(status="queued", config=config)])).header
    assert header["roomForPicture"] is True  # every network has a histogram of its weights
    off = watched(status="queued", config=config.changed({"watch.pictures": False}))
    assert Decoded(live_payload([off])).header["roomForPicture"] is False


def test_the_loss_that_the_optimizer_sees_is_beside_the_others_and_shown_on_request():
    run = watched({"train_loss": [1.0, 0.5], "val_loss": [1.0, 0.6], "batch_loss": [np.nan, 0.7]})
    decoded = Decoded(live_payload([run]))
    panel = decoded.panel("loss")
    assert [line["part"] for line in panel["lines"]] == ["train", "val", "aside"]
    np.testing.assert_array_equal(decoded.line("loss", 2)[1], np.array([np.nan, 0.7], np.float32))
    assert panel["aside"][0] == "as trained"
    assert "dropout" in panel["aside"][1]
    without = Decoded(live_payload([watched({"train_loss": [1.0], "val_loss": [1.0]})])).panel("loss")
    assert [line["part"] for line in without["lines"]] == ["train", "val"]


def test_a_squared_error_is_also_told_in_the_units_of_the_target():
    config = RunConfig().changed({"data.name": "boston"})
    facts = replace(plane_facts(np.random.default_rng(0)), classes=(), unit="dollars", scale=9_000.0)
    run = watched({"train_loss": [1.0, 0.25], "val_loss": [1.0, 0.36]}, config=config, facts=facts)
    decoded = Decoded(live_payload([run]))
    panel = decoded.panel("rmse")
    assert panel["title"] == "root mean squared error, dollars"
    assert [(line["part"], line["name"]) for line in panel["lines"]] == [("train", "training"), ("val", "validation")]
    np.testing.assert_allclose(decoded.line("rmse", 1)[1], [9_000, 5_400])
    other = watched({"train_loss": [1.0], "val_loss": [1.0]}, config=config.changed({"loss.name": "mae"}), facts=facts)
    assert not [p for p in Decoded(live_payload([other])).header["panels"] if p["key"] == "rmse"]


def test_the_weights_are_a_picture_by_epoch():
    weights = {"counts": np.array([1, 5, 300], np.int32), "top": 0.5, "zeros": 4, "total": 306}
    decoded = Decoded(live_payload([watched({"train_loss": [1.0]}, album=[(1.0, {"weights": weights})])]))
    (entry,) = decoded.header["pictures"]["album"]
    assert (entry["weights"]["top"], entry["weights"]["zeros"], entry["weights"]["total"]) == (0.5, 4, 306)
    assert decoded.column(entry["weights"]["counts"]).tolist() == [1, 5, 300]
    assert decoded.header["roomForPicture"] is True


def test_a_small_network_is_a_picture_with_weights_spread_and_maps():
    rng = np.random.default_rng(0)
    network = {
        "sizes": np.array([2, 3, 1], np.int32),
        "weights": rng.normal(size=9).astype(np.float32),
        "spread": rng.random(4).astype(np.float32),
        "maps": rng.integers(0, 255, (4, 12, 12)).astype(np.uint8),
    }
    decoded = Decoded(live_payload([watched({"train_loss": [1.0]}, album=[(1.0, {"network": network})])]))
    (entry,) = decoded.header["pictures"]["album"]
    told = entry["network"]
    assert (told["sizes"], told["side"]) == ([2, 3, 1], 12)
    np.testing.assert_array_equal(decoded.column(told["weights"]), network["weights"])
    np.testing.assert_array_equal(decoded.column(told["spread"]), network["spread"])
    np.testing.assert_array_equal(decoded.column(told["maps"]), network["maps"].ravel())
    del network["maps"]
    decoded = Decoded(live_payload([watched({"train_loss": [1.0]}, album=[(1.0, {"network": network})])]))
    assert "maps" not in decoded.header["pictures"]["album"][0]["network"]


def test_a_run_of_the_store_is_shown_with_its_pictures(tmp_path: Path):
    config = RunConfig().changed({"data.size": 60, "budget.epochs": 3})
    reports: list[Report] = []
    splits = load(config.data)
    train(config, report=reports.extend, device="cpu", threads=1, splits=splits)
    store = Store.open(f"sqlite:///{tmp_path / 'runs.sqlite3'}", tmp_path)
    try:
        stored = store.create(config, name="moons")
        store.update(stored.id, facts=facts_of(splits, leaks=False))
        store.add_reports(stored.id, reports, status="finished")
        seen = watch(store, stored.id)
        assert seen is not None
        decoded = Decoded(live_payload([seen]))
    finally:
        store.close()
    whole = [report for report in reports if report.complete]
    np.testing.assert_array_equal(decoded.line("loss", 1)[1], np.array([r.val_loss for r in whole], np.float32))
    assert [line["part"] for line in decoded.panel("metric")["lines"]] == ["train", "val"]
    newest = decoded.header["pictures"]["album"][-1]
    assert {"surface", "units", "confusion"} <= set(newest)
    assert newest["units"]["units"] == config.model.width
    drawn = whole[-1].pictures
    assert drawn is not None
    lines = drawn["units"]["lines"].ravel()
    np.testing.assert_array_equal(decoded.column(newest["units"]["lines"]), lines)
    np.testing.assert_array_equal(decoded.column(newest["units"]["state"]), drawn["units"]["state"])
    assert decoded.header["pictures"]["classes"] == list(splits.classes)


def test_mistakes_and_confusion_arrive_and_large_images_are_bounded():
    random = np.random.default_rng(6)
    images = random.integers(0, 256, (25, 3, 32, 32)).astype(np.uint8)
    mistakes = {
        "images": images,
        "true": np.arange(25) % 10,
        "predicted": (np.arange(25) + 1) % 10,
        "confidence": np.linspace(1, 0.5, 25),
        "rows": np.arange(25),
    }
    counts = random.integers(0, 400, (10, 10))
    album = [(float(i), {"mistakes": mistakes, "confusion": {"counts": counts}}) for i in range(24)]
    running = Decoded(live_payload([watched({"train_loss": [1.0]}, album=album, status="running")]))
    entry = running.header["pictures"]["album"][0]
    np.testing.assert_array_equal(running.column(entry["confusion"]["counts"]).reshape(10, 10), counts)
    shown = len(entry["mistakes"]["true"])
    pixels = running.column(entry["mistakes"]["images"]).reshape(shown, 3, 32, 32)
    np.testing.assert_array_equal(pixels, images[:shown])
    assert 4 <= shown < 25
    payload = live_payload([watched({"train_loss": [1.0]}, album=album)])
    assert len(payload) < 600_000
    assert "mistakes" in Decoded(payload).header["pictures"]["album"][-1]


def test_one_to_eight_runs_share_a_chart():
    runs = [watched({"train_loss": [1.0, i + 1.0]}, id=f"run{i}", role=f"role {i}") for i in range(8)]
    header = Decoded(live_payload(runs)).header
    assert [run["name"] for run in header["runs"]] == [f"role {i}" for i in range(8)]
    assert len({tuple(run["colors"]["val"]) for run in header["runs"]}) == 8
    for wrong in ([], [*runs, runs[0]]):
        with pytest.raises(ValueError, match="allowed are 1 to 8"):
            live_payload(wrong)
        with pytest.raises(ValueError, match="allowed are 1 to 8"):
            comparison_payload(wrong, "val_loss")


def test_any_number_is_compared_on_one_chart():
    tables = {"grad_norm": np.array([[1.0, 3.0], [2.0, 4.0]])}
    runs = [
        watched(
            {"train_loss": [1.0, 0.5], "val_loss": [2.0, 1.75]},
            id=f"run{i}",
            layers=layers_of(2, "ab", **tables),
        )
        for i in range(2)
    ]
    available = numbers_of(runs)
    assert set(available) == {"train_loss", "val_loss", "gap", "seconds", "grad_norm.first", "grad_norm.last"}
    assert available["grad_norm.last"] == "Gradient norm, last layer"
    for number, expected in (("gap", [1.0, 1.25]), ("grad_norm.last", [3.0, 4.0]), ("val_loss", [2.0, 1.75])):
        decoded = Decoded(comparison_payload(runs, number, x="seconds"))
        assert decoded.header["x"] == "seconds"
        assert len(decoded.panel(number)["lines"]) == 2
        assert decoded.line(number, 1)[1].tolist() == expected
    assert decoded.header["pictures"] is None
    with pytest.raises(ValueError, match="allowed are val_loss"):
        comparison_payload(runs, "nothing")
    assert all(key == panel.key for key, panel in NUMBERS.items())


def swept(values: list[Any], name: str, **more: Any) -> list[Any]:
    configs = [RunConfig().changed({name: value} | more) for value in values]
    return [
        watched(
            {"train_loss": [1.0, 1.0 / (i + 1)], "val_loss": [1.0, 0.5 + 0.1 * i]},
            id=f"run{i}",
            config=config,
            best_val_loss=0.1 * i,
            parameters=100 * (i + 1),
        )
        for i, config in enumerate(configs)
    ]


def test_a_sweep_shows_final_and_best_losses_against_the_setting_in_rising_order():
    payload = sweep_payload(swept([64, 4, 512], "model.width"))
    assert payload is not None
    decoded = Decoded(payload)
    panel = decoded.panel("sweep")
    assert panel["xTitle"] == "width"
    assert panel["xLog"] is True
    assert decoded.column(panel["x"]).tolist() == [4, 64, 512]
    shown = {line["part"]: decoded.column(line["y"]).tolist() for line in panel["lines"]}
    assert shown["val"] == pytest.approx([0.6, 0.5, 0.7])
    assert shown["best"] == pytest.approx([0.1, 0.0, 0.2])
    assert shown["train"] == pytest.approx([1 / 2, 1, 1 / 3])
    by_parameters = sweep_payload(swept([64, 4, 512], "model.width"), x="parameters")
    assert by_parameters is not None
    assert Decoded(by_parameters).column(Decoded(by_parameters).panel("sweep")["x"]).tolist() == [100, 200, 300]
    near = sweep_payload(swept([1, 2, 3], "model.depth"))
    assert near is not None
    assert Decoded(near).panel("sweep")["xLog"] is False


def test_runs_that_differ_otherwise_are_no_sweep():
    assert swept_setting(swept([4, 8], "model.width")) == ("model.width", [4.0, 8.0])
    assert sweep_payload(swept([4, 4], "model.width")) is None
    assert sweep_payload(swept(["relu", "tanh"], "model.activation")) is None
    assert sweep_payload(swept([True, False], "watch.pictures")) is None
    both = swept([4, 8], "model.width")
    both[1].run.config = both[1].run.config.changed({"optimizer.lr": 0.5})
    assert sweep_payload(both) is None
    assert sweep_payload([watched({"train_loss": [1.0]}), *swept([4], "model.width")]) is None
    assert sweep_payload([]) is None


def test_the_exported_file_escapes_what_users_wrote():
    run = watched({"train_loss": [1.0]}, name="</script><script>alert(1)</script>")
    page = live_html(live_payload([run]), "<b>A & B</b>")
    assert "<title>&lt;b&gt;A &amp; B&lt;/b&gt;</title>" in page
    assert "alert(1)" not in page
    assert page.count("</script>") == 2


def with_losses(losses: list[float]) -> list[Any]:
    """Runs of widths 1, 2, 4, ... that end at these validation losses."""
    return [
        watched({"val_loss": [9.0, loss]}, id=f"run{i}", config=RunConfig().changed({"model.width": 2**i}))
        for i, loss in enumerate(losses)
    ]


def test_the_curve_over_a_setting_is_told_in_one_sentence():
    assert sweep_sentence(with_losses([0.6, 0.5, 2.0, 0.9, 0.4])) == (
        "Double descent: validation loss falls to 0.5 at width 2, rises to 2 at width 4, "
        "and falls again to 0.4 at width 16."
    )
    assert sweep_sentence(with_losses([0.9, 0.5, 0.4, 0.8])) == (
        "Validation loss is lowest, 0.4 at width 4, and rises on both sides of it."
    )
    assert sweep_sentence(with_losses([0.9, 0.8, 0.5, 0.4])).startswith("Validation loss goes from 0.9 at width 1")
    assert sweep_sentence(with_losses([0.9, 0.8, 0.5])) == ""
    assert sweep_sentence(with_losses([0.5, 0.51, 0.5, 0.5])).startswith("Validation loss goes")
