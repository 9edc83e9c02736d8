"""Settings as query parameters: read with every problem named, written with defaults left out.

A link is untrusted: nothing here raises for what stands in it. Every value that cannot be used falls back to its
default and is named in one sentence with what was given and what is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from settings.declare import Setting, Text
from settings.hyperparameter import Hyperparameter

_LONGEST = 400  # characters of one parameter; a formula may have 200
# Parameters of Streamlit's own, which no page judges.
FOREIGN = ("embed", "embed_options")


class QueryReader:
    """Takes parameters one by one, remembers which were read and what was wrong with them."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = {key: text for key, text in query.items() if key not in FOREIGN}
        self._read: set[str] = set()
        self.problems: list[str] = []

    def has(self, key: str) -> bool:
        """Whether the link has the parameter."""
        return key in self._query

    def text(self, key: str) -> str | None:
        """The parameter as it stands, None where it is missing or too long."""
        self._read.add(key)
        text = self._query.get(key)
        if text is not None and len(text) > _LONGEST:
            self.complain(key, text, f"at most {_LONGEST} characters")
            return None
        return text

    def skip(self, prefix: str) -> None:
        """Count every parameter that begins so as read."""
        self._read |= {key for key in self._query if key.startswith(prefix)}

    def complain(self, key: str, given: str, allowed: str, instead: str = "the default is used") -> None:
        """Note a problem in one sentence."""
        shown = given if len(given) <= 40 else given[:37] + "..."
        self.problems.append(f"{key[:40]} was given {shown!r}; allowed is {allowed}; {instead}.")

    def choice(self, key: str, allowed: Iterable[str], default: str) -> str:
        """One of ``allowed``, or the default with a complaint."""
        text, names = self.text(key), list(allowed)
        if text is None or text in names:
            return default if text is None else text
        self.complain(key, text, f"one of {', '.join(names)}" if len(names) < 8 else "a key of the menu")
        return default

    def value(self, key: str, parameter: Setting, default: Any = None) -> Any:
        """A valid value of the hyperparameter, or the default with a complaint.

        default: instead of the declared one; a function of nothing where it takes work to find.
        """

        def usual() -> Any:
            given = default() if callable(default) else default
            return parameter.default if given is None else given

        text = self.text(key)
        if isinstance(parameter, Hyperparameter) and parameter.kind == "choice":
            return usual() if text is None else self.choice(key, parameter.choices, usual())
        if text is None:
            return usual()
        if isinstance(parameter, Text):
            try:
                return parameter.check(text)
            except ValueError:
                self.complain(key, text, parameter.allowed)
                return usual()
        try:
            return parameter.check(_READ[parameter.kind](text))
        except (ValueError, KeyError, OverflowError):
            self.complain(key, text, _allowed(parameter, text))
            return usual()

    def numbers(self, key: str, count: int, default: tuple[float, ...], parameter: Hyperparameter) -> tuple[float, ...]:
        """``count`` numbers with commas between them, each valid, or the default with a complaint."""
        text = self.text(key)
        if text is None:
            return default
        try:
            numbers = tuple(float(parameter.check(_number(part))) for part in text.split(","))  # type: ignore[arg-type]
            if len(numbers) == count:
                return numbers
        except ValueError:
            pass
        allowed = f"a number in {parameter.valid}" if count == 1 else f"{count} numbers in {parameter.valid}"
        self.complain(key, text, allowed if count == 1 else f"{allowed} with commas between them")
        return default

    def refuse_unread(self) -> None:
        """Complain of every parameter that nobody asked for."""
        for key in self._query:
            if key not in self._read:
                self.problems.append(f"{key[:40]!r} is not a parameter of this page; it is left out.")


def query_text(value: Any) -> str:
    """A number, switch or key as a link writes it: in twelve digits where that is the number, else in all."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    text = f"{value:.12g}"
    return text if float(text) == value else repr(float(value))


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _whole(text: str) -> int:
    value = _number(text)
    if value != int(value):
        raise ValueError(text)
    return int(value)


_READ: dict[str, Callable[[str], Any]] = {
    "float": _number,
    "int": _whole,
    "bool": lambda text: {"true": True, "false": False}[text],
}


def _allowed(parameter: Hyperparameter, text: str) -> str:
    if parameter.kind == "bool":
        return "true or false"
    return f"a {'whole ' if parameter.kind == 'int' else ''}number in {parameter.allowed_beside(text)}"
