"""Inputs by the thousand through a chain, until their number or the time is up; what failed once is kept beside it."""

from __future__ import annotations

import argparse
import json
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def kept(name: str) -> list[Any]:
    """Every input of a chain that ever failed, one JSON value a line of ``name.txt``."""
    text = FOLDER.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def check_refusal(error: Exception) -> None:
    """A refusal is a sentence, and not the whole input again."""
    assert 0 < len(str(error)) < 1500
    assert "integer string conversion" not in str(error)


def campaign(
    arguments: list[str], about: str, draw: Callable[[int, int], Any], chain: Callable[[Any, int], str], count: int
) -> int:
    """Run inputs ``draw(seed, number)`` through ``chain(input, number)``, which names the outcome; 1 if one fails."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("count", type=int, nargs="?", default=count)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="the longest it may take")
    given = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    slowest, begin, told = (0.0, ""), time.monotonic(), 0.0
    for number in range(given.first, given.first + given.count):
        item = draw(given.seed, number)
        started = time.process_time()
        try:
            outcomes[chain(item, number)] += 1
        except Exception as error:  # whatever breaks the chain is what is looked for
            outcomes["failed"] += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            print(f"{number}: {json.dumps(item)}\n    {type(error).__name__} in {where.name}: {error}", flush=True)
        slowest = max(slowest, (time.process_time() - started, json.dumps(item)))
        passed = time.monotonic() - begin
        if passed > told + 60:
            print(f"{number + 1 - given.first} after {passed:.0f} s: {dict(outcomes)}", flush=True)
            told = passed
        if passed > given.seconds:
            break
    print(f"seed {given.seed}: {dict(outcomes)}; the slowest took {slowest[0]:.2f} s: {slowest[1]:.400}")
    return 1 if outcomes["failed"] else 0
