"""What the lab says when it cannot; apart, so that who only tells it loads no lab."""

from __future__ import annotations


class LabError(ValueError):
    """What was asked for cannot be done; the message is a sentence for the user."""
