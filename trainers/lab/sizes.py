"""How large a run is, also on a user's own table, whose rows tell it, and how large a run this server takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from trainers.allowances import Size, most
from trainers.config import ModelTooLarge, RunConfig
from trainers.data import DataUnavailable, is_kept, uploaded_table
from trainers.store import Changes, StoredRun

# Variables of the environment, each with the most of one thing.
PARAMETERS, ROWS = "DESCENT_LAB_MAX_PARAMETERS", "DESCENT_LAB_MAX_ROWS"
EPOCHS, SECONDS = "DESCENT_LAB_MAX_EPOCHS", "DESCENT_LAB_MAX_SECONDS"
SEARCH_SECONDS = "DESCENT_LAB_MAX_SEARCH_SECONDS"
SETTINGS = {"parameters": "model.name", "rows": "data.size", "epochs": "budget.epochs"}
LIMITS = {"parameters": PARAMETERS, "rows": ROWS, "epochs": EPOCHS}
CURES = {"parameters": "a smaller model", "rows": "fewer rows", "epochs": "fewer epochs"}


def too_much(config: RunConfig, parameters: int | None) -> str:
    """Why this server does not take such a run, with what was given and what is allowed; empty where it does.

    parameters: of its model, None where only a worker learns it. Rows are those that are made; of tables and downloads
    a worker knows them.
    """
    return over(size_of(config, parameters), "This run has")[1]


def size_of(config: RunConfig, parameters: int | None) -> Size:
    """How large such a run is."""
    rows = config.data.get("size")
    return Size(parameters=parameters, rows=rows if isinstance(rows, int) else None, epochs=config.budget.epochs)


def run_sizes(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> list[Size]:
    """How large the run is that something is asked about."""
    return stored_sizes([run])


def stored_sizes(runs: Iterable[StoredRun | None]) -> list[Size]:
    """How large runs are that have trained already: nothing trains anew."""
    found = [(run, run.config) for run in runs if run is not None]
    return [replace(size_of(config, run.parameters), epochs=0) for run, config in found if config is not None]


def over(size: Size, whose: str = "The largest run of this has") -> tuple[str, str]:
    """The field that is more than this server takes, and why in a sentence that begins so; both empty where none is."""
    for name, variable in LIMITS.items():
        limit, number = most(variable), getattr(size, name)
        if limit is not None and number is not None and number > limit:
            return name, f"{whose} {number:,} {name}; this server takes up to {limit:,}: choose {CURES[name]}."
    return "", ""


def setting_over(config: RunConfig) -> tuple[str, str]:
    """The setting that makes such a run larger than this server takes, and why; both empty where it does not."""
    try:
        what, why = over(size_of(config, any_count(config)), "This run has")
    except ModelTooLarge as error:
        what, why = "parameters", error.sentence
    return SETTINGS.get(what, ""), why


def too_many_rows(rows: int) -> str:
    """The same of rows that are there."""
    limit = most(ROWS)
    if limit is None or rows <= limit:
        return ""
    return f"These data have {rows:,} rows; this server takes up to {limit:,}: choose fewer, or other data."


def time_is_up(seconds: float, does: str = "trains one run") -> str:
    """The sentence of what has been worked on for so long; empty where it may go on. does: what the server does."""
    return _stopped(most(SECONDS), seconds, does)


def search_time_is_up(seconds: float) -> str:
    """The same of a search whose runs have trained for so long, all together."""
    return _stopped(most(SEARCH_SECONDS), seconds, "trains the runs of one search")


def search_time_over(seconds: float) -> str:
    """Why this server takes no search that may train for so long; empty where it does. seconds: 0 for no end."""
    limit = most(SEARCH_SECONDS)
    if limit is None or seconds <= limit:
        return ""
    return f"This search may train for {seconds:,.12g} seconds; this server takes up to {limit:,}: choose fewer."


def search_ends() -> str:
    """After how long this server ends any search, in a sentence; empty where it does not."""
    limit = most(SEARCH_SECONDS)
    return "" if limit is None else f"This server ends a search after {_seconds(limit)} of training, all runs together."


def _stopped(limit: int | None, seconds: float, does: str) -> str:
    return "" if limit is None or seconds < limit else f"Stopped: this server {does} for up to {_seconds(limit)}."


def _seconds(count: int) -> str:
    return f"{count:,} second{'s' * (count > 1)}"


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
    count = any_count(config)
    if why := too_much(config, count):
        raise TooMuch(why)
    return count


def any_count(config: RunConfig) -> int | None:
    """The same, however much this server takes. Raises ModelTooLarge: more than are allowed anywhere."""
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
