"""What the page of reuse shows, in its controls, the session and the link."""

from __future__ import annotations

from typing import Any

from experiments.reuse import CODEC
from widgets import LinkedState

linked: LinkedState[dict[str, Any]] = LinkedState("reuse", CODEC)
