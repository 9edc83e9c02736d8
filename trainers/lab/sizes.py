"""How large a run's model is, also for a user's own table, whose rows tell it: asked before a run is queued."""

from __future__ import annotations

from functools import lru_cache

from trainers.config import ModelTooLarge, RunConfig
from trainers.data import DataUnavailable, is_kept, uploaded_table
from trainers.lab.limits import too_much


class TooMuch(ModelTooLarge):
    """More than this server takes; the message is a sentence."""

    @property
    def sentence(self) -> str:
        return str(self)


def parameter_count(config: RunConfig) -> int | None:
    """How many numbers the model trains; None where only a worker learns it.

    Raises:
        ModelTooLarge: more than are allowed, or more of anything than this server takes.
    """
    count = _parameters(config)
    if why := too_much(config, count):
        raise TooMuch(why)
    return count


def _parameters(config: RunConfig) -> int | None:
    data = config.data
    if data.name != "csv":
        return config.parameter_count()
    if not is_kept(data.file):
        return None
    try:
        columns, classes = _table_size(data.file, data.target, data.features, data.task, data.drop_empty)
    except DataUnavailable:
        return None  # the worker says why
    columns += data.leak == "feature"
    if data.drop_giveaways:  # which ones takes a search; more than half of them stay
        config.check_size((columns - columns // 2,), classes)
        return None
    config.check_size((columns,), classes)
    return config.parameters((columns,), classes)


@lru_cache(maxsize=256)
def _table_size(file: str, target: str, features: str, task: str, drop_empty: bool) -> tuple[int, int | None]:
    """Columns that the model gets, and classes."""
    values = {"file": file, "target": target, "features": features, "task": task, "drop_empty": drop_empty}
    table = uploaded_table(values)
    return table.inputs.shape[1], len(table.classes) or None
