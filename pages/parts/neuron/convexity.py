"""The part of the page of the neuron that is about convexity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widgets import LinkedState


def convexity_controls(linked: LinkedState[Any], values: Mapping[str, Any]) -> None:
    """The settings of this part."""


def convexity_part(linked: LinkedState[Any], values: Mapping[str, Any], dark: bool) -> None:
    """The pictures of this part."""


def convexity_files(values: Mapping[str, Any]) -> list[tuple[str, str, str, Any]]:
    """Files of this part beyond the numbers of its pictures."""
    return []
