"""For all tests: Hypothesis draws the same examples on every machine, and tests that share things share a process.

Hypothesis is given no deadline: two cores are shared by many.
"""

import gc
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True, database=None)
settings.load_profile("repeatable")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.groups import ByFile

    # The long group of the browser tests is collected first: it must not be the last one that all wait for.
    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Twenty thousand tests and all modules stay to the end: Python need not walk through them at every collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_main_module() -> Iterator[None]:
    """A page run without a browser leaves its script as ``__main__``, which spawned processes would run again."""
    own = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = own
