"""The tables of the run store. Times are seconds since 1970 in UTC; JSON is text; a text of the user is only text."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    or_,
)

# Grows with every change that an older program could not live with; a database of another version is refused. What is
# only added (a table, a column with a default) is added to a database that lacks it.
VERSION = 1

METADATA = MetaData()

SCHEMA = Table(
    "lab_schema",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

EXPERIMENTS = Table(
    "experiments",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("claim", Text, nullable=False),
    Column("created", Double, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("searched", Text, nullable=False),  # what a search looks through, case folded
    Column("about", Text, nullable=False),  # the part of it that a new name leaves as it is
    Column("status", String(16), nullable=False, index=True),
    Column("sentence", Text, nullable=False),
    Column("wanted", String(8), nullable=False),
    Column("config", Text),
    Column("config_hash", String(64), index=True),
    Column("device", Text),
    Column("device_name", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("ended", Double),
    Column("epoch", Double, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("worker_seconds", Double),
    Column("samples_per_second", Double),
    Column("train_loss", Double),
    Column("val_loss", Double),
    Column("train_metric", Double),
    Column("val_metric", Double),
    Column("best_epoch", Double),
    Column("best_val_loss", Double),
    Column("parameters", BigInteger),
    Column("findings", Text),
    Column("test", Text),
    Column("facts_digest", String(64)),
    Column("parent", String(16)),
    Column("parent_epoch", Double),
    Column("experiment", String(16), ForeignKey("experiments.id"), index=True),
    Column("role", Text, nullable=False),
    Column("resume", String(16)),
    Column("worker", Text, nullable=False),
    Column("heartbeat", Double),
    Column("visitor", String(64), nullable=False, server_default=""),
    Column("generation", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    # What lists filter and order by, of the configuration and the findings.
    Column("data", String(40)),
    Column("optimizer", String(40)),
    Column("verdict", String(40)),
)


def is_of(visitor: Column[str], owner: str) -> ColumnElement[bool]:
    """That a visitor is this owner, wherever he was."""
    return or_(visitor == owner, visitor.startswith(f"{owner}@", autoescape=True))


def _run() -> Column[str]:
    return Column("run", String(16), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


# Beside the row of the run, which every report rewrites.
FACTS = Table("facts", METADATA, _run(), Column("content", LargeBinary, nullable=False))

REPORTS = Table(
    "reports",
    METADATA,
    _run(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("epoch", Double, nullable=False),
    Column("val_loss", Double),  # NULL where it is no finite number
    Column("numbers", LargeBinary, nullable=False),
    Column("inside", LargeBinary),
    Index("reports_by_step", "run", "step"),
)

PICTURES = Table(
    "pictures",
    METADATA,
    _run(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("step", BigInteger, nullable=False),
    Column("epoch", Double, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("run", String(16), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("epoch", Double, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created", Double, nullable=False),
)

# What workers do beside training: the row of a run is its own job.
JOBS = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("kind", String(24), nullable=False),
    Column("run", String(16), ForeignKey("runs.id", ondelete="CASCADE"), index=True),
    Column("request", Text, nullable=False),
    Column("result", Text),
    Column("status", String(16), nullable=False, index=True),
    Column("sentence", Text, nullable=False),
    Column("wanted", String(8), nullable=False),
    Column("progress", Double),
    Column("device", Text),
    Column("visitor", String(64), nullable=False, server_default=""),
    Column("worker", Text, nullable=False),
    Column("heartbeat", Double),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("ended", Double),
)

# Who waits for a job: one is done for all who ask the same, and ends where nobody is left.
ASKERS = Table(
    "askers",
    METADATA,
    Column("job", String(16), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("owner", String(64), primary_key=True),
    Column("visitor", String(64), nullable=False),
    Column("looks", Integer, nullable=False),  # pages of his that asked for it and have not turned away
    Column("since", Double, nullable=False),
)

REMEMBERED = Table(
    "remembered",
    METADATA,
    Column("key", String(200), primary_key=True),
    Column("value", Text, nullable=False),
)

# Lessons that visitors have made or brought, as the text of their files.
LESSONS = Table(
    "lessons",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("visitor", String(64), nullable=False, index=True),
    Column("created", Double, nullable=False),
    Column("changed", Double, nullable=False),
)

# Classes: what followers of a lecture see. Nothing leads from an id to anybody, and all of it goes with the room.
ROOMS = Table(
    "rooms",
    METADATA,
    Column("code", String(8), primary_key=True),
    Column("key", String(64), nullable=False),  # a digest of the lecturer's word
    Column("created", Double, nullable=False),
    Column("seen", Double, nullable=False, index=True),  # the lecturer, last
    Column("path", String(40), nullable=False),
    Column("query", Text, nullable=False),
    Column("front", Boolean, nullable=False),  # whether it is a student's view
    Column("moves", Integer, nullable=False),  # how often the link changed
    Column("changes", Integer, nullable=False),  # how often anything did
    Column("votes", Integer, nullable=False),
    Column("vote", Text),
)


def _room() -> Column[str]:
    return Column("room", String(8), ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)


ROOM_FOLLOWERS = Table(
    "room_followers",
    METADATA,
    _room(),
    Column("id", String(24), primary_key=True),
    Column("seen", Double, nullable=False),
    Column("follows", Boolean, nullable=False),
)

ROOM_ANSWERS = Table(
    "room_answers",
    METADATA,
    _room(),
    Column("follower", String(24), primary_key=True),
    Column("answer", Double, nullable=False),
)

ROOM_OFFERS = Table(
    "room_offers",
    METADATA,
    _room(),
    Column("follower", String(24), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("path", String(40), nullable=False),
    Column("query", Text, nullable=False),
)
