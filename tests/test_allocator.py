"""What threads have freed does not stay with the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from allocator import give_back, keep_little

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = """
import ctypes
import threading
from pathlib import Path

from allocator import give_back, keep_little

libc = ctypes.CDLL(None)
libc.open_memstream.restype = ctypes.c_void_p

def heaps():
    text, size = ctypes.c_char_p(), ctypes.c_size_t()
    stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    return text.value.count(b"<heap nr")

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def page():
    # Each heap is held by the last of its blocks: those of 60 kB are too small for pages of their own.
    blocks = [bytearray({size}) for _ in range({count})]
    kept.append(bytearray(60_000))
    together.wait()

{first}
before, kept, together = resident(), [], threading.Barrier(8)
threads = [threading.Thread(target=page) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
{then}
print(heaps(), resident() - before)
"""


def left(first: str, then: str, *, size: int = 60_000, count: int = 500) -> tuple[int, float]:
    """Heaps, and megabytes that a process keeps, after pages have come and gone."""
    program = PROGRAM.format(first=first, then=then, size=size, count=count)
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    heaps, kept = told.stdout.split()
    return int(heaps), float(kept)


@pytest.mark.skipif(not give_back(), reason="this system's allocator is another one")
def test_pages_that_have_run_in_many_threads_leave_little_behind():
    many, as_it_is = left("", "")
    few, given_back = left("keep_little()", "give_back()")
    assert many > 2
    assert few <= 2
    assert as_it_is > 50
    assert given_back < 15


@pytest.mark.skipif(not give_back(), reason="this system's allocator is another one")
def test_what_has_the_size_of_a_picture_goes_back_at_once():
    _, kept = left("keep_little()", "", size=600_000, count=40)
    assert kept < 15, "of 192 MB, before free pages are returned"


def test_what_the_environment_sets_is_left(monkeypatch: pytest.MonkeyPatch):
    set_ = []

    class Allocator:
        def mallopt(self, option: int, value: int) -> None:
            set_.append(option)

    monkeypatch.setattr("allocator._glibc", Allocator)
    assert keep_little({"MALLOC_ARENA_MAX": "4"})
    assert set_ == [-3, -1]
    monkeypatch.setattr("allocator._glibc", lambda: None)
    assert not keep_little({})
    assert not give_back()
