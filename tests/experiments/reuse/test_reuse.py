"""What a study says: medians, the least loss, how many times faster; sentences, presets, links and the script."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.reuse import (
    CODEC,
    PRESETS,
    Pace,
    is_asked,
    least,
    pace_columns,
    pace_of,
    reading_of,
    request_of,
    reuse_code,
    tasks_sentences,
    transfer_sentences,
)
from settings import preset_of
from trainers.transfers import (
    ALONE,
    PRETRAINED,
    SHARED,
    Curve,
    PretrainedRequest,
    Study,
    TasksRequest,
    TransferRequest,
)


def curve(*losses: float) -> Curve:
    return Curve(losses=(losses,), scores=(tuple(1 - loss / 10 for loss in losses),))


STUDY = Study(
    epochs=(0, 1, 2, 4),
    total=99,
    curves={
        ("scratch", 20, 0): curve(4, 3, 2, 1),
        ("scratch", 20, 1): curve(4, 3, 2.5, 1.2),
        ("scratch", 20, 2): curve(5, 4, 3, 2),
        ("tuned", 20, 0): curve(2, 1.2, 0.6, 0.7),
        ("tuned", 20, 1): curve(2, 1.2, 0.5, 0.9),
        ("tuned", 20, 2): curve(2, 1.0, 0.4, 0.4),
        ("frozen", 20, 0): curve(3, 2.5, 2.2, 2.1),
        ("gradual", 20, 0): curve(1, 1, 1, 1),
    },
)
VALUES: dict[str, Any] = CODEC.read({})[0]


def test_readings_are_medians_of_the_seeds_with_their_range() -> None:
    reading = reading_of(STUDY, "scratch", 20)
    assert reading is not None
    assert reading.middle.tolist() == [4, 3, 2.5, 1.2]
    assert (reading.low.tolist(), reading.high.tolist()) == ([4, 3, 2, 1], [5, 4, 3, 2])
    assert (reading.seeds, reading.best) == (3, 3)
    assert reading_of(STUDY, "scratch", 50) is None
    assert least(STUDY, "tuned", 20) == 0.5
    broken = Study(epochs=(0, 1), total=1, curves={("scratch", 20, 0): curve(2, float("nan"))})
    assert least(broken, "scratch", 20) == 2


def test_a_pace_is_the_ratio_of_epochs_to_the_least_loss_from_scratch() -> None:
    paces = {way: pace_of(STUDY, way, 20) for way in ("tuned", "frozen", "gradual")}
    assert {way: pace and (pace.scratch, pace.epochs, pace.words) for way, pace in paces.items()} == {
        "tuned": (4, 1, "4 times faster"),
        "frozen": (4, None, "never"),
        "gradual": (4, 0, "at once"),
    }
    assert pace_of(STUDY, "discriminative", 20) is None
    words = {epochs: Pace(level=1.0, scratch=10, epochs=epochs).words for epochs in (1, 10, 15)}
    assert words == {1: "10 times faster", 10: "as soon", 15: "1.5 times slower"}
    assert Pace(level=1.0, scratch=0, epochs=3).words == "later"
    columns = pace_columns(STUDY)
    assert columns["rows"] == ["20"]
    assert columns["fine-tuned"] == ["4 times faster"]
    assert columns["a rate for each layer"] == ["…"]


def test_sentences_have_the_numbers_and_the_verdict() -> None:
    first, second, third = transfer_sentences(STUDY, VALUES)
    assert first.startswith("With 20 rows the least validation loss is 1.2 from scratch and 0.5 fine-tuned")
    assert (
        second
        == "Training from scratch is lowest at epoch 4; fine-tuned, the loss is that low at epoch 1: 4 times faster."
    )
    assert third == "Frozen features come to 2.1: they lack what this task needs."
    worse = Study(epochs=STUDY.epochs, total=2, curves={k: c for k, c in STUDY.curves.items() if k[0] != "tuned"})
    worse = worse.having(("gradual", 20, 0), curve(9, 9, 9, 9))
    assert "from scratch is best" in transfer_sentences(worse, VALUES)[1]
    assert transfer_sentences(Study(epochs=(0,), total=1), VALUES) == []


@pytest.mark.parametrize(
    ("shared", "verdict"),
    [((1.0, 0.5), "Sharing helps"), ((2.0, 2.0), "Sharing costs"), ((0.5, 2.0), "One task gains"), ((1, 1), "changes")],
)
def test_what_sharing_does_is_told_of_both_tasks(shared: tuple[float, float], verdict: str) -> None:
    def of(first: float, second: float) -> Curve:
        return Curve(losses=((9, first), (9, second)), scores=((0.1, 0.9), (0.2, 0.8)))

    study = Study(epochs=(0, 1), total=2, curves={(SHARED, 0, 0): of(*shared), (ALONE, 0, 0): of(1, 1)})
    sentences = tasks_sentences(study, CODEC.read({"part": "tasks"})[0])
    assert len(sentences) == 3
    assert verdict in sentences[-1]
    assert "80 % right" in sentences[1].replace("against 80 %", "80 %")


def test_presets_are_links_of_studies_and_keep_to_twenty_words() -> None:
    for key, preset in PRESETS.items():
        values, problems = CODEC.read(preset.query)
        assert problems == []
        assert preset_of(CODEC.write(values), PRESETS) == key
        assert len(preset.look_for.split()) <= 20
        assert request_of(values).keys()


def test_which_rows_are_looked_at_and_what_is_drawn_is_no_other_study() -> None:
    values = CODEC.read({"rows": "800", "shown": "score"})[0]
    assert request_of(values) == request_of(VALUES) == TransferRequest()
    assert request_of(CODEC.read({"part": "tasks", "rows": "30"})[0]) == TasksRequest(rows=30)


def test_what_was_learned_first_decides_what_can_be_set() -> None:
    run = CODEC.read({"source": "run", "run": "Ab3", "target": "circles", "freeze": "4"})[0]
    assert request_of(run) == TransferRequest(pair="circles", run="Ab3", freeze=4)
    assert is_asked(run)
    assert not is_asked(CODEC.read({"source": "run"})[0])
    pretrained = CODEC.read({"source": "imagenet", "network": "resnet18", "images": "vehicles", "side": "224"})[0]
    assert request_of(pretrained) == PretrainedRequest(network="resnet18", images="vehicles", side=224, blocks=5)
    images = CODEC.read({"pair": "cifar"})[0]
    assert (request_of(images), images["width"]) == (TransferRequest(pair="cifar", width=16), 16)
    junk, problems = CODEC.read({"source": "run", "run": "../x", "side": "96"})
    assert junk["run"] == ""
    assert len(problems) == 2
    # Another network has as many blocks as it has.
    assert CODEC.changed(pretrained, {"network": "mobilenet_v3_small"})["blocks"] == 6


@pytest.mark.parametrize("network", PRETRAINED)
def test_the_script_of_a_pretrained_network_is_python_and_names_its_weights(network: str) -> None:
    blocks = len(PRETRAINED[network].blocks)
    text = reuse_code(PretrainedRequest(network=network, images="accessories", blocks=blocks))
    ast.parse(text)
    assert PRETRAINED[network].weights in text
    assert '"classes"' in text
    assert "'classes': [5, 7, 8, 9]" in text


def test_the_script_of_convolutions_runs_on_images_that_are_fetched(tmp_path: Path) -> None:
    """Here from a function in the place of scikit-learn's."""
    text = reuse_code(TransferRequest(pair="fashion", layers=2, width=4, seeds=1))
    text = text.replace("EPOCHS, SEEDS, WIDTH = 0.003, 40", "EPOCHS, SEEDS, WIDTH = 0.003, 2")
    text = re.sub(r"for count in \(.*\):", "for count in (20,):", text)
    fake = """
import numpy as np, pandas as pd, sklearn.datasets
from types import SimpleNamespace
pixels = np.random.default_rng(0).random((400, 784)).astype("float32")
fetched = SimpleNamespace(data=pd.DataFrame(pixels), target=pd.Series(np.arange(400) % 10).astype(str))
sklearn.datasets.fetch_openml = lambda data_id, as_frame, parser: fetched
"""
    (tmp_path / "one.py").write_text(fake + text, encoding="utf-8")
    command = [sys.executable, "-W", "error", "one.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"20 rows, .*: least validation loss \d\.\d{3}", done.stdout)) == 5


def test_the_scripts_run_and_say_what_the_study_says(tmp_path: Path) -> None:
    scripts = []
    for request in (TransferRequest(pair="moons", layers=1, width=8, seeds=1), TasksRequest(width=8, seeds=1)):
        text = reuse_code(request).replace("EPOCHS, SEEDS, WIDTH = 0.003, 40", "EPOCHS, SEEDS, WIDTH = 0.003, 2")
        scripts.append(re.sub(r"for count in \(.*\):", "for count in (20,):", text))
    (tmp_path / "both.py").write_text("\n".join(scripts), encoding="utf-8")
    command = [sys.executable, "-W", "error", "both.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(re.findall(r"20 rows, .*: least validation loss \d\.\d{3}", done.stdout)) == 5
    assert lines[-1].startswith("a network each:")
    assert np.isfinite([float(number) for number in re.findall(r"\d\.\d+", lines[-1])]).all()
