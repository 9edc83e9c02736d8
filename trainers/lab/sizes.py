"""How large a run is, also on a user's own table, whose rows tell it, and how large a run this server takes."""

from __future__ import annotations

from functools import lru_cache

from trainers.allowances import most
from trainers.config import ModelTooLarge, RunConfig
from trainers.data import DataUnavailable, is_kept, uploaded_table

# Variables of the environment, each with the most of one thing.
PARAMETERS, ROWS = "DESCENT_LAB_MAX_PARAMETERS", "DESCENT_LAB_MAX_ROWS"
EPOCHS, SECONDS = "DESCENT_LAB_MAX_EPOCHS", "DESCENT_LAB_MAX_SECONDS"


def too_much(config: RunConfig, parameters: int | None) -> str:
    """Why this server does not take such a run, with what was given and what is allowed; empty where it does.

    parameters: of its model, None where only a worker learns it. Rows are those that are made; of tables and downloads
    a worker knows them.
    """
    rows = config.data.get("size")
    given = (
        (PARAMETERS, parameters, "parameters", "a smaller model"),
        (ROWS, rows if isinstance(rows, int) else None, "rows", "fewer rows"),
        (EPOCHS, config.budget.epochs, "epochs", "fewer epochs"),
    )
    for variable, number, what, cure in given:
        limit = most(variable)
        if limit is not None and number is not None and number > limit:
            return f"This run has {number:,} {what}; this server takes up to {limit:,}: choose {cure}."
    return ""


def too_many_rows(rows: int) -> str:
    """The same of rows that are there."""
    limit = most(ROWS)
    if limit is None or rows <= limit:
        return ""
    return f"These data have {rows:,} rows; this server takes up to {limit:,}: choose fewer, or other data."


def time_is_up(seconds: float) -> str:
    """The sentence of a run that has trained for so long; empty where it may go on."""
    limit = most(SECONDS)
    if limit is None or seconds < limit:
        return ""
    return f"Stopped: this server trains one run for up to {limit:,} second{'s' * (limit > 1)}."


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
