"""Presets that are links: settings that show one phenomenon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LinkPreset:
    """Settings that show one phenomenon: a title, what to look for (at most twenty words), and the link."""

    key: str
    title: str
    look_for: str
    query: Mapping[str, str]


def preset_of(query: Mapping[str, str], presets: Mapping[str, LinkPreset]) -> str | None:
    """The key of the preset with exactly this link."""
    return next((key for key, preset in presets.items() if preset.query == query), None)
