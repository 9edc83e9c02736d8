"""The face of a room: the names that others may use, each with one sentence, loaded when first asked for.

A package's ``__init__`` hands over its names by module; nothing of a room is imported before somebody uses it, so a
page that needs one picture does not wait for all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def face(
    room: str, names: Mapping[str, Mapping[str, str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a room (PEP 562).

    names: module inside the room -> name -> one sentence.
    """
    homes = {name: f"{room}.{module}" for module, told in names.items() for name in told}

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[room], name, value)
        return value

    def listed() -> list[str]:
        return sorted(homes)

    return load, listed, sorted(homes)
