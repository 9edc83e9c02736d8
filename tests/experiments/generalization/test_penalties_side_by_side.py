"""Penalties and augmentation as the page has them: which runs, what they differ in, what is said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.generalization import (
    AUGMENTED,
    CODEC,
    PENALTIES,
    Penalized,
    augmented_config,
    chosen,
    image_sets,
    label_sentences,
    penalized,
    penalty_sentences,
    shown_of,
    suited,
    with_and_without,
)
from settings import Hyperparameter
from trainers.config import differences, stack_key


def values_of(part: str, **query: str) -> dict[str, Any]:
    values, problems = CODEC.read({"part": part, **query})
    assert not problems
    return values


EVERY = ",".join(PENALTIES)


@pytest.mark.parametrize("on", ["moons", "sine", "line"])
def test_runs_differ_from_the_one_without_a_penalty_in_their_own_penalty_alone(on: str) -> None:
    runs = dict(penalized(values_of("penalties", on=on, penalties=EVERY)))
    assert list(runs) == [name for name in PENALTIES if suited(name, on)]
    for name, config in runs.items():
        changed = set(differences(runs["none"], config))
        expected = {
            "none": set(),
            "l1": {"regularization.l1", "regularization.proximal"},
            "l1_sign": {"regularization.l1"},
            "early": {"regularization.patience"},
            "input_noise": {"augmentation.noise"},
            "smoothing": {"loss.label_smoothing"},
        }
        assert changed == expected.get(name, {f"regularization.{name}"})


@pytest.mark.parametrize("strength", ["0.1", "10"])
def test_the_strength_moves_every_penalty_but_early_stopping(strength: str) -> None:
    usual = dict(penalized(values_of("penalties", penalties=EVERY)))
    other = dict(penalized(values_of("penalties", penalties=EVERY, strength=strength)))
    for name in usual:
        assert (usual[name] == other[name]) == (name in ("none", "early"))
    assert (other["max_norm"].regularization.max_norm < 1) == (strength == "10")


def test_the_penalties_shown_at_first_train_as_one_stack() -> None:
    runs = penalized(values_of("penalties"))
    assert len(runs) == 8
    assert len({stack_key(config) for _, config in runs} - {None}) == 1


def test_a_penalty_is_shown_once_in_the_order_of_the_menu() -> None:
    assert chosen(values_of("penalties", penalties="jacobian,l1,jacobian,none")) == ["none", "l1", "jacobian"]
    assert chosen(values_of("penalties", penalties="")) == ["none"]
    assert chosen(values_of("penalties", on="sine", penalties="smoothing,l2")) == ["none", "l2"]


def made_up(penalty: str, val: list[float], **more: Any) -> Penalized:
    one = Penalized(
        penalty=penalty,
        name=PENALTIES[penalty],
        strength="",
        epochs=np.arange(len(val)) * 10.0,
        train=np.array(val) / 2,
        val=np.array(val),
        metric=0.8,
        counts=np.array([1, 2, 1]),
        top=0.5,
        zeros=0,
        total=4,
        pictures={},
        points={},
        stopped=False,
    )
    return replace(one, **more)


def test_the_sentences_have_the_numbers_of_the_runs() -> None:
    runs = [
        made_up("none", [1.0, 0.4, 0.9]),
        made_up("l2", [1.0, 0.5, 0.45]),
        made_up("l1", [1.0, 0.5, 0.6], zeros=3),
        made_up("l1_sign", [1.0, 0.5, 1.2]),
    ]
    first, second, third = penalty_sentences(runs)
    assert "the validation loss at 0.9; it was 0.4 at epoch 10" in first
    assert "2 of 3 penalties end with a lower validation loss; the lowest, 0.45, is that of L2" in second
    assert "3 of 4 weights, 75 %, are exactly zero. By the sign in the gradient: 0" in third
    assert penalty_sentences(runs[1:]) == []
    broken = made_up("l2", [1.0, np.nan, np.nan])
    assert len(penalty_sentences([runs[0], broken])) == 1
    line = [made_up("none", [1.0, 0.9], total=1), made_up("l2", [1.0, 0.9], total=1, top=0.5)]
    line.append(made_up("input_noise", [1.0, 0.9], total=1, top=0.51))
    assert "0.5 with L2 of λ = 2\N{GREEK SMALL LETTER SIGMA}², 0.51 with noise" in penalty_sentences(line)[-1]


# ---- augmentation --------------------------------------------------------------------------------------------------


def test_with_and_without_differ_in_augmentation_alone() -> None:
    values = values_of("augmentation", policy="svhn", flip="true", noise="0.2")
    (without, plain), (with_it, augmented) = with_and_without(values)
    assert (without, with_it) == ("without augmentation", "with augmentation")
    changed = differences(plain, augmented)
    assert set(changed) == {f"augmentation.{name}" for name in ("rotation", "crop", "policy", "flip", "noise")}
    assert augmented == augmented_config(values)
    assert plain == with_and_without(values_of("augmentation", rotation="0", crop="0"))[1][1]


def test_every_setting_of_the_page_reaches_the_run() -> None:
    for name in AUGMENTED:
        setting, _ = CODEC.setting(values_of("augmentation"), name)
        assert isinstance(setting, Hyperparameter)
        value = {"bool": "true", "choice": "svhn"}.get(setting.kind, f"{setting.high:g}")
        values = values_of("augmentation", **{name: value})
        assert augmented_config(values)[f"augmentation.{name}"] == values[name]


def test_images_that_are_not_here_are_not_offered(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    assert image_sets() == {"digits": "Digits"}
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "cifar10.npz").write_bytes(b"")
    assert set(image_sets()) == {"digits", "cifar10"}


def test_what_is_shown_follows_the_draw_and_the_seed() -> None:
    first = shown_of(values_of("augmentation"))
    assert first.drawn.shape == (6, 7, 8, 8, 1)
    again, other = shown_of(values_of("augmentation")), shown_of(values_of("augmentation", draw="1"))
    np.testing.assert_array_equal(first.drawn, again.drawn)
    np.testing.assert_array_equal(first.originals, other.originals)
    assert (first.drawn != other.drawn).any()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"rotation": "180"}, "a 6 is a 9"),
        ({"flip": "true"}, "A mirrored 2 is no digit"),
        ({"flip_vertical": "true"}, "Upside down"),
        ({"crop": "3"}, "loses a stroke"),
        ({"saturation": "0.5"}, "saturation changes nothing"),
        ({"policy": "cifar10"}, "learned for photographs"),
        ({}, "would you still give every image the name"),
    ],
)
def test_transforms_that_change_the_label_are_said(query: dict[str, str], words: str) -> None:
    assert any(words in sentence for sentence in label_sentences(values_of("augmentation", **query)))
    clothes = label_sentences(values_of("augmentation", images="fashion_mnist", rotation="0", crop="0"))
    assert clothes == []
