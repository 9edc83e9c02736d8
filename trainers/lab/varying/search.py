"""A search over settings as a job: it puts runs into the queue, follows them, and ends the hopeless ones.

The truth is the runs in the store. Which trial and seed a run is stands in its role; what no run says (which trials
were pruned, which runs are held) is written with the order that follows from it. So a search whose process has ended,
however it did, is made again from its runs: nothing that has ended is lost, and nothing is trained twice.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from numerals import readable
from trainers.allowances import Size, owner_of
from trainers.config import ModelTooLarge, RunConfig
from trainers.lab.job import PROGRESS_SECONDS, End, Task
from trainers.lab.resuming import queue_again
from trainers.lab.sizes import (
    SETTINGS,
    any_count,
    over,
    parameter_count,
    search_time_is_up,
    search_time_over,
    size_of,
)
from trainers.lab.varying.room import most_ahead, room_for_more
from trainers.lab.varying.trial import TOO_LATE, FollowedTrial
from trainers.store import ACTIVE, Changes, RunFilter, Store, StoredJob, StoredRun, StoreError, TakenOver
from trainers.sweeps import (
    MAX_RUNS,
    NOT_BEGUN,
    WAITING,
    Part,
    Study,
    Sweep,
    SweepRequest,
    of_role,
    own_name,
    role_of,
    variable,
)

KIND = "vary"
LOOK_SECONDS = 0.25
ATTEMPTS = 3  # of a run whose worker dies
MOST_FAILURES = 3  # trials that fail before any has come to its end
HELD = "Held: its search is paused or was stopped."


def refused(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    """Why it cannot be searched, in a sentence; empty where it can."""
    try:
        asked = SweepRequest.from_plain(request)
        parameter_count(asked.run_config)
    except ModelTooLarge as error:
        return error.sentence
    except ValueError as error:
        return f"This cannot be searched: {error}."
    return search_time_over(asked.seconds)


def largest(change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> Iterator[Size]:
    """How large its runs are at the ends of what is varied; those whose settings do not suit each other are no runs."""
    yield from _sizes(SweepRequest.from_plain(request))


def exhausted(job: StoredJob) -> str:
    """Why it may not go on, in a sentence; empty where it may: its runs have trained as long as this server allows."""
    sweep = Sweep.from_plain(job.result)
    return "" if sweep is None else search_time_is_up(sum(trial.seconds for trial in sweep.trials))


def search_over(request: SweepRequest) -> tuple[str, str]:
    """The setting that makes a search larger than this server takes, and why; both empty where it does not.

    It is one that is varied, where one of those makes it so; ``seconds`` where it may train for too long.
    """
    varied = [axis.name for axis in (*request.axes, *([request.beside] if request.beside else []))]
    what, why = next((found for found in map(over, _sizes(request)) if found[0]), ("", ""))
    if not why and (why := search_time_over(request.seconds)):
        return "seconds", why
    section = {"parameters": "model.", "rows": "data.size", "epochs": "budget.epochs"}.get(what, " ")
    return next((name for name in varied if name.startswith(section)), SETTINGS.get(what, "")), why


def _sizes(asked: SweepRequest) -> Iterator[Size]:
    """Of every combination of ends that shapes a run; rates and the like are left as they are, a page asks often."""
    before = asked.run_config
    varied = (*asked.axes, *([asked.beside] if asked.beside else []))
    axes = [axis for axis in varied if axis.name.startswith(("model.", "data.", "budget."))]
    whole = {name for name, setting in variable(before).items() if setting.kind == "int"}
    ends = [[(axis.name, value) for value in axis.values or (axis.low, axis.high)] for axis in axes]
    for values in itertools.product(*ends):
        chosen = {name: round(value) if name in whole else value for name, value in values}
        with suppress(ValueError):
            config = before.changed(chosen)
            yield size_of(config, any_count(config))


def interrupted(store: Store, job: StoredJob, why: str) -> str:
    """The sentence of a search whose process is gone."""
    return f"{why} Go on takes it up from its runs."


def work(task: Task) -> End:
    """Search until the budget is spent; how far it is stands in the job.

    Where the store is away for a moment, the search is made again from its runs, as after the end of its process.
    """
    request = SweepRequest.from_plain(task.job.request)
    for wait in task.retry_seconds:
        try:
            return Search(task=task, request=request).go()
        except StoreError:
            time.sleep(wait)
            with suppress(StoreError):
                task.job = task.store.jobs.one(KIND, task.job.id) or task.job
    return Search(task=task, request=request).go()


@dataclass(kw_only=True)
class Search:
    """A search in the hands of its worker. trials: by study and number, as far as they were proposed."""

    task: Task
    request: SweepRequest
    sweep: Sweep = field(init=False)
    studies: dict[str, Study] = field(default_factory=dict)
    trials: dict[tuple[str, int], FollowedTrial] = field(default_factory=dict)
    known: dict[tuple[str, int], dict[int, StoredRun]] = field(default_factory=dict)
    active: dict[str, StoredRun] = field(default_factory=dict)
    begun: tuple[float, float] | None = None  # time, and the share that was done then
    told_at: float = 0.0
    spent: float = 0.0  # seconds of training when it was taken up

    def __post_init__(self) -> None:
        self.store, self.orders = self.task.store, self.task.orders
        self.parts = {part.key: part for part in self.request.parts}
        self.most = most_ahead(self.request)
        self.ended: dict[str, StoredRun] = {}

    def go(self) -> End:
        """Follow what there is, propose what comes next, and look again in a moment."""
        self._open()
        while not (self.orders.stop or self.orders.pause):
            if why := search_time_is_up(self._seconds()):
                return self._hold(End(status="stopped", sentence=f"{why} What has ended is kept."))
            moved = self._look()
            moved = self._let_go() or moved
            moved = self._advance() or moved
            if failed := self._hopeless():
                return self._hold(End(status="failed", sentence=failed))
            if not self._open_trials() and not any(study.open for study in self._going_on()):
                return self._done()
            self._tell()
            if not moved:
                self.rest()
        if self.orders.ending:
            return self._with_result(End(status="interrupted", sentence=f"{self.orders.ending}. Go on takes it up."))
        if self.orders.pause:
            return self._hold(End(status="paused", sentence="Paused."))
        return self._hold(End(status="stopped", sentence="Stopped; what has ended is kept."))

    def rest(self) -> None:
        """Between two looks into the store."""
        time.sleep(LOOK_SECONDS)

    # -- what there is ------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Find the runs of this search, or make the experiment that will hold them."""
        found = Sweep.from_plain(self.task.job.result)
        if found is None or self.store.experiment(found.experiment) is None:
            found = self._new_experiment()
        self.sweep = found
        for run in self.store.runs(RunFilter(experiment=found.experiment), limit=MAX_RUNS * 2):
            if (place := of_role(run.role)) is not None:
                part, number, seed = place
                self.known.setdefault((part, number), {})[seed] = run
                self.spent += run.taken
        self.studies = {key: Study(self.request, part) for key, part in self.parts.items()}

    def _new_experiment(self) -> Sweep:
        title = " and ".join(short_name(axis.name) for axis in self.request.axes)
        with self.store.changing() as change:
            made = change.create_experiment(f"Search: {title}", "search", {"job": self.task.job.id})
            sweep = Sweep(experiment=made.id)
            self._own(change, sweep)
        return sweep

    def _own(self, change: Changes, sweep: Sweep) -> None:
        """Write what no run says, within the transaction that acts on it. Raises TakenOver: it is another's now."""
        job = change.job(KIND, self.task.job.id)
        if job is None or not job.active or job.worker != self.task.job.worker:
            raise TakenOver("it has ended, or another process works on it")
        change.update_job(job, result=self._whole(sweep).to_plain())

    def _open_trials(self) -> list[FollowedTrial]:
        return [trial for trial in self.trials.values() if not trial.over]

    def _look(self) -> bool:
        """Follow the runs of all open trials; whether one has ended."""
        self.active = {
            run.id: run
            for run in self.store.runs(RunFilter(statuses=ACTIVE, experiment=self.sweep.experiment), limit=MAX_RUNS * 2)
        }
        self._pass_on()
        self._again()
        moved = False
        for trial in self._open_trials():
            runs = {seed: self._run(id) for seed, id in trial.runs.items()}
            for seed, run in runs.items():
                if run is not None:
                    trial.follow(self.store, seed, run)
            self._prune(trial, runs)
            if not any(run is not None and run.active for run in runs.values()):
                moved = self._settle(trial, runs) or moved
        return moved

    def _run(self, id: str) -> StoredRun | None:
        if id in self.active:
            return self.active[id]
        if id not in self.ended and (run := self.store.run(id)) is not None:
            if run.active:
                return run
            self.ended[id] = run
        return self.ended.get(id)

    def _pass_on(self) -> None:
        """Runs that have not ended stand with whoever the search stands with now, and take his turn in the queue."""
        owner = self.orders.visitor
        others = [run.id for run in self.active.values() if owner_of(run.visitor) != owner_of(owner)]
        if not others:
            return
        with self.store.changing(alone=True) as change:
            for now in map(change.run, others):
                if now is not None and now.active:
                    self.active[now.id] = change.update(now.id, visitor=owner) or now
            self._own(change, self.sweep)

    def _again(self) -> None:
        """Put runs that are held, or whose worker has died, into the queue again: at once, so they may train as one."""
        back, again = [], dict(self.sweep.again)
        for trial in self._open_trials():
            for run in map(self._run, trial.runs.values()):
                if run is None or run.active or trial.name in self.sweep.pruned:
                    continue
                held = run.id in self.sweep.held and run.status in ("stopped", "interrupted")
                tries = again.get(run.id, 0)
                if held or (run.status == "interrupted" and tries < ATTEMPTS):
                    back.append(run.id)
                    again |= {} if held else {run.id: tries + 1}
        if not back:
            return
        self.sweep = replace(self.sweep, held=tuple(id for id in self.sweep.held if id not in back), again=again)
        with self.store.changing(alone=True) as change:
            for now in map(change.run, back):
                if now is not None and now.status in ("stopped", "interrupted"):
                    queue_again(change, now, visitor=self.orders.visitor)
            self._own(change, self.sweep)
        for id in back:
            self.ended.pop(id, None)

    # -- hopeless ones ------------------------------------------------------------------------------------------

    def _prune(self, trial: FollowedTrial, runs: Mapping[int, StoredRun | None]) -> None:
        """Tell the study how a trial comes along; end its runs where it is hopeless."""
        if self.request.pruner == "none":
            return
        study, since = self.studies[trial.part.key], self.sweep.pruned.get(trial.name)
        for epoch, value in trial.news():
            if since is not None and epoch > since:
                return
            hopeless = study.report(trial.number, epoch, value)
            at_work = [run for run in runs.values() if run is not None and run.active]
            if hopeless and since is None and at_work:
                self.sweep = replace(self.sweep, pruned={**self.sweep.pruned, trial.name: epoch})
                self._end(at_work, f"Pruned at epoch {epoch}.", self.sweep)
                return

    def _end(self, runs: Iterable[StoredRun], sentence: str, sweep: Sweep) -> None:
        """Order runs to stop, with what is written of that."""
        with self.store.changing() as change:
            for run in runs:
                now = change.run(run.id)
                if now is None or not now.active:
                    continue
                if now.worker or now.status in ("starting", "running"):
                    change.update(run.id, wanted="stop")
                else:
                    change.update(run.id, status="stopped", sentence=sentence, wanted="run")
            self._own(change, sweep)

    def _let_go(self) -> bool:
        """Trials of which nothing has begun do not begin once the time is spent; whether there were any."""
        waiting = [trial for trial in self._open_trials() if trial.state == WAITING] if self._spent() else []
        if not waiting:
            return False
        moved = False
        with self.store.changing() as change:
            for trial in waiting:
                runs = [run for id in trial.runs.values() if (run := change.run(id)) is not None]
                if not all(run.status == "queued" and not run.worker and not run.last for run in runs):
                    continue  # it is being taken up
                for run in runs:
                    change.update(run.id, status="stopped", sentence=TOO_LATE, wanted="run")
                    moved = True
            self._own(change, self.sweep)
        return moved

    def _settle(self, trial: FollowedTrial, runs: Mapping[int, StoredRun | None]) -> bool:
        """All runs of a trial have ended: tell the study. Whether that is so."""
        state, sentence = trial.outcome(runs, pruned=trial.name in self.sweep.pruned)
        if not state:
            return False
        if state == "pruned":
            sentence = f"Pruned at epoch {self.sweep.pruned[trial.name]}: others were better by then."
            for run in runs.values():
                if run is not None and run.status == "stopped" and run.sentence != sentence:
                    self.task.write(lambda run=run: self.store.update(run.id, sentence=sentence))
        trial.end(state, sentence, runs, self.request.maximize)
        self.studies[trial.part.key].tell(trial.number, trial.told_state, trial.worth(self.request.maximize))
        return True

    def _hopeless(self) -> str:
        """Why there is no use in going on; empty where there is."""
        over = [trial for trial in self.trials.values() if trial.over]
        failed = [trial for trial in over if trial.state in ("failed", "refused")]
        return failed[-1].sentence if len(failed) == len(over) >= MOST_FAILURES else ""

    # -- what comes next ----------------------------------------------------------------------------------------

    def _going_on(self) -> list[Study]:
        spent = self._spent()
        known = {part for part, number in self.known if (part, number) not in self.trials}
        return [study for key, study in self.studies.items() if not spent or key in known]

    def _spent(self) -> bool:
        """Whether it has trained for as long as it was asked to."""
        return bool(self.request.seconds) and self._trained() >= self.request.seconds

    def _trained(self) -> float:
        """Seconds of training, those too of trials that were not looked at again since it was taken up."""
        return max(self.spent, self._seconds())

    def _seconds(self) -> float:
        return sum(trial.seconds for trial in self.trials.values())

    def _room(self) -> int:
        """How many more of its runs may wait."""
        if self._spent() or search_time_is_up(self._trained()):
            return 0
        own = sum(run.status == "queued" for run in self.active.values())
        return room_for_more(self.most, own, self.store.jobs.listed(("queued",)), self.orders.visitor)

    def _advance(self) -> bool:
        """Propose trials in turn, as many as may wait; whether there were any."""
        room, missing, moved = self._room(), [], False
        going = True
        while going:
            going = False
            for key, study in self.studies.items():
                place = (key, study.asked)
                if not study.open or (place not in self.known and room - len(missing) < 1):
                    continue
                going = moved = True
                missing += self._propose(self.parts[key], study)
        if missing:
            self._create(missing)
        return moved

    def _propose(self, part: Part, study: Study) -> list[tuple[FollowedTrial, int, RunConfig]]:
        """Ask for one trial; what has to be trained for it."""
        number = study.asked
        values, have = study.ask(), self.known.get((part.key, number), {})
        if have and self._differ(part, values, have):
            # Another version of the sampler: what was proposed stays, and it goes on from there.
            self.studies[part.key] = Study(self.request, part, self._proposed(part))
            for place in [place for place in self.trials if place[0] == part.key]:
                del self.trials[place]
            return []
        trial = FollowedTrial(part=part, number=number, values=values, goal=self.request.goal)
        self.trials[part.key, number] = trial
        trial.runs = {seed: run.id for seed, run in have.items()}
        try:
            configs = {seed: self.request.configured(part, values, seed) for seed in range(self.request.seeds)}
            parameter_count(configs[0])
        except ValueError as error:
            sentence = f"Refused: {error}."
            trial.end("refused", sentence, {}, self.request.maximize)
            self.sweep = replace(self.sweep, refused={**self.sweep.refused, trial.name: sentence})
            study.tell(number, "failed")
            return []
        return [(trial, seed, config) for seed, config in configs.items() if seed not in have]

    def _differ(self, part: Part, values: Mapping[str, Any], have: Mapping[int, StoredRun]) -> bool:
        found = self._values_of(part, next(iter(have.values())))
        return found is not None and found != dict(values)

    def _values_of(self, part: Part, run: StoredRun) -> dict[str, Any] | None:
        """What was proposed for a run, read from its configuration."""
        if run.config is None:
            return None
        config = run.config
        return {axis.name: config[own_name(axis.name, config)] for axis in self.request.axes}

    def _proposed(self, part: Part) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while have := self.known.get((part.key, len(found))):
            values = self._values_of(part, next(iter(have.values())))
            if values is None:
                break
            found.append(values)
        return found

    def _create(self, missing: list[tuple[FollowedTrial, int, RunConfig]]) -> None:
        """Queue these runs, all or none."""
        made: list[tuple[FollowedTrial, int, StoredRun]] = []

        def create() -> None:
            made.clear()
            with self.store.changing(alone=True) as change:
                for trial, seed, config in missing:
                    run = change.create(
                        config,
                        name=self._name(trial, seed),
                        experiment=self.sweep.experiment,
                        role=role_of(trial.part.key, trial.number, seed),
                        device=self.task.job.device,
                        visitor=self.orders.visitor,
                        parameters=parameter_count(config),
                    )
                    made.append((trial, seed, run))
                self._own(change, self.sweep)

        self.task.write(create)
        for trial, seed, run in made:
            trial.runs[seed] = run.id
            self.active[run.id] = run

    def _name(self, trial: FollowedTrial, seed: int) -> str:
        parts = [] if trial.part.side is None else [words(trial.part.side)]
        parts += [f"{short_name(name)} {words(value)}" for name, value in trial.values.items()]
        return ", ".join([*parts, *([f"seed {seed}"] if self.request.seeds > 1 else [])])

    # -- what is told -------------------------------------------------------------------------------------------

    def _whole(self, sweep: Sweep) -> Sweep:
        """With every trial as it stands."""
        over = sorted((trial for trial in self.trials.values() if trial.over), key=lambda trial: trial.ended)
        orders = {trial.name: number for number, trial in enumerate(over)}
        importance = {key: study.importance() for key, study in self.studies.items()}
        return replace(
            sweep,
            trials=tuple(trial.shown(orders.get(trial.name), self.request.maximize) for trial in self.trials.values()),
            importance={key: shares for key, shares in importance.items() if shares},
        )

    def _tell(self) -> None:
        now = time.monotonic()
        if now < self.told_at:
            return
        self.told_at = now + PROGRESS_SECONDS
        share, whole = self._share(), self._whole(self.sweep).to_plain()
        sentence = f"{self._ended_count()} of {self._total()} trials have ended{self._left(now, share)}"
        columns: dict[str, Any] = {"status": "running", "sentence": sentence, "progress": share, "result": whole}
        self.task.write(lambda: self.store.jobs.tell(self.task.job, **columns))

    def _share(self) -> float:
        by_time = self._seconds() / self.request.seconds if self.request.seconds else 0.0
        done = sum(1.0 if trial.over else trial.share() for trial in self.trials.values())
        return min(1.0, max(by_time, done / self._total()))

    def _left(self, now: float, share: float) -> str:
        """The time that is left, once there is something to tell it from."""
        if share >= 1.0:
            return "; those that have begun are the last."  # its own time is spent
        if self.begun is None:
            self.begun = (now, share)
        seconds, done = now - self.begun[0], share - self.begun[1]
        if seconds < 2 or done < 0.02:
            return "."
        left = seconds * (1 - share) / done
        return f"; about {max(1, round(left))} s left." if left < 90 else f"; about {round(left / 60)} min left."

    def _ended_count(self) -> int:
        return sum(trial.over and trial.state != NOT_BEGUN for trial in self.trials.values())

    def _total(self) -> int:
        return sum(self.request.trials_of(part) for part in self.request.parts)

    def _done(self) -> End:
        count, refused = self._ended_count(), len(self.sweep.refused)
        late = sum(trial.state == NOT_BEGUN for trial in self.trials.values())
        ended = "1 trial has ended" if count == 1 else f"{count} trials have ended"
        left = f"; {refused} {'was' if refused == 1 else 'were'} refused" if refused else ""
        waited = f", before {late} more that waited" if late else ""
        early = f" The time is spent{waited}." if count < self._total() else ""
        return self._with_result(End(status="finished", sentence=f"{ended}{left}.{early}"))

    def _hold(self, end: End) -> End:
        """Withdraw what waits, and stop what trains with a checkpoint to go on from."""
        self._look_once()
        active = [run for trial in self._open_trials() for id in trial.runs.values() if (run := self.active.get(id))]
        sweep = replace(self.sweep, held=(*self.sweep.held, *(run.id for run in active)))
        self._end(active, HELD, sweep)
        self.sweep = sweep
        return self._with_result(end)

    def _look_once(self) -> None:
        runs = self.store.runs(RunFilter(statuses=ACTIVE, experiment=self.sweep.experiment), limit=MAX_RUNS * 2)
        self.active = {run.id: run for run in runs}

    def _with_result(self, end: End) -> End:
        return replace(end, columns={"result": self._whole(self.sweep).to_plain(), "progress": self._share()})


def short_name(name: str) -> str:
    """The last part of a dotted name, in words."""
    section, _, last = name.rpartition(".")
    return (section if last == "name" else last).replace("_", " ")


def words(value: Any) -> str:
    """A value in few characters."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value.replace("_", " ") if isinstance(value, str) else readable(value)
