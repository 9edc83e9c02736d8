"""``judge``: whether the claim of a finding held, from the run that went on unchanged and the one with the remedy.

Which number decides depends on the kind, whose record says how. Numbers are means over the last w = max(3, 5 % of the
reports), and a difference counts only beyond a margin.
"""

from __future__ import annotations

from trainers.diagnosis.catalogue import KINDS
from trainers.diagnosis.history import History
from trainers.diagnosis.trial_judging import KEPT, Judgement, standing
from trainers.diagnosis.trial_sides import comparable, sides_of

__all__ = ["Judgement", "judge"]


def judge(
    kind: str, unchanged: History, remedied: History, *, since: float, running: bool, before: History | None = None
) -> Judgement:
    """Whether the remedy helped, for a finding of this kind.

    Args:
        kind: a key of ``KINDS``; any other is judged by the validation loss.
        since: the epoch at which both began to differ, 0 where they began anew.
        before: the run that both go on from; a side that had no epoch left to go stands where that one ended.
        running: whether one of them still goes on; then nothing is decided, and the sentence says how it stands.
    """
    judging = KINDS[kind].judging if kind in KINDS else KEPT
    sides = sides_of(unchanged, remedied, since, before)
    if sides is None:
        if running:
            return Judgement(held=None, sentence="Still running: no epoch is complete in both runs yet.")
        return Judgement(held=None, sentence="Nothing can be compared: one of the runs has no report.")
    if running:
        return standing(*sides, judging.watched if comparable(*sides) else "val_metric")
    return judging.rule(*sides)
