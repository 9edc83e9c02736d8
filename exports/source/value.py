"""Living values as Python expressions: constants, containers, arrays, partials, methods, records."""

from __future__ import annotations

import enum
import functools
import math
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from exports.source.definition import Name
from exports.source.place import is_ours

Parts = list[str | Name]
_LARGEST_ARRAY = 10_000


def constant_text(value: Any) -> str | None:
    """A number, text or None, or a tuple of them, as Python writes it; else None."""
    if type(value) is str:
        text = repr(value)
        return text if '"' in text else f'"{text[1:-1]}"'
    if type(value) in (bool, int, bytes, types.NoneType):
        return repr(value)
    if value is ...:
        return "..."
    if type(value) is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if type(value) is complex and math.isfinite(abs(value)):
        return repr(value)
    if type(value) is tuple:
        texts = [constant_text(each) for each in value]
        if None not in texts:
            return f"({', '.join(map(str, texts))}{',' if len(texts) == 1 else ''})"
    return None


def library_path(value: Any) -> tuple[str, str] | None:
    """Module and name of a function or class that can be imported from there, else None."""
    name = getattr(value, "__name__", None)
    if not isinstance(name, str) or not callable(value):
        return None
    module = getattr(value, "__module__", None)
    for place in ("numpy", module):
        if isinstance(place, str) and place in sys.modules and vars(sys.modules[place]).get(name) is value:
            return place, name
    return None


def value_parts(
    value: Any,
    part: Callable[[Any, str], Parts],
    imported: Callable[[str, str | None, str], Name],
    instance: Callable[[Any, str], Name],
    wanted: str,
) -> Parts | None:
    """An expression that makes an equal value, or None where there is none.

    part: the expression of a value inside. imported: the name of a module, or of something in it. instance: the name of
    an object with plain attributes.
    """
    text = constant_text(value)
    if text is not None:
        return [text]
    if isinstance(value, np.generic):
        return [imported("numpy", None, "np"), f".{type(value).__name__}(", *part(value.item(), wanted), ")"]
    if isinstance(value, np.ndarray):
        if value.size > _LARGEST_ARRAY or value.dtype.hasobject:
            return None
        return [
            imported("numpy", None, "np"),
            ".array(",
            *part(value.tolist(), wanted),
            f", dtype={constant_text(str(value.dtype))})",
        ]
    if isinstance(value, functools.partial):
        given = [part(value.func, wanted), *(part(each, wanted) for each in value.args)]
        named = [[f"{name}=", *part(each, name)] for name, each in value.keywords.items()]
        return [imported("functools", None, "functools"), ".partial(", *_listed([*given, *named]), ")"]
    if isinstance(value, types.MethodType):
        owner = value.__self__
        return [*part(owner, wanted if isinstance(owner, type) else f"{wanted}_of"), f".{value.__func__.__name__}"]
    if isinstance(value, enum.Enum):
        return [*part(type(value), wanted), f"[{constant_text(value.name)}]"]
    if isinstance(value, Mapping) and type(value) in (dict, types.MappingProxyType):
        return ["{", *_listed([[*part(key, wanted), ": ", *part(each, str(key))] for key, each in value.items()]), "}"]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return [*part(type(value), wanted), "(", *_listed([part(each, wanted) for each in value]), ")"]
    if type(value) in (tuple, list):
        ends = "()" if type(value) is tuple else "[]"
        comma = "," if type(value) is tuple and len(value) == 1 else ""
        return [ends[0], *_listed([part(each, wanted) for each in value]), comma + ends[1]]
    if type(value) in (set, frozenset):
        return [f"{type(value).__name__}([", *_listed([part(each, wanted) for each in value]), "])"]
    if isinstance(value, types.SimpleNamespace):
        given = [[f"{name}=", *part(each, name)] for name, each in vars(value).items()]
        return [imported("types", None, "types"), ".SimpleNamespace(", *_listed(given), ")"]
    if is_dataclass(value) and not isinstance(value, type) and all(each.init for each in fields(value)):
        given = [[f"{each.name}=", *part(getattr(value, each.name), each.name)] for each in fields(value)]
        return [*part(type(value), wanted), "(", *_listed(given), ")"]
    if _is_plain(value):
        return [instance(value, wanted)]
    return None


def _is_plain(value: Any) -> bool:
    """Whether an object is no more than its attributes: one of our classes, with nothing hidden in C or slots."""
    kinds = type(value).__mro__[:-1]
    return hasattr(value, "__dict__") and all(
        is_ours(kind.__module__) and "__slots__" not in vars(kind) for kind in kinds
    )


def _listed(items: list[Parts]) -> Parts:
    parts: Parts = []
    for i, item in enumerate(items):
        parts += [", "] * (i > 0) + item
    return parts
