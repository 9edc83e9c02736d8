"""Settings of the part of the page of the neuron that is about penalties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from settings import LinkPreset, Setting

PRESETS: tuple[LinkPreset, ...] = ()
"""Presets of this part; each link has part=penalties."""


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part by key; none is the name of another part's, or of a race's."""
    return iter(())
