"""Which process works on a run: host, process and the moment it began, so that a number used again is not mistaken.

Process numbers mean something only in their own namespace (a container has its own), so that is part of the host.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path


@cache
def host() -> str:
    """This machine and process namespace, without spaces."""
    name = socket.gethostname().replace(" ", "_")[:60] or "host"
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
        return f"{name}/{namespace}/{boot}"
    except OSError:
        return name


def identity(pid: int | None = None) -> str:
    """Host, number and start of a process; of this one by default."""
    number = os.getpid() if pid is None else pid
    return f"{host()} {number} {_started(number) or '-'}"


def is_alive(who: str) -> bool | None:
    """Whether that process still runs; None where it is on another host and cannot be asked."""
    parts = who.split(" ")
    if len(parts) != 3 or parts[0] != host() or not parts[1].isdigit():
        return None
    pid, began = int(parts[1]), _started(int(parts[1]))
    if began is not None or Path("/proc/self/stat").exists():
        return began == parts[2]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _started(pid: int) -> str | None:
    """Clock ticks between the start of the machine and of the process; None where it is gone or a mere entry."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    return None if fields[0] in "ZX" else fields[19]
