"""What the process has freed goes back to the machine: how glibc's allocator is set for a server of many threads.

Each page runs in a thread of its own, and glibc gives threads up to eight heaps a core: what one page has freed in its
heap is of no use to the next page in another, and a heap shrinks from its end alone. A server in which Python's own
objects took 190 MB throughout held 820 MB after a few minutes of visitors, of which 626 MB were free and kept. Python
runs one thread at a time, so two heaps are enough; what is larger than a quarter of a megabyte gets pages of its own,
which go back when it is freed. Pictures on their way to browsers have that size: with a whole megabyte for the bound
the heaps grew from 277 to 387 MB within three minutes of sixty visitors, with 202 and 234 MB in them; with a quarter
they stay at 261. Elsewhere (macOS, musl) nothing is changed.

Source: mallopt(3), "M_ARENA_MAX" and "M_MMAP_THRESHOLD"; malloc_trim(3).
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Mapping

HEAPS, ALONE, TRIM = 2, 1 << 18, 1 << 20  # bytes: with pages of its own; free at the end of a heap, and given back
_OFTEN = 20.0  # seconds between two times that free pages are returned
_OPTIONS = {  # mallopt's numbers, what stands in the environment for each, and what it is set to
    -8: ("MALLOC_ARENA_MAX", HEAPS),
    -3: ("MALLOC_MMAP_THRESHOLD_", ALONE),  # set, it no longer grows with what is freed
    -1: ("MALLOC_TRIM_THRESHOLD_", TRIM),
}


def keep_little(environment: Mapping[str, str] = os.environ) -> bool:
    """Set the allocator of this process, before it has many threads; what the environment sets is left.

    Whether there is such an allocator.
    """
    libc = _glibc()
    if libc is None:
        return False
    for option, (name, value) in _OPTIONS.items():
        if name not in environment:
            libc.mallopt(option, value)
    return True


def give_back() -> bool:
    """Return whole free pages in the middle of heaps, too; some milliseconds. Whether there is such an allocator."""
    libc = _glibc()
    if libc is None:
        return False
    libc.malloc_trim(0)
    return True


def keep_giving_back(every: float = _OFTEN) -> bool:
    """Return free pages every so many seconds, in a thread that ends with the process. Whether there is anything to."""
    if _glibc() is None:
        return False

    def often() -> None:
        while True:
            time.sleep(every)
            give_back()

    threading.Thread(target=often, daemon=True, name="free-pages").start()
    return True


def _glibc() -> ctypes.CDLL | None:
    try:
        libc = ctypes.CDLL(None)
        _ = libc.gnu_get_libc_version, libc.mallopt, libc.malloc_trim
    except (AttributeError, OSError, TypeError):  # the last on Windows
        return None
    return libc
