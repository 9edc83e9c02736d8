"""Definitions that a script carries: put in order, named without a clash, and written."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exports.source.text import one_line_header


@dataclass(eq=False)
class Definition:
    """What a script binds: the names its module has for it, and its text, with a ``Name`` wherever one stands.

    imported: the module, and what of it, where this is an import. local: the names that it binds inside itself.
    referred: the definitions that name this one, and the word that each has for it.
    """

    module: str
    names: tuple[str, ...]
    imported: tuple[str, str | None] | None = None
    local: frozenset[str] = frozenset()
    parts: list[str | Name] = field(default_factory=list)
    referred: set[tuple[Definition, str]] = field(default_factory=set)

    @property
    def needs(self) -> list[Definition]:
        used = [part.definition for part in self.parts if isinstance(part, Name)]
        return [each for each in dict.fromkeys(used) if each is not self]


@dataclass(frozen=True)
class Name:
    """Stands for the name that a definition is given in the end; ``original`` is its name in its module."""

    definition: Definition
    original: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """imports: a line each. definitions: (module, text) of each, after all it needs. names: what the entries are."""

    imports: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(text for _, text in self.definitions)


def written(wanted: Sequence[Name], reserved: Collection[str], imported: Mapping[str, str]) -> Source:
    """The source of the definitions that are wanted, and of all that they need."""
    ordered = _in_order([name.definition for name in wanted])
    first = {name.definition for name in wanted}
    by_right = sorted(ordered, key=lambda each: (each.imported is None, each not in first))
    names = _allocated(by_right, reserved, imported)
    imports: list[tuple[str, str | None, str]] = []
    texts = []
    for each in ordered:
        if each.imported is not None:
            imports.append((*each.imported, names[Name(each, each.names[0])]))
        else:
            text = "".join(part if isinstance(part, str) else names[part] for part in each.parts)
            texts.append((each.module, one_line_header(text.strip("\n") + "\n")))
    return Source(
        imports=tuple(_import_lines(imports)), definitions=tuple(texts), names=tuple(names[name] for name in wanted)
    )


def _import_lines(imports: Sequence[tuple[str, str | None, str]]) -> Iterator[str]:
    """One line for each module, and one for all that is taken from it."""
    taken: dict[str, list[str]] = {}
    for module, attribute, name in dict.fromkeys(imports):
        if attribute is None:
            yield f"import {module}" + ("" if name == module.partition(".")[0] else f" as {name}")
        else:
            taken.setdefault(module, []).append(attribute if attribute == name else f"{attribute} as {name}")
    for module, attributes in taken.items():
        yield f"from {module} import {', '.join(sorted(attributes))}"


def _in_order(definitions: Sequence[Definition]) -> list[Definition]:
    """Each after all that it needs; otherwise as they were found."""
    done: dict[Definition, None] = {}
    begun: set[Definition] = set()
    waiting = [(each, False) for each in reversed(definitions)]
    while waiting:
        each, ready = waiting.pop()
        if ready:
            done.setdefault(each)
        elif each not in begun:
            begun.add(each)
            waiting += [(each, True), *((needed, False) for needed in reversed(each.needs))]
    return list(done)


def _allocated(
    definitions: Sequence[Definition], reserved: Collection[str], imported: Mapping[str, str]
) -> dict[Name, str]:
    """Its own name for everything, without the underscore of a private one, where that is free and hides nothing.

    Who comes first chooses first.
    """
    taken = {*reserved, *imported, *dir(builtins), *keyword.kwlist}
    names: dict[Name, str] = {}
    for each in definitions:
        for original in each.names:
            if each.imported is not None and each.imported == (imported.get(original), None):
                names[Name(each, original)] = original
                continue
            for candidate in _candidates(original, each.module.rpartition(".")[2].strip("_")):
                hidden = any(word != candidate and candidate in other.local for other, word in each.referred)
                if candidate not in taken and not hidden:
                    taken.add(candidate)
                    names[Name(each, original)] = candidate
                    break
    return names


def _candidates(original: str, module: str) -> Iterator[str]:
    plain = original.lstrip("_") or original
    plain = plain if plain.isidentifier() else original
    yield plain
    if module.isidentifier():
        yield f"{module.upper() if plain.isupper() else module}_{plain}"
    number = 2
    while True:
        yield f"{plain}_{number}"
        number += 1
