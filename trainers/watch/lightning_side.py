"""Lightning: ``Trainer(callbacks=[lightning_callback("http://localhost:8501")])``; what is logged is what is told."""

from __future__ import annotations

from typing import Any

from trainers.watch.names import losses_and_metrics, without_steps
from trainers.watch.watching import Watch


def lightning_callback(to: str, **options: Any) -> Any:
    """A callback of Lightning (lightning or pytorch_lightning). Everything but the place is for ``Watch``.

    Of several processes the first alone is watched.

    Raises:
        ImportError: Lightning is not installed.
    """
    base = _callback_class()

    class WatchCallback(base):
        def __init__(self) -> None:
            super().__init__()
            self.watch: Watch | None = None

        def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
            if trainer.is_global_zero and self.watch is None:
                optimizer = trainer.optimizers[0] if trainer.optimizers else None
                self.watch = Watch(to, pl_module, optimizer, **options)

        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            if self.watch is None or trainer.sanity_checking:
                return
            logged = trainer.callback_metrics
            names = without_steps(logged)
            self.watch.report(
                epoch=trainer.current_epoch + 1,
                step=trainer.global_step,
                **losses_and_metrics({name: value for name, value in logged.items() if name in names}),
            )

        def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
            if self.watch is not None:
                self.watch.fail(exception)

        def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
            if self.watch is not None:
                self.watch.finish()

    return WatchCallback()


def _callback_class() -> Any:
    try:
        from lightning.pytorch.callbacks import Callback
    except ImportError:
        from pytorch_lightning.callbacks import Callback
    return Callback
