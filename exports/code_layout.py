"""Generated Python laid out as people write it: a call in one line where that fits, else an argument a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.source import constant_text

WIDTH = 120

# Code that is written in one line where it fits: text, or what opens, what is listed, and what closes.
Code = str | tuple[str, list["Code"], str]


def laid_out(code: Code, column: int) -> str:
    """In one line where that fits, else an item a line."""
    if isinstance(code, str):
        return code
    opening, items, closing = code
    flat = f"{opening}{', '.join(laid_out(item, -(10**9)) for item in items)}{closing}"
    if column + len(flat) < WIDTH or not items:
        return flat
    inner = "".join(f"{' ' * (column + 4)}{laid_out(item, column + 4)},\n" for item in items)
    return f"{opening}\n{inner}{' ' * column}{closing}"


def as_lambda(argument: str, body: Code) -> Code:
    return (f"lambda {argument}: {body}") if isinstance(body, str) else (f"lambda {argument}: {body[0]}", *body[1:])


def as_dict(values: Mapping[str, Any]) -> Code:
    return ("{", [f"{quoted(name)}: {constant_text(value)}" for name, value in values.items()], "}")


def quoted(text: str) -> str:
    """A text as a Python string that nothing in it can end: quotes, backslashes and breaks of lines are escaped."""
    return str(constant_text(str(text)))
