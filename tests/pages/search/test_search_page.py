"""The page of searches without a browser: presets begin by themselves, others at a press; what was held goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from experiments.search import PRESETS, SearchCodec
from numerals import readable
from tests.pages.opened_page import link, newest, opened_page, told
from tests.trainers.labs import WORKER, now, quick, work
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab
from trainers.lab.worker import do
from trainers.rates import RangeTest, RateRequest, RateSearch
from trainers.rates import Trial as Tried
from trainers.store import StoredJob
from trainers.sweeps import Sweep, SweepRequest, Trial

SMALL = {"data.name": "moons", "data.size": "120", "budget.epochs": "3", "part": "vary", "x.values": "0.01,0.1"}


def request(query: dict[str, str]) -> SweepRequest:
    return SearchCodec().read(query)[0].sweep


def ended(lab: Lab, status: str, state: str = "complete") -> Sweep:
    """The small search, as a worker has left it."""
    run = lab.store.create(quick())
    run = work(lab.store, run.id)
    experiment = lab.store.create_experiment("Search: lr", "search", {})
    trials = (
        Trial(part="grid", number=0, values=(0.01,), state=state, goal=0.4, goals=(0.4,), runs=(run.id,), order=0),
        Trial(
            part="grid", number=1, values=(0.1,), state="pruned", goal=0.9, runs=("gone",), sentence="Pruned.", order=1
        ),
    )
    sweep = Sweep(experiment=experiment.id, trials=trials)
    job = lab.job("vary", lab.ask("vary", request=request(SMALL).to_plain()))
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)
    claimed = lab.job("vary", job.id)
    assert claimed is not None
    if status == "paused":
        lab.pause_job("vary", job.id, by=None)
    lab.store.jobs.end(claimed, status, f"It is {status}.", result=sweep.to_plain())
    return sweep


def searches(lab: Lab) -> list[StoredJob]:
    return [job for job in lab.store.jobs.listed(("queued", "running", "paused")) if job.kind == "vary"]


def labels(app: Any, kind: str = "button") -> list[str]:
    return [each.label for each in getattr(app, kind)]


def words(app: Any) -> str:
    """What is told, without the marks that keep it from being Markdown."""
    return " ".join(each.value for each in app.markdown).replace("\\", "")


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_its_link_and_begins_by_itself(lab: Lab, key: str) -> None:
    app = opened_page("pages/search.py", PRESETS[key].query)
    assert not app.warning
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]
    assert [job.request for job in searches(lab)] == [request(dict(PRESETS[key].query)).to_plain()]
    assert {"Pause", "Stop"} <= set(labels(app))


def test_the_part_is_changed_to_something_that_shows_at_once(lab: Lab) -> None:
    app = opened_page("pages/search.py", {"data.name": "moons"})
    assert searches(lab) == []
    newest(app, "button_group", "search.part").set_value("vary").run()
    assert link(app) == next(iter(PRESETS.values())).query
    assert len(searches(lab)) == 1


def test_what_is_no_preset_begins_at_a_press(lab: Lab) -> None:
    app = opened_page("pages/search.py", SMALL)
    assert searches(lab) == []
    told = (
        "**Learning rate** at 0.01, 0.1, by a grid. 2 trials: 2 runs of 3 epochs on Two moons. The first runs will tell"
    )
    assert told in words(app)
    before = work(lab.store, lab.submit(quick({"data.name": "moons", "data.size": 120})))
    lab.store.update(before.id, worker_seconds=40.0 * before.epoch)
    app.run()
    assert "That takes about 2 min where nobody else trains" in words(app), "2 runs of 3 epochs of 40 s, two at once"
    app.button(key="vary.begin").click().run()
    assert not app.exception
    assert len(searches(lab)) == 1
    app.button(key="vary.pause").click().run()
    assert [job.status for job in searches(lab)] == ["paused"]
    app.button(key="vary.on").click().run()
    assert [job.status for job in searches(lab)] == ["queued"]
    app.button(key="vary.stop").click().run()
    assert searches(lab) == []
    assert "Go on" in labels(app)


def test_what_somebody_else_has_begun_is_watched_and_goes_on_for_whoever_asks_when_it_is_held(lab: Lab) -> None:
    id = lab.ask("vary", request=request(SMALL).to_plain(), visitor="somebody@here")
    app = opened_page("pages/search.py", SMALL)
    assert not {"Pause", "Stop", "Go on"} & set(labels(app))
    assert any("This search is somebody else's" in caption.value for caption in app.caption)
    lab.pause_job("vary", id, by="somebody@here")
    app = opened_page("pages/search.py", SMALL)
    assert "Paused." in words(app)
    app.button(key="vary.on").click().run()
    assert not app.error
    assert [(job.id, job.status) for job in searches(lab)] == [(id, "queued")]
    assert {"Pause", "Stop"} <= set(labels(app)), "it is his, too"
    app.button(key="vary.stop").click().run()
    assert [job.id for job in searches(lab)] == [id], "it goes on for who began it"


def test_a_search_for_a_rate_of_somebody_else_is_watched(lab: Lab) -> None:
    lab.ask("rates", request=rate_request().to_plain(), visitor="somebody@here")
    app = opened_page("pages/search.py", RATES)
    assert "Stop" not in labels(app)
    assert any("This search is somebody else's" in caption.value for caption in app.caption)


@pytest.mark.parametrize("status", ["stopped", "interrupted", "paused", "failed"])
def test_a_search_that_was_not_done_shows_what_it_has_and_goes_on(lab: Lab, status: str) -> None:
    ended(lab, status)
    app = opened_page("pages/search.py", SMALL)
    text = words(app)
    assert f"It is {status}." in text
    assert "Learning rate 0.01" in text
    app.button(key="vary.on").click().run()
    assert [job.status for job in searches(lab)] == ["queued"]


def test_one_that_others_left_before_any_result_says_what_it_is(lab: Lab) -> None:
    job = lab.job("vary", lab.ask("vary", request=request(SMALL).to_plain()))
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)
    claimed = lab.job("vary", job.id)
    assert claimed is not None
    lab.store.jobs.end(claimed, "stopped", "Stopped.")
    app = opened_page("pages/search.py", SMALL)
    told = " ".join(info.value for info in app.info)
    assert "No run has come to a result yet" in told
    assert "on their way" not in told
    app.button(key="vary.on").click().run()
    assert "on their way" in " ".join(info.value for info in app.info)


def test_one_that_is_done_shows_its_trials_and_the_chosen_one(lab: Lab) -> None:
    ended(lab, "finished")
    app = opened_page("pages/search.py", {**SMALL, "trial": "grid 1"})
    assert "Go on" not in labels(app)
    text = words(app)
    assert "**Chosen**" in text
    assert "Pruned." in text
    assert "This run was deleted." in [caption.value for caption in app.caption]
    assert link(app)["trial"] == "grid 1"


def place_of(app: Any, text: str) -> list[int]:
    """Where the element with this text stands: its position in each block from the page down."""

    def within(block: Any) -> list[int] | None:
        for position, child in block.children.items():
            if getattr(child, "value", None) == text:
                return [position]
            if hasattr(child, "children") and (below := within(child)) is not None:
                return [position, *below]
        return None

    place = within(app.main)
    assert place is not None
    return place


def test_pictures_keep_their_place_when_the_search_ends_so_that_none_is_drawn_twice(lab: Lab) -> None:
    two = {**SMALL, "y": "model.width", "y.values": "2,4"}
    job = lab.job("vary", lab.ask("vary", request=request(two).to_plain()))
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)
    claimed = lab.job("vary", job.id)
    assert claimed is not None
    experiment = lab.store.create_experiment("Search: lr", "search", {})
    trial = Trial(part="grid", number=0, values=(0.01, 2), state="complete", goal=0.4, goals=(0.4,), order=0)
    sweep = Sweep(experiment=experiment.id, trials=(trial,))
    lab.store.jobs.tell(claimed, status="running", sentence="", progress=0.5, result=sweep.to_plain())
    heads = ("##### Best so far", "##### Each setting alone", "##### All curves", "##### Parallel coordinates")
    app = opened_page("pages/search.py", two)
    app.run()  # on the way in the page asks for its address once more
    assert "Pause" in labels(app)
    before = [place_of(app, head) for head in heads]
    lost = Trial(part="grid", number=1, values=(0.1, 4), state="diverged", order=1)
    lab.store.jobs.end(claimed, "finished", "", result=replace(sweep, trials=(trial, lost)).to_plain())
    app.run()
    assert "Pause" not in labels(app)
    assert "1 diverged." in words(app)
    assert [place_of(app, head) for head in heads] == before


def test_the_test_rows_of_the_best_run_are_scored_once_they_are_asked_for(lab: Lab) -> None:
    sweep = ended(lab, "finished")
    (run,) = sweep.trials[0].runs
    app = opened_page("pages/search.py", SMALL)
    assert app.metric == []
    assert any("Once, at the end" in caption.value.replace("\\", "") for caption in app.caption)
    address = link(app)
    app.button(key="vary.score").click().run()
    assert not app.exception
    assert app.button(key="vary.score").disabled
    (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.kind == "score")
    assert job.run == run
    assert lab.store.jobs.claim(job, WORKER)
    do(lab.store, JOBS["score"], job.id, WORKER)
    app.run()
    score = now(lab.store, run).test
    validation, test = app.metric
    assert (validation.label, validation.value) == ("Validation loss, the best of 2", "0.4")
    assert (test.label, test.value) == ("Test loss, 24 rows", readable(score.loss))
    assert any("optimistic" in caption.value for caption in app.caption)
    assert "vary.score" not in [button.key for button in app.button]
    assert link(app) == address  # it is an act, not a state


def test_what_has_no_test_rows_or_is_somebody_elses_is_told(lab: Lab) -> None:
    sweep = ended(lab, "finished")
    (run,) = sweep.trials[0].runs
    lab.store.update(run, visitor="somebody")
    app = opened_page("pages/search.py", SMALL)
    assert app.button(key="vary.score").disabled
    assert any("Whoever began this search" in caption.value for caption in app.caption)


def test_junk_is_told_and_a_refusal_stands_beside_its_control(lab: Lab) -> None:
    app = opened_page("pages/search.py", {**SMALL, "sampler": "cma", "trial": "<b>"})
    assert "one of grid" in told(app)
    assert "a trial such as" in told(app)
    newest(app, "text_input", "search.x.values").set_value("1, 1").run()
    assert any("Learning rate was given 2 values" in error.value for error in app.error)
    assert any("each once" in error.value for error in app.error)
    assert link(app)["x.values"] == SMALL["x.values"]
    newest(app, "selectbox", "search.x").select("model.width").run()
    assert not app.exception
    assert link(app)["x"] == "model.width"


def test_what_waits_shows_its_place_in_the_queue(lab: Lab) -> None:
    for seed in range(2):
        lab.submit(quick({"budget.seed": seed}), visitor="somebody")
    waiting = lab.ask("vary", request=request(SMALL).to_plain())
    assert places(opened_page("pages/search.py", SMALL)) == ["Number 2 in the queue"]
    (job,) = (job for job in searches(lab) if job.id == waiting)
    assert lab.store.jobs.claim(job, WORKER)
    experiment = lab.store.create_experiment("Search: lr", "search", {})
    lab.store.create(quick(), experiment=experiment.id, role="grid 0, seed 0", visitor="somebody else")
    now = lab.job("vary", waiting)
    assert now is not None
    plain = Sweep(experiment=experiment.id).to_plain()
    lab.store.jobs.tell(now, status="running", sentence="0 of 2 trials have ended.", result=plain)
    assert places(opened_page("pages/search.py", SMALL)) == ["0 of 2 trials have ended. Number 2 in the queue."]
    assert places(opened_page("pages/search.py", {"part": "rates"})) == ["Number 3 in the queue"]


def places(app: Any) -> list[str]:
    return [each.proto.text.replace("\\", "").replace("\N{WORD JOINER}", "") for each in app.get("progress")]


RATES = {"data.name": "moons", "data.size": "120", "budget.epochs": "3", "lowest": "0.001", "highest": "1"}


def rate_request() -> RateRequest:
    return SearchCodec().read(RATES)[0].request


def found_rates() -> RateSearch:
    losses = tuple([0.7] * 5 + [0.7 - 0.02 * step for step in range(25)] + [0.2, 0.5, 2.0, 6.0, 9.0])
    rates = tuple(10 ** (-3 + 3 * step / len(losses)) for step in range(len(losses)))
    test = RangeTest(rates=rates, losses=losses, passes=2.0, most=1.0)
    return RateSearch(range_test=test, trials=(Tried(rate=1.0, losses=(0.7, 9.0), held=False),), rows=72)


def left_rates(lab: Lab, status: str, visitor: str = "", found: RateSearch | None = None) -> StoredJob:
    """A search for a rate, as a worker has left it."""
    found = found or found_rates()
    job = lab.job("rates", lab.ask("rates", request=rate_request().to_plain(), visitor=visitor))
    assert job is not None
    assert lab.store.jobs.claim(job, WORKER)
    claimed = lab.job("rates", job.id)
    assert claimed is not None
    lab.store.jobs.end(claimed, status, f"It is {status}.", result=found.to_plain())
    return claimed


@pytest.mark.parametrize("most", [8, 30])
def test_nothing_is_read_from_a_rate_that_is_still_raised(lab: Lab, most: int) -> None:
    """Of a part it would say what its end denies: that the loss hardly falls at any rate, or that it never breaks."""
    test = found_rates().range_test
    part = replace(test, rates=test.rates[:most], losses=test.losses[:most])
    left_rates(lab, "stopped", found=RateSearch(range_test=part))
    app = opened_page("pages/search.py", RATES)
    assert "What it suggests is read from the whole of it." in words(app)
    assert "Go on" in labels(app)
    assert not [label for label in labels(app) if label.startswith("Train at")]


def test_what_has_not_held_so_far_is_no_verdict_while_rates_are_left(lab: Lab) -> None:
    left_rates(lab, "stopped")
    app = opened_page("pages/search.py", RATES)
    assert "None has held so far, down to 1." in words(app)
    assert [label for label in labels(app) if label.startswith("Train at")], "raising it has come to its end"


def test_a_search_for_a_rate_goes_on_and_its_run_starts_with_one_press(lab: Lab) -> None:
    job = left_rates(lab, "interrupted", visitor="somebody@here")
    app = opened_page("pages/search.py", RATES)
    assert "It is interrupted." in told(app)
    start = next(each for each in app.button if each.label.startswith("Train at "))
    newest(app, "button", "search.begin").click().run()
    again = lab.job("rates", job.id)
    assert again is not None
    assert again.status == "queued"
    assert RateSearch.from_plain(again.result) == RateSearch.from_plain(found_rates().to_plain()), "what it has stays"
    assert not lab.store.runs()
    rate = float(start.label.removeprefix("Train at ").replace(",", ""))
    newest(app, "button", str(start.key)).click().run()
    assert not app.exception
    (run,) = lab.store.runs()
    assert run.config is not None
    assert run.status == "queued"
    assert run.visitor, "it is whose press it was"
    assert run.config.optimizer.lr == pytest.approx(rate, rel=0.1)
    assert link(app).get("run") == run.id, "its curve is shown where runs are"


@pytest.mark.parametrize(
    ("query", "limit", "at"),
    [
        ({**SMALL, "y": "budget.epochs", "y.low": "2", "y.high": "40"}, "EPOCHS", "vary"),
        ({**SMALL, "y": "data.size", "y.low": "20", "y.high": "400"}, "ROWS", "vary"),
        ({**RATES, "model.width": "64"}, "PARAMETERS", "rates"),
    ],
)
def test_what_goes_beyond_is_said_at_its_control(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], limit: str, at: str
) -> None:
    monkeypatch.setenv(f"DESCENT_LAB_MAX_{limit}", "20")
    app = opened_page("pages/search.py", query)
    beside = [warning.value.replace("\\", "") for warning in app.sidebar.warning]
    assert len(beside) == 1
    assert f"{limit.lower()}; this server takes up to 20" in beside[0]
    begin = newest(app, "button", "vary.begin" if at == "vary" else "search.begin")
    assert begin.disabled
    assert not lab.store.jobs.listed(("queued",))
    monkeypatch.setenv(f"DESCENT_LAB_MAX_{limit}", "100000")
    app.run()
    assert not list(app.sidebar.warning)
