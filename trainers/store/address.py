"""Checkpoints at an address that fsspec knows (``s3://bucket/folder``), as far as the store asks a ``Path``.

An object of such a store is written as a whole or not at all, so there are no unfinished ones. What a file system's
package raises is its own affair: here it is an ``OSError``.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from trainers.disk import ADDRESS
from trainers.store.error import StoreError

MISSING = f"{ADDRESS} is set, but fsspec is not installed here: pip install '.[ray]' in the lab's folder."


class Address:
    """A place below the root of one file system. Names below it are the store's own, never a user's."""

    def __init__(self, system: Any, path: str) -> None:
        self._system, self._path = system, path

    def __str__(self) -> str:
        return self._system.unstrip_protocol(self._path)

    def __truediv__(self, name: str) -> Address:
        return Address(self._system, f"{self._path.rstrip('/')}/{name}")

    @property
    def stem(self) -> str:
        return PurePosixPath(self._path).stem

    @property
    def parent(self) -> Address:
        return Address(self._system, str(PurePosixPath(self._path).parent))

    @property
    def name(self) -> str:
        return PurePosixPath(self._path).name

    @property
    def suffix(self) -> str:
        return PurePosixPath(self._path).suffix

    def read_bytes(self) -> bytes:
        """Raises FileNotFoundError, or OSError for whatever else is in the way."""
        with _as_os_error():
            return self._system.cat_file(self._path)

    def write_bytes(self, content: bytes) -> None:
        """Raises OSError."""
        with _as_os_error():
            self._system.makedirs(self.parent._path, exist_ok=True)
            self._system.pipe_file(self._path, content)

    def unlink(self, missing_ok: bool = False) -> None:
        """Raises OSError."""
        try:
            with _as_os_error():
                self._system.rm_file(self._path)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def remove(self) -> None:
        """With all that is below it. Raises OSError."""
        with _as_os_error():
            self._system.rm(self._path, recursive=True)

    def glob(self, pattern: str) -> list[Address]:
        """Files below it. Raises OSError."""
        with _as_os_error():
            return [Address(self._system, str(path)) for path in self._system.glob(f"{self._path}/{pattern}")]

    def modified(self) -> float:
        """Seconds since 1970. Raises OSError."""
        with _as_os_error():
            moment: datetime = self._system.modified(self._path)
            return moment.timestamp()


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(None, f"{type(error).__name__}: {error}"[:200]) from error


def address() -> Address | None:
    """That of the environment; None where checkpoints lie in the data folder.

    Raises:
        StoreError: it is none, or what it needs is not installed.
    """
    text = os.environ.get(ADDRESS, "").strip()
    if not text:
        return None
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise StoreError(MISSING) from None
    try:
        system, path = url_to_fs(text)
    except (ValueError, ImportError, OSError) as error:  # an unknown protocol, or its package is missing
        raise StoreError(f"{ADDRESS} cannot be used: {error}."[:300]) from None
    with contextlib.suppress(Exception):
        system.makedirs(path, exist_ok=True)  # whoever writes there tells what is wrong
    return Address(system, path)
