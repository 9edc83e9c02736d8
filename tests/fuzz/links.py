"""From a link to a page: drawn and mutated links through the codec of a page, and through the page itself.

    python -m tests.fuzz.links 20000 --seed 1                   # codecs, some hundreds a second
    python -m tests.fuzz.links 300 --seed 1 --pages             # whole pages, one or two a second

An input is [page, query, change]: a link, and a setting that is then changed. Each that ever failed is in links.txt.
"""

from __future__ import annotations

import logging
import os
import random
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import experiments.activations as activations
import experiments.generalization as generalization
import experiments.initialization as initialization
import experiments.normalization as normalization
import experiments.reuse as reuse
import experiments.surface as surface
from experiments.derivatives import DerivativesCodec
from experiments.maps import MapsCodec
from experiments.race import RaceCodec
from experiments.search import SearchCodec
from experiments.training import TrainingCodec
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, SCHEDULES
from pages.parts.runs.state import RunsCodec
from settings import Hyperparameter, Setting, SettingsCodec, settle
from tests.contracts.corpus_links import JUNK
from tests.fuzz.campaign import campaign
from tests.fuzz.numbers import EXTREME, number_text

CODECS: Mapping[str, Any] = {
    "descent": RaceCodec(),
    "maps": MapsCodec(),
    "derivatives": DerivativesCodec(),
    "activations": SettingsCodec(activations.declared),
    "initialization": SettingsCodec(initialization.declared),
    "normalization": SettingsCodec(normalization.declared),
    "generalization": generalization.CODEC,
    "training": TrainingCodec(),
    "search": SearchCodec(),
    "runs": RunsCodec(),
    "surface": surface.CODEC,
    "reuse": reuse.CODEC,
}
_QUICK: Mapping[str, Mapping[str, str]] = {
    "descent": {"steps": "20"},
    "initialization": {"width": "16", "samples": "10", "depth": "4"},
    "normalization": {"steps": "20"},
}
_COSTLY = {(name, "int") for name in ("steps", "depth", "width", "samples")}  # other tests are about them
_RUNS = ("q", "view", "statuses", "data", "verdicts", "searched", "sort", "page", "runs", "number", "x")
_WORDS = ("", "formula", "csv", "list", "compare", "import", "-val_loss", "a,b", "..", "%00", "<b>", "**x**", "x^2+y^2")


def link_input(seed: int, number: int) -> list[Any]:
    """Input ``number`` of a seed: [page, query, [setting, text]]."""
    draw = random.Random(f"{seed}/{number}")
    page = draw.choice(tuple(CODECS))
    query = dict(_QUICK.get(page, {}))
    if draw.random() < 0.15:
        query |= draw.choice(JUNK[page]) if page in JUNK else {}
    for _ in range(draw.randint(1, 6)):
        query |= _part(draw, page, query)
    return [page, query, next(iter(_part(draw, page, query).items()))]


def run_chain(item: Any, *, page: bool = False) -> str:
    """Read a link, write it, read it again, change a setting; and open the page.

    Raises:
        AssertionError: something is not as promised.
    """
    name, query, (setting, text) = item
    codec = CODECS[name]
    state, problems = codec.read(query)
    assert all(isinstance(problem, str) and problem for problem in problems)
    again, none = codec.read(codec.write(state))
    assert none == []
    assert codec.write(again) == codec.write(state)
    if name != "runs":
        _change(codec, state, setting, text)
    if page:
        _open(name, query)
    return "clean" if not problems else "told"


def _change(codec: Any, state: Any, setting: str, text: str) -> None:
    """What a control sends, and what a script might: a sentence or a state."""
    for value in (text, _number(text)):
        try:
            changed = codec.changed(state, {setting: value})
        except (ValueError, KeyError, IndexError, StopIteration):
            continue  # a name that the state does not have is a mistake of who calls
        assert codec.write(codec.read(codec.write(changed))[0]) == codec.write(changed)


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _open(name: str, query: Mapping[str, str]) -> None:
    import trainers.lab.lab
    from tests.pages.opened_page import opened_page
    from tests.trainers.labs import quiet_lab

    works = ("training", "search", "runs", "surface", "generalization", "reuse")
    if trainers.lab.lab._made is None and name in works:
        trainers.lab.lab._made = quiet_lab(Path(os.environ["DESCENT_LAB_DATA"]))
    opened_page(f"pages/{name}.py", query)


