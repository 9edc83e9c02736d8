"""Functions of ours as Python source that runs without us: their own text, and that of all they call, once each.

What a name means is read from the living objects (globals, closures, defaults, partials, bound methods, instances), so
a function made by a factory is followed as well as one of a module. Modules of the standard library and of
``LIBRARIES`` are imported; everything else is carried. Nothing is evaluated.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import CellType, FunctionType, MappingProxyType, ModuleType
from typing import Any

import numpy as np

from exports.source.definition import Definition, Name, Source, written
from exports.source.place import (
    SourceUnavailable,
    class_place,
    function_place,
    imports_ours,
    is_ours,
    module_of,
    origin,
    statement_of,
)
from exports.source.scope import bound_names, outer_names
from exports.source.text import Edit, SourceText, default_pairs, lambda_parts, name_span, plain_edits
from exports.source.value import Parts, constant_text, library_path, value_parts

__all__ = ["Source", "SourceUnavailable", "source_of"]

_MOST = 300  # definitions in one script
_SHORT = 60  # characters of a constant that is written where its name stood


def source_of(
    entries: Sequence[tuple[str, Any]],
    reserved: Collection[str] = (),
    imported: Mapping[str, str] = MappingProxyType({}),
) -> Source:
    """The source of values (functions, mostly), each under the name that is wanted for it.

    reserved: names that the script has for something else. imported: those it has for modules, and the modules.

    Raises:
        SourceUnavailable: something that is needed was not defined in a file, or is no code and no plain value.
    """
    collector = _Collector({id(value): name for name, value in reversed(entries)})
    try:
        wanted = [collector.entry(value, name) for name, value in entries]
    except RecursionError:
        raise SourceUnavailable("what it uses is nested too deeply to be written") from None
    return written(wanted, reserved, imported)


class _Collector:
    """Finds the definitions, from the entries on."""

    def __init__(self, wanted: dict[int, str]) -> None:
        self.definitions: dict[Any, Definition] = {}
        self._wanted = wanted
        self._alive: list[Any] = []  # an id names an object only while that lives

    def entry(self, value: Any, wanted: str) -> Name:
        parts = self.value(value, wanted)
        if len(parts) == 1 and isinstance(parts[0], Name) and parts[0].definition.imported is None:
            return parts[0]
        return self._assigned(("entry", wanted), value, wanted, parts)

    def value(self, value: Any, wanted: str) -> Parts:
        """An expression for a living value; what it needs is defined, under the name wanted or its own."""
        if isinstance(value, FunctionType) and is_ours(module_of(value)):
            return [self._function(value, wanted)]
        if isinstance(value, type) and is_ours(value.__module__):
            return [self._class(value)]
        if isinstance(value, ModuleType):
            if is_ours(value.__name__):
                raise SourceUnavailable(f"it hands the module {value.__name__} on")
            return [self._import(value.__name__, None, wanted)]
        path = library_path(value)
        if path is not None and path[0] == "builtins":
            return [path[1]]
        if path is not None and not is_ours(path[0]):
            return [self._import(*path, path[1])]
        wrapped = getattr(value, "__wrapped__", None)
        if callable(value) and wrapped is not None:
            return self.value(wrapped, wanted)
        parts = value_parts(value, self.value, self._import, self._instance, wanted)
        if parts is None:
            raise SourceUnavailable(f"{wanted} is a {type(value).__name__}, which cannot be written as code")
        return parts

    def _define(self, key: Any, alive: Any, module: str, names: tuple[str, ...], **more: Any) -> Definition:
        if len(self.definitions) >= _MOST:
            raise SourceUnavailable("it calls too much for one script")
        self._alive.append(alive)
        self.definitions[key] = Definition(module, names, **more)
        return self.definitions[key]

    def _assigned(self, key: Any, value: Any, name: str, parts: Parts, module: str = "") -> Name:
        definition = self._define(key, value, module, (name,))
        definition.parts = [Name(definition, name), " = ", *parts, "\n"]
        return Name(definition, name)

    def _import(self, module: str, attribute: str | None, name: str) -> Name:
        key = ("import", module, attribute, name)
        if key not in self.definitions:
            self._define(key, None, module, (name,), imported=(module, attribute))
        return Name(self.definitions[key], name)

    def _instance(self, value: Any, wanted: str) -> Name:
        """An object with plain attributes, put together without its constructor."""
        key = ("instance", id(value))
        if key not in self.definitions:
            definition = self._define(key, value, type(value).__module__, (wanted,))
            name = Name(definition, wanted)
            parts: Parts = [name, " = object.__new__(", self._class(type(value)), ")\n"]
            for attribute, held in vars(value).items():
                parts += [name, f".__dict__[{constant_text(attribute)}] = ", *self.value(held, attribute), "\n"]
            definition.parts = parts
        definition = self.definitions[key]
        return Name(definition, definition.names[0])

    # ---- what has a text of its own ----

    def _function(self, function: FunctionType, wanted: str) -> Name:
        key = ("function", id(function))
        if key not in self.definitions:
            text, node = function_place(function)
            own = wanted if isinstance(node, ast.Lambda) else node.name
            name = self._wanted.get(id(function), own)
            definition = self._define(key, function, module_of(function), (name,), local=bound_names(node))
            edits = [*plain_edits(text, node), *self._defaults(text, node, function)]
            edits += self._references(definition, text, node, _cells(function), function.__globals__)
            if isinstance(node, ast.Lambda):
                definition.parts = lambda_parts(Name(definition, name), text, node, edits)
            else:
                edits.append((*name_span(text, node), (Name(definition, name),)))
                definition.parts = text.cut(text.start(node), text.end(node), node.col_offset, edits)
        return self._own_name(key)

    def _defaults(self, text: SourceText, node: ast.FunctionDef | ast.Lambda, function: FunctionType) -> Iterator[Edit]:
        """Defaults that are more than a constant, by their living values: their names belong to another scope."""
        by_name = function.__kwdefaults__ or {}
        held = [*(function.__defaults__ or ()), *(by_name[a.arg] for a in node.args.kwonlyargs if a.arg in by_name)]
        pairs = default_pairs(node.args)
        if len(pairs) != len(held):
            raise SourceUnavailable(f"the defaults of {function.__qualname__} are not those of its source")
        for (argument, default), value in zip(pairs, held, strict=True):
            if any(isinstance(part, ast.Name) for part in ast.walk(default)):
                yield text.start(default), text.end(default), tuple(self.value(value, argument.arg))

    def _class(self, kind: type) -> Name:
        key = ("class", id(kind))
        if key not in self.definitions:
            text, node, variables = class_place(kind)
            definition = self._define(key, kind, kind.__module__, (node.name,), local=bound_names(node))
            methods = [getattr(each, "fget", None) or getattr(each, "__func__", each) for each in vars(kind).values()]
            cells = {n: c for each in methods if isinstance(each, FunctionType) for n, c in _cells(each).items()}
            edits = [*plain_edits(text, node), *self._references(definition, text, node, cells, variables)]
            edits.append((*name_span(text, node), (Name(definition, node.name),)))
            definition.parts = text.cut(text.start_decorated(node), text.end(node), node.col_offset, edits)
        return self._own_name(key)

    def _statement(self, text: SourceText, node: Any, module: str, variables: dict[str, Any], name: str) -> Name:
        """A module's own assignment, or a function with the decorators that made something else of it."""
        key = ("statement", module, node.lineno)
        if key not in self.definitions:
            is_function = isinstance(node, ast.FunctionDef)
            stored = [p.id for p in ast.walk(node) if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)]
            names, local = ((node.name,), bound_names(node)) if is_function else (tuple(stored), frozenset[str]())
            definition = self._define(key, node, module, names, local=local)
            edits = [*plain_edits(text, node), *self._references(definition, text, node, {}, variables, whole=True)]
            if is_function:
                edits.append((*name_span(text, node), (Name(definition, node.name),)))
            definition.parts = text.cut(text.start_decorated(node), text.end(node), node.col_offset, edits)
        return Name(self.definitions[key], name)

    def _own_name(self, key: Any) -> Name:
        definition = self.definitions[key]
        return Name(definition, definition.names[0])

    # ---- names ----

    def _references(
        self,
        definition: Definition,
        text: SourceText,
        node: ast.AST,
        cells: dict[str, CellType],
        variables: dict[str, Any],
        *,
        whole: bool = False,
    ) -> list[Edit]:
        """An edit for every name in a definition that comes from outside it and is not a builtin."""
        owners = {id(part.value): part for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        spliced = {id(p) for part in ast.walk(node) if isinstance(part, ast.JoinedStr) for p in ast.walk(part)}
        fields = [part.annotation for part in ast.walk(node) if isinstance(part, ast.AnnAssign)]
        hints = {id(part): annotation for annotation in fields for part in ast.walk(annotation)}
        known = (cells.keys() | variables.keys() | vars(builtins).keys()) - {*definition.names}
        if any(isinstance(part, ast.Import | ast.ImportFrom) and imports_ours(part) for part in ast.walk(node)):
            raise SourceUnavailable("it imports a module of its own inside a function")
        try:
            names = list(outer_names(node, whole=whole))
        except ValueError as problem:
            raise SourceUnavailable(str(problem)) from None
        # A field's type that is not there when the class is made could be anything.
        vague = {id(hints[id(each)]): hints[id(each)] for each in names if id(each) in hints and each.id not in known}
        edits: list[Edit] = [(text.start(each), text.end(each), ("object",)) for each in vague.values()]
        for each in names:
            if id(hints.get(id(each))) in vague:
                continue
            place: Any = each
            if each.id in definition.names and isinstance(each.ctx, ast.Store):
                parts: Parts = [Name(definition, each.id)]
            elif each.id in cells:
                in_text = id(each) not in spliced
                parts = self._from_cell(each.id, cells[each.id], in_text, parenthesized=id(each) in owners)
            elif each.id in variables:
                value, name, module = variables[each.id], each.id, variables.get("__name__") or "__main__"
                while isinstance(value, ModuleType) and is_ours(value.__name__) and id(place) in owners:
                    place = owners[id(place)]
                    value, name, module = getattr(value, place.attr), place.attr, value.__name__
                parts = [self._global(name, value, module)]
            elif hasattr(builtins, each.id):
                continue
            else:
                raise SourceUnavailable(f"{each.id} is not defined")
            begin, end = text.start(place), text.end(place)
            word = text.slice(begin, end)
            if place is each and word != each.id:  # Python before 3.12 does not know where names in f-strings stand
                raise SourceUnavailable(f"{each.id} stands in a string that is put together")
            for part in parts:
                if isinstance(part, Name):
                    part.definition.referred.add((definition, word))
            edits.append((begin, end, tuple(parts)))
        return edits

    def _from_cell(self, name: str, cell: CellType, in_text: bool, *, parenthesized: bool) -> Parts:
        """What an enclosing function left to this one."""
        try:
            value = cell.cell_contents
        except ValueError:
            raise SourceUnavailable(f"{name} has no value") from None
        constant = constant_text(value)
        if constant is not None and len(constant) <= _SHORT and in_text:
            return [f"({constant})" if parenthesized or constant.startswith("-") else constant]
        return [self._held(("cell", id(cell)), cell, value, name)]

    def _global(self, name: str, value: Any, module: str) -> Name:
        """What a module calls by this name, as it is written where it is defined."""
        if name.startswith("__") and name.endswith("__"):
            raise SourceUnavailable(f"it asks for {name}")
        if isinstance(value, ModuleType):
            if is_ours(value.__name__):
                raise SourceUnavailable(f"it hands the module {value.__name__} on")
            return self._import(value.__name__, None, name)
        module, defined = origin(module, name)
        if defined is None or not is_ours(module):
            return self._import(module, defined, name)
        if isinstance(value, FunctionType) and is_ours(module_of(value)):
            return self._function(value, defined)
        key = ("global", module, defined)
        statement = statement_of(module, defined)
        if statement is None or isinstance(statement[1], ast.ClassDef):
            return self._held(key, value, value, defined, module)
        variables = vars(sys.modules[module])
        if isinstance(statement[1], ast.FunctionDef) or constant_text(value) is not None or isinstance(value, _FIXED):
            return self._statement(*statement, module, variables, defined)
        before = dict(self.definitions)
        try:
            return self._held(key, value, value, defined, module)
        except SourceUnavailable:
            self.definitions = before
            if isinstance(value, dict | list | set):  # it may hold more by now than its statement says
                raise
            return self._statement(*statement, module, variables, defined)

    def _held(self, key: Any, alive: Any, value: Any, name: str, module: str = "") -> Name:
        """A value under a name: that of its own definition, or one that it is assigned to."""
        if key in self.definitions:
            return self._own_name(key)
        parts = self.value(value, name)
        if len(parts) == 1 and isinstance(parts[0], Name):
            return parts[0]
        return self._assigned(key, alive, name, parts, module)


_FIXED = (np.generic, np.ndarray)


def _cells(function: FunctionType) -> dict[str, CellType]:
    return dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
