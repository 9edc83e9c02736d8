"""What a store raises; apart, since every page knows it and few need a store."""

from __future__ import annotations


class StoreError(RuntimeError):
    """The store cannot do it now; the message is a sentence for the user."""
