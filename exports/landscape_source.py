"""A landscape as NumPy source: f, its gradient and its Hessian, operation by operation as ``descend`` computes them.

Only the postfix codes made from the parsed expression are read, never a text that a user typed.
"""

from __future__ import annotations

import textwrap
from functools import partial

from landscapes.compile import ExpressionCodes, StoredCodes
from landscapes.program import MEAN, OPERATIONS, Code
from landscapes.rows import Rows

_WIDTH = 110
_DEEPEST = 30  # a part that is nested deeper gets a name of its own, which also keeps Python's parser within its limits
_CHOICE, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(6)
_INFIX = {"add": ("+", _SUM), "sub": ("-", _SUM), "mul": ("*", _PRODUCT), "div": ("/", _PRODUCT)}
_COMPARED = {"lt": "<", "le": "<=", "eq": "=="}


_MEAN = '''def mean(block):
    """The mean over the rows, added up one after the other."""
    block = np.asarray(block)
    return np.add.accumulate(block)[-1] / len(block)
'''


def numpy_landscape(codes: ExpressionCodes | StoredCodes, rows: Rows | None = None) -> str:
    """Three functions of one point, ``f``, ``gradient`` and ``hessian``. They need NumPy as ``np``.

    rows: those that the surface is the mean over; the functions take others as a second argument.
    """
    columns = () if rows is None else rows.columns
    value, (f,) = _statements(codes.value, columns)
    slopes, (dx, dy) = _statements(codes.gradient, columns)
    curves, (dxx, dxy, dyy) = _statements(codes.hessian, columns)
    function = partial(_function, columns=columns)
    return "\n\n".join(
        (
            *([] if rows is None else [_table(rows), _MEAN]),
            function("f", [*value, f"return {f.text if f.varies else f'np.float64({f.text})'}"]),
            function("gradient", [*slopes, f"dx = {dx.text}", f"dy = {dy.text}", "return np.array([dx, dy])"]),
            function(
                "hessian",
                [
                    *curves,
                    *(f"{name} = {part.text}" for name, part in (("dxx", dxx), ("dxy", dxy), ("dyy", dyy))),
                    "return np.array([[dxx, dxy], [dxy, dyy]])",
                ],
            ),
        )
    )


def _table(rows: Rows) -> str:
    lines = [f"    {[float(number) for number in row]!r},\n" for row in rows.table]
    names = ", ".join(f"{name}: {meaning}" for name, meaning in zip(rows.columns, rows.meanings, strict=False))
    return f"ROWS = np.array([  # {names}\n{''.join(lines)}])\n"


def _function(name: str, statements: list[str], *, columns: tuple[str, ...]) -> str:
    lines = ["x, y = point", *([f"{', '.join(columns)} = rows.T"] if columns else []), *statements]
    return f"def {name}(point{', rows=ROWS' if columns else ''}):\n" + "".join(
        textwrap.indent(_folded(line), "    ") + "\n" for line in lines
    )


def _folded(line: str) -> str:
    """A long line in parentheses, broken between operands."""
    head, middle, body = line.partition("return ") if line.startswith("return ") else line.partition(" = ")
    if len(line) <= _WIDTH or not middle:
        return line
    lines = textwrap.wrap(body, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"{head}{middle}(\n" + "".join(f"    {part}\n" for part in lines) + ")"


class _Part:
    """A piece of an expression: its text, how tightly that binds, how deep it is nested, whether x or y is in it."""

    def __init__(self, text: str, level: int, depth: int = 0, *, varies: bool = True) -> None:
        self.text, self.level, self.depth, self.varies = text, level, depth, varies

    def at(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


def _statements(code: Code, columns: tuple[str, ...] = ()) -> tuple[list[str], list[_Part]]:
    """Assignments of what is used more than once, and an expression for each result."""
    statements: list[str] = []
    stack: list[_Part] = []
    registers: dict[str, _Part] = {}

    def named(part: _Part) -> _Part:
        name = f"t{len(statements) + 1}"
        statements.append(f"{name} = {part.text}")
        return _Part(name, _ATOM, varies=part.varies)

    for entry in code:
        if not isinstance(entry, str):
            text = repr(float(entry))
            stack.append(_Part(text, _SIGN if text.startswith("-") else _ATOM, varies=False))
        elif entry in ("x", "y"):
            stack.append(_Part(entry, _ATOM))
        elif entry[0] == "@" and entry[1:] in columns:
            stack.append(_Part(entry[1:], _ATOM))
        elif entry == MEAN:
            stack[-1] = _Part(f"mean({stack[-1].text})", _ATOM)
        elif entry[0] == "=":
            registers[entry[1:]] = stack[-1] = named(stack[-1])
        elif entry[0] == "$":
            stack.append(registers[entry[1:]])
        else:
            count = OPERATIONS[entry][0]
            operands = stack[-count:]
            del stack[-count:]
            part = _applied(entry, operands, of_rows=bool(columns))
            stack.append(named(part) if part.depth > _DEEPEST else part)
    return statements, stack


def _applied(operation: str, operands: list[_Part], *, of_rows: bool) -> _Part:
    depth = 1 + max(operand.depth for operand in operands)
    varies = any(operand.varies for operand in operands)
    if not varies and operation in ("add", "sub", "mul", "div"):  # Python's own numbers would raise at 1 / 0
        operands = [_Part(f"np.float64({operands[0].text})", _ATOM), operands[1]]
    if operation in _INFIX:
        sign, level = _INFIX[operation]
        left, right = operands
        text = f"{left.at(level)} {sign} {right.at(level + 1)}"
    elif operation in _COMPARED:
        left, right = operands
        text, level = f"{left.at(_SUM)} {_COMPARED[operation]} {right.at(_SUM)}", _COMPARISON
    elif operation == "select" and of_rows:
        text, level = f"np.where({', '.join(operand.text for operand in operands)})", _ATOM
    elif operation == "select":
        condition, chosen, other = operands
        text = f"{chosen.at(_COMPARISON)} if {condition.at(_COMPARISON)} else {other.at(_COMPARISON)}"
        level = _CHOICE
    elif operation == "neg":
        text, level = f"-{operands[0].at(_ATOM)}", _SIGN
    else:
        called = "abs" if operation == "abs" else f"np.{OPERATIONS[operation][1].__name__}"
        text, level = f"{called}({', '.join(operand.text for operand in operands)})", _ATOM
    return _Part(text, level, depth, varies=varies)
