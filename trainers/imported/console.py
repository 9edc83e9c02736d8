"""What is printed while a network trains becomes a log: progress bars of Keras, lines of names and numbers, dicts.

A dict of Python's (``str(history.history)``, the lines that Hugging Face prints) is turned into JSON by replacing its
words, and never evaluated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from trainers.data import lines_of, plain_number
from trainers.imported.json_forms import check_size, log_of, put_records
from trainers.imported.log import CurvesError, Log
from trainers.log_names import meaning_of

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x08+")
_BAR = re.compile(r"\bEpoch\s+(\d+)\s*/\s*\d+")
# Bounded and anchored at the beginning of a word, so that no text makes it look twice at the same place.
_PAIR = re.compile(
    r"(?<![\w./@-])([A-Za-z][\w./'@-]{0,80}(?: [A-Za-z][\w./'-]{0,80}){0,3})(?:\s{0,9}[:=]\s{0,9}|\s)"
    r"([+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,5})?%?|[+-]?(?:nan|inf)\b)",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\bepochs?\b\W{0,4}(\d+)", re.IGNORECASE)
_ROUND = re.compile(r"^\s*\[(\d+)\]")
_ASSIGNED = re.compile(r"\s*[A-Za-z_][\w.]{0,80}\s*=\s*(?=[{\[])")
_PYTHON = re.compile(
    r"'((?:[^'\\\n]|\\.){0,300}+)'|\"((?:[^\"\\\n]|\\.){0,300}+)\"|(,)\s*(?=[)\]}])|([()])"
    r"|([A-Za-z_][\w.]*)(\s{0,3}\()?|(?<![\w.])(\d{1,12})\s{0,3}:|(['\"])",
    re.ASCII,
)
_ARGUMENT = re.compile(r",\s{0,9}(?:dtype|device|requires_grad|grad_fn)=(?:'[^'\n]{0,40}'|<[^>\n]{0,80}>|[\w.]{1,40})")
_WORDS = {"None": "null", "True": "true", "False": "false", "nan": "NaN", "inf": "Infinity"}
_NUMBERS = re.compile(r"(?:np\.|numpy\.)?(?:float|int|uint)\d*|(?:np\.|numpy\.)?array|tensor|torch\.tensor")
_LONGEST = 5000  # characters of a line in which names and numbers are looked for


def without_name(text: str) -> str:
    """``history = {...}`` without what stands before the brace."""
    assigned = _ASSIGNED.match(text[:200])
    return text[assigned.end() :] if assigned else text


def read_python(text: str) -> Log:
    """The log in a dict or list of Python's, or in lines of dicts.

    Raises:
        CurvesError: as ``read_curves``.
    """
    form = "a dict of Python's"
    check_size(text, form)
    lines = [(number, line) for number, line in lines_of(text) if line.lstrip().startswith("{")]
    try:
        return log_of(_loaded(text), form)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, CurvesError):
            raise
        if len(lines) < 2 or not all(line.rstrip().endswith("}") for _, line in lines[:2]):
            where = error.lineno if isinstance(error, json.JSONDecodeError) else None
            raise CurvesError("this cannot be read: a bracket, comma or quote is missing", where, form=form) from None
    log = Log(form="lines of Python's dicts")
    passed = [number for number, line in lines_of(text) if line.strip() and not line.lstrip().startswith("{")]
    if passed:
        log.notes.append(f"{len(passed):,} lines are no dicts and were passed over, the first is line {passed[0]}.")

    def records() -> Iterator[tuple[int, Any]]:
        for number, line in lines:
            try:
                yield number, _loaded(line)
            except (json.JSONDecodeError, RecursionError, ValueError):
                raise log.error("this is no dict", number) from None

    put_records(log, records())
    return log


def _loaded(text: str) -> Any:
    """Python's literals as JSON: quotes, words, tuples, and numbers that NumPy or PyTorch have put words around."""
    closing: list[str] = []

    def turned(found: re.Match[str]) -> str:
        single, double, comma, bracket, word, call, key, quote = found.groups()
        if quote:
            raise ValueError("a quote that is not closed, or a text that is too long")
        if single is not None or double is not None:
            bare = re.sub(r"\\(['\"\\])", r"\1", single if single is not None else double)
            return json.dumps(bare)
        if comma:
            return ""
        if bracket == "(":
            closing.append("]")
            return "["
        if bracket == ")":
            return closing.pop() if closing else ")"
        if word and call:
            if not _NUMBERS.fullmatch(word):
                raise ValueError(word)
            closing.append("")
            return ""
        if key is not None:
            return f'"{key}":'
        if word:
            return _WORDS.get(word, word)
        return found[0]

    return json.loads(_PYTHON.sub(turned, _ARGUMENT.sub("", text)))


