"""A landscape's SymPy expression as Python source for PyTorch, written as a person would write it.

Only the parsed expression is read, never the text that a user typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_SAME_NAME = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sign")
_COMPARED = {"StrictLessThan": "<", "LessThan": "<="}

_SQRT = '''def sqrt(u):
    """Square root with slope 0 at the tip, where autograd gives NaN."""
    return torch.sqrt(u) if u != 0 else 0 * u
'''
_ROOT = '''def root(u, power):
    """u ** power with slope 0 at the tip, where autograd gives NaN."""
    return u**power if u != 0 else 0 * u
'''


def torch_function(expression: sympy.Expr) -> str:
    """The source of ``f(point)``, with the helpers that it calls. It needs ``math`` and ``torch``.

    Raises:
        ValueError: the expression holds something other than x, y, numbers and the usual functions.
    """
    body = _text(expression, _SUM)
    if not expression.free_symbols:
        body = f"{body} + 0 * x"  # a plane still has a gradient
    helpers = [source for name, source in (("sqrt(", _SQRT), ("root(", _ROOT)) if _calls(body, name)]
    return "\n\n".join([*helpers, f"def f(point):\n    x, y = point\n    return {body}\n"])


def _calls(body: str, name: str) -> bool:
    return body.replace(f"math.{name}", "").find(name) >= 0


def _text(part: Any, level: int) -> str:
    text, own = _write(part)
    return text if own >= level else f"({text})"


def _write(part: Any) -> tuple[str, int]:
    """Source and how tightly it binds."""
    import sympy

    name = type(part).__name__
    if isinstance(part, sympy.Symbol):
        if part.name not in ("x", "y"):
            raise ValueError(f"the expression holds the symbol {part.name!r}; allowed are x and y")
        return part.name, _ATOM
    if isinstance(part, sympy.Add):
        return _sum(part), _SUM
    if isinstance(part, sympy.Mul) or (isinstance(part, sympy.Rational) and part.q != 1):
        return _product(part)
    if isinstance(part, sympy.Number):
        text = str(part.p) if isinstance(part, sympy.Integer) and abs(part.p) < 2**53 else repr(float(part))
        return text, _PRODUCT if text.startswith("-") else _ATOM
    if isinstance(part, sympy.NumberSymbol):
        return {"Pi": "math.pi", "Exp1": "math.e"}.get(name, repr(float(part))), _ATOM
    if isinstance(part, sympy.Pow):
        return _power(part)
    if isinstance(part, sympy.Piecewise):
        branches: list[Any] = [tuple(pair.args) for pair in part.args]
        *branches, (default, _) = branches
        text = _text(default, _SUM)
        for value, condition in reversed(branches):
            text = f"({_text(value, _SUM)} if {_condition(condition)} else {text})"
        return text, _ATOM
    if isinstance(part, sympy.Min | sympy.Max):
        texts = [_tensor(argument) for argument in part.args]
        text = texts[0]
        for other in texts[1:]:
            text = f"torch.{'minimum' if isinstance(part, sympy.Min) else 'maximum'}({text}, {other})"
        return text, _ATOM
    if name == "Abs":
        return f"abs({_text(part.args[0], _SUM)})", _ATOM
    if name in _SAME_NAME and len(part.args) == 1:
        if name == "sign" and not part.free_symbols:
            return repr(float(part)), _ATOM
        return f"{_library(part.args[0])}.{name}({_text(part.args[0], _SUM)})", _ATOM
    raise ValueError(f"the expression holds {part}; allowed are x, y, numbers and {', '.join(_SAME_NAME)}, Abs")


def _library(argument: Any) -> str:
    return "torch" if argument.free_symbols else "math"


def _tensor(part: Any) -> str:
    text = _text(part, _SUM)
    return text if part.free_symbols else f"torch.tensor(float({text}))"


def _condition(condition: Any) -> str:
    name = type(condition).__name__
    if name not in _COMPARED:
        raise ValueError(f"the expression holds the condition {condition}; allowed are < and <=")
    left, right = (_text(side, _SUM) for side in condition.args)
    return f"{left} {_COMPARED[name]} {right}"


def _terms(part: Any, kind: Any) -> list[Any]:
    """The terms of nested sums, or the factors of nested products, in order."""
    return [
        term
        for argument in part.args
        for term in (_terms(argument, kind) if isinstance(argument, kind) else [argument])
    ]


def _sum(part: Any) -> str:
    import sympy

    text = ""
    for term in _terms(part, sympy.Add):
        written = _text(term, _PRODUCT)
        if not text:
            text = written
        elif written.startswith("-"):
            text = f"{text} - {written[1:]}"
        else:
            text = f"{text} + {written}"
    return text


def _product(part: Any) -> tuple[str, int]:
    """Factors to a negative number's power make one denominator."""
    import sympy

    negative = False
    above: list[str] = []
    below: list[str] = []
    for factor in _terms(part, sympy.Mul) if isinstance(part, sympy.Mul) else [part]:
        if isinstance(factor, sympy.Number) and factor < 0:
            negative, factor = not negative, -factor
        if isinstance(factor, sympy.Rational):
            above += [str(factor.p)] * (factor.p != 1)
            below += [str(factor.q)] * (factor.q != 1)
        elif isinstance(factor, sympy.Pow) and isinstance(factor.exp, sympy.Number) and factor.exp < 0:
            inverse = factor.base if factor.exp == -1 else sympy.Pow(factor.base, -factor.exp, evaluate=False)
            below.append(_text(inverse, _POWER))
        else:
            above.append(_text(factor, _POWER))
    text = " * ".join(above) or "1"
    if below:
        text = f"{text} / {below[0] if len(below) == 1 else '(' + ' * '.join(below) + ')'}"
    if negative:
        return f"-{text}", _PRODUCT
    return text, _PRODUCT if below or len(above) > 1 else _POWER


def _power(part: Any) -> tuple[str, int]:
    import sympy

    base, exponent = part.base, part.exp
    if base == sympy.E:
        return f"{_library(exponent)}.exp({_text(exponent, _SUM)})", _ATOM
    if isinstance(exponent, sympy.Number) and exponent < 0:
        return _product(part)
    number = float(exponent) if isinstance(exponent, sympy.Number) else None
    if number == 0.5:
        inner = _text(base, _SUM)
        return (f"sqrt({inner})" if base.free_symbols else f"math.sqrt({inner})"), _ATOM
    if number is not None and 0 < number < 1 and base.free_symbols:
        return f"root({_text(base, _SUM)}, {number!r})", _ATOM
    if not part.free_symbols and isinstance(base, sympy.Integer):
        base = sympy.Float(base)  # Python's whole numbers grow without bound, a tensor's do not
    space = "" if isinstance(base, sympy.Symbol) and number is not None else " "
    return f"{_text(base, _ATOM)}{space}**{space}{_text(exponent, _ATOM)}", _POWER
