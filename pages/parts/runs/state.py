"""What the runs page shows, as one state with a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from figures.runs import COLUMNS, DATA, WORDS
from settings import FOREIGN, Setting, Text
from trainers.diagnosis import KINDS
from widgets import LinkedState

VIEWS = {"list": "All runs", "compare": "Compare", "import": "Bring your own curves"}
CLOCKS = {"epoch": "epoch", "step": "step", "seconds": "seconds"}
MOST_COMPARED = 8
VERDICTS = {key: kind.name for key, kind in KINDS.items()}
_DEFAULTS: dict[str, Any] = {
    "view": "list",
    "search": "",
    "statuses": [],
    "data": [],
    "verdicts": [],
    "searched": False,
    "sort": "",
    "page": 1,
    "compared": [],
    "number": "val_loss",
    "x": "epoch",
}
_MENUS = {"statuses": WORDS, "data": DATA, "verdicts": VERDICTS}
_PARAMETERS = {"view", "q", *_MENUS, "searched", "sort", "page", "runs", "number", "x", *FOREIGN}
_SEARCH = Text(name="search", meaning="By name, data, model or optimizer.")


class RunsCodec:
    """The state of the runs page, a dict of values by name, as a link and back."""

    def read(self, query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
        """A valid state, whatever the link says, and one sentence for each part that could not be used."""
        return _read(query)

    def write(self, state: dict[str, Any]) -> dict[str, str]:
        """The link that opens this state; what the view does not show is left out."""
        return _link(state)

    def changed(self, state: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The state with some values changed; a filter or a sort begins at the first page."""
        first = {} if "page" in changes or not {*_MENUS, "search", "searched", "sort"} & set(changes) else {"page": 1}
        return {**state, **first, **changes}

    def setting(self, state: dict[str, Any], name: str) -> tuple[Setting, Any]:
        """The declaration of the search, and its text; the other controls are menus."""
        assert name == _SEARCH.name
        return _SEARCH, state[name]


linked: LinkedState[dict[str, Any]] = LinkedState("runs", RunsCodec())
"""What the runs page shows, in its controls, the session and the link."""


def value(name: str) -> Any:
    return linked.state[name]


def put(**values: Any) -> None:
    """Change what is shown, from a callback or within a run."""
    linked.put(values)


def _link(held: dict[str, Any]) -> dict[str, str]:
    if held["view"] == "import":
        return {"view": "import"}
    if held["view"] == "compare":
        link = {"runs": ",".join(held["compared"])} if held["compared"] else {"view": "compare"}
        return link | {name: held[name] for name in ("number", "x") if held["compared"]}
    link = {"q": held["search"]} if held["search"] else {}
    link |= {name: ",".join(held[name]) for name in _MENUS if held[name]}
    link |= {"searched": "true"} if held["searched"] else {}
    link |= {"sort": held["sort"]} if held["sort"] else {}
    return link | ({"page": str(held["page"])} if held["page"] > 1 else {})


def _read(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    problems: list[str] = []
    values: dict[str, Any] = dict(_DEFAULTS)
    values["search"] = query.get("q", "")[:200]
    for name, menu in _MENUS.items():
        given = [part for part in query.get(name, "").split(",") if part]
        values[name] = [part for part in dict.fromkeys(given) if part in menu]
        if unknown := [part for part in given if part not in menu]:
            problems.append(f"The link filters by {unknown[0]!r:.60}, which is nothing here.")
    values["searched"] = query.get("searched", "false") == "true"
    if query.get("searched", "false") not in ("true", "false"):
        problems.append(f"The link gives searched as {query['searched']!r:.60}; allowed is true or false.")
    values["sort"] = query.get("sort", "")
    if values["sort"] and values["sort"].removeprefix("-") not in COLUMNS:
        problems.append(f"The link sorts by {values['sort']!r:.60}, which is no column here.")
        values["sort"] = ""
    page = query.get("page", "1")
    values["page"] = int(page) if page.isascii() and page.isdigit() and 1 <= len(page) <= 6 and int(page) else 1
    runs = list(dict.fromkeys(part[:40] for part in query.get("runs", "").split(",") if part))
    if len(runs) > MOST_COMPARED:
        problems.append(f"The link names {len(runs)} runs; the first {MOST_COMPARED} are compared.")
    values["compared"] = runs[:MOST_COMPARED]
    values["view"] = "compare" if runs else query.get("view", "list")
    if values["view"] not in VIEWS:
        problems.append(f"The link asks for the view {values['view']!r:.60}, which is not there.")
        values["view"] = "list"
    values["number"] = query.get("number", "val_loss")[:60]  # which there are depends on the runs
    if query.get("x", "epoch") in CLOCKS:
        values["x"] = query.get("x", "epoch")
    else:
        problems.append(f"The link draws over {query['x']!r:.60}; allowed are {', '.join(CLOCKS)}.")
    for name in [name for name in query if name not in _PARAMETERS]:
        cure = " To compare runs it is runs." if name == "run" else ""
        problems.append(f"{name[:80]!r} is not a parameter of this page; it is left out.{cure}")
    return values, problems
