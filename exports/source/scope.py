"""Which names of a definition come from outside it, read from its syntax tree by Python's own rules of scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)


def outer_names(node: ast.AST, *, whole: bool = False) -> Iterator[ast.Name]:
    """Every place where a definition names something that it does not bind itself.

    Annotations inside functions are left out: they are no part of what a function computes. The fields of a class keep
    theirs, since a dataclass is made from them. Of a function itself only the body is read, unless ``whole`` asks for
    its decorators and defaults, too.

    Raises:
        ValueError: it binds a name outside itself (``global``, or ``nonlocal`` of an enclosing function).
    """
    if isinstance(node, Function) and not whole:
        yield from _body(node, frozenset())
    else:
        yield from _outer(node, frozenset())


def bound_names(node: ast.AST) -> frozenset[str]:
    """Every name that a definition or one inside it binds."""
    return frozenset(name for inner in ast.walk(node) if isinstance(inner, _SCOPES) for name in _bound(inner))


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    single = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *single]


def _bound(scope: ast.AST) -> frozenset[str]:
    """The names that belong to one scope, not those of the scopes inside it."""
    if isinstance(scope, _COMPREHENSIONS):
        return frozenset(name for generator in scope.generators for name in _stored(generator.target))
    names: set[str] = set()
    body: list[ast.AST]
    if isinstance(scope, ast.Lambda):
        names |= {argument.arg for argument in parameters(scope.args)}
        body = [scope.body]
    else:
        assert isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not isinstance(scope, ast.ClassDef):
            names |= {argument.arg for argument in parameters(scope.args)}
        body = list(scope.body)
    for part in body:
        names |= _stored(part)
    return frozenset(names)


def _stored(part: ast.AST) -> set[str]:
    """What running this part binds in the scope that it stands in."""
    match part:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Lambda():
            return set()
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name.partition(".")[0] for alias in aliases}
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
    names: set[str] = set()
    if isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and part.name:
        names.add(part.name)
    if isinstance(part, ast.MatchMapping) and part.rest:
        names.add(part.rest)
    if isinstance(part, _COMPREHENSIONS):  # only a walrus in a comprehension binds outside it
        walruses = [inner for inner in ast.walk(part) if isinstance(inner, ast.NamedExpr)]
        return {walrus.target.id for walrus in walruses if isinstance(walrus.target, ast.Name)}
    for child in ast.iter_child_nodes(part):
        names |= _stored(child)
    return names


def _outer(node: ast.AST, bound: frozenset[str]) -> Iterator[ast.Name]:
    if isinstance(node, ast.Name):
        if node.id not in bound:
            yield node
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        yield from _function(node, bound)
    elif isinstance(node, ast.ClassDef):
        outside = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
        for part in outside:
            yield from _outer(part, bound)
        own = bound | _bound(node)
        for part in node.body:
            decorators = part.decorator_list if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) else []
            for decorator in decorators:
                yield from _outer(decorator, own)
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _defaults(part, own)
                yield from _body(part, bound)  # a method does not see the names of its class
            else:
                yield from _outer(part, own)
            if isinstance(part, ast.AnnAssign):
                yield from _outer(part.annotation, own)
    elif isinstance(node, ast.AnnAssign):
        for inner in (node.target, node.value):
            if inner is not None:
                yield from _outer(inner, bound)
    elif isinstance(node, _COMPREHENSIONS):
        first = node.generators[0].iter
        yield from _outer(first, bound)
        inside = bound | _bound(node)
        for child in ast.iter_child_nodes(node):
            for part in ast.iter_child_nodes(child) if isinstance(child, ast.comprehension) else [child]:
                if part is not first:
                    yield from _outer(part, inside)
    elif isinstance(node, ast.Global):
        raise ValueError(f"it binds {', '.join(node.names)} outside itself")
    elif isinstance(node, ast.Nonlocal):
        if outside := [name for name in node.names if name not in bound]:
            raise ValueError(f"it binds {', '.join(outside)} outside itself")
    else:
        for child in ast.iter_child_nodes(node):
            yield from _outer(child, bound)


def _function(node: Function, bound: frozenset[str]) -> Iterator[ast.Name]:
    if not isinstance(node, ast.Lambda):
        for decorator in node.decorator_list:
            yield from _outer(decorator, bound)
    yield from _defaults(node, bound)
    yield from _body(node, bound)


def _defaults(node: Function, bound: frozenset[str]) -> Iterator[ast.Name]:
    for default in [*node.args.defaults, *node.args.kw_defaults]:
        if default is not None:
            yield from _outer(default, bound)


def _body(node: Function, bound: frozenset[str]) -> Iterator[ast.Name]:
    inside = bound | _bound(node)
    for part in [node.body] if isinstance(node, ast.Lambda) else node.body:
        yield from _outer(part, inside)
