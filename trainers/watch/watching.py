"""``Watch``: a training of anybody's, told to a lab or into a file while it goes on.

from trainers.watch import Watch

with Watch("http://localhost:8501", model, optimizer, name="my network") as watch:
    for epoch in range(1, epochs + 1):
        ...
        watch.report(epoch=epoch, train_loss=train_loss, val_loss=val_loss)
"""

from __future__ import annotations

import atexit
import os
import platform
import secrets
import string
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter, time
from types import TracebackType
from typing import Any

from trainers.watch.delivery import Delivery, FilePlace, LabPlace, Spool, spool_folder
from trainers.watch.lines import COLUMNS, NUMBERS, TOKEN, VERSION, line, number, plain_number
from trainers.watch.measuring import Account, Inside

END_SECONDS = 10.0
OFTEN_SECONDS = 0.1  # between two reports by step, at least ...
OFTEN_SHARE = 2000  # ... or this part of the time so far
INSIDE_SHARE = 400
_LETTERS = string.ascii_letters + string.digits


class Watch:
    """One training that is watched. Nothing that goes wrong here reaches the training; its log gets one warning.

    Args:
        to: the URL of a lab, or the path of a file (``.jsonl``) that a lab's runs page opens.
        model, optimizer: of PyTorch; then the inside is measured by hooks: gradient norms, update ratios, dead and
            saturated shares. Without them the curves alone are told.
        name: what the run is called.
        token: of the lab; by default from ``DESCENT_LAB_WATCH_TOKEN``.
        run: the id of an earlier watch (``Watch.run``), which goes on: what it told of later epochs is dropped.
        step: optimizer steps taken before, where it goes on; by default worked out from the first epoch reported.
        overhead: the share of the time that watching may take, measured as it goes.
        inside: whether the inside of the network is measured.
        spool: the folder where reports wait while the lab is away; the user's cache by default.

    Raises:
        ValueError: an argument that cannot be meant; nothing later raises.
    """

    def __init__(
        self,
        to: str | os.PathLike[str],
        model: Any = None,
        optimizer: Any = None,
        *,
        name: str = "",
        token: str | None = None,
        run: str | None = None,
        step: int | None = None,
        overhead: float = 0.05,
        inside: bool = True,
        spool: str | os.PathLike[str] | None = None,
    ) -> None:
        if not 0 < overhead <= 1:
            raise ValueError(f"overhead was given {overhead!r:.40}; allowed is a share above 0, up to 1")
        if run is not None and not (isinstance(run, str) and len(run) == 10 and run.isascii() and run.isalnum()):
            raise ValueError(
                f"run was given {run!r:.40}; allowed is the id of an earlier watch, ten letters and digits"
            )
        self.run = run or "".join(secrets.choice(_LETTERS) for _ in range(10))
        self.account = Account(bound=overhead)
        self._resumed, self._base, self._given_step = run is not None, step, step
        self._axis = ""
        self._count = 0  # reports, where no optimizer counts steps
        self._sum, self._summed = 0.0, 0
        self._sent = self._sent_inside = -1e9
        self._told: dict[str, Any] | None = None  # the report before
        self._last: dict[str, Any] | None = None  # a report by step that waits for its time
        self._ended = False
        self._trouble = ""
        self._inside: Inside | None = None
        if inside and model is not None:
            try:
                self._inside = Inside(model, optimizer, self.account, self._in_trouble)
            except Exception as error:
                self._in_trouble(error)
        self._optimizer = optimizer
        head = {"watch": VERSION, "run": self.run, "name": str(name)[:80], "began": round(time(), 3)}
        head["machine"] = f"{platform.node()[:60]}, watched"
        if self._inside is not None:
            head |= {"parameters": self._inside.parameters, "layers": list(self._inside.layers)}
            head["sizes"] = list(self._inside.sizes)
        address = os.fspath(to)
        if "://" in address:
            place = LabPlace(address, token if token is not None else os.environ.get(TOKEN, ""))
            self.url = f"{place.url}/training?run={self.run}"
            folder = Path(spool) if spool is not None else spool_folder()
            self._delivery = Delivery(place, head, Spool(folder, self.run))
        else:
            self.url = address
            self._delivery = Delivery(FilePlace(Path(address)), head, None)
        if self._trouble:
            self._delivery.warn(self._trouble)
        self.account.began, self.account.spent = perf_counter(), 0.0
        atexit.register(self._at_exit)

    # -- telling ------------------------------------------------------------------------------------------------

    def report(
        self,
        *,
        epoch: float | None = None,
        step: int | None = None,
        train_loss: Any = None,
        val_loss: Any = None,
        train_metric: Any = None,
        val_metric: Any = None,
        lr: float | None = None,
    ) -> None:
        """How far the training is, and what it has come to there.

        epoch, step: where this stands on the curves; the first report that has one says which it is, and reports of the
        same place complete each other. A report with neither adds to the mean training loss of the next that has one.
        By step, what comes faster than it can be shown is told as its mean. Numbers are those of any library; a loss is
        in any unit, and of metrics (accuracy, R^2) larger is better.
        """
        if self._ended:
            return
        began = perf_counter()
        try:
            self._report(began, epoch, step, (train_loss, val_loss, train_metric, val_metric, lr))
        except Exception as error:
            self._delivery.warn(f"a report cannot be told ({error!r:.200}).")
        self.account.spent += perf_counter() - began

    def _report(self, now: float, epoch: Any, step: Any, values: tuple[Any, ...]) -> None:
        self._axis = self._axis or ("epoch" if epoch is not None else "step" if step is not None else "")
        by_epoch = self._axis == "epoch"
        placed = epoch is not None or (step is not None and not by_epoch)
        hurried = not by_epoch and placed and values[1] is None and not self._due(now)
        if (hurried or not placed) and self.account.left(now) < 0:
            return
        self._count += placed
        if values[0] is not None and not (by_epoch and placed):
            self._sum += plain_number(values[0])
            self._summed += 1
        if not placed:
            return
        record: dict[str, Any] = {"step": step, "values": values, "epoch": epoch}
        if hurried:
            self._last = {**record, "step": self._step(step)}
            return
        self._tell(now, record)

    def _due(self, now: float) -> bool:
        return now - self._sent >= max(OFTEN_SECONDS, (now - self.account.began) / OFTEN_SHARE)

    def _tell(self, now: float, given: Mapping[str, Any]) -> None:
        told = {name: number(value) for name, value in zip(NUMBERS, given["values"], strict=False)}
        if self._summed and (self._axis == "step" or told["train_loss"] is None):
            told["train_loss"] = number(self._sum / self._summed)
        self._sum, self._summed, self._last = 0.0, 0, None
        epoch = None if given["epoch"] is None else float(given["epoch"])
        step = self._step(given["step"], epoch)
        if epoch is not None and self._told is not None and self._told["epoch"] == epoch:
            # Told in parts, first of training and then of validation: together they are one report.
            told |= {name: value for name, value in self._told.items() if told.get(name, 0) is None}
            step = self._told["step"]
        elif self._told is not None:
            step = max(step, self._told["step"] + 1)
        record: dict[str, Any] = {"step": step, "epoch": step if epoch is None or self._axis == "step" else epoch}
        record["seconds"] = round(now - self.account.began, 3)
        if told["lr"] is None and self._optimizer is not None:
            told["lr"] = number(self._optimizer.param_groups[0]["lr"])
        inside = self._inside
        if inside is not None:
            told["grad_norm"] = number(inside.grad_norm)
            often = self._axis == "epoch" or now - self._sent_inside >= (now - self.account.began) / INSIDE_SHARE
            if often and (seen := inside.take()) is not None:
                record["inside"] = {name: [number(value) for value in seen[name]] for name in COLUMNS if name in seen}
                self._sent_inside = now
        if self._resumed:
            record["resumed"], self._resumed = True, False
        self._told = {**told, "epoch": epoch, "step": step}
        self._delivery.put(line({**record, **told}))
        self._sent = now

    def _step(self, given: Any, epoch: float | None = None) -> int:
        """Steps since the training began, those of earlier watches included."""
        if given is not None:
            return int(given)
        own = self._inside.steps if self._inside is not None and self._inside.steps else self._count
        if self._base is None:
            # It goes on at a later epoch: there were as many steps in those before.
            self._base = round((epoch - 1) * own) if self._resumed and epoch is not None and epoch > 1 else 0
        return self._base + own

    @property
    def share(self) -> float:
        """What watching took so far, over the time since it began; the thread that delivers is counted in."""
        return self.account.share + self._delivery.spent / max(1e-9, perf_counter() - self.account.began)

    def _in_trouble(self, error: Exception) -> None:
        self._trouble = f"the inside of the network is not measured ({error!r:.200})."
        if hasattr(self, "_delivery"):
            self._delivery.warn(self._trouble)

    # -- the end ------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """The training is done. Waits some seconds, at most, until everything is told."""
        self._end("finished", "")

    def fail(self, error: BaseException | str) -> None:
        """The training broke off with this error."""
        told = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        self._end("failed", told[:300])

    def stop(self, why: str = "") -> None:
        """The training was ended before its time."""
        self._end("stopped", why[:300])

    def _end(self, how: str, sentence: str) -> None:
        if self._ended:
            return
        try:
            if self._last is not None:
                self._tell(perf_counter(), self._last)
        except Exception as error:
            self._delivery.warn(f"a report cannot be told ({error!r:.200}).")
        self._ended = True
        atexit.unregister(self._at_exit)
        if self._inside is not None:
            self._inside.close()
        self._delivery.put(line({"ended": how, "sentence": sentence or None}))
        self._delivery.end(END_SECONDS)

    def _at_exit(self) -> None:
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)  # the latter before Python 3.12
        if error is not None:
            self.fail(error)
        else:
            self.stop("The program ended without saying that the training had.")

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
        elif isinstance(error, KeyboardInterrupt | SystemExit):
            self.stop("Interrupted.")
        else:
            self.fail(error)
