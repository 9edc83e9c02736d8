"""Workers as tasks of a Ray cluster, each with the CPU and GPU that its job needs. What runs where is Ray's to say.

A task calls back on a line to the supervisor, where it gets its job: the next in turn when there is a place, not when
one is asked for. Until then the job waits in the store, where every server sees it. Ray starts no task again by itself:
the run store knows where a run goes on.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from typing import Any

from trainers.disk import ADDRESS
from trainers.lab.places.place import Need, PlaceAway
from trainers.lab.places.ray_task import work_for
from trainers.lab.worker import Site

LOG = logging.getLogger(__name__)
GPU_SHARE = 0.25  # of a GPU for each run: the networks here are small
REACH_SECONDS = 3.0
CALLS = 50  # tasks of one process of Ray's, before a fresh one takes its place
VARIABLE = "DESCENT_LAB_RAY"
MISSING = (
    f"{VARIABLE} is set, but Ray is not installed here: pip install '.[ray]' in the lab's folder. Runs wait "
    "until it is, and the server has been started again."
)


class RayTasks:
    """See ``Place``. address: of the cluster, as ``ray.init`` takes it; ``auto`` for the one of this machine."""

    on_demand = True

    def __init__(self, address: str) -> None:
        self._address = address
        self._key = secrets.token_bytes(32)
        self._ray: Any = None
        self._listener: Listener | None = None
        self._awaited: dict[str, _Line] = {}
        self._lock = threading.Lock()

    def need(self, *, slot: bool, on_gpu: bool) -> Need:
        """Jobs that take no slot mostly wait for others: they go where there is anything at all."""
        return Need(cpus=1 if slot else 0, gpus=GPU_SHARE if on_gpu else 0)

    def start(self, need: Need, site: Site) -> tuple[Any, _Line]:
        ray, listener = self._connected()
        line, token = _Line(), secrets.token_hex(16)
        with self._lock:
            self._awaited[token] = line
        remote = ray.remote(num_cpus=need.cpus, num_gpus=need.gpus, max_retries=0, max_calls=CALLS)(work_for)
        # The environment of other machines is their own.
        url = site.url or os.environ.get("DESCENT_LAB_DATABASE") or ""
        there = replace(site, url=url, checkpoints=os.environ.get(ADDRESS, ""))
        try:
            ref = remote.remote(listener.address, self._key, token, there)
        except Exception as error:
            line.close()
            raise PlaceAway(self._unreachable(error)) from error
        return _Task(ray, ref), line

    def _connected(self) -> tuple[Any, Listener]:
        """Raises PlaceAway."""
        if self._ray is None or self._listener is None:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            try:
                import ray
            except ImportError:
                raise PlaceAway(MISSING) from None
            try:
                _reach(self._address)
                ray.init(self._address, log_to_driver=False, logging_level=logging.ERROR, ignore_reinit_error=True)
                self._listener = Listener((ray.util.get_node_ip_address(), 0), backlog=64)
            except Exception as error:  # of many kinds, some of them Ray's own
                raise PlaceAway(self._unreachable(error)) from error
            self._ray = ray
            threading.Thread(target=self._answer, args=(self._listener,), daemon=True, name="workers call").start()
        return self._ray, self._listener

    def _unreachable(self, error: BaseException) -> str:
        LOG.warning("Ray: %s", error)
        return (
            f"The Ray cluster ({self._address}) cannot be reached; runs wait until it can. The server's log says more."
        )

    def _answer(self, listener: Listener) -> None:
        while True:
            try:
                called = listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._hear, args=(called,), daemon=True, name="worker calls").start()

    def _hear(self, called: Connection) -> None:
        """Who knows the key is heard; anybody else on the network is not."""
        try:
            deliver_challenge(called, self._key)
            answer_challenge(called, self._key)
            token = called.recv()
            said = called.recv()
        except Exception:
            called.close()
            return
        with self._lock:
            line = self._awaited.pop(token, None)
        if line is None:
            called.close()
        else:
            line.answered(called, said)

    def death(self, process: Any) -> str:
        return process.death

    def is_lost(self, process: Any) -> bool:
        return process.lost

    def slots(self) -> int | None:
        return max(1, int(self._resources().get("CPU", 1)))

    def gpu_slots(self) -> int | None:
        return int(self._resources().get("GPU", 0) / GPU_SHARE)

    def _resources(self) -> dict[str, float]:
        if self._ray is None:
            return {}
        try:
            return self._ray.cluster_resources()
        except Exception:  # told of where a worker is to be started
            return {}

    def devices(self, known: Sequence[Any], told: Sequence[Any]) -> Sequence[Any]:
        """A task without a GPU sees none; what others have seen is still there."""
        return told if len(told) >= len(known) else known

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self._ray is not None:
            self._ray.shutdown()


def _reach(address: str) -> None:
    """Raises OSError where nobody answers: Ray itself would ask for minutes."""
    name, _, port = address.rpartition(":")
    if name and port.isdigit():
        socket.create_connection((name.strip("[]"), int(port)), REACH_SECONDS).close()


class _Line:
    """The line to a worker, whose other end calls later than it is made."""

    def __init__(self) -> None:
        self._read, self._write = Pipe(duplex=False)
        self._called: Connection | None = None
        self._closed = False
        self._lock = threading.Lock()

    def answered(self, called: Connection, said: Any) -> None:
        with self._lock:
            if self._closed:
                called.close()
                return
            self._called = called
            self._write.send(said)

    def fileno(self) -> int:
        return self._read.fileno()

    def recv(self) -> Any:
        return self._read.recv()

    def send(self, said: Any, /) -> None:
        called = self._called
        if called is None:
            raise OSError("this worker has not called yet")
        called.send(said)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for end in (self._called, self._read, self._write):
                if end is not None:
                    end.close()


class _Task:
    """A task of Ray as a process: its sentinel is ready when it has ended, however it did."""

    def __init__(self, ray: Any, ref: Any) -> None:
        self._ray, self._ref = ray, ref
        self.death, self.lost = "The worker process is gone.", False
        self.exitcode: int | None = None
        self.sentinel, self._end = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._await, daemon=True, name="task")
        self._thread.start()

    def _await(self) -> None:
        errors = self._ray.exceptions
        code = 1
        try:
            self._ray.get(self._ref)
            code, self.death = 0, "The worker process ended."
        except errors.NodeDiedError:
            self.death, self.lost = "The machine it was on is gone.", True
        except errors.OutOfMemoryError:
            self.death = "The memory of the machine it was on is full."
        except errors.WorkerCrashedError:
            self.death = "The worker process was killed or has crashed."
        except errors.TaskCancelledError:
            self.death = "The worker process was ended."
        except Exception as error:
            LOG.error("a task of Ray failed: %s", error)
            self.death = f"The worker process failed ({type(error).__name__}); the server's log says more."
        finally:
            self.exitcode = code
            self._end.close()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def kill(self) -> None:
        with suppress(Exception):
            self._ray.cancel(self._ref, force=True)

    def close(self) -> None:
        self.sentinel.close()
