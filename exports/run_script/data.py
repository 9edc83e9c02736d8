"""The part of a script that makes and splits the data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from exports.python_text import with_helpers, written
from exports.run_script.table import table_text
from trainers.config import RunConfig
from trainers.data import (
    DATA_SETS,
    SOURCES,
    DataUnavailable,
    Splits,
    fit_scaling,
    half_of,
    is_downloaded,
    load,
    resampled,
    row_ids,
    split_rows,
    subset,
    with_label_noise,
    with_target_as_feature,
    without,
)


def rows_here(data: Any) -> Splits:
    """The rows of a data section, where they can be had without the internet: a script is written in the web server.

    Raises:
        DataUnavailable: a user's own table that cannot be read, or a data set that would have to be fetched first.
    """
    entry = DATA_SETS[data.name]
    if entry.downloaded and not is_downloaded(data.name):
        raise DataUnavailable(
            f"{entry.name} is not on this machine yet; it comes with the first run that trains on it."
        )
    return load(data)


def _rows(config: RunConfig) -> str:
    key = config.data.name
    if key == "csv":
        return table_text(config)
    if key in SOURCES:
        source = SOURCES[key]
        half = config.data.get("half", "all")
        halved = "" if half == "all" else f"\n\n\n{with_helpers(half_of)}\n\n\ntable = half_of(table, {half!r})"
        return _OPENML.format(id=source.data_id, shape=source.shape, classes=source.classes) + halved
    make: Any = DATA_SETS[key].make
    function, bound = (make.func, make.args) if isinstance(make, partial) else (make, ())
    given = ", ".join([*map(repr, bound), written(config.data), "None"])
    return f"{with_helpers(function)}\n\ntable = {function.__name__}({given})"


def data_text(config: RunConfig) -> str:
    values, entry = config.data, DATA_SETS[config.data.name]
    task = entry.task_of(values)
    functions: list[Callable[..., Any]] = [split_rows, fit_scaling]
    lines = ["table = replace(table, inputs=table.inputs.astype(np.float32, copy=False))"]
    if values.leak == "feature" and entry.inputs == "vector":
        functions.append(with_target_as_feature)
        lines.append(f"table = with_target_as_feature(table, {values.seed})")
    if values.leak == "duplicates":
        lines.append(
            "table = replace(table, inputs=np.repeat(table.inputs, 2, 0), targets=np.repeat(table.targets, 2))"
        )
    if values.drop_giveaways and entry.inputs == "vector":
        features = rows_here(values).features
        functions.append(without)
        lines.append(f"table = without(table, [name for name in table.features if name not in {list(features)!r}])")
    groups = ""
    if values.grouped:
        functions.append(row_ids)
        groups = ", row_ids(table.inputs)"
    lines += [
        "targets = table.targets",
        f"train, val, test = split_rows(targets, {values.val_share}, {values.test_share}, {values.seed}{groups})",
    ]
    if values.train_size:
        functions.append(subset)
        lines.append(f"if {values.train_size} < len(train):")
        lines.append(f"    train = subset(targets, train, {values.train_size}, {values.seed})")
    if values.bootstrap:
        functions.append(resampled)
        lines.append(f"train = resampled(train, {values.seed}, {values.bootstrap})")
    lines.append("train_targets = targets[train]")
    if values.label_noise:
        functions.append(with_label_noise)
        share, seed = values.label_noise, values.seed
        lines.append(f"train_targets, _ = with_label_noise(train_targets, {share}, len(table.classes), {seed})")
    lines.append(f"shift, scale = fit_scaling(table.inputs[train], {values.scaling!r}, {entry.inputs!r})")
    if task == "regression" and values.scale_targets:
        lines.append("target_shift, target_scale = float(train_targets.mean()), float(train_targets.std()) or 1.0")
    elif task == "regression":
        lines.append("target_shift, target_scale = 0.0, 1.0")
    shaped = "y" if task == "classification" else "((y - target_shift) / target_scale).astype(np.float32)[:, None]"
    lines += [
        "",
        "",
        "def tensors(rows, y):",
        f"    y = {shaped}",
        "    x = (table.inputs[rows] - shift) / scale",
        "    return torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)",
        "",
        "",
        "x_train, y_train = tensors(train, train_targets)",
        "x_val, y_val = tensors(val, targets[val])",
        "x_test, y_test = tensors(test, targets[test])",
    ]
    functions_text = with_helpers(*functions)
    return "\n\n".join([f"# Data: {entry.name}\n\n{_rows(config)}", functions_text, "\n".join(lines)])


_OPENML = """from sklearn.datasets import fetch_openml
from types import SimpleNamespace

fetched = fetch_openml(data_id={id}, as_frame=True, parser="pandas", read_csv_kwargs={{"dtype": np.float32}})
classes = {classes!r}


@dataclass
class Table:
    inputs: np.ndarray
    targets: np.ndarray
    features: tuple = ()
    target: str = "y"
    classes: tuple = ()


answers = fetched.target.to_numpy()
answers = answers.astype(np.int64) if classes else answers.astype(np.float32)
inputs = fetched.data.to_numpy(dtype=np.float32).reshape(-1, *{shape!r})
table = Table(inputs=inputs, targets=answers, classes=classes)"""
