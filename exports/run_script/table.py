"""The part of a script that reads the user's own table, cut as the lab has cut it."""

from __future__ import annotations

import json

from trainers.config import RunConfig
from trainers.data import Columns, uploaded_columns

_SEPARATORS = {" ": r"\s+", "  ": r" {2,}|\t"}
_CELLS = {
    "decimal commas": 'cell.replace(",", ".")',
    "decimal commas and points between thousands": 'cell.replace(".", "").replace(",", ".")',
    "commas between thousands": 'cell.replace(",", "")',
}


def table_text(config: RunConfig) -> str:
    """Reads ``table.csv`` beside the script into ``table``.

    Raises:
        DataUnavailable: the table cannot be read here.
    """
    columns = uploaded_columns(config.data.file)
    return _CSV.format(
        reading=_reading(columns),
        target=config.data.target or columns.names[-1],
        features=json.loads(config.data.features or "[]"),
        task=config.data.task,
        drop=_DROP if config.data.drop_empty else "",
    )


def _reading(columns: Columns) -> str:
    layout, header = columns.layout, columns.header
    names = [name or f"column {number + 1} without a name" for number, name in enumerate(header.names)]
    edge = ["left edge"], ["right edge"]
    shown = [*edge[0], *names, *edge[1]] if layout.edged else names
    separator = _SEPARATORS.get(layout.delimiter, layout.delimiter)
    used = [names[number] for number in columns.kept]
    lines = [
        "frame = pd.read_csv(",
        f'    "table.csv", sep={separator!r}, skiprows={columns.lines[0] - 1}, header=None, names={shown!r},',
        f"    usecols={used!r}, encoding={columns.encoding!r},",
        '    index_col=False, dtype=str, keep_default_na=False, skipinitialspace=True, engine="python",',
        ")",
        'frame = frame.fillna("").apply(lambda column: column.str.strip())',
        'frame = frame[(frame != "").any(axis=1)]',
    ]
    for name, how in columns.commas.items():
        lines.append(f"frame[{name!r}] = [{_CELLS[how]} for cell in frame[{name!r}]]  # {how}")
    return "\n".join(lines)


_DROP = """

def empty(name):
    words = name == target and task == "classification" or mostly_words(frame[name])
    return frame[name] == "" if words else frame[name].map(is_missing)


frame = frame[~pd.concat([empty(name) for name in [*chosen, target]], axis=1).any(axis=1)]
"""

_CSV = """import pandas as pd


@dataclass
class Table:
    inputs: np.ndarray
    targets: np.ndarray
    features: tuple = ()
    target: str = "y"
    classes: tuple = ()


def is_number(text):
    try:
        return "_" not in text and float(text) is not None
    except ValueError:
        return False


def is_missing(text):
    return text.lower() in ("", "?", "-", ".", "na", "n/a", "#n/a", "nan", "null", "none")


def mostly_words(column):
    missing = column.map(is_missing)
    return 2 * (~missing & ~column.map(is_number)).sum() > (~missing).sum()


{reading}
target, task = {target!r}, {task!r}
chosen = {features!r} or [name for name in frame.columns if name != target]
{drop}
blocks, names = [], []
for name in chosen:
    if mostly_words(frame[name]):
        for word in sorted(set(frame[name])):
            blocks.append((frame[name] == word).to_numpy(np.float32)[:, None])
            names.append(f"{{name}} = {{word}}")
    else:
        blocks.append(frame[name].astype(float).to_numpy(np.float32)[:, None])
        names.append(name)
if task == "classification":
    classes = sorted(set(frame[target]), key=lambda w: (0, float(w), w) if is_number(w) else (1, 0.0, w))
    answers = frame[target].map({{word: number for number, word in enumerate(classes)}}).to_numpy(np.int64)
else:
    classes, answers = [], frame[target].astype(float).to_numpy(np.float32)
table = Table(np.concatenate(blocks, 1), answers, tuple(names), target, tuple(classes))"""
