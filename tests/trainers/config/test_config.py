from __future__ import annotations

import dataclasses
import importlib
import json
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trainers
from networks.models import MODELS, models_for
from settings.hyperparameter import Hyperparameter
from trainers import DATA_SETS, OPTIMIZERS, SCHEDULES, RunConfig, Settings, differences

CONFIGS = [
    RunConfig(),
    *(RunConfig(data=Settings(name=name)) for name in DATA_SETS),
    *(RunConfig(optimizer=Settings(name=name)) for name in OPTIMIZERS),
    *(RunConfig(schedule=Settings(name=name)) for name in SCHEDULES),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda c: f"{c.data.name}-{c.optimizer.name}-{c.schedule.name}")
def test_a_configuration_survives_json_and_link(config):
    assert RunConfig.from_json(config.to_json()) == config
    assert RunConfig.from_query(config.to_query()) == (config, [])
    assert RunConfig().changed(config.changes()) == config


@pytest.mark.parametrize("data", DATA_SETS)
def test_the_defaults_of_every_data_set_are_a_valid_run_with_the_usual_model(data):
    config = RunConfig(data=Settings(name=data))
    assert config.model.name == models_for(config.inputs, config.task)[0]
    assert config.loss.name == ("mse" if config.task == "regression" else "cross_entropy")


def test_what_is_set_can_be_read_by_section_and_by_dotted_name():
    config = RunConfig(optimizer=Settings(name="adam", lr=0.25))
    assert config.optimizer.lr == config["optimizer.lr"] == config.flat()["optimizer.lr"] == 0.25
    assert config.settings()["optimizer.lr"].check(0.5) == 0.5


def test_every_number_declares_its_range_and_its_meaning():
    for config in CONFIGS:
        for name, setting in config.settings().items():
            assert setting.meaning.endswith("."), name
            assert len(setting.meaning.split()) <= 20, name
            if isinstance(setting, Hyperparameter) and setting.kind in ("int", "float"):
                assert setting.low < setting.high


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"data": {"name": "mooons"}}, r"data.name was given 'mooons'; allowed is one of moons"),
        ({"optimizer": {"lr": -1}}, r"optimizer.lr was given -1; allowed is a number in"),
        ({"optimizer": {"lr": float("nan")}}, r"optimizer.lr was given nan"),
        ({"optimizer": {"lr": "0.1"}}, r"optimizer.lr was given '0.1'; allowed is one number"),
        ({"optimizer": {"lr": [0.1, 0.2]}}, r"allowed is one number"),
        ({"optimizer": {"lr": True}}, r"optimizer.lr was given True; allowed is a number"),
        ({"optimizer": {"rate": 1}}, r"optimizer has no setting 'rate'; it has name, lr"),
        ({"model": {"depth": 2.5}}, r"model.depth was given 2.5; allowed is a whole number"),
        ({"model": {"depth": 1000}}, r"model.depth was given 1000"),
        ({"model": {"widths": "8-"}}, r"model.widths was given '8-'; allowed is whole numbers"),
        ({"model": {"widths": "9999-9999-9999"}}, r"parameters; allowed are 20,000,000"),
        (
            {"model": {"name": "cnn"}},
            r"Convolutional network does not suit Two moons; allowed models are mlp, logistic",
        ),
        ({"loss": {"name": "huber"}, "data": {"name": "iris"}, "model": {"name": "linear"}}, r"does not suit Iris"),
        ({"loss": {"name": "kl"}, "data": {"name": "diabetes"}}, r"the loss kl does not suit a regression"),
        ({"data": {"val_share": 0.6, "test_share": 0.6}}, r"leave at least 5 % for training"),
        ({"budget": {"batch_size": 1}, "model": {"normalization": "batch"}}, r"batch normalization needs at least 2"),
        ({"optimizer": {"name": "lbfgs"}, "regularization": {"clip_norm": 1}}, r"cannot be clipped"),
        ({"optimizer": {"name": "lbfgs"}, "regularization": {"sam": 0.05}}, r"cannot take its gradient uphill"),
        ({"augmentation": {"flip": True}}, r"is for images; Two moons has none"),
        ({"data": {"name": "digits"}, "augmentation": {"mixup": 1, "cutmix": 1}}, r"choose one of them"),
        (
            {"data": {"name": "digits"}, "model": {"name": "resnet", "stages": 4, "normalization": "instance"}},
            r"more than one pixel a channel; take fewer stages",
        ),
        ({"data": 3}, r"data was given 3; allowed are settings by name"),
        ({"data": {"name": ["moons"]}}, r"data.name was given \['moons'\]"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(sections, message):
    with pytest.raises(ValueError, match=message):
        RunConfig(**sections)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "JSON text"),
        ("[]", "JSON object"),
        ("[" * 100_000, "allowed are 65,536"),
        ('{"version": 9}', "another version"),
        ('{"extra": {}}', "no section 'extra'"),
        ('{"data": []}', "allowed are settings by name"),
        ('{"optimizer": {"lr": NaN}}', "allowed are finite numbers"),
        ('{"optimizer": {"lr": 1, "lr": 2}}', "names a setting twice"),
        ('{"data": {"__class__": 1}}', "has no setting '__class__'"),
    ],
)
def test_json_of_another_kind_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        RunConfig.from_json(text)


def test_deeply_nested_json_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        RunConfig.from_json('{"data": ' + "[" * 30_000 + "]" * 30_000 + "}")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*RunConfig().flat()]).map(lambda name: name), JSON, max_size=4))
@settings(max_examples=150)
def test_any_junk_in_a_configuration_is_a_valid_run_or_a_value_error(junk):
    sections: dict = {}
    for name, value in junk.items():
        section, _, setting = name.partition(".")
        sections.setdefault(section, {})[setting] = value
    try:
        config = RunConfig.from_json(json.dumps(sections))
    except ValueError:
        return
    assert RunConfig.from_json(config.to_json()) == config


