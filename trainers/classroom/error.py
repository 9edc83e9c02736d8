"""What rooms refuse, each as a sentence for the user."""

from __future__ import annotations


class ClassError(ValueError):
    """What was asked for is not allowed."""


class NoRoom(ClassError):
    """There is no room of that code, or it was closed."""

    def __init__(self, code: str = "") -> None:
        name = f"room {code}" if code else "such room"
        super().__init__(f"There is no {name}. Look at the code again; a room is gone once its lecturer has closed it.")


class NotYourRoom(ClassError):
    """Only who opened the room may do that."""

    def __init__(self) -> None:
        super().__init__("Only who opened this room may do that.")


class Full(ClassError):
    """There are as many rooms, followers or offers as there may be."""
