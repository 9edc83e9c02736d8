"""What a study is: settings, the cells of its table, and how one cell is worked out. A new one is one ``Study``.

Cells are plain values for JSON, each known for itself, so that a study that was broken off goes on from those it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from settings import Setting, Settings, by_key, complete
from trainers.allowances import Size
from trainers.studies import saddles, scaling, spread

Values = Mapping[str, Any]
Told = Callable[[float], None]
"""Called with the share of a cell that is done; what it raises ends the work."""


@dataclass(frozen=True, kw_only=True)
class Study:
    """name: in a sentence. cells: their names in the order of work, by the settings. cell: works one out.

    largest: how large its networks are, by the settings. doing: what a visitor reads while a cell is worked out, from
    its name.
    """

    key: str
    name: str
    settings: tuple[Setting, ...]
    cells: Callable[[Values], tuple[str, ...]]
    cell: Callable[[Values, str, Told], dict[str, Any]]
    largest: Callable[[Values], Size]
    doing: Callable[[str], str]


STUDIES: Mapping[str, Study] = MappingProxyType(
    by_key(
        (
            Study(
                key="scaling",
                name="the scaling of a loss",
                settings=scaling.SETTINGS,
                cells=scaling.cells,
                cell=scaling.cell,
                largest=scaling.largest,
                doing=lambda name: f"Networks with {name} are trained.",
            ),
            Study(
                key="saddles",
                name="the search for critical points",
                settings=saddles.SETTINGS,
                cells=saddles.cells,
                cell=saddles.cell,
                largest=saddles.largest,
                doing=lambda name: f"Critical points in {name} dimensions are looked for.",
            ),
            Study(
                key="spread",
                name="the bias and variance of networks",
                settings=spread.SETTINGS,
                cells=spread.cells,
                cell=spread.cell,
                largest=spread.largest,
                doing=lambda name: f"Networks with {name} hidden units are trained on every set of rows.",
            ),
        )
    )
)


@dataclass(frozen=True, kw_only=True)
class StudyRequest:
    """One study with its settings, complete and checked.

    Raises:
        ValueError: an unknown study or setting, or a value that is not allowed.
    """

    study: str
    values: Settings

    def __post_init__(self) -> None:
        if self.study not in STUDIES:
            raise ValueError(f"the study was given as {self.study!r:.40}; allowed is one of {', '.join(STUDIES)}")
        object.__setattr__(self, "values", complete(self.study, STUDIES[self.study].settings, self.values))

    @classmethod
    def of(cls, study: str, values: Values) -> StudyRequest:
        """The request among more values than it needs."""
        names = {setting.name for setting in STUDIES[study].settings}
        return cls(study=study, values=Settings({name: value for name, value in values.items() if name in names}))

    def to_plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"study": self.study, "values": dict(self.values)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> StudyRequest:
        """Read ``to_plain`` back. Raises ValueError for anything else."""
        study, values = plain.get("study"), plain.get("values")
        if not isinstance(study, str) or not isinstance(values, Mapping):
            raise ValueError("a study has a name and settings")
        return cls(study=study, values=Settings(values))

    @property
    def cells(self) -> tuple[str, ...]:
        """The names of its cells, in the order of work."""
        return STUDIES[self.study].cells(self.values)

    @property
    def largest(self) -> Size:
        """How large its networks are."""
        return STUDIES[self.study].largest(self.values)

    def known(self, result: Any) -> dict[str, dict[str, Any]]:
        """The cells that stand in a result; what is no result has none."""
        found = result.get("cells") if isinstance(result, Mapping) else None
        if not isinstance(found, Mapping):
            return {}
        return {name: found[name] for name in self.cells if isinstance(found.get(name), Mapping)}

    def is_complete(self, cells: Mapping[str, Any]) -> bool:
        """Whether all its cells are there."""
        return all(name in cells for name in self.cells)


def carry_on(
    request: StudyRequest,
    before: Mapping[str, dict[str, Any]],
    told: Callable[[Mapping[str, dict[str, Any]], float, str], None],
) -> dict[str, dict[str, Any]]:
    """All cells, of which those in ``before`` stay as they are.

    told: called with the cells there are, the share that is done and what is being done; what it raises ends the work.
    """
    study, cells, names = STUDIES[request.study], dict(before), request.cells
    for number, name in enumerate(names):
        if name in cells:
            continue

        def share(part: float, number: int = number, name: str = name) -> None:
            told(cells, (number + part) / len(names), study.doing(name))

        share(0.0)
        cells[name] = study.cell(request.values, name, share)
    return cells
