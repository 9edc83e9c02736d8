"""A file that a watched training has written becomes a log, with the inside of the network beside its columns."""

from __future__ import annotations

import math

from trainers.imported.log import MAX_ROWS, CurvesError, Log
from trainers.watched import ToldError, read_told

_COLUMNS = ("epoch", "step", "train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm")


def read_watched(text: str) -> Log:
    """One row a report.

    Raises:
        CurvesError: as ``read_curves``.
    """
    form = "the file of a watched training"
    try:
        told = read_told(text, most=MAX_ROWS)
    except ToldError as error:
        raise CurvesError(str(error), form=form) from None
    log = Log(form=form)
    for line, report in enumerate(told.reports, 2):
        row = log.row(line)
        for name in _COLUMNS:
            value = float(getattr(report, name) if getattr(report, name) is not None else math.nan)
            if not math.isnan(value):
                log.put(row, log.column(name), value)
    if not log.rows:
        raise log.error("there is no report in it")
    log.inside = {report.epoch: inside for report in told.reports if (inside := report.internals) is not None}
    return log
