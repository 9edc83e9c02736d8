"""The numbers behind the pictures of a signal, by layer, as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.initialization import Signal
from numerals import readable

_COLUMNS = {
    "std": "spread",
    "mean": "mean",
    "saturated": "saturated",
    "dead": "dead",
    "grad_std": "gradient",
    "weight_grad_std": "weight gradient",
}


def layer_table(signal: Signal) -> pd.DataFrame:
    """One row a layer, numbers with three digits; the spread of theory beside the measured one."""
    if signal.trace is None:
        return pd.DataFrame()
    table = signal.trace.table
    rows = {"layer": [str(layer) for layer in table.index]}
    for column, title in _COLUMNS.items():
        values = table[column].to_numpy(dtype=np.float64)
        share = column in ("saturated", "dead")
        rows[title] = [f"{100 * v:.1f} %" if share else readable(float(v)) for v in values]
        if column == "std" and signal.theory is not None:
            rows["spread in theory"] = [readable(float(v)) for v in signal.theory.std]
    return pd.DataFrame(rows)