def has_dicts(text: str) -> bool:
    """Whether these are lines of dicts, of JSON's or of Python's, be there others between them."""
    begun = [line for _, (_, line) in zip(range(100), lines_of(text), strict=False)]
    return sum(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in begun) > 1


def is_console(text: str) -> bool:
    """Whether this is text as it is printed: names beside their numbers, a loss among them, in its first lines."""
    for _, (_, line) in zip(range(300), lines_of(text), strict=False):
        if any(_is_loss(name) for name, _ in _PAIR.findall(_ESCAPES.sub(" ", line[:_LONGEST]))):
            return True
    return False


def _is_loss(name: str) -> bool:
    meaning = _meaning(name)
    return meaning is not None and meaning.kind == "loss"


def _meaning(name: str) -> Any:
    return meaning_of(_tail(name))


@lru_cache(maxsize=2048)
def _tail(name: str) -> str:
    """The last words of a name that mean something: ``Epoch done train loss`` is ``train loss``."""
    parts = name.split(" ")
    for start in range(len(parts)):
        if meaning_of(" ".join(parts[start:])) is not None:
            return " ".join(parts[start:])
    return name


def read_console(text: str) -> Log:
    """The log in printed text.

    Raises:
        CurvesError: as ``read_curves``.
    """
    if _BAR.search(text) and (" - " in text or "/step" in text):
        return _read_bars(text)
    log = Log(form="printed lines of names and numbers")
    for number, line in lines_of(text):
        pairs = _pairs(line)
        if not any(_meaning(name) is not None for name in pairs):
            continue
        bare = line[:_LONGEST]
        epoch = _EPOCH.search(bare) or _ROUND.match(bare)
        row = log.row(number)
        if epoch:
            log.put(row, log.column("epoch", number), epoch[1])
            pairs = {name: value for name, value in pairs.items() if name.lower() not in ("epoch", "epochs")}
        log.put_row(row, [log.column(_tail(name), number) for name in pairs], list(pairs.values()))
    if not log.rows:
        raise log.error("no line has a name and a number")
    return log


def _pairs(text: str) -> Mapping[str, str]:
    """Names and their numbers; of a name that stands twice the last."""
    return {name.rstrip("'"): value for name, value in _PAIR.findall(_ESCAPES.sub(" ", text[:_LONGEST]))}


def _read_bars(text: str) -> Log:
    """Keras: the last state of the bar of each epoch, in which loss and metrics are means of the epoch."""
    log = Log(form="the console of Keras")
    row: int | None = None
    last: dict[str, str] = {}

    def close() -> None:
        if row is not None:
            for name, value in last.items():
                if plain_number(value.rstrip("%")) is not None:
                    log.put(row, log.column(name.rpartition(" ")[2]), value)
            last.clear()

    for number, line in lines_of(text):
        if begun := _BAR.search(line[:_LONGEST]):
            close()
            row = log.row(number)
            log.put(row, log.column("epoch"), begun[1])
        if row is not None and (" - " in line or "/step" in line):
            last |= _pairs(line[-_LONGEST:])
    close()
    if len(log.names) < 2:
        raise log.error("no epoch has a loss")
    return log
