"""Networks of tests are small: one thread is faster, and the same on every machine."""

import pytest
import torch

from tests.trainers.databases import database, postgresql_server, store

__all__ = ["database", "postgresql_server", "store"]


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def data_home(tmp_path, monkeypatch):
    """A data folder of the test's own."""
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    return tmp_path
