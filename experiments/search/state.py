"""What the page of searches shows: a configuration and the range of rates, as one state with a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from settings import Setting, SettingsCodec, number
from trainers.config import SECTIONS, RunConfig
from trainers.rates import RateRequest

_LOWEST = number("lowest", 1e-5, 1e-8, 0.1, "The rate of the first step.", log=True, valid="[1e-10, 1000]")
_HIGHEST = number("highest", 10.0, 0.001, 100.0, "The rate of the last step.", log=True, valid="[1e-9, 10000]")


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """The settings beside those of the run."""
    yield "lowest", _LOWEST
    yield "highest", _HIGHEST


_OWN = SettingsCodec(declared)


@dataclass(frozen=True, kw_only=True)
class ShownSearch:
    """The run whose rate is looked for, and the settings of the search by name."""

    config: RunConfig = field(default_factory=RunConfig)
    values: Mapping[str, Any] = field(default_factory=lambda: _OWN.read({})[0], hash=False)

    @property
    def request(self) -> RateRequest:
        """What a worker is asked for. The run's own rate and schedule play no part, so they are left out."""
        config = self.config.changed({"schedule.name": "constant"})
        usual = config.settings().get("optimizer.lr")
        if usual is not None:
            config = config.changed({"optimizer.lr": usual.default})
        return RateRequest(config=config.to_json(), lowest=self.values["lowest"], highest=self.values["highest"])


class SearchCodec:
    """A shown search as a link and back, and its settings by name."""

    def read(self, query: Mapping[str, str]) -> tuple[ShownSearch, list[str]]:
        """A valid state, whatever the link says, and one sentence for each part that could not be used."""
        config, problems = RunConfig.from_query(query)
        own = {name: text for name, text in query.items() if name.partition(".")[0] not in SECTIONS}
        values, wrong = _OWN.read(own)
        if values["lowest"] >= values["highest"]:
            told = f"lowest and highest were given as {values['lowest']:g} and {values['highest']:g}"
            wrong = [*wrong, f"{told}; allowed is a lower and a higher rate; the usual ones are taken."]
            values = _OWN.read({})[0]
        told = [f"{problem[0].upper()}{problem[1:]}" for problem in problems]
        return ShownSearch(config=config, values=values), told + wrong

    def write(self, state: ShownSearch) -> dict[str, str]:
        """The link that opens this state."""
        return state.config.to_query() | _OWN.write(state.values)

    def changed(self, state: ShownSearch, changes: Mapping[str, Any]) -> ShownSearch:
        """The state with some settings changed.

        Raises:
            ValueError: what is refused, as a sentence.
        """
        own = {name: value for name, value in changes.items() if name in state.values}
        other = {name: value for name, value in changes.items() if name not in own}
        try:
            config = state.config.changed(other) if other else state.config
        except ValueError as error:
            text = str(error)
            raise ValueError(f"{text[0].upper()}{text[1:]}.") from None
        values = _OWN.changed(state.values, own) if own else state.values
        if values["lowest"] >= values["highest"]:
            raise ValueError(
                f"The range was given from {values['lowest']:g} to {values['highest']:g}; allowed is a lower and a "
                "higher rate."
            )
        return replace(state, config=config, values=values)

    def setting(self, state: ShownSearch, name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        if name in state.values:
            return _OWN.setting(state.values, name)
        return state.config.settings()[name], state.config[name]
