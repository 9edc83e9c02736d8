"""The lab that pages without a browser have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import trainers.lab.lab
from tests.trainers.labs import quiet_lab
from trainers.lab.lab import Lab


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab whose runs wait until the test works on them, in the folder where uploads are kept."""
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    own = quiet_lab(tmp_path)
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()
