"""Where the ES modules lie, and several of them as one script that no one has to resolve.

A module is read after those that it imports; the order comes from the imports themselves. In one script all share one
scope, so what they declare at their top must differ.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FRONTEND = Path(__file__).parent
"""The folder of the modules; ``shared/style.css`` is for all but the list of runs."""

_IMPORT = re.compile(r'^import\s+(?:(?P<names>\{[^}]*\})\s*from\s+)?"(?P<path>\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+function|class|function|const|let)\b)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async\s+function|class|function|const|let|var)\b\*?\s*(\S\w*)", re.MULTILINE)
_UNFIT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def import_order(entry: Path) -> list[Path]:
    """``entry`` and all that it imports, each after those that it imports itself.

    Raises:
        ValueError: modules that import each other.
    """
    done: list[Path] = []
    _visit(entry.resolve(), done, ())
    return done


def _visit(module: Path, done: list[Path], above: tuple[Path, ...]) -> None:
    if module in above:
        circle = " -> ".join(path.name for path in (*above[above.index(module) :], module))
        raise ValueError(f"modules import each other: {circle}; one script has no order for them")
    if module in done:
        return
    for found in _IMPORT.finditer(module.read_text(encoding="utf-8")):
        _visit((module.parent / found["path"]).resolve(), done, (*above, module))
    done.append(module)


@cache
def joined_modules(entry: str, folder: Path = FRONTEND, *, exporting: bool = False) -> str:
    """``entry`` (a path below ``folder``) and all that it imports as one script, without imports and exports.

    exporting: but for the default export of ``entry``, so that the script is a module itself.

    Raises:
        ValueError: two modules declare the same name, one imports or exports in a way that one scope cannot have, or
            they import each other.
    """
    homes: dict[str, str] = {}
    texts = []
    for path in import_order(folder / entry):
        module = path.relative_to(folder.resolve()).as_posix()
        text = path.read_text(encoding="utf-8")
        renamed = [found[0] for found in _IMPORT.finditer(text) if " as " in (found["names"] or "")]
        text = _EXPORT.sub("", _IMPORT.sub("", text))
        own = exporting and module == entry
        unfit = [*renamed, *(line for line in _UNFIT.findall(text) if not (own and line.startswith("export default ")))]
        if unfit:
            raise ValueError(
                f"{module} says {unfit[0].strip()!r}; in one scope a name is imported and exported as it is"
            )
        for name in _DECLARED.findall(text):
            if not name.isidentifier() and not re.fullmatch(r"[\w$]+", name):
                raise ValueError(f"{module} takes apart what it declares at its top ({name!r}); name each for itself")
            if name in homes:
                raise ValueError(f"{module} and {homes[name]} both declare {name}, and one script holds them")
            homes[name] = module
        texts.append(text)
    return "\n".join(texts)
