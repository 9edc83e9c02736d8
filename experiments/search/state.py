"""What the page of searches shows: a configuration, and what is searched, as one state with a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.search import varied
from experiments.search.varied import sweep_request, values_of
from settings import Setting, choice, number, read_settings, settle, write_settings
from trainers.config import SECTIONS, RunConfig
from trainers.rates import RateRequest
from trainers.sweeps import SweepRequest

PARTS: Mapping[str, str] = {"rates": "Find a rate", "vary": "Vary"}
_PART = choice("part", tuple(PARTS), "What the page shows.")
_LOWEST = number("lowest", 1e-5, 1e-8, 0.1, "The rate of the first step.", log=True, valid="[1e-10, 1000]")
_HIGHEST = number("highest", 10.0, 0.001, 100.0, "The rate of the last step.", log=True, valid="[1e-9, 10000]")


@dataclass(frozen=True)
class _Declared:
    """The settings beside those of a run; what may be varied depends on it."""

    config: RunConfig

    def __call__(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
        yield "part", _PART
        if values["part"] == "rates":
            yield "lowest", _LOWEST
            yield "highest", _HIGHEST
        else:
            yield from varied.declared(self.config, values)

    def settings(self, values: Mapping[str, Any]) -> dict[str, Setting]:
        """The declarations by name, for values that are complete."""
        return settle(self, lambda name, setting: values.get(name, setting.default))[1]


@dataclass(frozen=True, kw_only=True)
class ShownSearch:
    """The run that is searched about, and the settings of the search by name."""

    config: RunConfig = field(default_factory=RunConfig)
    values: Mapping[str, Any] = field(default_factory=lambda: read_settings(_Declared(RunConfig()), {})[0], hash=False)

    @property
    def part(self) -> str:
        """A key of ``PARTS``."""
        return self.values["part"]

    @property
    def request(self) -> RateRequest:
        """What a worker is asked for that finds a rate. The run's own rate and schedule play no part."""
        config = self.config.changed({"schedule.name": "constant"})
        usual = config.settings().get("optimizer.lr")
        if usual is not None:
            config = config.changed({"optimizer.lr": usual.default})
        return RateRequest(config=config.to_json(), lowest=self.values["lowest"], highest=self.values["highest"])

    @property
    def sweep(self) -> SweepRequest:
        """What a worker is asked for that varies settings."""
        return sweep_request(self.config, self.values)


def _as_it_is(text: str, config: RunConfig, values: Mapping[str, Any]) -> str:
    return text


@dataclass(frozen=True, kw_only=True)
class SearchCodec:
    """A shown search as a link and back, and its settings by name.

    words: a refusal as a person reads it, from what it says of settings by name, the run and the settings of the page.
    """

    words: Callable[[str, RunConfig, Mapping[str, Any]], str] = _as_it_is

    def read(self, query: Mapping[str, str]) -> tuple[ShownSearch, list[str]]:
        """A valid state, whatever the link says, and one sentence for each part that could not be used."""
        config, problems = RunConfig.from_query(query)
        own = {name: text for name, text in query.items() if name.partition(".")[0] not in SECTIONS}
        values, wrong = read_settings(_Declared(config), own)
        if refused := _refusal(config, values):
            refused = self._words(refused, config, values).removesuffix(".")
            wrong = [*wrong, f"{refused}; the usual search is taken."]
            values = read_settings(_Declared(config), {"part": values["part"]})[0]
            if _refusal(config, values):  # nor does that suit this run
                config = RunConfig()
                values = read_settings(_Declared(config), {"part": values["part"]})[0]
        told = [_sentence(problem) for problem in problems]
        return ShownSearch(config=config, values=values), told + wrong

    def write(self, state: ShownSearch) -> dict[str, str]:
        """The link that opens this state."""
        return state.config.to_query() | write_settings(_Declared(state.config), state.values)

    def changed(self, state: ShownSearch, changes: Mapping[str, Any]) -> ShownSearch:
        """The state with some settings changed; what is varied keeps its range where that still suits.

        Raises:
            ValueError: what is refused, as a sentence.
        """
        other = {name: value for name, value in changes.items() if name.partition(".")[0] in SECTIONS}
        own = {name: value for name, value in changes.items() if name not in other}
        try:
            config = state.config.changed(other) if other else state.config
        except ValueError as error:
            raise ValueError(f"{self._words(str(error), state.config, state.values)}.") from None
        try:
            values = _settled(config, state.values, own)
        except ValueError as error:
            raise ValueError(f"{self._words(str(error), config, {**state.values, **own})}.") from None
        if unknown := [name for name in own if name not in values]:
            raise KeyError(unknown[0])
        if refused := _refusal(config, values):
            raise ValueError(self._words(refused, config, values))
        return replace(state, config=config, values=values)

    def _words(self, text: str, config: RunConfig, values: Mapping[str, Any]) -> str:
        return _sentence(self.words(text, config, values))

    def setting(self, state: ShownSearch, name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        if name in state.values:
            return _Declared(state.config).settings(state.values)[name], state.values[name]
        return state.config.settings()[name], state.config[name]


def sweep_link(request: SweepRequest) -> dict[str, str]:
    """The link of the page that shows this search."""
    config = request.run_config
    values = _settled(config, {}, {"part": "vary", **values_of(request)})
    return SearchCodec().write(ShownSearch(config=config, values=values))


def _settled(config: RunConfig, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Values of everything declared: changed, or as before where that is allowed, or the usual ones."""
    values: dict[str, Any] = {}
    for name, setting in _Declared(config)(values):
        axis = name.partition(".")[0]
        same = name == axis or values.get(axis) == before.get(axis)  # a range belongs to the setting that it is of
        if name in changes:
            values[name] = setting.check(changes[name])
        elif name in before and same and _allows(setting, before[name]):
            values[name] = before[name]
        else:
            values[name] = setting.default
    return values


def _allows(setting: Setting, value: Any) -> bool:
    try:
        setting.check(value)
    except ValueError:
        return False
    return True


def _refusal(config: RunConfig, values: Mapping[str, Any]) -> str:
    """Why nothing can be searched so, as a sentence; empty where it can."""
    if values["part"] == "rates":
        if values["lowest"] < values["highest"]:
            return ""
        return (
            f"The range was given from {values['lowest']:g} to {values['highest']:g}; allowed is a lower and a "
            "higher rate."
        )
    try:
        sweep_request(config, values)
    except ValueError as error:
        return f"{error}."
    return ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
