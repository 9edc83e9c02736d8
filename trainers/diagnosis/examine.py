"""``diagnose``: what a training run suffers from, as claims with evidence, from its history alone.

Every kind of verdict is one record of ``KINDS``. Precedence is that of their groups, numeric failure, data, a broken
signal path, step size, fit, calm, and within one the order of the catalogue. The function is pure and may be asked
after every report; it revises itself as the curves go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from trainers.diagnosis.catalogue import KINDS
from trainers.diagnosis.findings import GROUPS, Finding, Remedy, Sign
from trainers.diagnosis.history import History
from trainers.diagnosis.kind import Kind
from trainers.diagnosis.measures import Measures, measure

if TYPE_CHECKING:
    from trainers.config import RunConfig

__all__ = ["KINDS", "Finding", "History", "Kind", "Remedy", "diagnose"]


def diagnose(history: History) -> list[Finding]:
    """What the run shows so far, most important first; there is always at least one finding.

    Alarms come before calm verdicts, causes before their symptoms (``secondary``).
    """
    with np.errstate(all="ignore"):
        measures = measure(history)
        seen: list[tuple[Kind[Any], Sign]] = []
        for kind in sorted(KINDS.values(), key=lambda kind: GROUPS.index(kind.group)):
            # The calm verdicts are said where there is nothing else; one is enough.
            if kind.group == "calm" and seen:
                break
            if (sign := kind.sign(measures)) is None or sign.strength <= 0:
                continue
            # What rate and fit will do is open at the start of a run: a claim about them needs more there.
            if kind.group not in ("rate", "fit") or sign.strength >= measures.asked:
                seen.append((kind, sign))
        causes: list[Kind[Any]] = []
        findings = []
        for kind, sign in seen:
            secondary = any(cause.explained(kind) for cause in causes)
            findings.append(_finding(kind, sign, measures, secondary))
            if not secondary:
                causes.append(kind)
    return sorted(findings, key=lambda finding: finding.secondary)


def _finding(kind: Kind[Any], sign: Sign, measures: Measures, secondary: bool) -> Finding:
    offered = kind.remedies(measures)
    if (config := measures.history.config) is not None:
        # A remedy that changes nothing in a known configuration is no remedy for this run.
        offered = tuple(remedy for remedy in offered if remedy.changes and _accepts(config, remedy.changes))
    return Finding(
        kind=kind.key,
        name=kind.name,
        confidence=confidence(sign.strength),
        since=sign.since,
        evidence=sign.evidence,
        remedies=offered,
        span=(sign.since, max(sign.since, measures.last_epoch if sign.until is None else sign.until)),
        secondary=secondary,
        alarm=kind.alarm,
    )


def _accepts(config: RunConfig | Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """Whether a checked configuration takes these changes; any mapping of settings does."""
    return isinstance(config, Mapping) or _checked(config, tuple(changes.items()))


@lru_cache(maxsize=1024)
def _checked(config: RunConfig, changes: tuple[tuple[str, Any], ...]) -> bool:
    """Checking takes longer than diagnosing, and a live run asks again after every report."""
    try:
        return config.changed(dict(changes)) != config
    except ValueError:
        return False


def confidence(strength: float) -> float:
    """0.5 at the threshold of a rule, 0.75 at twice it, towards 1 beyond; two decimals."""
    return round(float(min(0.99, max(0.05, 1 - 0.5 / strength if strength >= 1 else 0.5 * strength))), 2)
