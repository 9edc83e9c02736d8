"""What the supervisor asks of a place where workers are: start one, hear it, send it a job, know that it is dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class PlaceAway(OSError):
    """No worker can be started there now; the message is a sentence for the user. It is tried again."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a job needs of the machine that it is done on. gpus: 0 for none; part of one where several may share it."""

    cpus: float = 0
    gpus: float = 0


class Line(Protocol):
    """The line to one worker; ready to be read when it has said what it is. Closed, it tells the worker to end."""

    def fileno(self) -> int: ...

    def recv(self) -> Any: ...

    def send(self, said: Any, /) -> None: ...

    def close(self) -> None: ...


class Place(Protocol):
    """on_demand: workers are started for jobs that wait, with what those need, not kept warm for any."""

    on_demand: bool

    def need(self, *, slot: bool, on_gpu: bool) -> Need:
        """What a worker for such a job must have been started with."""
        ...

    def start(self, need: Need, site: Any) -> tuple[Any, Line]:
        """A worker as a process, with ``sentinel``, ``exitcode``, ``join``, ``kill`` and ``close``, and the line to it.

        Raises:
            PlaceAway: not now. OSError, EOFError: it cannot be started.
        """
        ...

    def death(self, process: Any) -> str:
        """Why a worker is gone, as far as is known."""
        ...

    def is_lost(self, process: Any) -> bool:
        """Whether the machine that it was on is gone: no fault of its job."""
        ...

    def slots(self) -> int | None:
        """Jobs at once; None where the place does not say."""
        ...

    def gpu_slots(self) -> int | None:
        """Jobs on GPUs at once; None where the place does not say."""
        ...

    def devices(self, known: Sequence[Any], told: Sequence[Any]) -> Sequence[Any]:
        """What there is to compute on, from what is known and what one more worker has told."""
        ...

    def close(self) -> None: ...
