"""What a store raises; apart, since every page knows it and few need a store."""

from __future__ import annotations


class StoreError(RuntimeError):
    """The store cannot do it now; the message is a sentence for the user."""


class TakenOver(Exception):
    """The run or job is not, or no longer, this worker's: nothing was written."""
