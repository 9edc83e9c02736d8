"""Sixty visitors of a class on two cores: they open pages, move sliders, train and search, and think in between.

    python -m benchmarks.server.sixty [--visitors 60] [--seconds 180] [--think 5] [--servers 1] [--rush 3] [--alone 2]
        [--parts 3]

First one visitor alone does everything, without a pause, on each server: what the others are compared with, in seconds
and in processor time of the server. Then all come, for so many seconds. ``--think``: mean seconds between two acts of
one visitor (exponentially distributed); 0 for none, which asks for the most that the machine can do. ``--servers``:
processes of the web server, which share the database and the cores, behind a balancer that sends a visitor to the same
one each time. The programs that play the visitors, the balancer and the workers that train run on the same cores.

Printed: how long each kind of page and act takes, what went wrong, the memory of every server before, and after each
of ``--parts`` of the time, and how fair the queue was. Aim: every page answers, memory stays flat after the first
minute, turns are fair.

**Jain's index** is 1 where all have waited equally long, and 1 / n where one has waited for all (Jain, Chiu and Hawe
1984). It is taken over visitors, of each the mean of his waits. A wait below a second counts as one: the supervisor
looks into the queue once a second, and an index of 0.1 s beside 0.3 s tells of its ticking, not of its fairness. Of a
few waits each, chance alone makes the means unequal: beside the index stands what the same waits give when they are
dealt out among the same runs at random, and what 95 of 100 such deals exceed. An order that favours some is below.

Since a class that thinks leaves the queue nearly empty, a rush follows (``--rush`` runs each, 0 for none): every
visitor asks for so many at the same moment, those of one right behind each other, as who presses fastest would have
them. Where visitors take turns, 3 runs each give 0.96; where who was first is served first, 0.75: both are printed for
the number given.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.server.viewers import server_of
from benchmarks.server.visitors import SILENT, Told, everything, visit
from tests.balancer import balanced
from tests.browser.app_server import ROOT, serve
from trainers import RunConfig
from trainers.store import Store, StoredRun
from widgets.browser import new_cookie, visitor_of_cookie

CORES = 2
LOOK = 1.0  # seconds: the shortest wait that counts, see above
RUSH_SECONDS = 600.0  # until what was asked for in the rush has to have begun
DEALS = 1000  # in which waits are dealt out at random


def _memory(servers: Sequence[psutil.Process]) -> list[float]:
    """Resident memory of every server, in MB."""
    return [server.memory_info().rss / 1e6 for server in servers]


async def class_of(
    url: str, told: Told, cookies: list[str], servers: Sequence[psutil.Process], given: argparse.Namespace
) -> tuple[list[list[float]], list[float]]:
    """All of them at once; the memory of the servers before and after each part, and their shares of a core."""
    begun = time.perf_counter()
    until = begun + given.seconds
    memory, used = [_memory(servers)], [sum(server.cpu_times()[:2]) for server in servers]
    visits = []
    for number, cookie in enumerate(cookies):
        one = visit(url, told, cookie, until, number=number, seed=given.seed, think=given.think)
        visits.append(asyncio.create_task(one))
        await asyncio.sleep(5.0 / len(cookies))  # a class does not open a link in the same millisecond
    for part in range(1, given.parts + 1):
        await asyncio.sleep(max(0.0, begun + given.seconds * part / given.parts - time.perf_counter()))
        memory.append(_memory(servers))
    lasted = time.perf_counter() - begun
    shares = [(sum(server.cpu_times()[:2]) - before) / lasted for server, before in zip(servers, used, strict=True)]
    _, late = await asyncio.wait(visits, timeout=SILENT)
    for task in late:
        task.cancel()
    if late:
        told.wrong[f"a visitor still waited {SILENT:.0f} s after the end"] += len(late)
    await asyncio.gather(*visits, return_exceptions=True)
    for task in visits:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
    return memory, shares


def jain(values: Iterable[float]) -> float:
    """Jain's index: 1 where all are equal, 1 / n where one has everything."""
    given = np.array(list(values))
    return float(given.sum() ** 2 / (len(given) * (given**2).sum())) if given.any() else 1.0


def index_of(waits: Sequence[Sequence[float] | NDArray[np.float64]]) -> float:
    """Jain's index of the mean wait of each visitor; what is below ``LOOK`` counts as that."""
    return jain(float(np.mean(np.maximum(each, LOOK))) for each in waits)


