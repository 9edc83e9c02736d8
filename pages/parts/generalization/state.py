"""What the page of generalization shows, in its controls, the session and the link."""

from __future__ import annotations

from typing import Any

from experiments.generalization import CODEC, PRESETS
from settings import preset_of
from widgets import LinkedState

linked: LinkedState[dict[str, Any]] = LinkedState("generalization", CODEC)


def shows_preset() -> bool:
    """Whether what is shown is a preset, which is trained without a button."""
    return preset_of(linked.link, PRESETS) is not None
