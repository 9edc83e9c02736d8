"""What the page of losses shows."""

from __future__ import annotations

from typing import Any

from experiments.losses import LossesCodec
from widgets import LinkedState

linked: LinkedState[dict[str, Any]] = LinkedState("losses", LossesCodec())
"""What the page of losses shows, in its controls, the session and the link."""
