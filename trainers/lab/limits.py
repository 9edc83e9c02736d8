"""How large a run this server takes: its parameters, rows, epochs and seconds, by the server's configuration."""

from __future__ import annotations

import os

from trainers.config import RunConfig

# Variables of the environment, each with the most of one thing.
PARAMETERS, ROWS = "DESCENT_LAB_MAX_PARAMETERS", "DESCENT_LAB_MAX_ROWS"
EPOCHS, SECONDS = "DESCENT_LAB_MAX_EPOCHS", "DESCENT_LAB_MAX_SECONDS"


def most(variable: str) -> int | None:
    """The limit that is set; None where there is none, or what is set is no number above 0."""
    text = os.environ.get(variable, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 and int(text) else None


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
