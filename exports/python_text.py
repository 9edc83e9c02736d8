"""How Python text is written down: the source of functions, calls and values."""

from __future__ import annotations

import inspect
from typing import Any


def source(*things: Any) -> str:
    return "\n\n".join(inspect.getsource(thing).rstrip("\n") + "\n" for thing in things)


def written(settings: Any) -> str:
    return repr(dict(settings))


def call_of(name: str, first: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join([first, *(f'{key}={value!r}' for key, value in arguments.items())])})"
