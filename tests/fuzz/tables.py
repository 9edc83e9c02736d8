"""From a table to a trained network: a file kept, read, split, trained on for an epoch, and written as a script.

    python -m tests.fuzz.tables 500 --seed 1

An input is [text of the file, settings]. Each that ever failed is in tables.txt.
"""

from __future__ import annotations

import ast
import os
import random
import sys
import tempfile
from typing import Any

from exports.run_script import script
from tests.fuzz.campaign import campaign, check_refusal
from tests.fuzz.numbers import EXTREME, number_text
from tests.trainers.runs import run
from trainers import CsvError, DataUnavailable, RunConfig, keep_upload, load

_NAMES = (
    "x",
    "y",
    "size",
    "class",
    "x.1",
    "Größe",
    "=1+1",
    '"quoted"',
    "a b",
    "1",
    "",
    "import os",
    "'''",
    "{x}",
    "\\",
)
_WORDS = ("a", "b", "yes", "no", "?", "NA", "", "nan", "1,5", "2020-01-01", '"a, b"', "<b>", "=1+1", "é", "0x1f")
_SETTINGS: dict[str, tuple[Any, ...]] = {
    "data.task": ("classification", "regression"),
    "data.drop_giveaways": (True,),
    "data.grouped": (True,),
    "data.leak": ("feature", "duplicates"),
    "data.label_noise": (0.3,),
    "data.scaling": ("none", "minmax"),
    "model.normalization": ("batch", "layer"),
    "model.name": ("linear", "logistic"),
    "optimizer.name": ("sgd", "lbfgs"),
    "optimizer.lr": (1e-30, 1e30),
    "loss.name": ("mse", "mae", "huber"),
    "budget.batch_size": (1, 3),
}


def table_input(seed: int, number: int) -> list[Any]:
    """Input ``number`` of a seed: a table, mostly well formed, and settings, most of which go with it."""
    draw = random.Random(f"{seed}/{number}")
    names = draw.sample(_NAMES[: draw.choice((4, len(_NAMES)))], draw.randint(2, 4))
    rows = draw.choice((3, 8, 30, 30))
    kinds = [draw.choice(("whole", "real", "real", "word", "wild", "same", "huge")) for _ in names[:-1]]
    kinds.append(draw.choice(("whole", "word", "word", "real", "wild", "huge")))
    lines = [names, *([_cell(draw, kind) for kind in kinds] for _ in range(rows))]
    separator = draw.choice((",", ",", ";", "\t"))
    text = "\n".join(separator.join(line) for line in lines) + "\n"
    for _ in range(draw.choice((0, 0, 0, 1, 2))):
        at = draw.randint(0, len(text))
        text = text[:at] + draw.choice((number_text(draw), ",", "\n", '"', "\0", "x")) + text[at + draw.randint(0, 3) :]
    names_of = draw.sample(tuple(_SETTINGS), draw.choice((0, 0, 1, 2)))
    return [text, {name: draw.choice(_SETTINGS[name]) for name in names_of}]


def _cell(draw: random.Random, kind: str) -> str:
    match kind:
        case "whole":
            return str(draw.randint(0, 3))
        case "real":
            return f"{draw.gauss(0, 2):.3g}"
        case "word":
            return draw.choice(_WORDS[: draw.choice((2, 4))])
        case "same":
            return "1"
        case "huge":
            return draw.choice(("1e300", "-1e300", "1e39", "5e-324", "1e-46", "0", "3.5e38"))
        case _:
            return draw.choice((*_WORDS, *EXTREME[:36]))


def run_chain(item: Any) -> str:
    """Keep, load, train, write: each step, or a sentence that says why not.

    Raises:
        AssertionError: something is not as promised.
    """
    text, settings = item
    try:
        file = keep_upload(text.encode())
        config = RunConfig().changed({"data.name": "csv", "data.file": file})
        for name, value in settings.items():
            try:
                config = config.changed({name: value})
            except ValueError as error:
                check_refusal(error)
        config = config.changed({"budget.epochs": 1, "watch.pictures": False})
        splits = load(config.data)
        assert len(splits.train.targets)
    except (CsvError, DataUnavailable, ValueError) as error:
        check_refusal(error)
        return "refused"
    try:
        source = script(config)
    except DataUnavailable:
        return "refused"
    ast.parse(source)
    ended = run(config).ended
    assert ended.reason
    assert ended.sentence
    return "trained"


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DESCENT_LAB_DATA"] = folder
        return campaign(
            arguments, "Fuzz the chain from a table to a script.", table_input, lambda item, _: run_chain(item), 500
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
