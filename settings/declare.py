"""Short ways to declare what a user may set: numbers, switches, choices and short texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from settings.hyperparameter import Hyperparameter, quoted


@dataclass(frozen=True, kw_only=True)
class Text:
    """A short text a user may set. ``pattern`` must match all of it; ``allowed`` says so in words."""

    name: str
    meaning: str
    default: str = ""
    pattern: str = r"[^\x00-\x08\x0b-\x1f]*"
    allowed: str = "text without control characters"
    max_length: int = 200
    kind: str = "text"

    def check(self, value: Any) -> str:
        """The value. Raises ValueError: it says what was given and what is allowed."""
        if not isinstance(value, str):
            raise ValueError(f"{self.name} was given {quoted(value)}; allowed is {self.allowed}")
        if len(value) > self.max_length:
            raise ValueError(
                f"{self.name} was given {len(value)} characters; allowed are {self.max_length} at the most"
            )
        if not re.fullmatch(self.pattern, value):
            raise ValueError(f"{self.name} was given {quoted(value)}; allowed is {self.allowed}")
        return value


Setting = Hyperparameter | Text


def number(
    name: str,
    default: float,
    low: float,
    high: float,
    meaning: str,
    *,
    symbol: str = "",
    valid: str | None = None,
    log: bool = False,
    stops: tuple[float, ...] = (),
) -> Hyperparameter:
    """A real number; the slider's range is also the valid one unless ``valid`` is given."""
    return Hyperparameter(
        name=name,
        symbol=symbol,
        default=default,
        meaning=meaning,
        low=low,
        high=high,
        valid=valid or f"[{low}, {high}]",
        log=log,
        stops=stops,
    )


def whole(
    name: str,
    default: int,
    low: int,
    high: int,
    meaning: str,
    *,
    valid: str | None = None,
    log: bool = False,
    stops: tuple[float, ...] = (),
) -> Hyperparameter:
    """A whole number."""
    return Hyperparameter(
        name=name,
        symbol="",
        default=default,
        meaning=meaning,
        kind="int",
        low=low,
        high=high,
        valid=valid or f"[{low}, {high}]",
        log=log,
        stops=stops,
    )


def switch(name: str, meaning: str, *, default: bool = False) -> Hyperparameter:
    """True or false."""
    return Hyperparameter(name=name, symbol="", default=default, meaning=meaning, kind="bool")


def choice(name: str, choices: Sequence[str], meaning: str, *, default: str | None = None) -> Hyperparameter:
    """One of several keys; the first unless ``default`` names another."""
    return Hyperparameter(
        name=name,
        symbol="",
        default=choices[0] if default is None else default,
        meaning=meaning,
        kind="choice",
        choices=tuple(choices),
    )