def _part(draw: random.Random, page: str, query: Mapping[str, str]) -> dict[str, str]:
    """One setting of a page with a text for it: valid, at an end, or nothing of the kind."""
    if page == "runs":
        return {draw.choice(_RUNS): draw.choice((*_WORDS, number_text(draw)))}
    names = _names(page, tuple(sorted(query.items())))
    name = draw.choice(tuple(names))
    setting = names[name]
    if draw.random() < 0.05:
        return {name + draw.choice((".", "x", "\0", " ")): number_text(draw)}
    if isinstance(setting, Hyperparameter):
        if setting.kind == "choice" and draw.random() < 0.9:
            return {name: draw.choice(setting.choices)}
        if setting.kind == "bool" and draw.random() < 0.9:
            return {name: draw.choice(("true", "false"))}
        if setting.kind in ("int", "float") and draw.random() < 0.75:
            return {name: draw.choice(_allowed(setting))}
    return {name: draw.choice(_WORDS) if draw.random() < 0.1 else number_text(draw)}


@lru_cache(maxsize=512)
def _allowed(setting: Hyperparameter) -> tuple[str, ...]:
    """The ends that a number may have, which no page refuses."""
    ends = [f"{end!r}" for end in (setting.lowest, setting.highest, setting.low, setting.high, setting.default)]
    if (setting.name, setting.kind) in _COSTLY:
        return (f"{setting.low:g}",)
    return tuple(text for text in (*EXTREME, *ends) if _is_allowed(setting, text))


def _is_allowed(setting: Hyperparameter, text: str) -> bool:
    try:
        setting.check(float(text))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=512)
def _names(page: str, query: tuple[tuple[str, str], ...]) -> dict[str, Setting | None]:
    """What the link that is there lets one set."""
    codec = CODECS[page]
    state = codec.read(dict(query))[0]
    if isinstance(codec, SettingsCodec):
        return dict(settle(codec.declared, lambda key, setting: state.get(key, setting.default))[1])
    if page == "training":
        return dict(state.config.settings()) | {"run": None}
    if page == "search":
        return dict(state.config.settings()) | {name: codec.setting(state, name)[0] for name in state.values}
    own: dict[str, Setting | None] = {
        name: codec.setting(state, name)[0] for name in ("surface", "steps", "noise", "seed")
    }
    own |= dict.fromkeys(("start", "window", "f", "v.step", "v.zoom", "v.speed", "o13", "start_x", "x_low"))
    for each in LANDSCAPES[state.race.landscape.key].hyperparameters if state.race.landscape.key in LANDSCAPES else ():
        own[f"s.{each.name}"] = each
    for number, entry in enumerate(state.race.entries, 1):
        slot = f"o{number}"
        own |= {slot: codec.setting(state, slot)[0], f"{slot}.schedule": codec.setting(state, f"{slot}.schedule")[0]}
        own |= {f"{slot}.{each.name}": each for each in OPTIMIZERS[entry.optimizer].hyperparameters}
        own |= {f"{slot}.schedule.{each.name}": each for each in SCHEDULES[entry.schedule].hyperparameters}
        own[f"{slot}.warmup"] = codec.setting(state, f"{slot}.warmup")[0]
    return own


def main(arguments: list[str]) -> int:
    pages = "--pages" in arguments
    rest = [argument for argument in arguments if argument != "--pages"]
    if pages:
        logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DESCENT_LAB_DATA"] = folder
        return campaign(
            rest,
            "Fuzz the chain from a link to a page.",
            link_input,
            lambda item, number: run_chain(item, page=pages),
            300 if pages else 20_000,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
