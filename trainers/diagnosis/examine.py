"""``diagnose``: what a training run suffers from, as claims with evidence, from its history alone.

Every kind of verdict is one entry of ``DIAGNOSES``: its rule, its remedies, and the kinds that are mere symptoms where
it holds. Precedence is the order of the catalogue: numeric failure, data, a broken signal path, step size, fit, calm.
The function is pure and may be asked after every report; it revises itself as the curves go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from settings import by_key
from trainers.diagnosis import remedies
from trainers.diagnosis.calm import good_fit, not_enough_evidence
from trainers.diagnosis.findings import Diagnosis, Finding, Remedy, Sign
from trainers.diagnosis.fit import generalization_gap, miscalibration, overfitting, underfitting
from trainers.diagnosis.history import History
from trainers.diagnosis.measures import Measures, measure
from trainers.diagnosis.numeric import diverging, exploding_gradients
from trainers.diagnosis.rate import oscillating, plateau, slow
from trainers.diagnosis.rows import leakage, validation_too_small
from trainers.diagnosis.signal import dead_relus, saturation, vanishing_gradients

if TYPE_CHECKING:
    from trainers.config import RunConfig

__all__ = ["DIAGNOSES", "Diagnosis", "Finding", "History", "Remedy", "diagnose"]

_FIT = frozenset({"underfitting", "overfitting", "generalization_gap", "miscalibration"})
_RATE = frozenset({"oscillating", "slow", "plateau"})
_SIGNAL = frozenset({"vanishing_gradients", "dead_relus", "saturation"})

DIAGNOSES: Mapping[str, Diagnosis] = MappingProxyType(
    by_key(
        [
            Diagnosis(
                key="exploding_gradients",
                name="Exploding gradients",
                meaning="Gradients grow on their way through the layers until a step ruins the weights.",
                group="numeric",
                rule=exploding_gradients,
                remedies=remedies.calm_gradients,
                explains=frozenset({"diverging"}) | _SIGNAL | _RATE | _FIT,
                reference="Pascanu, Mikolov & Bengio (2013), arXiv:1211.5063",
            ),
            Diagnosis(
                key="diverging",
                name="Diverging",
                meaning="The loss runs away: steps are too long for this surface.",
                group="numeric",
                rule=diverging,
                remedies=remedies.rate_down,
                explains=_SIGNAL | _RATE | _FIT,
                reference="Ben Braiek & Khomh (2023), ACM TOSEM 32, TheDeepChecker",
            ),
            Diagnosis(
                key="leakage",
                name="Leakage",
                meaning="Validation rows are known from training, or a feature holds the answer.",
                group="data",
                rule=leakage,
                remedies=remedies.clean_rows,
                explains=frozenset({"validation_too_small"}) | _FIT,
                reference="Kaufman et al. (2012), ACM TKDD 6(4)",
            ),
            Diagnosis(
                key="validation_too_small",
                name="Validation part too small",
                meaning="Chance moves the validation loss by more than what is read from it.",
                group="data",
                rule=validation_too_small,
                remedies=remedies.more_validation,
                explains=frozenset({"overfitting", "generalization_gap", "miscalibration"}),
                reference="Wilson (1927), JASA 22, 209-212",
            ),
            Diagnosis(
                key="dead_relus",
                name="Dead ReLUs",
                meaning="Units that answer no row get no gradient, and never come back.",
                group="signal",
                rule=dead_relus,
                remedies=remedies.revive_units,
                explains=frozenset({"vanishing_gradients", "saturation"}) | _RATE | _FIT,
                reference="Lu, Shin, Su & Karniadakis (2020), arXiv:1903.06733",
            ),
            Diagnosis(
                key="saturation",
                name="Saturation",
                meaning="Units stand at the flat ends of their activation and pass no gradient on.",
                group="signal",
                rule=saturation,
                remedies=remedies.unsaturate,
                explains=frozenset({"vanishing_gradients"}) | _RATE | _FIT,
                reference="Glorot & Bengio (2010), AISTATS",
            ),
            Diagnosis(
                key="vanishing_gradients",
                name="Vanishing gradients",
                meaning="Gradients shrink on their way back; the first layers hardly learn.",
                group="signal",
                rule=vanishing_gradients,
                remedies=remedies.open_path,
                explains=_RATE | _FIT,
                reference="Hochreiter (1991), diploma thesis; Bengio, Simard & Frasconi (1994)",
            ),
            Diagnosis(
                key="oscillating",
                name="Oscillating",
                meaning="The loss swings about a level that it could fall below: the rate is too high.",
                group="rate",
                rule=oscillating,
                remedies=remedies.calm_rate,
                explains=frozenset({"slow", "plateau"}) | _FIT,
                reference="Cohen et al. (2021), arXiv:2103.00065",
            ),
            Diagnosis(
                key="slow",
                name="Slow",
                meaning="The loss creeps down in steps that are small for the weights.",
                group="rate",
                rule=slow,
                remedies=remedies.rate_up,
                explains=frozenset({"plateau", "underfitting", "generalization_gap"}),
                reference="Karpathy, CS231n, Babysitting the learning process",
            ),
            Diagnosis(
                key="plateau",
                name="Plateau",
                meaning="The loss stands still where a constant prediction is.",
                group="rate",
                rule=plateau,
                remedies=remedies.leave_plateau,
                explains=frozenset({"underfitting", "generalization_gap"}),
                reference="Dauphin et al. (2014), arXiv:1406.2572",
            ),
            Diagnosis(
                key="miscalibration",
                name="Miscalibration",
                meaning="The network becomes too sure: validation loss rises while its metric holds.",
                group="fit",
                rule=miscalibration,
                remedies=remedies.less_certain,
                explains=frozenset({"overfitting", "generalization_gap"}),
                reference="Guo, Pleiss, Sun & Weinberger (2017), arXiv:1706.04599",
            ),
            Diagnosis(
                key="overfitting",
                name="Overfitting",
                meaning="It learns the training rows at the cost of the validation rows.",
                group="fit",
                rule=overfitting,
                remedies=remedies.less_memorizing,
                explains=frozenset({"generalization_gap"}),
                reference="Prechelt (1998), Early stopping, but when?",
            ),
            Diagnosis(
                key="generalization_gap",
                name="Generalization gap",
                meaning="It memorizes more than it transfers, though validation is not worse yet.",
                group="fit",
                rule=generalization_gap,
                remedies=remedies.less_gap,
                reference="Keskar et al. (2017), arXiv:1609.04836",
            ),
            Diagnosis(
                key="underfitting",
                name="Underfitting",
                meaning="The loss has flattened above what the data allow.",
                group="fit",
                rule=underfitting,
                remedies=remedies.more_capacity,
                reference="Goodfellow, Bengio & Courville (2016), Deep Learning, section 5.2",
            ),
            Diagnosis(
                key="good_fit",
                name="Good fit",
                meaning="Both losses are low and stay there.",
                group="calm",
                rule=good_fit,
                alarm=False,
            ),
            Diagnosis(
                key="not_enough_evidence",
                name="Not enough evidence",
                meaning="The curves do not decide for a verdict yet.",
                group="calm",
                rule=not_enough_evidence,
                alarm=False,
            ),
        ]
    )
)


def diagnose(history: History) -> list[Finding]:
    """What the run shows so far, most important first; there is always at least one finding.

    Alarms come before calm verdicts, causes before their symptoms (``secondary``).
    """
    with np.errstate(all="ignore"):
        measures = measure(history)
        signs: dict[str, Sign] = {}
        for key, diagnosis in DIAGNOSES.items():
            if not diagnosis.alarm and any(DIAGNOSES[found].alarm for found in signs):
                break
            if key == "not_enough_evidence" and signs:
                break
            if (sign := diagnosis.rule(measures)) is None or sign.strength <= 0:
                continue
            # What rate and fit will do is open at the start of a run: a claim about them needs more there.
            if diagnosis.group not in ("rate", "fit") or sign.strength >= measures.asked:
                signs[key] = sign
        explained: set[str] = set()
        findings = []
        for key, sign in signs.items():
            findings.append(_finding(DIAGNOSES[key], sign, measures, key in explained))
            if key not in explained:
                explained |= DIAGNOSES[key].explains
    return sorted(findings, key=lambda finding: finding.secondary)


def _finding(diagnosis: Diagnosis, sign: Sign, measures: Measures, secondary: bool) -> Finding:
    offered = diagnosis.remedies(measures)
    if (config := measures.history.config) is not None:
        # A remedy that changes nothing in a known configuration is no remedy for this run.
        offered = tuple(remedy for remedy in offered if remedy.changes and _accepts(config, remedy.changes))
    return Finding(
        kind=diagnosis.key,
        name=diagnosis.name,
        confidence=confidence(sign.strength),
        since=sign.since,
        evidence=sign.evidence,
        remedies=offered,
        span=(sign.since, max(sign.since, measures.last_epoch if sign.until is None else sign.until)),
        secondary=secondary,
        alarm=diagnosis.alarm,
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
