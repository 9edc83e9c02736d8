"""Numbers as text at all their ends: huge, tiny, denormal, signed zeros, not finite, endless digits, other scripts."""

from __future__ import annotations

import random

EXTREME = (
    *("0", "-0", "-0.0", "1", "-1", "2", "3", "10", "0.5", "0.1", "1e-3", "1000", "5000"),
    *("1e16", "1e200", "-1e200", "1e308", "-1e308", "1.7976931348623157e308", "1e400", "-1e400", "1e999999999"),
    *(
        "1e-200",
        "5e-324",
        "-5e-324",
        "2.2e-308",
        "1e-310",
        "1e-400",
        "1e-16",
        "0.9999999999999999",
        "1.0000000000000002",
    ),
    *(
        "nan",
        "NaN",
        "-nan",
        "inf",
        "-inf",
        "Infinity",
        "1e",
        "e5",
        ".",
        "-",
        "",
        " ",
        " 5 ",
        "+3",
        "1_1",
        "0x10",
        "1,5",
    ),
    *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616"),
    *("9" * 400, "-" + "9" * 400, "0." + "0" * 390 + "1", "1" + "0" * 308, "1" + "0" * 309, "9" * 5000),
    *(
        "٣",
        "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT ZERO}",
        "½",
        "²",
        "None",
        "true",
        "false",
        "[1]",
        "{}",
        "1\x00",
        "1\n2",
    ),
)


def number_text(draw: random.Random) -> str:
    """One of the ends, or a number of any size and either sign."""
    if draw.random() < 0.6:
        return draw.choice(EXTREME)
    return f"{draw.choice(('', '', '-'))}{draw.uniform(1, 10):.{draw.randint(0, 6)}f}e{draw.randint(-330, 330)}"
