"""Keras: ``model.fit(..., callbacks=[keras_callback("http://localhost:8501")])``, on any of its backends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainers.watch.names import losses_and_metrics
from trainers.watch.watching import Watch


def keras_callback(to: str, **options: Any) -> Any:
    """A callback of Keras. Everything but the place is for ``Watch``.

    The inside is measured where Keras trains with an optimizer of PyTorch; its own optimizers have no hooks.

    Raises:
        ImportError: Keras is not installed. ValueError: as ``Watch``.
    """
    from keras.callbacks import Callback

    class WatchCallback(Callback):
        def __init__(self) -> None:
            super().__init__()
            self.watch = Watch(to, **options)

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            optimizer = getattr(self.model, "optimizer", None)
            rate = getattr(optimizer, "learning_rate", None)
            self.watch.report(
                epoch=epoch + 1,
                step=_steps(optimizer),
                lr=None if rate is None else float(rate),
                **losses_and_metrics(logs or {}),
            )

        def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
            self.watch.finish()

    return WatchCallback()


def _steps(optimizer: Any) -> int | None:
    steps = getattr(optimizer, "iterations", None)
    return None if steps is None else int(steps)
