"""What the page of searches shows, in its controls, the session and the link."""

from __future__ import annotations

from experiments.search import SearchCodec, ShownSearch
from widgets import LinkedState

TICK = 0.45  # seconds between two looks at a search that goes on
linked: LinkedState[ShownSearch] = LinkedState("search", SearchCodec())
