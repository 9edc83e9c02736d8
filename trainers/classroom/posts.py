"""What browsers send to a room, read: one object of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from trainers.classroom.error import ClassError

_FOLLOWER = re.compile(r"[A-Za-z0-9]{12,24}")


def read_post(body: bytes) -> Mapping[str, Any]:
    """The object that was sent. Raises ClassError for anything else."""
    try:
        told = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ClassError("It was not an object of JSON that was sent.")
    return told


def follower_of(told: Mapping[str, Any]) -> str:
    """The id by which a follower is known for the hour; his browser has drawn it. Raises ClassError for none."""
    id = told.get("id")
    if not isinstance(id, str) or not _FOLLOWER.fullmatch(id):
        raise ClassError(f"id was given {id!r:.40}; allowed are 12 to 24 letters and digits")
    return id
