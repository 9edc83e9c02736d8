"""What ails a run: verdicts with evidence and remedies, and whether a remedy that was tried has helped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.diagnosis.catalogue import KINDS as KINDS
    from trainers.diagnosis.examine import diagnose as diagnose
    from trainers.diagnosis.findings import Finding as Finding
    from trainers.diagnosis.findings import Remedy as Remedy
    from trainers.diagnosis.history import SERIES as SERIES
    from trainers.diagnosis.history import Array as Array
    from trainers.diagnosis.history import History as History
    from trainers.diagnosis.history import Layers as Layers
    from trainers.diagnosis.trial import judge as judge
    from trainers.diagnosis.trial_sides import GAIN_RELATIVE as GAIN_RELATIVE
    from trainers.diagnosis.trial_sides import GAIN_SHARE as GAIN_SHARE
    from trainers.diagnosis.trial_sides import gains as gains

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "examine": {
            "diagnose": "What the run shows so far, most important first; there is always at least one finding.",
        },
        "findings": {
            "Finding": "One verdict with its evidence and remedies.",
            "Remedy": "Something to try.",
        },
        "history": {
            "Array": "Numbers in double precision.",
            "History": "Curves of one run, one entry a report; all arrays are float64 ``(reports,)``.",
            "Layers": "The inside of the network.",
            "SERIES": "The series that a history may hold.",
        },
        "catalogue": {
            "KINDS": "Every kind of verdict by key: its words, rule, remedies, and how a trial is judged.",
        },
        "trial": {
            "judge": "Whether the remedy helped, for a finding of this kind.",
        },
        "trial_sides": {
            "GAIN_RELATIVE": "The relative gain from which a remedy has helped.",
            "GAIN_SHARE": "The gain of a share from which a remedy has helped.",
            "gains": "Whether a loss is lower by more than a trifle; ``baseline`` is L0.",
        },
    },
)
