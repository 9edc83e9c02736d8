"""Everything a run is, in one frozen value: from the data to the budget and what is watched.

A configuration is complete and checked when it exists: unknown names, values outside their range and parts that do not
suit each other are refused with a sentence. It is also the link (``to_query``) and the record (``to_json``). Importing
this module imports no PyTorch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from networks.models import MIXES_ROWS, MODELS, models_for
from settings import Setting, Settings, complete, quoted
from trainers.config.losses import LOSSES, usual_loss
from trainers.config.optimizers import OPTIMIZERS
from trainers.config.sections import (
    _CATALOGUED,
    _FIXED,
    IMAGE_AUGMENTATION,
    SECTIONS,
    asked_for,
    section_settings,
)
from trainers.data import DATA_SETS

VERSION = 1
MAX_JSON = 65_536
MAX_PARAMETERS = 20_000_000


class ModelTooLarge(ValueError):
    """The model has more parameters than are allowed; the message says how many."""

    @property
    def sentence(self) -> str:
        return f"{str(self).capitalize()}."


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """One training run. Sections may be given as ``Settings`` or mappings; what is left out takes its default.

    Model and loss follow the data where they are not named: MLP, CNN or GRU; cross-entropy or mean squared error.

    Raises:
        ValueError: an unknown name, a value outside its range, or parts that do not suit each other.
    """

    data: Settings = field(default_factory=Settings)
    model: Settings = field(default_factory=Settings)
    loss: Settings = field(default_factory=Settings)
    optimizer: Settings = field(default_factory=Settings)
    schedule: Settings = field(default_factory=Settings)
    regularization: Settings = field(default_factory=Settings)
    augmentation: Settings = field(default_factory=Settings)
    reuse: Settings = field(default_factory=Settings)
    budget: Settings = field(default_factory=Settings)
    watch: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        for section in SECTIONS:
            given = getattr(self, section)
            if not isinstance(given, Mapping):
                raise ValueError(f"{section} was given {quoted(given)}; allowed are settings by name")
            object.__setattr__(self, section, self._complete(section, given))
        self._check()

    def _complete(self, section: str, given: Mapping[str, Any]) -> Settings:
        if section in _FIXED:
            return complete(section, section_settings(section, self._chosen(section)), given)
        catalogue, default, _ = _CATALOGUED[section]
        if section == "model":
            default = models_for(self.inputs, self.task)[0]
        elif section == "loss":
            default = usual_loss(self.task)
        name = given.get("name", default)
        if not isinstance(name, str) or name not in catalogue:
            raise ValueError(f"{section}.name was given {quoted(name)}; allowed is one of {', '.join(catalogue)}")
        return complete(section, section_settings(section, name), {**given, "name": name})

    def _chosen(self, section: str) -> str:
        """The name that what may be set in a section depends on; "" where it depends on none."""
        return str(self.optimizer.name if section == "regularization" else getattr(self, section).get("name", ""))

    def _check(self) -> None:
        data, model = DATA_SETS[self.data.name], MODELS[self.model.name]
        if data.inputs not in model.inputs or self.task not in model.tasks:
            allowed = ", ".join(models_for(data.inputs, self.task))
            raise ValueError(f"{model.name} does not suit {data.name}; allowed models are {allowed}")
        if self.task not in LOSSES[self.loss.name].tasks:
            allowed = ", ".join(key for key, loss in LOSSES.items() if self.task in loss.tasks)
            raise ValueError(f"the loss {self.loss.name} does not suit a {self.task}; allowed are {allowed}")
        if self.data.val_share + self.data.test_share > 0.95:
            raise ValueError("validation and test take more than 95 % of the rows; leave at least 5 % for training")
        if self.budget.batch_size == 1 and self.model.get("normalization") in MIXES_ROWS:
            raise ValueError("batch normalization needs at least 2 rows in a batch; batch_size was given 1")
        if OPTIMIZERS[self.optimizer.name].closure and (
            self.regularization.clip_norm or self.regularization.clip_value
        ):
            raise ValueError("L-BFGS searches along its direction, so its gradient cannot be clipped")
        self._check_penalties()
        if asked_for(self.augmentation, IMAGE_AUGMENTATION) and data.inputs != "image":
            raise ValueError(f"all augmentation but noise and mixup is for images; {data.name} has none")
        if OPTIMIZERS[self.optimizer.name].closure and self.reuse.factor != 1:
            raise ValueError("L-BFGS searches along one direction, so all layers learn at one rate")
        if OPTIMIZERS[self.optimizer.name].closure and self.regularization.sam:
            raise ValueError("L-BFGS searches along its own line, so SAM cannot take its gradient uphill")
        if self.augmentation.mixup and self.augmentation.cutmix:
            raise ValueError("mixup and cutmix both mix the targets; choose one of them")
        shape = data.shape(self.data)
        tiny = model.key == "resnet" and shape is not None and min(shape[1:]) < 2**self.model.stages
        if tiny and self.model.normalization == "instance":
            raise ValueError("instance normalization needs more than one pixel a channel; take fewer stages")
        if shape is not None:
            self.check_size(shape, data.classes(self.data))

    def _check_penalties(self) -> None:
        regularization = self.regularization
        if regularization.jacobian and self.inputs == "sequence":
            raise ValueError("the Jacobian penalty is for tables and images; sequences have none")
        if regularization.jacobian and self.model.get("normalization") in MIXES_ROWS:
            raise ValueError("the Jacobian penalty looks at each row alone; batch normalization mixes them")
        if regularization.weight_noise and OPTIMIZERS[self.optimizer.name].closure:
            raise ValueError("L-BFGS searches along its direction, so its weights cannot be noisy")
        if regularization.sam and (regularization.jacobian or regularization.weight_noise):
            raise ValueError("SAM takes the slope of the loss alone: no Jacobian penalty, no noise on the weights")
        if regularization.activity_noise and "activation" not in self.model:
            raise ValueError(f"noise on activations needs layers with an activation; {self.model.name} has none")

    def check_size(self, shape: tuple[int, ...], classes: int | None) -> None:
        """Raises ModelTooLarge where the model has too many parameters for samples of this shape.

        A configuration checks itself where the data set tells its shape beforehand; whoever reads the rows of a user's
        own table checks again, before anything is built.
        """
        count = self.parameters(shape, classes)
        if count > MAX_PARAMETERS:
            raise ModelTooLarge(f"this model has {count:,} parameters; allowed are {MAX_PARAMETERS:,} at the most")

    @property
    def task(self) -> str:
        """classification or regression."""
        return DATA_SETS[self.data.name].task_of(self.data)

    @property
    def metric_name(self) -> str:
        """What the metric is called beside the loss."""
        return "R²" if self.task == "regression" else "accuracy"

    @property
    def inputs(self) -> str:
        """vector, image or sequence."""
        return DATA_SETS[self.data.name].inputs

    def parameters(self, shape: tuple[int, ...], classes: int | None) -> int:
        """How many numbers the model trains, for samples of this shape."""
        outputs = LOSSES[self.loss.name].outputs(classes)
        return MODELS[self.model.name].parameters(self.model, shape, outputs)

    def parameter_count(self) -> int | None:
        """The same where the data set tells shape and classes beforehand; None for a user's own table."""
        entry = DATA_SETS[self.data.name]
        shape = entry.shape(self.data)
        return None if shape is None else self.parameters(shape, entry.classes(self.data))

    def settings(self) -> dict[str, Setting]:
        """Everything that can be set here, by dotted name, in the order of the sections."""
        return dict(_declared(tuple(map(self._chosen, SECTIONS))))

    def flat(self) -> dict[str, Any]:
        """Every value by dotted name."""
        return {f"{section}.{name}": value for section in SECTIONS for name, value in getattr(self, section).items()}

    def __getitem__(self, name: str) -> Any:
        section, _, setting = name.partition(".")
        return getattr(self, section)[setting]

    def changed(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> RunConfig:
        """This configuration with other values, by dotted name.

        Where another data set, model, loss, optimizer or schedule is named, settings that it shares keep values that
        differ from their defaults. Model and loss that were the usual ones, or do not suit, follow the data.

        Raises:
            ValueError: an unknown name, or what the configuration itself refuses.
        """
        sections: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for name, value in {**(changes or {}), **more}.items():
            section, dot, setting = name.partition(".")
            if section not in sections or not dot:
                raise ValueError(f"there is no setting {name!r:.80}; names are a section, a dot and a setting")
            sections[section][setting] = value
        data = self._section("data", sections["data"])
        given: dict[str, Mapping[str, Any]] = {"data": data}
        probe, usual = RunConfig(data=Settings(data)), RunConfig(data=self.data)
        for section in SECTIONS[1:]:
            result = self._section(section, sections[section])
            if section == "regularization":
                result = {**self._set_by_hand(given["optimizer"].get("name", "")), **sections[section]}
            untouched = section in ("model", "loss") and getattr(self, section) == getattr(usual, section)
            if "name" not in sections[section] and (untouched or not _suits(section, result, probe)):
                result = dict(sections[section])
            given[section] = result
        return RunConfig(**{section: Settings(values) for section, values in given.items()})

    def _set_by_hand(self, optimizer: str) -> dict[str, Any]:
        """The penalties; under another optimizer those that differ from their defaults."""
        if optimizer == self.optimizer.name:
            return dict(self.regularization)
        usual = {setting.name: setting.default for setting in section_settings("regularization", self.optimizer.name)}
        return {name: value for name, value in self.regularization.items() if value != usual[name]}

    def _section(self, section: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        old: Settings = getattr(self, section)
        name = changes.get("name", old.get("name"))
        if section in _FIXED or name == old["name"] or name not in _CATALOGUED[section][0]:
            return {**old, **changes}
        before = {setting.name: setting for setting in section_settings(section, old["name"])}
        carried = {}
        for setting in section_settings(section, name):
            if setting.name in old and setting.name != "name" and old[setting.name] != before[setting.name].default:
                try:
                    carried[setting.name] = setting.check(old[setting.name])
                except ValueError:
                    continue
        return {**carried, **changes}

    def changes(self) -> dict[str, Any]:
        """What differs from the defaults of what is chosen, by dotted name; enough to rebuild it."""
        named = {f"{section}.name": getattr(self, section).name for section in _CATALOGUED}
        defaults = {name: setting.default for name, setting in self.settings().items()}
        usual = _usual(self.data.name)
        values = {n: v for n, v in self.flat().items() if n not in named and v != defaults[n]}
        names = {n: v for n, v in named.items() if n == "data.name" or v != usual[n]}
        return {**names, **values}

    def to_json(self) -> str:
        """The complete configuration as JSON text, with the version of the format."""
        sections = {section: dict(getattr(self, section)) for section in SECTIONS}
        return json.dumps({"version": VERSION, **sections}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """Read ``to_json`` back. What is left out takes its default.

        Raises:
            ValueError: no JSON, another version, an unknown name, or what the configuration itself refuses.
        """
        if len(text) > MAX_JSON:
            raise ValueError(
                f"a configuration was given {len(text):,} characters; allowed are {MAX_JSON:,} at the most"
            )
        try:
            read = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"a configuration is JSON text: {error}") from None
        except ValueError as error:
            if "integer string" not in str(error):
                raise
            raise ValueError("a configuration was given a number of thousands of digits") from None
        if not isinstance(read, dict):
            raise ValueError("a configuration is a JSON object with one entry for each section")
        if read.pop("version", VERSION) != VERSION:
            raise ValueError(f"this configuration has another version; allowed is {VERSION}")
        for section, values in read.items():
            if section not in SECTIONS:
                raise ValueError(f"a configuration has no section {section!r:.80}; it has {', '.join(SECTIONS)}")
            if not isinstance(values, dict):
                raise ValueError(f"{section} was given {quoted(values)}; allowed are settings by name")
        return cls(**{section: Settings(values) for section, values in read.items()})

    def to_query(self) -> dict[str, str]:
        """The configuration as the query of a link: what differs from the defaults, as text by dotted name."""
        return {name: _to_text(value) for name, value in self.changes().items()}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[RunConfig, list[str]]:
        """Read a link. What cannot be read takes its default; the second value has one sentence for each such name."""
        problems: list[str] = []
        config = cls()
        ours = {name: text for name, text in query.items() if name.partition(".")[0] in SECTIONS}
        order = [f"{section}.name" for section in _CATALOGUED]
        named = {name: ours[name] for name in order if name in ours}
        config, failed = _apply(config, named)
        problems += failed
        known = config.settings()
        values: dict[str, Any] = {}
        for name in [name for name in ours if name not in order]:
            if name not in known:
                problems.append(f"{name[:80]} is no setting of this run.")
                continue
            try:
                values[name] = _from_text(known[name], ours[name])
            except ValueError as error:
                problems.append(f"{error}.")
        config, failed = _apply(config, values)
        return config, problems + failed


@lru_cache(maxsize=256)  # pages ask for each of their controls, and few sets of names are chosen
def _declared(chosen: tuple[str, ...]) -> Mapping[str, Setting]:
    """What may be set by dotted name, where ``chosen`` is what each section depends on."""
    return {
        f"{section}.{setting.name}": setting
        for section, name in zip(SECTIONS, chosen, strict=True)
        for setting in section_settings(section, name)
    }


@lru_cache(maxsize=256)
def _usual(data: str) -> Mapping[str, Any]:
    """Every value where only the data set was chosen."""
    return MappingProxyType(RunConfig(data=Settings(name=data)).flat())


def _apply(config: RunConfig, changes: Mapping[str, Any]) -> tuple[RunConfig, list[str]]:
    """All changes together or, where they are refused, one by one, with the sentences of those that were."""
    try:
        return config.changed(changes), []
    except ValueError:
        problems = []
    for name, value in changes.items():
        try:
            config = config.changed({name: value})
        except ValueError as error:
            problems.append(f"{error}.")
    return config, problems


def _suits(section: str, kept: Mapping[str, Any], probe: RunConfig) -> bool:
    """Whether a model or loss that was not named anew goes with the data."""
    name = kept.get("name")
    if section == "model":
        return name in models_for(probe.inputs, probe.task)
    if section == "loss":
        return name not in LOSSES or probe.task in LOSSES[str(name)].tasks
    if section == "regularization" and probe.inputs == "sequence":
        return not kept.get("jacobian")
    if section == "augmentation" and probe.inputs != "image":
        return not asked_for(kept, IMAGE_AUGMENTATION)
    return True


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value!r}"


def _from_text(setting: Setting, text: str) -> Any:
    if setting.kind == "bool":
        if text not in ("true", "false"):
            raise ValueError(f"{setting.name} was given {text!r:.80}; allowed is true or false")
        return text == "true"
    if setting.kind in ("int", "float"):
        try:
            return float(text)
        except ValueError:
            raise ValueError(f"{setting.name} was given {text!r:.80}; allowed is a number") from None
    return text


def _refuse(constant: str) -> Any:
    raise ValueError(f"a configuration was given {constant}; allowed are finite numbers")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a configuration names a setting twice")
    return read


def differences(first: RunConfig, second: RunConfig) -> Mapping[str, tuple[Any, Any]]:
    """Settings in which two runs differ, by dotted name; None on the side that has no such setting."""
    a, b = first.flat(), second.flat()
    names = [*a, *(name for name in b if name not in a)]
    return MappingProxyType({name: (a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name)})
