"""How Python text is written down: the source of functions with what they call, calls and values."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

OURS = "trainers."


def source(*things: Any) -> str:
    """The source of functions and classes, once each, as they stand."""
    return "\n\n".join(map(_text_of, things))


@lru_cache(maxsize=512)  # it parses the whole file of each, and every page with a script asks for some fifty
def _text_of(thing: Any) -> str:
    return inspect.getsource(thing).rstrip("\n") + "\n"


def with_helpers(*functions: Any) -> str:
    """The source of functions, and before each the functions and classes of ours that it names, once each."""
    order: dict[int, Any] = {}

    def visit(thing: Any) -> None:
        if id(thing) in order:
            return
        for helper in _named(thing):
            visit(helper)
        order.setdefault(id(thing), thing)

    for function in functions:
        visit(function)
    return source(*order.values())


def _named(thing: Any) -> Iterator[Any]:
    if inspect.isclass(thing):
        return
    for name in _names(thing.__code__):
        value = thing.__globals__.get(name)
        is_code = inspect.isfunction(value) or inspect.isclass(value)
        if is_code and value is not thing and value.__module__.startswith(OURS):
            yield value


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def written(settings: Any) -> str:
    """Settings as a dict that Python reads."""
    return repr(dict(settings))


def call_of(name: str, first: str, arguments: dict[str, Any]) -> str:
    """A call with one plain argument and others by name."""
    return f"{name}({', '.join([first, *(f'{key}={value!r}' for key, value in arguments.items())])})"
