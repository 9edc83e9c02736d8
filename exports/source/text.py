"""The text of a definition, cut where names stand that a script may call otherwise: plain, without types, short."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from exports.source.scope import parameters

WIDTH = 120

# From one byte to another, and what stands there instead: text, or what a name refers to.
Edit = tuple[int, int, tuple[Any, ...]]


class SourceText:
    """A module's source, addressed by the positions of its syntax tree (lines from 1, columns in bytes)."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self._bytes = source.encode()
        lines = self._bytes.split(b"\n")
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def start(self, node: Any) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def start_decorated(self, node: Any) -> int:
        """Where a definition begins, its decorators included."""
        decorators = getattr(node, "decorator_list", [])
        return min([self.start(node), *(self.rfind("@", self.start(each)) for each in decorators)])

    def end(self, node: Any) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def slice(self, start: int, end: int) -> str:
        return self._bytes[start:end].decode()

    def find(self, text: str, start: int) -> int:
        return self._bytes.index(text.encode(), start)

    def rfind(self, text: str, end: int) -> int:
        return self._bytes.rindex(text.encode(), 0, end)

    def cut(self, start: int, end: int, column: int, edits: Iterable[Edit]) -> list[Any]:
        """The text from one byte to another, moved left by a column, with the edits in place.

        Strings, and between them what the edits refer to.
        """
        indent = "\n" + " " * column
        parts: list[Any] = []
        for begin, finish, instead in sorted(edits, key=lambda edit: edit[:2]):
            parts += [self.slice(start, begin).replace(indent, "\n"), *instead]
            start = finish
        return [*parts, self.slice(start, end).replace(indent, "\n")]


def plain_edits(text: SourceText, node: ast.AST) -> Iterator[Edit]:
    """The edits that take types away and shorten docstrings, in a definition and in all inside it."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _untyped(text, part)
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _short_docstring(text, part, getattr(node, "col_offset", 0))
    yield from _untyped_variables(text, node, in_class=False)


def default_pairs(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    """Every parameter that has a default, with it: those by position first, as ``__defaults__`` has them."""
    by_position = [*arguments.posonlyargs, *arguments.args]
    tail = by_position[len(by_position) - len(arguments.defaults) :]
    by_name = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [*zip(tail, arguments.defaults, strict=True), *((arg, default) for arg, default in by_name if default)]


def name_span(text: SourceText, node: ast.FunctionDef | ast.ClassDef) -> tuple[int, int]:
    """Where a definition says its own name."""
    begin = text.find(node.name, text.start(node) + len("class" if isinstance(node, ast.ClassDef) else "def"))
    return begin, begin + len(node.name.encode())


def one_line_header(source: str) -> str:
    """The first line of a function in one line where it fits; types that were taken away leave room."""
    head = re.match(r"def \w+\(\n(.*?)\n\):\n", source, flags=re.DOTALL)
    if head is None or "#" in head[1]:
        return source
    arguments = " ".join(line.strip() for line in head[1].splitlines()).rstrip(",")
    header = f"{source[: source.index('(')]}({arguments}):\n"
    return header + source[head.end() :] if len(header) <= WIDTH + 1 else source


def _untyped(text: SourceText, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Edit]:
    defaults = {id(argument): default for argument, default in default_pairs(node.args)}
    for argument in parameters(node.args):
        name_end = text.start(argument) + len(argument.arg.encode())
        if argument.annotation is not None:
            default = defaults.get(id(argument))
            if default is None:
                yield name_end, text.end(argument), ()
            else:
                begin = text.start(default)
                opening = text.find("=", text.end(argument)) + 1
                yield name_end, opening, ("=",)
                if text.slice(opening, begin).isspace():
                    yield opening, begin, ()
    if node.returns is not None:
        arrow = text.rfind("->", text.start(node.returns))
        yield text.rfind(")", arrow) + 1, text.end(node.returns), ()


def _untyped_variables(text: SourceText, node: ast.AST, *, in_class: bool) -> Iterator[Edit]:
    if isinstance(node, ast.AnnAssign) and not in_class:
        if node.value is None:
            yield text.start(node), text.end(node), ("pass",)
        else:
            yield text.end(node.target), text.end(node.annotation), ()
    for child in ast.iter_child_nodes(node):
        yield from _untyped_variables(text, child, in_class=isinstance(node, ast.ClassDef))


def _short_docstring(text: SourceText, node: Any, left: int) -> Iterator[Edit]:
    docstring = ast.get_docstring(node, clean=False)
    if docstring is None:
        return
    statement = node.body[0]
    said = " ".join(inspect.cleandoc(docstring).split("\n\n")[0].split())
    yield text.start(statement), text.end(statement), (docstring_of(said, statement.col_offset - left),)


def docstring_of(said: str, indent: int) -> str:
    """A sentence as a docstring, in lines that begin at this column."""
    if "\\" in said or '"""' in said or said.endswith('"'):
        return repr(said)
    lines = textwrap.wrap(f'"""{said}', WIDTH - indent - 3, break_long_words=False, break_on_hyphens=False)
    closing = '"""' if len(lines) <= 1 else '\n"""'
    return ("\n".join(lines) + closing).replace("\n", "\n" + " " * indent)


def lambda_parts(name: Any, text: SourceText, node: ast.Lambda, edits: list[Edit]) -> list[Any]:
    """A lambda as a function with a name."""
    colon = text.rfind(":", text.start(node.body))
    before, after = [e for e in edits if e[1] <= colon], [e for e in edits if e[0] > colon]
    header = text.cut(text.start(node) + len("lambda"), colon, 0, before)
    body = text.cut(colon + 1, text.end(node), 0, after)
    header[0], body[0] = header[0].lstrip(), body[0].lstrip()
    lined = any("\n" in part for part in body if isinstance(part, str))
    return ["def ", name, "(", *header, "):\n    return ", *(["(", *body, ")"] if lined else body), "\n"]
