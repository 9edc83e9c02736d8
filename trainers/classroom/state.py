"""What a room shows, and to whom: followers see the link and the vote, the lecturer counts, answers and offers too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainers.classroom.links import Link
from trainers.classroom.votes import Vote, distribution, middle


@dataclass(frozen=True, kw_only=True)
class RoomState:
    """moves: how often the link changed. front: it is a student's view. following, alone: how many do either.

    offers: (number, link) of views that students offer.
    """

    code: str
    link: Link
    moves: int
    front: bool
    vote: Vote | None
    answers: Sequence[float]
    following: int
    alone: int
    offers: Sequence[tuple[int, Link]]

    def for_followers(self) -> Mapping[str, Any]:
        told = {"path": self.link.path, "query": self.link.query, "moves": self.moves, "front": self.front}
        return told | {"vote": self._vote(answered=self.vote is not None and self.vote.shown)}

    def for_lecturer(self) -> Mapping[str, Any]:
        offers = [{"number": number, "path": link.path, "query": link.query} for number, link in self.offers]
        counts = {"following": self.following, "alone": self.alone, "offers": offers}
        return {**self.for_followers(), **counts, "vote": self._vote(answered=True)}

    def _vote(self, *, answered: bool) -> Mapping[str, Any] | None:
        vote = self.vote
        if vote is None:
            return None
        told: dict[str, Any] = {"number": vote.number, "question": vote.question, "choices": list(vote.choices)}
        told |= {"open": vote.open, "shown": vote.shown, "count": len(self.answers)}
        if answered:
            told["bars"] = distribution(vote, self.answers)
            told["median"] = None if vote.choices else middle(self.answers)
        return told