def by_chance(waits: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The same where these waits are dealt out at random, each visitor having as many: the mean, and the 5 % point."""
    draw = np.random.default_rng(0)
    every, ends = np.concatenate([np.array(each) for each in waits]), np.cumsum([len(each) for each in waits])[:-1]
    found = [index_of(np.split(draw.permutation(every), ends)) for _ in range(DEALS)]
    return float(np.mean(found)), float(np.quantile(found, 0.05))


def expected(visitors: int, runs: int) -> tuple[float, float]:
    """The index of a rush where visitors take turns, and where who was first is served first."""
    first = np.arange(visitors)
    turns = [float(np.mean(place + visitors * np.arange(runs))) for place in first]
    served = [float(np.mean(place * runs + np.arange(runs))) for place in first]
    return jain(turns), jain(served)


def tell(alone: Told, many: Told) -> None:
    """A line for each kind, and what went wrong."""
    print(f"{'':24}{'alone, CPU':>11}{'median':>8}{'count':>8}{'median':>9}{'p95':>9}{'longest':>9}   milliseconds")

    def line(name: str, floor: str, seconds: Sequence[float]) -> None:
        took = 1e3 * np.array(seconds)
        print(f"{name:24}{floor:>19}{len(took):8}{np.median(took):9.0f}{np.quantile(took, 0.95):9.0f}{took.max():9.0f}")

    groups: dict[str, list[float]] = defaultdict(list)
    for kind in sorted(many.took):
        lone = "-"
        if alone.took.get(kind):
            lone = f"{1e3 * np.mean(alone.used[kind]):.0f}{1e3 * np.median(alone.took[kind]):8.0f}"
        line(kind, lone, many.took[kind])
        groups[kind.partition(" ")[0]] += many.took[kind]
    for name, seconds in groups.items():
        line(f"every {name}", "", seconds)
    line("everything", "", [second for seconds in groups.values() for second in seconds])
    for told, who in ((alone, "alone"), (many, "together")):
        for what, count in told.wrong.most_common():
            print(f"wrong, {who}: {count} times {what}")
    if not alone.wrong and not many.wrong:
        print("nothing went wrong")


def tell_waits(runs: Iterable[StoredRun], name: str) -> None:
    """How long runs waited, and how equal that was among those who trained."""
    waits: Mapping[str, list[float]] = defaultdict(list)
    waiting = 0
    for run in runs:
        if run.started is None:
            waiting += run.active
        else:
            waits[run.visitor.partition("@")[0]].append((run.started - run.created).total_seconds())
    if not waits:
        print(f"{name}: no run began, {waiting} wait")
        return
    every = np.concatenate([np.array(each) for each in waits.values()])
    index, (dealt, low) = index_of(list(waits.values())), by_chance(list(waits.values()))
    print(
        f"{name}: {len(every)} runs of {len(waits)} visitors began, {waiting} still wait; waits: median "
        f"{np.median(every):.1f} s, p95 {np.quantile(every, 0.95):.1f} s, longest {every.max():.1f} s; "
        f"Jain's index {index:.3f} (waits below {LOOK:g} s taken for that; dealt at random {dealt:.3f}, 95 of 100 "
        f"above {low:.3f})"
    )


def rush(store: Store, visitors: Sequence[str], runs: int) -> None:
    """Everybody asks for so many runs at once, and is waited for until the last has begun."""
    made = []
    with store.changing(alone=True) as change:
        for number, visitor in enumerate(visitors):
            for seed in range(runs):
                own = {"data.size": 400, "budget.epochs": 20, "budget.seed": 1_000_000 + 100 * number + seed}
                made.append(change.create(RunConfig().changed(own), visitor=visitor).id)
    until = time.perf_counter() + RUSH_SECONDS
    while time.perf_counter() < until and any(run.status == "queued" for run in filter(None, map(store.run, made))):
        time.sleep(1.0)
    tell_waits(filter(None, map(store.run, made)), f"a rush, {runs} runs each at once")
    turns, served = expected(len(visitors), runs)
    print(f"  (visitors in turn {turns:.3f}, who was first is served first {served:.3f})")


def main(given: argparse.Namespace) -> None:
    """Print everything."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    cookies = [new_cookie() for _ in range(given.visitors)]
    visitors = [visitor_of_cookie(cookie) for cookie in cookies]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        store = Store.open(f"sqlite:///{folder}/runs.sqlite3", folder)
        stack.callback(store.close)
        settings: dict[str, Any] = {"DESCENT_LAB_TEACHER": secrets.token_hex(8)}
        if given.servers > 1:
            settings["DESCENT_LAB_WORKERS"] = str(max(1, CORES // given.servers))
        logs = [folder / f"server{number}.log" for number in range(given.servers)]
        urls = [stack.enter_context(serve(ROOT / "server.py", log, folder, **settings)) for log in logs]
        servers, alone, many = [server_of(url) for url in urls], Told(), Told()
        print(f"one visitor alone, {given.servers} server processes", flush=True)
        for url, server in zip(urls, servers, strict=True):
            alone.clock = lambda server=server: sum(server.cpu_times()[:2])
            asyncio.run(everything(url, alone, new_cookie(), seed=given.seed, times=given.alone))
        if not given.visitors:
            tell(alone, alone)
            return
        url = stack.enter_context(balanced(urls))[0] if given.servers > 1 else urls[0]
        print(
            f"{given.visitors} visitors for {given.seconds:.0f} s on {CORES} cores, "
            f"{given.think:g} s to think on average, load {os.getloadavg()[0]:.1f} before",
            flush=True,
        )
        memory, shares = asyncio.run(class_of(url, many, cookies, servers, given))
        tell(alone, many)
        for number, share in enumerate(shares):
            sizes = ", then ".join(f"{size[number]:.0f}" for size in memory)
            print(f"server {number + 1}: memory {sizes} MB; {100 * share:.0f} % of a core")
        own = [run for run in store.runs(limit=10_000) if run.visitor.partition("@")[0] in visitors]
        tell_waits(own, "what the class asked for")
        if given.rush:
            rush(store, visitors, given.rush)
        for log in logs:
            text = log.read_text(errors="replace")
            errors = [line for line in text.splitlines() if "Traceback" in line or " ERROR " in line]
            print(f"{len(errors)} errors in a server's log" + "".join(f"\n  {line[:200]}" for line in errors[:5]))
            if errors:
                print(text[text.index(errors[0]) :][:3000])


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--visitors", type=int, default=60, help="0 for the one alone")
    asked.add_argument("--seconds", type=float, default=180.0)
    asked.add_argument("--think", type=float, default=5.0, help="mean seconds between two acts; 0 for none")
    asked.add_argument("--servers", type=int, default=1, help="processes of the web server")
    asked.add_argument("--rush", type=int, default=3, help="runs of each visitor in the rush; 0 for none")
    asked.add_argument("--alone", type=int, default=2, help="how often one visitor alone does everything")
    asked.add_argument("--parts", type=int, default=3, help="of the time, after each of which memory is looked at")
    asked.add_argument("--seed", type=int, default=0)
    main(asked.parse_args())
