"""One section of a run's configuration: names and checked values, read as attributes or as a mapping.

A section's settings are declared as ``Hyperparameter`` (numbers, switches, choices) or ``Text`` (names of columns,
lists of widths). Menus, sliders, validation and the JSON of a run follow from these declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from settings.declare import Setting
from settings.hyperparameter import Hyperparameter, quoted


class Settings(Mapping[str, Any]):
    """Values by name; ``settings.lr`` is ``settings["lr"]``. Immutable, compared and hashed by content."""

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        object.__setattr__(self, "_values", {**(values or {}), **named})

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._values:
            return self._values[name]
        raise AttributeError(f"there is no setting {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("settings cannot be changed; make others")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self._values == other._values

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._values.items())))

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Settings, (self._values,)


def complete(owner: str, declared: Sequence[Setting], given: Mapping[str, Any]) -> Settings:
    """Defaults completed by what was given, each value checked.

    Raises:
        ValueError: an unknown name or a value outside what is allowed; it begins with ``owner.name``.
    """
    known = {setting.name: setting for setting in declared}
    for name in given:
        if name not in known:
            raise ValueError(f"{owner} has no setting {str(name)!r:.80}; it has {', '.join(known)}")
    values = {}
    for name, setting in known.items():
        value = given.get(name, setting.default)
        if (
            isinstance(setting, Hyperparameter)
            and setting.kind != "choice"
            and not isinstance(value, int | float | bool)
        ):
            raise ValueError(f"{owner}.{name} was given {quoted(value)}; allowed is one number")
        if isinstance(setting, Hyperparameter) and setting.kind in ("int", "float") and isinstance(value, bool):
            raise ValueError(f"{owner}.{name} was given {quoted(value)}; allowed is a number")
        try:
            values[name] = setting.check(value)
        except ValueError as error:
            raise ValueError(f"{owner}.{error}") from None
    return Settings(values)
