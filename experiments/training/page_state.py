"""What the training page shows: configuration, run and view, as one state with a link and settings by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.training.view import VIEW, query_of_view, view_of_query
from experiments.training.words import refusal, sentence
from settings import FOREIGN, Setting
from trainers.config import SECTIONS, RunConfig

_RUN = re.compile(r"[A-Za-z0-9]{1,20}")


@dataclass(frozen=True, kw_only=True)
class ShownTraining:
    """The configuration that the controls show, the id of the run beside them, and how its curves are shown."""

    config: RunConfig = field(default_factory=RunConfig)
    run: str | None = None
    view: Mapping[str, Any] = field(default_factory=dict, hash=False)


class TrainingCodec:
    """A shown training as a link and back, and its settings by dotted name."""

    def read(self, query: Mapping[str, str]) -> tuple[ShownTraining, list[str]]:
        """A valid configuration, whatever the link says, and one sentence for each part that could not be used."""
        config, problems = RunConfig.from_query(query)
        told = [*map(sentence, problems), *_strangers(query)]
        run = query.get("run")
        if run is not None and not _RUN.fullmatch(run):
            told.append(f"run was given {run!r:.80}; allowed are 1 to 20 letters and digits.")
            run = None
        view, wrong = view_of_query(query)
        return ShownTraining(config=config, run=run, view=view), told + wrong

    def write(self, state: ShownTraining) -> dict[str, str]:
        """The link that opens this configuration and run in this view."""
        return state.config.to_query() | ({"run": state.run} if state.run else {}) | query_of_view(state.view)

    def changed(self, state: ShownTraining, changes: Mapping[str, Any]) -> ShownTraining:
        """The configuration with some settings changed.

        Raises:
            ValueError: what the configuration refuses, as a sentence.
        """
        name = next(iter(changes))
        try:
            return replace(state, config=state.config.changed(changes))
        except ValueError as error:
            raise ValueError(refusal(name, error)) from None

    def setting(self, state: ShownTraining, name: str) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        return state.config.settings()[name], state.config[name]


def _strangers(query: Mapping[str, str]) -> list[str]:
    ours = (*SECTIONS, "run", *VIEW, *FOREIGN)
    strange = [name for name in query if name.partition(".")[0] not in ours]
    return [f"{name[:80]!r} is not a parameter of this page; it is left out." for name in strange]