@given(
    st.dictionaries(st.sampled_from([*RunConfig().flat(), "x", "data.", "data.zzz"]), st.text(max_size=12), max_size=5)
)
@settings(max_examples=150)
def test_any_link_opens_a_run_and_says_what_it_could_not_read(query):
    config, problems = RunConfig.from_query(query)
    assert isinstance(config, RunConfig)
    assert all(problem.endswith(".") for problem in problems)


def test_a_link_keeps_what_it_can_read():
    query = {"data.name": "spirals", "data.noise": "0.3", "optimizer.lr": "-5", "model.zzz": "1", "utm": "x"}
    config, problems = RunConfig.from_query(query)
    assert config.data.name == "spirals"
    assert config.data.noise == 0.3
    assert config.optimizer.lr == RunConfig().optimizer.lr
    assert len(problems) == 2


def test_a_change_keeps_everything_else():
    config = RunConfig(model=Settings(width=7))
    changed = config.changed({"optimizer.lr": 0.5})
    assert changed.optimizer.lr == 0.5
    assert differences(config, changed) == {"optimizer.lr": (0.001, 0.5)}
    assert config.changed() == config


def test_another_optimizer_keeps_only_what_was_set_by_hand():
    assert RunConfig().changed({"optimizer.name": "nadam"}).optimizer.lr == 0.002
    by_hand = RunConfig(optimizer=Settings(lr=0.02)).changed({"optimizer.name": "momentum"})
    assert (by_hand.optimizer.lr, by_hand.optimizer.momentum) == (0.02, 0.9)


def test_another_optimizer_brings_its_own_decay_unless_it_was_set_by_hand():
    adamw = RunConfig().changed({"optimizer.name": "adamw"})
    assert (adamw.regularization.weight_decay, adamw.regularization.l2) == (0.01, 0.0)
    assert adamw == RunConfig(optimizer=Settings(name="adamw"))
    assert adamw.changed({"optimizer.name": "adam"}).regularization.weight_decay == 0.0
    assert adamw.changed({"optimizer.name": "adam_l2"}).regularization.l2 == 0.01
    assert RunConfig().changed({"optimizer.name": "muon"}).regularization.weight_decay == 0.1
    by_hand = adamw.changed({"regularization.weight_decay": 0.3})
    assert by_hand.changed({"optimizer.name": "muon"}).regularization.weight_decay == 0.3
    none = adamw.changed({"regularization.weight_decay": 0.0})
    assert none.to_query()["regularization.weight_decay"] == "0.0"
    assert RunConfig.from_query(none.to_query()) == (none, [])
    assert RunConfig.from_query({"optimizer.name": "adamw"})[0].regularization.weight_decay == 0.01


def test_another_data_set_takes_a_model_and_a_loss_that_suit_it():
    config = RunConfig(data=Settings(name="digits"), augmentation=Settings(flip=True))
    assert config.model.name == "cnn"
    there = config.changed({"data.name": "diabetes"})
    assert (there.model.name, there.loss.name, there.augmentation.flip) == ("mlp", "mse", False)
    kept = RunConfig(model=Settings(depth=5)).changed({"data.name": "digits"})
    assert (kept.model.name, kept.model.depth) == ("mlp", 5)


def test_a_change_of_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="there is no setting 'lr'"):
        RunConfig().changed(lr=1)


def test_differences_name_settings_that_only_one_side_has():
    found = differences(RunConfig(), RunConfig(optimizer=Settings(name="sgd")))
    assert found["optimizer.beta1"] == (0.9, None)
    assert found["optimizer.name"] == ("adam", "sgd")


def test_a_configuration_cannot_be_changed_and_can_be_a_key_and_be_sent():
    config = RunConfig()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.data = Settings()  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError, match="cannot be changed"):
        config.data.noise = 3
    assert {config: 1}[RunConfig()] == 1
    assert pickle.loads(pickle.dumps(config)) == config


def test_the_parameter_count_is_that_of_a_model():
    config = RunConfig(data=Settings(name="iris"), model=Settings(widths="8-6"))
    assert config.parameter_count() == (4 + 1) * 8 + (8 + 1) * 6 + (6 + 1) * 3
    assert RunConfig(data=Settings(name="csv")).parameter_count() is None


def test_configurations_menus_and_reports_need_no_torch():
    code = (
        "import sys, trainers; from trainers import RunConfig, DATA_SETS, OPTIMIZERS, SCHEDULES, LOSSES, Report, load;"
        "RunConfig.from_json(RunConfig().to_json()).settings();"
        "assert not {'torch', 'sklearn', 'streamlit'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_models_for_images_and_sequences_are_offered_only_there():
    assert models_for("vector", "regression") == ("mlp", "linear")
    assert models_for("image", "classification")[0] == "cnn"
    assert set(models_for("sequence", "classification")) == {"mlp", "logistic", "rnn", "gru", "lstm", "transformer"}
    assert set(MODELS) == {"mlp", "linear", "logistic", "cnn", "resnet", "rnn", "gru", "lstm", "transformer"}


def test_every_name_of_the_package_is_what_it_says_and_no_module():
    """A module of the same name would take its place as soon as it is imported."""
    assert {name for name in trainers.__all__ if isinstance(getattr(trainers, name), ModuleType)} == set()
    modules = {path.stem for path in Path(trainers.__file__ or "").parent.glob("*.py")}
    for command in set(trainers.__all__) & modules:
        with pytest.raises(ImportError, match="is a command"):
            importlib.import_module(f"trainers.{command}")
    assert not hasattr(trainers, "zzz")
