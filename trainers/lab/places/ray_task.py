"""A worker as a task of Ray: it calls the supervisor that asked for it, and then lives as any other does."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Client
from typing import Any

from trainers.disk import ADDRESS
from trainers.lab.worker import Site, serve


def work_for(address: tuple[str, int], key: bytes, token: str, site: Site) -> None:
    """The life of a worker in this process of Ray's.

    address, key: of the supervisor's line. token: which of the workers that it waits for this one is.
    """
    if site.checkpoints:
        os.environ[ADDRESS] = site.checkpoints
        site.folder.mkdir(parents=True, exist_ok=True)  # it need not be shared then
    if site.folder.name == "descent-lab":
        # Uploaded tables and downloads lie beside the checkpoints, in the folder that all share.
        os.environ["DESCENT_LAB_DATA"] = str(site.folder.parent)
    before: dict[Any, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Client(address, authkey=key) as line:
            line.send(token)
            serve(line, site, jobs=1)  # its place in the cluster is then for whoever is next there
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)  # the process does other tasks after this one
