"""What is worked out of the data beside the training: leaks, and what another kind of model reaches.

Both take a moment, so they are worked out by a thread once the first curve is on the screen, and remembered by the
settings of the data: the next run on the same rows has them at once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from trainers.config import RunConfig
from trainers.data import DataFacts, Splits, facts_of, leak_report, leaks_from, reference_metric
from trainers.store import Store, StoreError

LOG = logging.getLogger(__name__)
WAIT_SECONDS = 15.0


@dataclass(kw_only=True)
class Yardstick:
    """``facts`` are complete when they were remembered, or else when the thread is done."""

    store: Store
    run_id: str
    config: RunConfig
    splits: Splits
    facts: DataFacts = field(init=False)
    thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        text = json.dumps(dict(self.config.data), sort_keys=True)
        self.key = f"data {hashlib.sha256(text.encode()).hexdigest()}"
        self.facts = facts_of(self.splits, leaks=False)
        known = self.store.remembered(self.key)
        self.known = isinstance(known, dict)
        if isinstance(known, dict):
            try:
                self.facts = self._with(leaks_from(known["leaks"]), known["reference_metric"])
            except (KeyError, TypeError, ValueError):
                self.known = False

    def _with(self, leaks: Any, reference: float | None) -> DataFacts:
        return replace(self.facts, leaks=leaks, leak_sentences=tuple(leaks.sentences()), reference_metric=reference)

    def start(self) -> None:
        """Work out what is not known yet, in the background."""
        if not self.known:
            self.thread = threading.Thread(target=self._work, name="yardstick", daemon=True)
            self.thread.start()

    def wait(self) -> None:
        """Until it is worked out, though not for long."""
        if self.thread is not None:
            self.thread.join(WAIT_SECONDS)

    def _work(self) -> None:
        try:
            self.facts = self._with(leak_report(self.splits), None)
            self.facts = self._with(self.facts.leaks, reference_metric(self.splits))
            self.store.update(self.run_id, facts=self.facts)
            plain = self.facts.to_dict()
            self.store.remember(self.key, {name: plain[name] for name in ("leaks", "reference_metric")})
        except StoreError as error:
            LOG.warning("the facts of run %s are not kept: %s", self.run_id, error)
        except Exception:
            # The training does not need them.
            LOG.exception("the facts of run %s cannot be worked out", self.run_id)
