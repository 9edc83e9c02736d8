"""Tasks that are akin to a stored set: halves of the classes, turned, noisy and shuffled digits, turned moons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trainers import RunConfig, load
from trainers.data import DATA_SETS, SOURCES
from trainers.data.real import half_of, turned
from trainers.data.table import Table


def loaded(**changes: Any) -> Any:
    named = {f"data.{name}": value for name, value in changes.items()}
    return load(RunConfig().changed({"data.name": "digits"}).changed({"data.scaling": "none", **named}).data)


def test_halves_have_their_classes_counted_from_zero_and_together_are_the_whole() -> None:
    whole, first, last = (loaded(half=half) for half in ("all", "first", "last"))
    assert (first.classes, last.classes) == (tuple("01234"), tuple("56789"))
    assert {int(y) for y in last.train.targets} == {0, 1, 2, 3, 4}
    rows = [sum(len(part) for part in (one.train, one.val, one.test)) for one in (whole, first, last)]
    assert rows[0] == rows[1] + rows[2]
    table = Table(inputs=np.arange(6.0)[:, None], targets=np.array([0, 1, 2, 3, 3, 0]), classes=tuple("abcd"))
    assert half_of(table, "last").inputs[:, 0].tolist() == [2, 3, 4]
    assert half_of(table, "last").targets.tolist() == [0, 1, 1]
    assert half_of(table, "first").classes == ("a", "b")


@pytest.mark.parametrize(
    ("name", "kind", "names"),
    [
        ("fashion_mnist", "tops", ("T-shirt", "pullover", "dress", "coat", "shirt")),
        ("fashion_mnist", "accessories", ("sandal", "sneaker", "bag", "boot")),
        ("cifar10", "animals", ("bird", "cat", "deer", "dog", "frog", "horse")),
        ("cifar10", "vehicles", ("airplane", "automobile", "ship", "truck")),
    ],
)
def test_classes_of_a_kind_are_those_that_are_named_for_it(name: str, kind: str, names: tuple[str, ...]) -> None:
    table = Table(inputs=np.arange(10.0)[:, None], targets=np.arange(10), classes=SOURCES[name].classes)
    found = half_of(table, kind)
    assert found.classes == names
    assert [table.classes[int(row)] for row in found.inputs[:, 0]] == list(names)
    assert found.targets.tolist() == list(range(len(names)))
    data = RunConfig().changed({"data.name": name}).changed({"data.half": kind}).data
    assert DATA_SETS[name].classes(data) == len(names)
    with pytest.raises(ValueError, match="half"):
        RunConfig().changed({"data.name": "mnist"}).changed({"data.half": kind})


@pytest.mark.parametrize("degrees", [-130.0, 17.0, 90.0])
@pytest.mark.parametrize("shape", [(2, 1, 8, 8), (1, 3, 5, 9)])
def test_images_are_turned_as_scipy_turns_them(degrees: float, shape: tuple[int, ...]) -> None:
    from scipy.ndimage import rotate

    images = np.random.default_rng(0).random(shape)
    expected = rotate(images, degrees, axes=(2, 3), reshape=False, order=1, mode="grid-constant")
    assert turned(images, degrees) == pytest.approx(expected, abs=1e-6)


def test_noise_is_a_share_of_the_brightest_pixel_and_drawn_by_the_seed() -> None:
    plain, noisy, again = loaded(), loaded(noise=0.25), loaded(noise=0.25)
    difference = noisy.train.inputs - plain.train.inputs
    assert difference.std() == pytest.approx(4.0, rel=0.02)
    assert np.array_equal(noisy.train.inputs, again.train.inputs)


def test_shuffled_pixels_are_the_same_pixels_in_one_other_order() -> None:
    plain, shuffled = loaded(), loaded(shuffle=True)
    a, b = (one.train.inputs.reshape(len(one.train), -1) for one in (plain, shuffled))
    assert not np.array_equal(a, b)
    assert np.array_equal(np.sort(a, 1), np.sort(b, 1))


def test_moons_are_turned_around_their_middle() -> None:
    plain, quarter = (
        load(RunConfig().changed({"data.turn": turn, "data.scaling": "none"}).data) for turn in (0.0, 90.0)
    )
    middle = np.array([0.5, 0.25])
    x, y = (plain.train.inputs - middle).T
    assert quarter.train.inputs - middle == pytest.approx(np.stack([-y, x], 1), abs=1e-5)
    assert np.array_equal(plain.train.targets, quarter.train.targets)
