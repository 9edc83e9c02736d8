"""Rows of runs as ``StoredRun`` and back. What is damaged in a row is left out, and its sentence says so."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from networks.models import MODELS
from trainers.config import OPTIMIZERS, RunConfig
from trainers.data import DATA_SETS, DataFacts
from trainers.diagnosis import Finding
from trainers.store.codec import (
    clean,
    cut,
    facts_from,
    facts_to_bytes,
    findings_from_json,
    findings_to_json,
    finite,
    moment_of,
    score_from_json,
    score_to_json,
    seconds_of,
)
from trainers.store.error import StoreError
from trainers.store.tables import FACTS
from trainers.store.types import ACTIVE, ENDED, WANTED, StoredRun, first_of

MAX_NAME = 80
MAX_SENTENCE = 600
MAX_FACTS = 1_000_000
_TIMES = ("created", "started", "ended", "heartbeat")
_FLOATS = (
    "epoch",
    "seconds",
    "worker_seconds",
    "samples_per_second",
    "train_loss",
    "val_loss",
    "train_metric",
    "val_metric",
    "best_epoch",
    "best_val_loss",
    "parent_epoch",
)
_TEXTS = {"sentence": MAX_SENTENCE, "device_name": 200, "role": MAX_NAME, "worker": 200, "device": 40, "visitor": 64}
_IDS = ("parent", "experiment", "resume")
_CHOICES = {"status": (*ACTIVE, *ENDED), "wanted": WANTED}
_KEPT_BY_STORE = ("id", "created", "generation", "revision", "last")
SETTABLE = tuple(name for name in StoredRun.__dataclass_fields__ if name not in _KEPT_BY_STORE)
_PLAIN = tuple(
    name for name in StoredRun.__dataclass_fields__ if name not in (*_TIMES, "config", "findings", "test", "facts")
)


@lru_cache(maxsize=512)
def _config_from(text: str) -> RunConfig:
    return RunConfig.from_json(text)


# Settings that stored runs of an earlier day do not have; at their defaults they change nothing. By section and name,
# None for whatever is chosen there.
_ADDED: Mapping[tuple[str, str | None], tuple[str, ...]] = {
    ("data", None): ("bootstrap",),
    ("data", "moons"): ("turn",),
    ("data", "digits"): ("half", "turn", "noise", "shuffle"),
    ("data", "fashion_mnist"): ("half",),
    ("data", "mnist"): ("half",),
    ("data", "cifar10"): ("half",),
    ("model", "mlp"): ("pieces", "first_bias"),
    ("model", "rnn"): ("normalization",),
    ("model", "gru"): ("normalization",),
    ("model", "lstm"): ("normalization",),
    ("model", "transformer"): ("normalization", "norm_first"),
    ("optimizer", None): ("by_fan_in",),
    ("optimizer", "rprop"): ("step_size_min", "step_size_max"),
    ("optimizer", "lbfgs"): ("tolerance_grad", "tolerance_change"),
    ("optimizer", "muon"): ("eps",),
    ("regularization", ""): (
        "proximal",
        "sam",
        "jacobian",
        "orthogonality",
        "max_norm",
        "weight_noise",
        "activity_noise",
    ),
    ("augmentation", ""): (
        "flip_vertical",
        "scale",
        "shear",
        "perspective",
        "brightness",
        "contrast",
        "saturation",
        "hue",
        "policy",
    ),
    ("reuse", ""): ("run", "head", "freeze", "factor", "unfreeze", "gradual"),
    ("schedule", "milestones"): ("milestone1", "milestone2"),
    ("schedule", "polynomial"): ("total_iters",),
    ("schedule", "cosine"): ("T_max",),
    ("schedule", "cyclical"): ("mode", "gamma"),
    ("schedule", "one_cycle"): ("anneal_strategy", "div_factor", "final_div_factor", "three_phase"),
    ("schedule", "plateau"): ("threshold", "threshold_mode", "cooldown", "min_lr", "eps"),
}


def config_hash(config: RunConfig) -> str:
    """The same for equal configurations, whatever the order of their settings, and when they were stored."""
    read, settings = json.loads(config.to_json()), config.settings()
    for (section, chosen), names in _ADDED.items():
        values = read[section]
        for name in names if chosen is None or values.get("name", "") == chosen else ():
            if name in values and values[name] == settings[f"{section}.{name}"].default:
                del values[name]
        if not values:
            del read[section]
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def usual_name(config: RunConfig | None) -> str:
    """The name of a run that was given none."""
    if config is None:
        return "Imported curves"
    return f"{DATA_SETS[config.data.name].name}, {MODELS[config.model.name].name}"[:MAX_NAME]


def about(config: RunConfig | None, role: str) -> str:
    """What a search finds a run by, beside its name."""
    if config is None:
        return clean(f"imported {role}").casefold()
    parts = [usual_name(config), OPTIMIZERS[config.optimizer.name].name]
    parts += [config.data.name, config.model.name, config.optimizer.name, role]
    return clean(" ".join(parts)).casefold()


def checked_name(name: str) -> str:
    """A name that a user gave. Raises ValueError where it is empty or too long."""
    cleaned = clean(name)
    if not 1 <= len(cleaned) <= MAX_NAME:
        raise ValueError(f"a name was given {len(cleaned)} characters; allowed are 1 to {MAX_NAME}")
    return cleaned


def columns_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the table from fields of ``StoredRun``. Raises ValueError for an unknown name or value."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        if name not in SETTABLE:
            raise ValueError(f"a run has no column {name!r:.80} to be set; allowed are {', '.join(SETTABLE)}")
        if name in _TIMES:
            made[name] = seconds_of(value)
        elif name in _FLOATS:
            made[name] = finite(value)
            if name in ("epoch", "seconds") and made[name] is None:
                raise ValueError(f"{name} was given {value!r:.40}; allowed is a finite number")
        elif name in _TEXTS:
            made[name] = None if value is None and name == "device" else cut(str(value), _TEXTS[name])
        elif name in _CHOICES:
            if value not in _CHOICES[name]:
                raise ValueError(f"{name} was given {value!r:.40}; allowed is one of {', '.join(_CHOICES[name])}")
            made[name] = value
        elif name in _IDS:
            made[name] = None if value is None else cut(value, 16)
        elif name != "facts":
            made |= _CODED[name](value)
    return made


def verdict_of(findings: Iterable[Finding]) -> str | None:
    """The kind of the finding that counts."""
    first = first_of(findings)
    return None if first is None else first.kind


_CODED: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "name": lambda value: {"name": checked_name(value)},
    "config": lambda value: {
        "config": None if value is None else value.to_json(),
        "config_hash": None if value is None else config_hash(value),
        "data": None if value is None else value.data.name,
        "optimizer": None if value is None else value.optimizer.name,
    },
    "step": lambda value: {"step": int(value)},
    "parameters": lambda value: {"parameters": None if value is None else int(value)},
    "findings": lambda value: {"findings": findings_to_json(tuple(value)), "verdict": verdict_of(value)},
    "test": lambda value: {"test": None if value is None else score_to_json(value)},
}


def keep_facts(connection: Connection, run_id: str, facts: DataFacts | None) -> dict[str, Any]:
    """Write the facts beside the row; what the row itself says of them."""
    connection.execute(FACTS.delete().where(FACTS.c.run == run_id))
    if facts is None:
        return {"facts_digest": None}
    content = facts_to_bytes(facts)
    if len(content) > MAX_FACTS:
        raise StoreError(f"The facts of this run take {len(content):,} bytes; at most {MAX_FACTS:,} are stored.")
    connection.execute(FACTS.insert().values(run=run_id, content=content))
    return {"facts_digest": hashlib.sha256(content).hexdigest()}


def moved(before: str, after: str, started: float | None) -> dict[str, Any]:
    """What a change of status says of the times of a run."""
    now = time.time()
    if after not in ACTIVE:
        return {"ended": now} if before in ACTIVE else {}
    return {"ended": None} | ({"started": now} if after == "running" and started is None else {})


class FactsShelf:
    """Facts by their digest, so that a row read often does not bring them each time. Not for two threads at once."""

    def __init__(self, room: int = 256) -> None:
        self._known: dict[str, DataFacts | None] = {}
        self._room = room

    def fetch(self, connection: Connection, rows: list[Any]) -> dict[str, DataFacts | None]:
        """By digest; None where they are damaged."""
        wanted = {row.facts_digest: row.id for row in rows if row.facts_digest}
        missing = {run_id for digest, run_id in wanted.items() if digest not in self._known}
        facts = dict(self._known)
        if missing:
            for row in connection.execute(sa.select(FACTS).where(FACTS.c.run.in_(sorted(missing)))):
                digest = hashlib.sha256(row.content).hexdigest()
                try:
                    facts[digest] = facts_from(row.content)
                except ValueError:
                    facts[digest] = None
            self._known = dict(list(facts.items())[-self._room :])
        return {digest: facts.get(digest) for digest in wanted}


def run_from(row: Any, facts: Mapping[str, DataFacts | None]) -> StoredRun:
    """The run of a row of ``RUNS``."""
    damaged: list[str] = []

    def read(name: str, reader: Callable[[Any], Any], otherwise: Any) -> Any:
        try:
            return reader(getattr(row, name))
        except (ValueError, RecursionError, OverflowError, OSError):
            damaged.append(name)
            return otherwise

    values = {name: getattr(row, name) for name in _PLAIN}
    times = {name: read(name, moment_of, None) for name in _TIMES}
    times["created"] = times["created"] or datetime.fromtimestamp(0, tz=UTC)
    coded = {
        "config": read("config", lambda text: None if text is None else _config_from(text), None),
        "findings": read("findings", findings_from_json, ()),
        "test": read("test", score_from_json, None),
        "facts": facts.get(row.facts_digest) if row.facts_digest else None,
    }
    if row.facts_digest and coded["facts"] is None:
        damaged.append("facts")
    if damaged:
        values["sentence"] = f"{row.sentence} Its stored {' and '.join(damaged)} cannot be read.".strip()
    return StoredRun(**values, **times, **coded)


def position(report: Any) -> dict[str, Any]:
    """What the row says of its newest report; nothing of it but where it stands is needed."""
    if report is None:
        names = ("samples_per_second", "train_loss", "val_loss", "train_metric", "val_metric")
        return {"epoch": 0.0, "step": 0, "seconds": 0.0, "worker_seconds": None, **dict.fromkeys(names)}
    values = {name: finite(getattr(report, name)) for name in _FLOATS if hasattr(report, name)}
    return {**values, "step": report.step}
