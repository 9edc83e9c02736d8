"""The settings of a run as controls: over everything that can be chosen in any section."""

from __future__ import annotations

from itertools import cycle

import pytest

from experiments.training.setting_groups import SEEDS, groups, offered, rows_of, shown
from experiments.training.summary import drawer_label
from experiments.training.words import label, names, refusal, sentence, value_words
from networks.models import MODELS
from settings.hyperparameter import Hyperparameter
from trainers.config.losses import LOSSES
from trainers.config.optimizers import OPTIMIZERS
from trainers.config.run_config import RunConfig
from trainers.config.schedules import SCHEDULES
from trainers.config.sections import SECTIONS
from trainers.data.catalogue import DATA_SETS


def _configs() -> list[RunConfig]:
    found = [
        RunConfig().changed({"data.name": data, "optimizer.name": optimizer, "schedule.name": schedule})
        for data, optimizer, schedule in zip(DATA_SETS, cycle(OPTIMIZERS), cycle(SCHEDULES), strict=False)
    ]
    for key, model in MODELS.items():
        data = next(d for d, entry in DATA_SETS.items() if entry.inputs in model.inputs and entry.task in model.tasks)
        found.append(RunConfig().changed({"data.name": data, "model.name": key}))
    return [*found, *(RunConfig().changed({"loss.name": key}) for key in LOSSES)]


CONFIGS = _configs()
EVERY = pytest.mark.parametrize("config", CONFIGS, ids=lambda config: "-".join(config.changes().values()))


@EVERY
def test_every_setting_is_in_one_group_in_sight_or_in_its_drawer(config: RunConfig) -> None:
    placed = [name for group in groups(config) for name in (*group.sight, *group.drawer)]
    assert len(placed) == len(set(placed))
    assert set(placed) <= set(config.settings())
    assert {name.partition(".")[0] for name in placed} == set(SECTIONS)


@EVERY
def test_few_controls_are_in_sight(config: RunConfig) -> None:
    assert sum(len(group.sight) for group in groups(config)) <= 9


@EVERY
def test_stops_of_a_slider_are_allowed_hold_the_default_and_each_reads_otherwise(config: RunConfig) -> None:
    """The browser tells a stop by its words."""
    for name, setting in config.settings().items():
        if not isinstance(setting, Hyperparameter) or setting.kind not in ("int", "float") or name in SEEDS:
            continue
        stops = shown(config, name).slider_stops
        assert 2 <= len(stops) <= 100, name
        assert setting.default in stops, name
        assert all(setting.check(stop) == stop for stop in stops), name
        assert min(stops) == setting.low or setting.log, name
        words = [value_words(name, stop) for stop in stops]
        assert len(set(words)) == len(words), name


@EVERY
def test_menus_offer_what_the_configuration_takes_and_every_choice_has_a_name(config: RunConfig) -> None:
    for name, setting in config.settings().items():
        if not isinstance(setting, Hyperparameter) or setting.kind != "choice":
            continue
        keys = offered(config, name)
        assert config[name] in keys
        assert set(keys) <= set(setting.choices)
        if name in ("data.leak", "data.scaling", "model.name", "loss.name"):
            assert all(config.changed({name: key})[name] == key for key in keys)
        if name != "data.task":
            shown_names = [names(name).get(key, "") for key in keys]
            assert all(shown_names), name
            assert len(set(shown_names)) == len(shown_names), name


@EVERY
def test_labels_differ_within_a_group(config: RunConfig) -> None:
    for group in groups(config):
        labels = [label(name, config.settings()[name]) for name in (*group.sight, *group.drawer)]
        assert len(set(labels)) == len(labels), group.key


def test_a_drawer_says_what_was_set_in_it() -> None:
    config = RunConfig().changed(
        {
            "regularization.l2": 0.001,
            "regularization.patience": 10,
            "data.leak": "duplicates",
            "budget.batch_size": 0,
            "budget.epochs": 1,
            "watch.pictures": False,
            "schedule.name": "cosine",
            "optimizer.beta1": 0.5,
        }
    )
    said = {group.key: drawer_label(config, group) for group in groups(config)}
    assert said["data"] == "More of the data: leak on purpose every row twice"
    assert said["model"] == "2 × 32, ReLU, 1,218 parameters"  # noqa: RUF001
    assert said["optimizer"] == "Loss and more: Cross-entropy, cosine, memory of gradients 0.5"
    assert said["regularization"] == "Regularization: L2 penalty 0.001, early stopping: patience 10"
    assert said["augmentation"] == "Augmentation: none"
    assert said["budget"] == "Budget: 1 epoch, full batch"
    assert said["watch"] == "Watched: internals"


def test_menus_stand_alone_and_sliders_of_the_data_in_pairs() -> None:
    assert rows_of(("data.name", "data.size", "data.noise", "data.label_noise")) == [
        ("data.name",),
        ("data.size", "data.noise"),
        ("data.label_noise",),
    ]
    assert rows_of(("optimizer.name", "optimizer.lr")) == [("optimizer.name",), ("optimizer.lr",)]


def test_zero_reads_as_what_it_means() -> None:
    read = {name: value_words(name, 0) for name in ("data.train_size", "budget.batch_size", "regularization.patience")}
    assert read == {"data.train_size": "all", "budget.batch_size": "all rows", "regularization.patience": "never stop"}
    assert value_words("model.dropout", 0) == "none"
    assert value_words("data.label_noise", 0.1) == "10 %"
    assert value_words("optimizer.beta2", 0.9999) == "0.9999"


def test_a_refusal_is_a_sentence_with_the_name_of_the_control() -> None:
    with pytest.raises(ValueError, match=r"budget\.epochs") as caught:
        RunConfig().changed({"budget.epochs": 0})
    assert refusal("budget.epochs", caught.value).startswith("Epochs was given 0; allowed is")
    assert sentence("budget.epochs was given x.") == "budget.epochs was given x."
    assert sentence("instance normalization needs more.") == "Instance normalization needs more."
