"""Where a living function, class or global is written: its file, and the place in that file's syntax tree."""

from __future__ import annotations

import ast
import importlib.util
import linecache
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import FunctionType
from typing import Any

from exports.source.scope import parameters
from exports.source.text import SourceText

_RUNS = (ast.stmt, ast.ExceptHandler, ast.match_case)
LIBRARIES = ("numpy", "scipy", "torch")


class SourceUnavailable(ValueError):
    """Some code cannot be written down; the message says which, or why."""


def is_ours(module: str) -> bool:
    """Whether a script cannot import it: neither of the standard library nor of ``LIBRARIES``."""
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in LIBRARIES


def imports_ours(statement: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import is of something that a script cannot import."""
    if isinstance(statement, ast.ImportFrom):
        return bool(statement.level) or is_ours(statement.module or "")
    return any(is_ours(alias.name) for alias in statement.names)


def module_of(function: FunctionType) -> str:
    """Where its globals are, whatever a decorator has made of ``__module__``."""
    return function.__globals__.get("__name__") or "__main__"


def function_place(function: FunctionType) -> tuple[SourceText, ast.FunctionDef | ast.Lambda]:
    """The text and the definition of a function.

    Raises:
        SourceUnavailable: it was not defined in a file, or the file has changed since.
    """
    code = function.__code__
    text = _text(code.co_filename, function.__globals__)
    if text is not None:
        # A lambda is told from its neighbors in the line by where its body stands.
        spans = {(line, column, last, end) for line, last, column, end in code.co_positions()}
        arguments = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        for node in ast.walk(text.tree):
            if isinstance(node, ast.Lambda):
                body = node.body
                span = (body.lineno, body.col_offset, body.end_lineno, body.end_col_offset)
                there = code.co_name == "<lambda>" and node.lineno == code.co_firstlineno and span in spans
            elif isinstance(node, ast.FunctionDef):
                line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                there = node.name == code.co_name and line == code.co_firstlineno
            else:
                continue
            if there and arguments <= {argument.arg for argument in parameters(node.args)}:
                return text, node
    raise SourceUnavailable(f"the source of {function.__qualname__} is not at hand")


def class_place(kind: type) -> tuple[SourceText, ast.ClassDef, dict[str, Any]]:
    """The text and the definition of a class, and the globals of its module.

    Raises:
        SourceUnavailable: it was not defined in a file, or twice under one name.
    """
    text = module_text(kind.__module__)
    path = [name for name in kind.__qualname__.split(".") if name != "<locals>"]
    nodes = list(_nested(text.tree, path)) if text is not None else []
    if text is None or len(nodes) != 1:
        raise SourceUnavailable(f"the source of {kind.__qualname__} is not at hand")
    return text, nodes[0], vars(sys.modules[kind.__module__])


def origin(module: str, name: str) -> tuple[str, str | None]:
    """Where a module has a global from: the module that defines it, and its name there (None for a module itself)."""
    for statement in _top(module_text(module)):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name.partition(".")[0]) != name:
                    continue
                if isinstance(statement, ast.Import):
                    return alias.name if alias.asname else name, None
                package = str(getattr(sys.modules.get(module), "__package__", "") or "")
                target = "." * statement.level + (statement.module or "")
                source = importlib.util.resolve_name(target, package) if statement.level else target
                return origin(source, alias.name) if is_ours(source) else (source, alias.name)
    return module, name


def statement_of(module: str, name: str) -> tuple[SourceText, ast.stmt] | None:
    """The one statement at the top of a module that binds a name; None where there is none, or more than one."""
    text = module_text(module)
    binding = [statement for statement in _top(text) if name in _bindings(statement)]
    if text is None or len(binding) != 1 or isinstance(binding[0], ast.AugAssign):
        return None
    return text, binding[0]


def module_text(module: str) -> SourceText | None:
    path = getattr(sys.modules.get(module), "__file__", None)
    return _text(path, None) if isinstance(path, str) and path.endswith(".py") else None


def _text(path: str, variables: dict[str, Any] | None) -> SourceText | None:
    lines = linecache.getlines(path, variables)
    try:
        return _parsed("".join(lines)) if lines else None
    except (SyntaxError, ValueError):
        return None


@lru_cache(maxsize=64)
def _parsed(source: str) -> SourceText:
    return SourceText(source)


def _top(text: SourceText | None) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, those inside ``if``, ``try`` and the like included."""
    waiting: list[ast.AST] = list(reversed(text.tree.body)) if text is not None else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.stmt):
            yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = [
                p for p in ast.iter_child_nodes(part) if isinstance(p, ast.stmt | ast.ExceptHandler | ast.match_case)
            ]
            waiting += reversed(inner)


def _bindings(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign):
        targets: list[ast.expr] = statement.targets
    elif isinstance(statement, ast.AugAssign) or (isinstance(statement, ast.AnnAssign) and statement.value is not None):
        targets = [statement.target]
    else:
        return set()
    return {
        part.id
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _nested(node: ast.AST, path: list[str]) -> Iterator[ast.ClassDef]:
    """The classes at the end of a path of names, through functions and classes."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if not named:
            yield from _nested(child, path)
        elif getattr(child, "name", None) == path[0]:
            if len(path) > 1:
                yield from _nested(child, path[1:])
            elif isinstance(child, ast.ClassDef):
                yield child
