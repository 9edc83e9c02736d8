from __future__ import annotations

import numpy as np
import pytest

from tests.trainers.openml_at_hand import StandIn, asked_here
from tests.trainers.runs import run
from trainers import DataUnavailable, RunConfig, Settings, load
from trainers.data.real import SOURCES, Source, downloaded, is_downloaded
from trainers.data.table import silent

ROWS = 40
RNG = np.random.default_rng(0)
PIXELS, LABELS = RNG.integers(0, 256, (ROWS, 4)), np.arange(ROWS) % 2


@pytest.fixture
def openml(data_home, monkeypatch):
    stand_in = StandIn(PIXELS, LABELS)
    asked_here(monkeypatch, stand_in.url)
    monkeypatch.setitem(SOURCES, "mnist", Source(data_id=1, rows=ROWS, shape=(1, 2, 2), classes=("0", "1")))
    yield stand_in
    stand_in.close()


def test_a_data_set_is_fetched_once_then_kept(openml, data_home):
    told = []
    table = downloaded("mnist", lambda sentence, share: told.append(sentence))
    assert np.array_equal(table.inputs.reshape(ROWS, 4), PIXELS)
    assert np.array_equal(table.targets, LABELS)
    assert (table.inputs.dtype, table.targets.dtype) == (np.uint8, np.int64)
    assert told[0] == "Downloading MNIST from OpenML."
    assert told[-1] == "Reading MNIST."
    assert is_downloaded("mnist")
    asked = len(openml.requests)
    again = downloaded("mnist", silent)
    assert np.array_equal(again.inputs, table.inputs)
    assert len(openml.requests) == asked
    assert [file.name for file in (data_home / "downloads").iterdir()] == ["mnist.npz"]


def test_a_fetched_data_set_trains(openml):
    config = RunConfig().changed({"data.name": "mnist", "budget.epochs": 2, "model.name": "mlp"})
    splits = load(config.data)
    assert splits.shape == (1, 2, 2)
    assert splits.train.inputs.mean() == pytest.approx(0, abs=1e-5)
    assert run(config, splits=splits).ended.reason == "finished"


def test_classes_written_as_words_in_quotes_are_read_too(openml):
    openml.quoted = True
    openml.arff = openml.written(PIXELS)
    assert np.array_equal(downloaded("mnist", silent).targets, LABELS)


@pytest.mark.parametrize("damage", ["flip", "cut", "junk", "other"])
def test_a_damaged_copy_is_fetched_again(openml, data_home, damage):
    downloaded("mnist", silent)
    path = data_home / "downloads" / "mnist.npz"
    content = path.read_bytes()
    if damage == "other":
        np.savez(path, inputs=np.zeros(3), targets=np.zeros(3), sha256=np.array("0" * 64))
    else:
        middle = content.index(b"inputs.npy") + 200
        damaged = {
            "flip": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "cut": content[: len(content) // 2],
            "junk": b"junk",
        }[damage]
        path.write_bytes(damaged)
    asked = len(openml.requests)
    assert np.array_equal(downloaded("mnist", silent).targets, LABELS)
    assert len(openml.requests) > asked
    assert path.read_bytes() != b"junk"


def test_without_the_internet_a_sentence_says_so(openml, monkeypatch):
    openml.close()
    config = RunConfig(data=Settings(name="mnist"))
    told = run(config)
    assert told.ended.reason == "no_data"
    expected = "MNIST cannot be downloaded, because OpenML cannot be reached; choose a data set that needs no download."
    assert told.ended.sentence == expected
    monkeypatch.setattr(StandIn, "close", lambda self: None)


def test_a_server_in_trouble_is_named(openml):
    openml.status = 503
    with pytest.raises(DataUnavailable, match="OpenML answered 503 when asked for MNIST; try again later"):
        downloaded("mnist", silent)


def test_a_file_that_does_not_match_its_checksum_is_refused(openml, data_home):
    openml.arff = openml.written(PIXELS + 1)
    with pytest.raises(DataUnavailable, match="md5 checksum"):
        downloaded("mnist", silent)
    assert not is_downloaded("mnist")


def test_another_data_set_in_its_place_is_refused(openml, monkeypatch):
    monkeypatch.setitem(SOURCES, "mnist", Source(data_id=1, rows=70_000, shape=(1, 28, 28), classes=("0", "1")))
    with pytest.raises(DataUnavailable, match="is not that data set: 40 rows of 4 numbers"):
        downloaded("mnist", silent)


def test_a_disk_that_cannot_be_written_is_named(openml, data_home, monkeypatch):
    def full(*args, **others):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(DataUnavailable, match="cannot be kept on this disk: No space left on device"):
        downloaded("mnist", silent)
    assert not list((data_home / "downloads").glob("*.part"))
