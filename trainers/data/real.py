"""Data sets of others: those that come with scikit-learn, and those fetched once from OpenML and kept.

A fetched set is kept as one file of arrays with their SHA-256 beside it; a file that does not match is fetched again.
OpenML itself states a checksum for each file, which scikit-learn verifies while fetching.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import numpy as np
from numpy.typing import NDArray

from trainers.data.table import DataUnavailable, Progress, Table
from trainers.disk import data_folder


def bundled(key: str, values: Any = None, progress: Any = None) -> Table:
    """Iris, wine, breast cancer, diabetes or digits, as scikit-learn ships them; digits can be changed into a task that
    is akin to them."""
    from sklearn import datasets

    loaded: Any = getattr(datasets, f"load_{key}")()
    inputs, targets = loaded.data, loaded.target
    if key == "digits":
        table = Table(
            inputs=akin(loaded.images[:, None].astype(np.float32), values or {}),
            targets=targets.astype(np.int64),
            target="digit",
            classes=tuple(str(digit) for digit in range(10)),
        )
        return half_of(table, (values or {}).get("half", "all"))
    names = tuple(str(name) for name in loaded.feature_names)
    if key == "diabetes":
        return Table(
            inputs=inputs.astype(np.float32), targets=targets.astype(np.float32), features=names, target="progression"
        )
    classes = tuple(str(name) for name in loaded.target_names)
    return Table(inputs=inputs.astype(np.float32), targets=targets.astype(np.int64), features=names, classes=classes)


def chosen_classes(half: str, count: int) -> tuple[int, ...]:
    """The numbers of the classes that are kept of so many: the first or the last half, or a kind of their own, of
    Fashion-MNIST (tops, accessories) and CIFAR-10 (animals, vehicles)."""
    kinds = {
        "all": range(count),
        "first": range(count // 2),
        "last": range(count // 2, count),
        "tops": (0, 2, 3, 4, 6),
        "accessories": (5, 7, 8, 9),
        "animals": range(2, 8),
        "vehicles": (0, 1, 8, 9),
    }
    return tuple(kinds[half])


def half_of(table: Table, half: str) -> Table:
    """The rows of some of the classes, which are counted from 0 again; ``all`` is the table."""
    if half == "all":
        return table
    kept = chosen_classes(half, len(table.classes))
    number = np.full(len(table.classes), -1, np.int64)
    number[list(kept)] = np.arange(len(kept))
    rows = number[table.targets] >= 0
    return replace(
        table,
        inputs=table.inputs[rows],
        targets=number[table.targets[rows]],
        classes=tuple(table.classes[one] for one in kept),
    )


def turned(images: NDArray[Any], degrees: float) -> NDArray[Any]:
    """Images ``(n, channels, height, width)`` turned around their middle, between pixels linearly; 0 outside."""
    height, width = images.shape[2:]
    angle = np.deg2rad(degrees)
    y, x = np.mgrid[:height, :width].astype(np.float64)
    y, x = y - (height - 1) / 2, x - (width - 1) / 2
    down = np.clip(np.cos(angle) * y + np.sin(angle) * x + (height + 1) / 2, 0, height + 1)
    across = np.clip(np.cos(angle) * x - np.sin(angle) * y + (width + 1) / 2, 0, width + 1)
    top, left = np.minimum(down, height).astype(int), np.minimum(across, width).astype(int)
    below, right = (down - top).astype(np.float32), (across - left).astype(np.float32)
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    upper = padded[..., top, left] * (1 - right) + padded[..., top, left + 1] * right
    lower = padded[..., top + 1, left] * (1 - right) + padded[..., top + 1, left + 1] * right
    return upper * (1 - below) + lower * below


def akin(images: NDArray[Any], values: Any) -> NDArray[Any]:
    """Images ``(n, 1, 8, 8)`` from 0 to 16, turned by the same angle, with noise, or with their pixels reordered."""
    if turn := values.get("turn", 0.0):
        images = turned(images, turn)
    if noise := values.get("noise", 0.0):
        drawn = np.random.default_rng((values["seed"], 1)).standard_normal(images.shape)
        images = images + 16 * noise * drawn.astype(np.float32)
    if values.get("shuffle", False):
        order = np.random.default_rng(0).permutation(images[0].size)
        images = images.reshape(len(images), -1)[:, order].reshape(images.shape)
    return images


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where OpenML keeps a data set, and what its rows must look like."""

    data_id: int
    rows: int
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    target: str = "class"
    unit: tuple[str, float] = ("", 1.0)


