"""Numbers as people read them: three significant digits, thousands separators, powers of ten where zeros would pile up.

Every sentence, table and label of the app writes its numbers with ``readable``, so that one value looks the same
everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_MINUS = "\N{MINUS SIGN}"
_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPTS = str.maketrans("-0123456789", _RAISED)
_MAX_DECIMALS = 6
_MAX_DIGITS = 6


def readable(x: float, digits: int = 3) -> str:
    """The number rounded to ``digits`` significant digits: 12,300, 0.00001, 10⁻⁹, ∞.

    Whole numbers of type int keep all their digits (12,345 steps), up to six of them. Infinity is ∞, NaN is
    "undefined", and negative numbers carry a true minus sign.
    """
    if isinstance(x, int) and abs(x) < 10**_MAX_DIGITS:
        return f"{x:,}".replace("-", _MINUS)
    number = float(x)
    if math.isnan(number):
        return "undefined"
    sign = _MINUS if number < 0 else ""
    if math.isinf(number):
        return f"{sign}∞"
    if number == 0:
        return "0"
    mantissa_text, exponent_text = f"{abs(number):.{digits - 1}e}".split("e")
    mantissa, exponent = _trim(mantissa_text), int(exponent_text)
    decimals = len(mantissa.partition(".")[2]) - exponent
    if exponent < _MAX_DIGITS and decimals <= _MAX_DECIMALS:
        return f"{sign}{float(f'{mantissa}e{exponent}'):,.{max(decimals, 0)}f}"
    return f"{sign}{power_of_ten(mantissa, exponent)}"


def readable_epoch(epoch: float) -> str:
    """An epoch that was reached: all digits of a whole one, four of another, or one decimal: 0.3333, 142.6, 1,912.3."""
    return f"{epoch:,.1f}".removesuffix(".0") if round(epoch, 1) >= 1000 else f"{epoch:.4g}"


def readable_ticks(values: Sequence[float]) -> list[str]:
    """The numbers of one axis in one form: all plain, or all as powers of ten where one of them needs it.

    0, 1 and 10 stand as they are.
    """
    plain = [readable(value) for value in values]
    if not any("10" + digit in text for text in plain for digit in _RAISED):
        return plain
    return [
        text if text.removeprefix(_MINUS) in ("0", "1", "10") else _as_power(value)
        for text, value in zip(plain, values, strict=True)
    ]


def _as_power(value: float) -> str:
    mantissa, exponent = f"{abs(value):.2e}".split("e")
    return f"{_MINUS if value < 0 else ''}{power_of_ten(_trim(mantissa), int(exponent))}"


def power_of_ten(mantissa: str, exponent: int) -> str:
    """Mantissa times power, as the players write it; a mantissa of 1 is left out."""
    power = f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    return power if mantissa == "1" else f"{mantissa}\N{MULTIPLICATION SIGN}{power}"


def _trim(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal
