"""One number (or switch) a user may set: what it is called, what is allowed, what it means.

Landscapes, optimizers, schedules, activations and initializers all declare theirs with this type. Sliders, URL keys,
validation messages and documentation tables are generated from it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["float", "int", "bool", "choice"]
Value = float | int | bool | str | NDArray[np.float64]

LARGEST, LARGEST_WHOLE = 1e100, 1e15
"""The largest numbers where a range has no end: products of three are still numbers, whole ones are exact."""

# The E24 series: 24 preferred numbers a decade, each about 10 % above the last, with two digits at the most.
_E24 = (
    1.0,
    1.1,
    1.2,
    1.3,
    1.5,
    1.6,
    1.8,
    2.0,
    2.2,
    2.4,
    2.7,
    3.0,
    3.3,
    3.6,
    3.9,
    4.3,
    4.7,
    5.1,
    5.6,
    6.2,
    6.8,
    7.5,
    8.2,
    9.1,
)


@dataclass(frozen=True)
class Interval:
    """A range of real numbers in the usual notation, e.g. ``[0, 1)`` or ``(0, inf)``."""

    low: float
    high: float
    low_closed: bool
    high_closed: bool

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read ``[0, 1)``. Raises ValueError for anything that is not an interval."""
        body = text.strip()
        try:
            low, high = (float(part) for part in body[1:-1].split(","))
        except ValueError:
            raise ValueError(f"not an interval: {text!r}; write for example '[0, 1)'") from None
        if body[:1] not in "[(" or body[-1:] not in "])" or low > high:
            raise ValueError(f"not an interval: {text!r}; write for example '[0, 1)'")
        return cls(low, high, body[0] == "[", body[-1] == "]")

    def holds(self, value: NDArray[np.float64] | float) -> NDArray[np.bool_]:
        """Whether each value lies inside; NaN and infinities never do. Any shape in, the same shape out."""
        value = np.asarray(value, dtype=np.float64)
        above = value >= self.low if self.low_closed else value > self.low
        below = value <= self.high if self.high_closed else value < self.high
        return above & below & np.isfinite(value)


@dataclass(frozen=True, kw_only=True)
class Hyperparameter:
    """What one setting is called, which values are valid, which a slider offers, and one sentence of meaning.

    ``low`` and ``high`` bound the slider; ``valid`` is the mathematically allowed range. ``stops`` lists the values of
    a slider that is neither linear nor logarithmic (0.9, 0.99, 0.999). A ``log`` slider whose ``low`` is 0 starts with
    0 and continues logarithmically from ``high / 1e6``.
    """

    name: str
    symbol: str
    default: float | int | bool | str
    meaning: str
    kind: Kind = "float"
    low: float = 0.0
    high: float = 1.0
    valid: str = "(-inf, inf)"
    log: bool = False
    stops: tuple[float, ...] = ()
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.check(self.default)
        if self.kind in ("float", "int"):
            interval = Interval.parse(self.valid)
            if not self.low < self.high or not (interval.holds(self.low) and interval.holds(self.high)):
                raise ValueError(f"{self.name}: slider range {self.low} to {self.high} is not inside {self.valid}")

    def check(self, value: Any) -> Value:
        """The value, as a number of the declared kind (or a float64 array of any shape).

        Raises:
            ValueError: it says what was given and what is allowed.
        """
        if self.kind == "choice":
            if not isinstance(value, str) or value not in self.choices:
                raise ValueError(f"{self.name} was given {quoted(value)}; allowed is one of {', '.join(self.choices)}")
            return value
        if self.kind == "bool":
            if isinstance(value, bool | np.bool_):
                return bool(value)
            raise ValueError(f"{self.name} was given {quoted(value)}; allowed is true or false")
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(
                f"{self.name} was given {quoted(value)}; allowed is a number in {self.allowed_beside(value)}"
            ) from None
        inside = Interval.parse(self.valid).holds(array) & (np.abs(array) <= self._largest)
        if self.kind == "int":
            inside = inside & (array == np.round(array))
        if not inside.all():
            given = value if array.ndim == 0 else float(array[~inside][0])
            what = "a whole number" if self.kind == "int" else "a number"
            raise ValueError(
                f"{self.name} was given {quoted(given)}; allowed is {what} in {self.allowed_beside(given)}"
            )
        if array.ndim:
            return array
        return int(array) if self.kind == "int" else float(array)

    def allowed_beside(self, given: Any) -> str:
        """The valid range as a sentence on ``given`` names it, with the bound where the number is too large for it."""
        try:
            size = abs(float(given))
        except (TypeError, ValueError, OverflowError):
            size = 2 * self._largest if isinstance(given, int) else 0.0
        beyond = self._largest < size < math.inf and "inf" in self.valid
        return f"{self.valid}, at most {self._largest:g} in size" if beyond else self.valid

    @property
    def _largest(self) -> float:
        return LARGEST_WHOLE if self.kind == "int" else LARGEST

    @property
    def lowest(self) -> float:
        """The low end of the valid range."""
        return Interval.parse(self.valid).low

    @property
    def highest(self) -> float:
        """The high end of the valid range."""
        return Interval.parse(self.valid).high

    @property
    def slider_stops(self) -> tuple[float, ...]:
        """The values a slider with uneven steps offers, ascending; empty for a linear slider."""
        if self.stops:
            return tuple(sorted({*self.stops, float(self.default)}))
        return _stops(self.low, self.high, float(self.default)) if self.log else ()


@lru_cache(maxsize=1024)  # a page asks for those of all its sliders at every run
def _stops(low: float, high: float, default: float) -> tuple[float, ...]:
    """The stops of a logarithmic slider: 24 a decade, and the default."""
    zero = (0.0,) if low == 0 else ()
    low = low or high / 1e6
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = (float(f"{digit}e{decade}") for decade in decades for digit in _E24)
    inside = {value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)}
    return (*zero, *sorted(inside | ({default} if default else set())))


def quoted(value: Any) -> str:
    """What was given, in a few words however long it is; Python writes no whole number of thousands of digits."""
    if isinstance(value, int) and value.bit_length() > 256:
        return "a whole number of more than 70 digits"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def check_all(parameters: Sequence[Hyperparameter], given: Mapping[str, Any], owner: str) -> dict[str, Value]:
    """Defaults completed by what was given, each value checked.

    Raises:
        ValueError: an unknown name or a value outside its range, with what is allowed.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise ValueError(f"{owner} has no hyperparameter {name!r}; it has {', '.join(known) or 'none'}")
    return {name: parameter.check(given.get(name, parameter.default)) for name, parameter in known.items()}