_DIGITS = tuple(str(digit) for digit in range(10))
SOURCES = {
    "mnist": Source(data_id=554, rows=70_000, shape=(1, 28, 28), classes=_DIGITS),
    "fashion_mnist": Source(
        data_id=40996,
        rows=70_000,
        shape=(1, 28, 28),
        classes=("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
    ),
    "cifar10": Source(
        data_id=40927,
        rows=60_000,
        shape=(3, 32, 32),
        classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    ),
    "boston": Source(
        data_id=531,
        rows=506,
        shape=(13,),
        features=("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"),
        target="MEDV",
        unit=("dollars", 1000.0),
    ),
}
NAMES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10", "boston": "Boston housing"}


def downloaded(key: str, progress: Progress) -> Table:
    """A data set from OpenML, from the copy kept here where there is one.

    Raises:
        DataUnavailable: no copy, and it cannot be fetched; or what was fetched is not the data set.
    """
    folder = data_folder() / "downloads"
    arrays = _kept(folder / f"{key}.npz")
    if arrays is None:
        arrays = _fetch(key, folder, progress)
        try:
            _keep(folder / f"{key}.npz", *arrays)
        except OSError as error:
            raise DataUnavailable(f"{NAMES[key]} cannot be kept on this disk: {error.strerror or error}.") from error
    source = SOURCES[key]
    inputs, targets = arrays
    return Table(
        inputs=inputs,
        targets=targets,
        features=source.features,
        target=source.target,
        classes=source.classes,
        unit=source.unit,
    )


def is_downloaded(key: str) -> bool:
    """Whether a fetched data set is there already, so that no internet is needed."""
    return (data_folder() / "downloads" / f"{key}.npz").exists()


def _digest(*arrays: NDArray[Any]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _kept(path: Path) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """The arrays of a copy; a damaged one is deleted and counts as none."""
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            inputs, targets, digest = file["inputs"], file["targets"], str(file["sha256"])
        if _digest(inputs, targets) == digest:
            return inputs, targets
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error):
        pass  # deleted below
    path.unlink(missing_ok=True)
    return None


def _keep(path: Path, inputs: NDArray[Any], targets: NDArray[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, inputs=inputs, targets=targets, sha256=np.array(_digest(inputs, targets)))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _fetch(key: str, folder: Path, progress: Progress) -> tuple[NDArray[Any], NDArray[Any]]:
    source, name = SOURCES[key], NAMES[key]
    cache = folder / "openml"
    cache.mkdir(parents=True, exist_ok=True)
    progress(f"Downloading {name} from OpenML.", None)
    try:
        # scikit-learn warns of each retry; what comes of them is said in one sentence.
        with _watched(cache, f"Downloading {name} from OpenML", progress), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fetched = _openml(source.data_id, cache)
    except HTTPError as error:
        raise DataUnavailable(
            f"OpenML answered {error.code} when asked for {name}; try again later, or choose a set without download."
        ) from error
    except (URLError, TimeoutError, ConnectionError) as error:
        raise DataUnavailable(
            f"{name} cannot be downloaded, because OpenML cannot be reached; choose a data set that needs no download."
        ) from error
    except OSError as error:
        raise DataUnavailable(f"{name} cannot be kept on this disk: {error.strerror or error}.") from error
    except Exception as error:
        raise DataUnavailable(f"OpenML's answer for {name} cannot be read: {error}") from error
    progress(f"Reading {name}.", None)
    try:
        inputs = fetched.data.to_numpy(dtype=np.float32)
        targets = fetched.target.to_numpy()
        if inputs.shape != (source.rows, int(np.prod(source.shape))):
            raise ValueError(f"{inputs.shape[0]} rows of {inputs.shape[1]} numbers")
        inputs = inputs.reshape(source.rows, *source.shape)
        if source.classes:
            labels = targets.astype(np.float64).astype(np.int64)
            if labels.min() < 0 or labels.max() >= len(source.classes):
                raise ValueError(f"classes from {labels.min()} to {labels.max()}")
            return inputs.astype(np.uint8), labels
        return inputs, targets.astype(np.float32)
    except (AttributeError, TypeError, ValueError) as error:
        raise DataUnavailable(f"What OpenML sent for {name} is not that data set: {error}.") from error
    finally:
        shutil.rmtree(cache, ignore_errors=True)  # what is kept are the arrays


def _openml(data_id: int, cache: Path) -> Any:
    """All columns of these sets are numbers; read as such, they need less memory, and no version of pandas trips over
    categories that are numbers. Where one is written as a word after all, the slower reader takes over."""
    from sklearn.datasets import fetch_openml

    common: dict[str, Any] = {"data_id": data_id, "data_home": str(cache), "as_frame": True, "n_retries": 2}
    try:
        return fetch_openml(**common, parser="pandas", read_csv_kwargs={"dtype": np.float32})
    except (TypeError, ValueError):
        return fetch_openml(**common, parser="liac-arff")


@contextmanager
def _watched(folder: Path, sentence: str, progress: Progress) -> Iterator[None]:
    """Tell how much has arrived in this folder, twice a second, while fetch_openml, which tells nothing, is at work."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            arrived = sum(_size(file) for file in folder.rglob("*"))
            progress(f"{sentence}: {arrived / 1e6:.1f} MB so far.", None)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:
        return 0
