"""The list of runs with 10,000 runs in the store, against an empty store: list, filter, sort and compare.

    python -m benchmarks.server.many_runs [runs]

Each line is what the page Runs asks of the store for one look, in medians, then reruns of the page itself over the
wire. Aim: within 100 ms of the empty store (comparing: of a store that holds nothing but the eight runs compared).
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.server.page_latency import reruns
from figures.live import comparison_payload
from figures.runs import order_of, table_rows
from tests.browser.app_server import ROOT, serve
from tests.trainers.databases import report_at
from trainers import RunConfig
from trainers.diagnosis import History, diagnose
from trainers.lab.feed import watch
from trainers.store import Order, RunFilter, Store
from trainers.store.changes import new_id
from trainers.store.tables import REPORTS, RUNS

PAGE, COMPARED, EPOCHS, LOOKS = 100, 8, 30, 15
DATA = ("moons", "circles", "spirals", "iris", "digits", "wine")
OPTIMIZERS = ("sgd", "adam", "rmsprop", "adamw")
STATUSES = ("finished", "finished", "finished", "early_stopped", "diverged", "stopped")


def filled(folder: Path, runs: int) -> tuple[Store, list[str]]:
    """A store with so many runs that have ended, each with its curve; the ids, the newest first."""
    store = Store.open(f"sqlite:///{folder}/runs.sqlite3", folder)
    if not runs:
        return store, []
    reports = [report_at(epoch) for epoch in range(1, EPOCHS + 1)]
    pattern: list[dict[str, Any]] = []
    lines: Sequence[Any] = ()
    for data in DATA:
        for optimizer in OPTIMIZERS:
            config = RunConfig().changed({"data.name": data, "optimizer.name": optimizer})
            run = store.create(config, status="finished")
            findings = tuple(diagnose(History.from_reports(reports, config=config)))
            store.add_reports(run.id, reports, findings=findings, sentence="Finished all epochs.")
            with store._database.reading() as connection:
                pattern.append(dict(connection.execute(sa.select(RUNS).where(RUNS.c.id == run.id)).one()._mapping))
                lines = connection.execute(sa.select(REPORTS).where(REPORTS.c.run == run.id)).all()
            store.delete([run.id])
    draw, ids = random.Random(1), [new_id() for _ in range(runs)]
    with store._database.writing() as connection:
        rows = []
        for number, id in enumerate(ids):
            row = dict(draw.choice(pattern), id=id, number=number + 1, name=f"Run {number}", created=1e9 + number)
            row |= {"status": draw.choice(STATUSES), "visitor": f"{draw.randrange(60):016}", "ended": 1e9 + number}
            row |= {"best_val_loss": draw.random(), "val_metric": draw.random(), "seconds": 100 * draw.random()}
            rows.append(row)
        connection.execute(RUNS.insert(), rows)
        for some in range(0, runs, 1000):
            block = [dict(line._mapping, run=id) for id in ids[some : some + 1000] for line in lines]
            connection.execute(REPORTS.insert(), block)
    return store, ids[::-1]


def looks(store: Store, ids: list[str]) -> dict[str, Callable[[], Any]]:
    """What the page asks of the store, by a name."""

    def page(order: Order | None = None, offset: int = 0, **wanted: Any) -> Callable[[], Any]:
        chosen = RunFilter(**wanted)

        def look() -> None:
            store.count(chosen)
            store.searches()
            table_rows(store.runs(chosen, order=order, offset=offset, limit=PAGE))

        return look

    return {
        "list": page(searched=False),
        "the last page": page(searched=False, offset=max(0, len(ids) - PAGE)),
        "filter by words": page(search="moons adam"),
        "filter by data": page(data=("wine",), searched=False),
        "filter by verdict": page(verdicts=("overfitting", "still_improving"), searched=False),
        "filter by status": page(statuses=("diverged",), searched=False),
        "mine": page(owner=f"{7:016}", searched=False),
        "sort by loss": page(order=order_of("-loss"), searched=False),
        "sort by name": page(order=order_of("name"), searched=False),
        "sort by verdict": page(order=order_of("verdict"), searched=False),
        "compare": lambda: compared(store, ids[:COMPARED]),
    }


def compared(store: Store, ids: list[str]) -> None:
    """The payload of eight runs, read anew."""
    watched = [seen for id in ids if (seen := watch(store, id, at_once=True))]
    if watched:
        comparison_payload(watched, "val_loss", x="epoch", height=400)


def timed(look: Callable[[], Any]) -> float:
    """Milliseconds, a median."""
    took = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        look()
        took.append(1e3 * (time.perf_counter() - begun))
    return statistics.median(took)


def page_of(folder: Path, query: str) -> float:
    """Milliseconds of a rerun of the page, a median."""
    with serve(ROOT / "server.py", folder / "server.log", folder) as url:
        return 1e3 * statistics.median(asyncio.run(reruns(url, "runs", query)))


def main(runs: int = 10_000) -> None:
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        empty, _ = filled(Path(here), 0)
        begun = time.perf_counter()
        full, ids = filled(Path(there), runs)
        size = (Path(there) / "runs.sqlite3").stat().st_size
        print(f"{runs:,} runs of {EPOCHS} epochs, {size / 1e6:.0f} MB, made in {time.perf_counter() - begun:.0f} s")
        print(f"{'':20}{'empty':>10}{'full':>10}{'more':>10}{'ratio':>9}   milliseconds")
        with tempfile.TemporaryDirectory() as few:
            eight, same = filled(Path(few), COMPARED)
            before = looks(empty, []) | {"compare": lambda: compared(eight, same)}
            for name, look in looks(full, ids).items():
                tell(name, timed(before[name]), timed(look))
            eight.close()
        for store in (empty, full):
            store.close()
        for query in ("", "data=wine&sort=-loss"):
            tell(f"page ?{query}", page_of(Path(here), query), page_of(Path(there), query))


def tell(name: str, before: float, after: float) -> None:
    print(f"{name:20}{before:10.1f}{after:10.1f}{after - before:10.1f}{after / before:8.1f}x", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
