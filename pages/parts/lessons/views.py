"""The pages that a lesson's step may show, each with the codec of its links."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from experiments.lessons import Question
from widgets import is_setting

# Controls that are no settings of a page's link, by their names in the session.
_MENUS: Mapping[str, frozenset[str]] = {
    "descent": frozenset({"preset", "picture"}),
    "normalization": frozenset({"preset", "unit"}),
    "training": frozenset({"preset", "look", "device", "checkpoint", "more_epochs"}),
    "runs": frozenset({"view", "search", "statuses", "data", "verdicts", "searched", "whose", "page"})
    | {"compared", "number", "x", "import.files", "import.text", "import.name", "import.training"}
    | {f"import.{role}" for role in ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "epoch")},
}
# The pages that questions whose answers are computed may be about.
_OF_RACES: Mapping[str, tuple[str, ...]] = {
    "place": ("descent", "neuron"),
    "winner": ("descent", "line", "neuron", "training"),
    "curve": ("descent", "line", "neuron", "training"),
}
_PRESET = frozenset({"preset"})


@cache
def codecs() -> Mapping[str, Any]:
    """The codec of each page by its path. Imported here: together they load what all pages need."""
    from experiments import activations, generalization, initialization, normalization, reuse, surface
    from experiments.derivatives import DerivativesCodec
    from experiments.losses import LossesCodec
    from experiments.maps import MapsCodec
    from experiments.neuron_page import NeuronCodec
    from experiments.race import FairCodec
    from experiments.search import SearchCodec
    from experiments.training import TrainingCodec
    from pages.parts.race.controls import descent, line
    from pages.parts.runs.state import RunsCodec
    from settings import SettingsCodec

    return {
        "descent": descent.codec,
        "line": line.codec,
        "maps": MapsCodec(),
        "fair": FairCodec(),
        "neuron": NeuronCodec(),
        "activations": SettingsCodec(activations.declared),
        "losses": LossesCodec(),
        "derivatives": DerivativesCodec(),
        "initialization": SettingsCodec(initialization.declared),
        "normalization": SettingsCodec(normalization.declared),
        "training": TrainingCodec(),
        "search": SearchCodec(),
        "runs": RunsCodec(),
        "surface": surface.CODEC,
        "generalization": generalization.CODEC,
        "reuse": reuse.CODEC,
    }


class PageLinks:
    """What the reader of a lesson asks of pages."""

    def problems(self, page: str, query: Mapping[str, str]) -> list[str]:
        """A sentence for each part of a view that could not be used."""
        if page not in codecs():
            return [f"{page[:40]!r} is no page that a step can show; allowed is one of {', '.join(codecs())}."]
        return codecs()[page].read(query)[1]

    def strangers(self, page: str, query: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
        """The names that are no control of this view."""
        codec = codecs()[page]
        state = codec.read(query)[0]
        menus = _MENUS.get(page, _PRESET)
        return [name for name in names if name not in menus and not is_setting(codec, state, name)]

    def refusal(self, page: str, query: Mapping[str, str], question: Question) -> str:
        """Why a view cannot answer a question, in a sentence; empty where it can."""
        if question.kind not in _OF_RACES:
            return ""
        pages = _OF_RACES[question.kind]
        if page not in pages:
            allowed = f"the step's page is one of {', '.join(pages)}"
            return f"a question of kind {question.kind} is about a race or a run; {allowed}."
        shown = codecs()[page].read(query)[0]
        if page == "training":
            return _refusal_of_runs(shown, question)
        if page == "neuron" and shown.values["part"] != "neuron":
            return f"a question of kind {question.kind} is about the neuron's race; this part of the page has none."
        lanes = len(shown.race.entries)
        if question.lane > lanes:
            return f"there is no lane {question.lane}; the race of this step has {lanes}."
        return ""

    def verdicts(self) -> tuple[str, ...]:
        """The keys of the diagnosis's kinds."""
        from trainers.diagnosis import KINDS

        return tuple(KINDS)


def _refusal_of_runs(shown: Any, question: Question) -> str:
    """Why the runs of a view of the page of training cannot answer a question; of runs by their id nobody knows."""
    from experiments.training import wanted_by

    runs = len(wanted_by(shown)[0])
    if shown.run is None and question.lane > runs:
        return f"there is no lane {question.lane}; this step shows {runs} {'run' if runs == 1 else 'runs'}."
    if shown.run is None and question.kind == "winner" and runs < 2:
        return "this step shows one run; who wins is asked of two or more."
    return ""
