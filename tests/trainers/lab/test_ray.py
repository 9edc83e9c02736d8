"""Runs as tasks of a real Ray cluster of two nodes on this machine, for two servers on one PostgreSQL."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.trainers.labs import ended, now, quick, stored_curve, true_curve, until
from trainers.lab.error import LabError
from trainers.lab.lab import Lab
from trainers.lab.places.place import Need, PlaceAway
from trainers.lab.places.ray_tasks import RayTasks
from trainers.lab.worker import Site
from trainers.store import RunFilter
from trainers.sweeps import Axis, Sweep, SweepRequest, of_role

LONG = {"budget.epochs": 20_000}
NODE: dict[str, Any] = {"object_store_memory": 80_000_000}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head on which nothing runs and a node for one run."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    made: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **NODE})
    try:
        made.node = made.add_node(num_cpus=1, **NODE)
        yield made
    finally:
        made.shutdown()


@pytest.fixture(scope="module")
def servers(cluster, postgresql_server, tmp_path_factory) -> Iterator[tuple[Lab, Lab]]:
    """Two servers with one database and one folder."""
    url, folder = postgresql_server.new_database(), tmp_path_factory.mktemp("shared")
    labs = Lab(url=url, folder=folder, ray=cluster.address), Lab(url=url, folder=folder, ray=cluster.address)
    try:
        yield labs
    finally:
        for lab in labs:
            lab.close()
        postgresql_server.drop(url)


def test_what_one_server_starts_the_other_shows_and_steers_and_it_goes_on_where_its_node_is_gone(cluster, servers):
    here, there = servers
    short = here.submit(quick())
    assert ended(there.store, short).status == "finished"
    assert stored_curve(there.store, short) == true_curve(quick())

    id = here.submit(quick(LONG))
    until(lambda: here.store.checkpoints(id))
    there.pause(id, by=None)
    until(lambda: now(here.store, id).status == "paused")
    there.resume(id, by=None)
    until(lambda: now(here.store, id).status == "running")

    first, kept = now(here.store, id).worker, here.store.checkpoints(id)[-1]
    cluster.remove_node(cluster.node, allow_graceful=False)
    until(lambda: now(here.store, id).status in ("interrupted", "queued"))
    cluster.node = cluster.add_node(num_cpus=1, **NODE)

    def goes_on() -> bool:
        if now(here.store, id).status == "interrupted":  # Ray may have told of the worker before it knew of the node
            with suppress(LabError):
                there.resume(id, by=None)
        return now(here.store, id).status == "running" and now(here.store, id).step > kept.step

    until(goes_on)
    assert now(here.store, id).worker != first
    steps = [report.step for _, report in here.store.reports(id)]
    assert steps == sorted(set(steps))

    there.stop(id, by=None)
    assert ended(here.store, id).status == "stopped"
    fork = there.fork(id, {"budget.epochs": 30_000}, checkpoint_id=here.store.checkpoints(id)[-1].id)
    until(lambda: now(here.store, fork).status == "running")
    assert now(here.store, fork).step >= kept.step
    here.stop(fork, by=None)
    assert ended(there.store, fork).status == "stopped"


def test_a_search_goes_on_elsewhere_when_the_node_of_its_runs_is_killed(cluster, servers):
    here, there = servers
    config = quick({"budget.epochs": 60, "watch.internals": False, "watch.checkpoint_every": 10})
    rate = Axis(name="optimizer.lr", low=1e-3, high=0.3, log=True)
    asked = SweepRequest(config=config.to_json(), axes=(rate,), samplers=("random",), trials=2)
    id = here.ask("vary", request=asked.to_plain())

    def runs() -> list[Any]:
        sweep = Sweep.from_plain(there.store.jobs.one("vary", id).result)
        return [] if sweep is None else there.store.runs(RunFilter(experiment=sweep.experiment))

    until(lambda: any(run.status == "running" and there.store.checkpoints(run.id) for run in runs()))
    over = {run.id: run.last for run in runs() if run.status == "finished"}
    cluster.remove_node(cluster.node, allow_graceful=False)
    cluster.node = cluster.add_node(num_cpus=1, **NODE)

    def done() -> bool:
        job = there.job("vary", id)
        if job.status == "interrupted":  # it was coordinated on the node that is gone
            there.resume_job("vary", id, by=None)
        return job.status == "finished"

    until(done)
    assert Counter(of_role(run.role) for run in runs()) == {("random", number, 0): 1 for number in range(2)}
    assert {run.status for run in runs()} == {"finished"}
    assert {run.id: run.last for run in runs() if run.id in over} == over
    for run in runs():
        assert stored_curve(here.store, run.id) == true_curve(run.config)


def test_a_cluster_that_nobody_answers_for_is_told_and_runs_wait(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        lab = Lab(folder=tmp_path, ray=f"127.0.0.1:{nobody.getsockname()[1]}")
        try:
            id = lab.submit(quick())
            assert "cannot be reached" in until(lab.trouble)
            assert now(lab.store, id).status == "queued"
        finally:
            lab.close()


def test_where_ray_is_not_installed_it_is_said_how_to(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(PlaceAway, match=r"pip install '\.\[ray\]'"):
        RayTasks("auto").start(Need(cpus=1), Site(url="", folder=tmp_path))
