"""Least squares on many rows as a script that needs NumPy alone."""

from __future__ import annotations

from dataclasses import asdict

from experiments.neuron import ManyRows, solve
from exports.source import source_of


def many_rows_script(asked: ManyRows) -> str:
    """The source of a script that walks the same paths and prints where they stand after each epoch."""
    source = source_of([("ManyRows", ManyRows), ("solve", solve)])
    settings = "".join(f"    {name}={value!r},\n" for name, value in asdict(asked).items())
    (made, walk), imports = source.names, "\n".join(source.imports)
    return f'''"""Least squares on {asked.rows:,} rows with {asked.features} weights: all rows, batches and single rows.

Written by Descent Lab; it needs NumPy alone.
"""

from __future__ import annotations

{imports}

{source.text}


ASKED = {made}(
{settings})

if __name__ == "__main__":
    solved = {walk}(ASKED)
    print("mean squared error above its least, " + repr(solved.least) + ", by epoch")
    for walked in solved.walked:
        heights = ", ".join(f"{{epoch}}: {{walked.at_epoch(epoch):.6g}}" for epoch in range(ASKED.epochs + 1))
        print(f"{{walked.name}}, rate {{walked.rate:.6g}}: {{heights}}")
'''
