"""Hugging Face: ``Trainer(..., callbacks=[hugging_face_callback("http://localhost:8501")])``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainers.watch.names import losses_and_metrics
from trainers.watch.watching import Watch


def hugging_face_callback(to: str, **options: Any) -> Any:
    """A callback of Hugging Face's Trainer. Everything but the place is for ``Watch``.

    Its logs say how far the training is in (parts of) epochs. Of several processes the first alone is watched.

    Raises:
        ImportError: transformers is not installed.
    """
    from transformers import TrainerCallback

    class WatchCallback(TrainerCallback):
        def __init__(self) -> None:
            self.watch: Watch | None = None

        def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
            if state.is_world_process_zero and self.watch is None:
                self.watch = Watch(to, given.get("model"), given.get("optimizer"), **options)

        def on_log(
            self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **given: Any
        ) -> None:
            if self.watch is None or state.epoch is None or not logs or "train_runtime" in logs:
                return  # the last log sums up the whole training
            told = losses_and_metrics(logs)
            if told:
                rate = logs.get("learning_rate")
                self.watch.report(epoch=float(state.epoch), step=state.global_step, lr=rate, **told)

        def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
            if self.watch is not None:
                self.watch.finish()

    return WatchCallback()
