"""Whether this lab takes reports of trainings elsewhere, and for which token."""

from __future__ import annotations

import os

from trainers.watch import TOKEN


def lab_token() -> str:
    """The token of this lab; empty where it takes no reports."""
    return os.environ.get(TOKEN, "").strip()
