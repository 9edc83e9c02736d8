"""A lesson file as blocks: each is TOML between two lines ``+++`` and the Markdown up to the next."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.lessons.types import Problem

_FENCE = "+++"
_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass
class Block:
    """line: of its first ``+++``. source: its TOML by lines. text, text_line: the Markdown, and where it begins."""

    line: int
    source: list[str] = field(default_factory=list)
    text: str = ""
    text_line: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """Where a key is written; the block's own line where it is not."""
        last = key.rpartition(".")[2]
        for number, line in enumerate(self.source, self.line + 1):
            if re.match(rf"\s*(\[\s*)?[\"']?{re.escape(last)}[\"']?\s*(\]|=|\.)", line):
                return number
        return self.line


def blocks_of(text: str, problems: list[Problem]) -> list[Block]:
    """The blocks of a file; what is wrong with them is added to ``problems``."""
    blocks: list[Block] = []
    block: Block | None = None
    within = False
    body: list[str] = []
    for number, line in enumerate([*text.splitlines(), None], 1):
        if line is not None and line.rstrip() != _FENCE:
            if within and block is not None:
                block.source.append(line)
            elif block is not None:
                body.append(line)
            elif line.strip():
                problems.append(Problem(number, "text before the head; a lesson begins with a line +++."))
                return []
            continue
        if within and block is not None:
            if line is None:
                problems.append(Problem(block.line, "this +++ is not closed; end its settings with another line +++."))
                return []
            within, block.text_line, body = False, number + 1, []
            continue
        if block is not None:
            block.text = "\n".join(body).strip("\n")
            block.text_line += _blank_at_first(body)
        if line is not None:
            block, within = Block(number), True
            blocks.append(block)
    for each in blocks:
        each.values = _parsed(each, problems)
    return blocks


def _blank_at_first(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _parsed(block: Block, problems: list[Problem]) -> Mapping[str, Any]:
    try:
        return tomllib.loads("\n".join(block.source))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = _PLACE.search(str(error))
        line = block.line + (int(found[1]) if found and found[1] else len(block.source))
        sentence = _PLACE.sub("", str(error)).strip()[:200] or "it cannot be read"
        problems.append(Problem(line, f'not TOML: {sentence}. Write name = "text", name = 5 or name = ["a", "b"].'))
        return {}
