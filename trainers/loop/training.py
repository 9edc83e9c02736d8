"""Training from a configuration to an end that always has a sentence.

Between two reports nothing waits for the device. Complete reports stand at the ends of epochs, at the same epochs and
with the same numbers for the same configuration on the CPU; they are handed over in batches, about four a second. In a
long epoch the clock adds looks in between. A run goes on from any checkpoint, also from within an epoch; on the CPU
what follows is what would have followed, bit for bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from trainers.config import ModelTooLarge, RunConfig
from trainers.data import DataUnavailable, Progress, Splits, load, silent
from trainers.loop.checkpoint import Checkpoint, CheckpointMismatch
from trainers.loop.evaluation import evaluate
from trainers.loop.hardware import choose_device, products, suitable_device
from trainers.loop.pictures import confusion
from trainers.loop.run import Keeper, Reporter, Run, recalled
from trainers.loop.session import Session, place
from trainers.report import Reason, Result, Score

# Products of weights and rows in a step below which one thread is the faster choice.
SMALL_STEP = 4_000_000


def train(
    config: RunConfig,
    *,
    report: Reporter,
    checkpoint: Keeper | None = None,
    should_stop: Callable[[], bool] | None = None,
    resume: Checkpoint | None = None,
    start: Checkpoint | None = None,
    device: str | None = None,
    splits: Splits | None = None,
    progress: Progress = silent,
    score_test: bool = False,
    report_seconds: float = 0.25,
    checkpoint_seconds: float = 5.0,
    threads: int | None = None,
) -> Result:
    """Train until the budget is spent, early stopping, divergence, ``should_stop``, or something that cannot be helped.

    Args:
        report: gets the reports made since the last call, oldest first, at most every ``report_seconds``.
        checkpoint: gets a checkpoint and its kind: "best" (lowest validation loss so far; its ``epoch`` says when),
            "regular" (every ``watch.checkpoint_every`` epochs and every ``checkpoint_seconds``) or "last" (the end).
        should_stop: asked between steps, at most every 20 ms. It may block to pause; that time is not counted.
        resume: where to go on. With the configuration it was made with, the run continues; with another one, it
            forks: weights, position and the state of an optimizer that stays are kept, the rest is as the new one says.
        start: of the run whose weights this one begins with, where it does not go on from ``resume``.
        device: a key of ``devices()``; by default the fastest for a run of this size.
        splits: the data, where the caller has it already.
        score_test: whether the test part is scored at the end, with the weights of the end.
        threads: of the CPU; by default one for small networks, which are slower with more, and all cores for others.
            Sums may be rounded otherwise with another number, so curves are the same only for the same number.

    Returns:
        The reason of the end and a sentence for the user. Full memory, unavailable data, a model too large for them and
        a checkpoint that does not fit are such reasons, no exceptions.

    Raises:
        ValueError: an unknown device.
    """
    chosen = choose_device(device)
    run = None
    try:
        loaded = load(config.data, progress) if splits is None else splits
    except DataUnavailable as error:
        return _early_end("no_data", str(error), run)
    except MemoryError:
        return _out_of_memory(chosen.name, config, run)
    if device is None:
        chosen = suitable_device(config, loaded)
    with own_random_numbers(chosen.key), own_threads():
        try:
            session = Session(config, loaded, chosen.key, resume, start=start)
            torch.set_num_threads(threads or suitable_threads(session))
            run = Run(
                session=session,
                report=report,
                keep=checkpoint,
                should_stop=should_stop,
                report_seconds=report_seconds,
                checkpoint_seconds=checkpoint_seconds,
                memory=recalled(resume, config),
                fresh=resume is None,
            )
            reason, sentence = run.go()
            return ended_run(run, reason, sentence, _score(session) if score_test else None)
        except DataUnavailable as error:
            return _early_end("no_data", str(error), run)
        except CheckpointMismatch as error:
            return _early_end("failed", str(error), run)
        except ModelTooLarge as error:
            return _early_end("failed", error.sentence, run)
        except (torch.OutOfMemoryError, MemoryError):
            return _out_of_memory(chosen.name, config, run)
        except RuntimeError as error:
            # PyTorch's CPU allocator has no exception type of its own.
            if "not enough memory" not in str(error) and "can't allocate memory" not in str(error):
                raise
            return _out_of_memory(chosen.name, config, run)


def score_checkpoint(
    config: RunConfig, checkpoint: Checkpoint, *, device: str | None = None, splits: Splits | None = None
) -> Score:
    """Loss, metric and confusion on the test part, with the weights of a checkpoint (averaged ones where it has them).

    Raises:
        DataUnavailable, CheckpointMismatch: as their messages say.
        ValueError: an unknown device, a split without a test part, or a model too large for these rows.
    """
    chosen = choose_device(device)
    with own_random_numbers(chosen.key):
        session = Session(config, load(config.data) if splits is None else splits, chosen.key, checkpoint)
        score = _score(session)
    if score is None:
        raise ValueError("this split has no test part; give test_share more than 0")
    return score


@contextmanager
def own_random_numbers(device: str) -> Iterator[None]:
    """What is drawn within leaves PyTorch's generators as they were."""
    with torch.random.fork_rng(devices=[torch.device(device)] if device.startswith("cuda") else []):
        yield


@contextmanager
def own_threads() -> Iterator[None]:
    """A number of threads that is set within is taken back."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)


def suitable_threads(session: Session) -> int:
    """One thread where a step multiplies little: threads that wait for each other cost more than they bring."""
    return 1 if products(session.config, session.splits) < SMALL_STEP else torch.get_num_threads()


def _score(session: Session) -> Score | None:
    if not len(session.splits.test):
        return None
    part = place(session.splits.test, str(session.device))
    with session.evaluating() as model, torch.no_grad():
        loss, metric = evaluate(session, part, model)
        counts = None
        if session.classes:
            outputs = torch.cat([model(x) for x in part.inputs.split(1024)])
            counts = tuple(tuple(row) for row in confusion(session, outputs, part.targets).tolist())
    value = float(metric)
    return Score(loss=float(loss), metric=value if math.isfinite(value) else None, rows=len(part), confusion=counts)


def ended_run(run: Run, reason: Reason, sentence: str, test: Score | None = None) -> Result:
    return Result(
        reason=reason,
        sentence=sentence,
        epoch=run.session.passes,
        step=run.session.step,
        seconds=run.watch.seconds(time.perf_counter()),
        samples_per_second=run.samples_per_second,
        best_epoch=run.memory.best_epoch,
        best_val_loss=run.memory.best if math.isfinite(run.memory.best) else None,
        test=test,
    )


def _early_end(reason: Reason, sentence: str, run: Run | None) -> Result:
    if run is not None:
        return ended_run(run, reason, sentence)
    return Result(reason=reason, sentence=sentence, epoch=0.0, step=0, seconds=0.0)


def _out_of_memory(name: str, config: RunConfig, run: Run | None) -> Result:
    size = config.budget.batch_size or "all rows"
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    sentence = f"The memory of {name} is full; take a batch size below {size}, or a smaller model."
    return _early_end("out_of_memory", sentence, run)
