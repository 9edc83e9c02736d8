"""What is set in a group of controls, in the few words of a drawer's label, and what the chosen things are."""

from __future__ import annotations

from experiments.training.setting_groups import OWN_TABLE, Group
from experiments.training.words import COSTS, label, named, value_words
from networks.models import MODELS
from networks.shapes import hidden_widths
from numerals import readable
from trainers.config import OPTIMIZERS, RunConfig
from trainers.data import DATA_SETS, SOURCES

_TIMES = " \N{MULTIPLICATION SIGN} "


def drawer_label(
    config: RunConfig, group: Group, shape: tuple[int, ...] | None = None, classes: int | None = None
) -> str:
    """What a drawer is called: its title and what is set in it. ``shape`` and ``classes``: of a user's own table."""
    words = {
        "data": _data_words,
        "optimizer": _optimizer_words,
        "regularization": _changed_words,
        "augmentation": _changed_words,
        "reuse": _changed_words,
        "budget": _budget_words,
        "watch": _watch_words,
    }
    said = _model_words(config, shape, classes) if group.key == "model" else words[group.key](config, group)
    return ": ".join(part for part in (group.title, said) if part)


def _data_words(config: RunConfig, group: Group) -> str:
    changed = [name for name in group.drawer if name not in OWN_TABLE and config[name] != _default(config, name)]
    return ", ".join(_setting_words(config, name) for name in changed)


def _model_words(config: RunConfig, shape: tuple[int, ...] | None, classes: int | None) -> str:
    model = config.model
    parts: list[str] = []
    if model.name == "mlp":
        widths = hidden_widths(model)
        parts.append("-".join(map(str, widths)) if model.widths else f"{model.depth}{_TIMES}{model.width}")
    elif "stages" in model:
        parts.append(f"{model.stages}{_TIMES}{model.blocks} blocks")
    elif "degree" in model:
        parts.append(f"degree {model.degree}")
    elif "heads" in model:
        parts.append(f"{model.depth}{_TIMES}{model.heads} heads")
    else:
        parts.append(f"{model.depth}{_TIMES}{model.width}")
    parts += [named("model.activation", model.activation)] if "activation" in model else []
    count = config.parameters(shape, classes) if shape else config.parameter_count()
    parts += [f"{readable(count) if count >= 1_000_000 else f'{count:,}'} parameters"] if count is not None else []
    return ", ".join(parts)


def _optimizer_words(config: RunConfig, group: Group) -> str:
    rule = [name for name in group.drawer if name.startswith("optimizer.") and config[name] != _default(config, name)]
    parts = [named("loss.name", config.loss.name)]
    parts += [] if config.schedule.name == "constant" else [named("schedule.name", config.schedule.name).lower()]
    return ", ".join([*parts, *(_setting_words(config, name) for name in rule)])


def _changed_words(config: RunConfig, group: Group) -> str:
    changed = [name for name in group.drawer if config[name] != _default(config, name)]
    return ", ".join(_setting_words(config, name) for name in changed) or "none"


def _budget_words(config: RunConfig, group: Group) -> str:
    epochs, size = config.budget.epochs, config.budget.batch_size
    return f"{readable(epochs)} epoch{'s' * (epochs != 1)}, " + (
        f"batches of {readable(size)}" if size else "full batch"
    )


def _watch_words(config: RunConfig, group: Group) -> str:
    watched = [name.partition(".")[2].replace("_", " ") for name in COSTS if config[name]]
    return ", ".join(watched) or "losses alone"


def _default(config: RunConfig, name: str) -> object:
    return config.settings()[name].default


def _setting_words(config: RunConfig, name: str) -> str:
    """A changed setting as the label of a drawer says it: L2 penalty 0.001."""
    text, value = label(name, config.settings()[name]).partition(" $")[0].partition(" (")[0], config[name]
    text = text[:1].lower() + text[1:] if text[1:2].islower() else text
    if isinstance(value, bool):
        return text if value else f"not: {text}"
    return f"{text} {named(name, value).lower() if isinstance(value, str) else value_words(name, value)}"


def download_sentence(key: str, *, kept: bool) -> str:
    """How large a fetched data set is, and whether it must be fetched first. Empty for the others."""
    if not DATA_SETS[key].downloaded:
        return ""
    source, size = SOURCES[key], 1
    for side in source.shape:
        size *= side
    megabytes = source.rows * size * (1 if source.classes else 4) / 1e6
    takes = f"{source.rows:,} rows, {readable(megabytes, 2)} MB."
    return f"{takes} It is on this machine already." if kept else f"{takes} OpenML sends it once; then it is kept here."


def meaning_of(config: RunConfig, group: Group) -> str:
    """What the chosen data, model or optimizer is, in one sentence; empty for the other groups."""
    catalogues = {"data": DATA_SETS, "model": MODELS, "optimizer": OPTIMIZERS}
    return catalogues[group.key][config[f"{group.key}.name"]].meaning if group.key in catalogues else ""
