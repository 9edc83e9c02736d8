"""Workers as processes of this machine, forked from one that has PyTorch loaded."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from typing import Any

from trainers.lab.places.place import Line, Need
from trainers.lab.resuming import death_of
from trainers.lab.worker import PRELOAD, Site, serve


class Processes:
    """See ``Place``. Any worker does any job."""

    on_demand = False

    def __init__(self) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self._context.set_forkserver_preload(list(PRELOAD))

    def need(self, *, slot: bool, on_gpu: bool) -> Need:
        return Need()

    def start(self, need: Need, site: Site) -> tuple[Any, Line]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(theirs, site), daemon=True)
        try:
            process.start()
        except (OSError, EOFError):
            ours.close()
            raise
        finally:
            theirs.close()
        return process, ours

    def death(self, process: Any) -> str:
        return death_of(process.exitcode)

    def is_lost(self, process: Any) -> bool:
        return False

    def slots(self) -> int | None:
        return None

    def gpu_slots(self) -> int | None:
        return None

    def devices(self, known: Sequence[Any], told: Sequence[Any]) -> Sequence[Any]:
        return told

    def close(self) -> None:
        pass
