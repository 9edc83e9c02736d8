"""Catalogues: definitions by key, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def by_key(items: Iterable[T], key: str = "key") -> dict[str, T]:
    """A catalogue as a dict from key to item, in order. Raises ValueError when two items share a key."""
    catalogue: dict[str, T] = {}
    for item in items:
        name = getattr(item, key)
        if name in catalogue:
            raise ValueError(f"two entries share the key {name!r}")
        catalogue[name] = item
    return catalogue
