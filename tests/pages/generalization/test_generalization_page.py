"""The page of generalization without a browser: first paint, presets, parts, junk."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from experiments.generalization import PARTS, PRESETS
from tests.pages.opened_page import link, newest, opened_page, told
from tests.trainers.labs import WORKER, quick
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab
from trainers.lab.worker import do


def opened(query: dict[str, str] | None = None) -> AppTest:
    return opened_page("pages/generalization.py", query)


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption))


def test_it_opens_with_a_model_that_is_too_simple() -> None:
    app = opened()
    assert "Degree 3: bias² 0.132 + variance" in words(app)
    assert "bias: a richer model helps" in words(app)
    assert link(app) == {}
    assert not app.warning


@pytest.mark.parametrize("key", PRESETS)
def test_choosing_a_preset_sets_the_link_and_shows_what_to_look_for(key: str, lab: Lab) -> None:
    app = opened({"seed": "1"})
    newest(app, "selectbox", "generalization.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]


def test_parts_follow_each_other_and_keep_the_truth(lab: Lab) -> None:
    app = opened({"truth": "bump"})
    for part in (*list(PARTS)[1:], "tradeoff"):
        newest(app, "segmented_control", "generalization.part").set_value(part).run()
        assert not app.exception
    assert link(app).get("truth", "sine") in ("bump", "sine")


def test_a_share_kept_is_one_less_the_share_dropped() -> None:
    app = opened({"part": "dropout", "say": "keep"})
    newest(app, "select_slider", "generalization.drop").set_value(0.5).run()
    assert not app.exception
    assert link(app) == {"part": "dropout", "say": "keep", "drop": "0.5"}
    assert "q = 0.5 is dropped, p = 0.5 kept" in words(app)


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened({"part": "capacity", "functions": "0", "rows": "1e9", "truth": "flat", "ridge": "0.001", "q": "1"})
    text = told(app)
    for name in ("functions was given '0'", "rows was given '1e9'", "truth was given 'flat'", "'q'"):
        assert name in text
    assert link(app) == {"part": "capacity", "ridge": "0.001"}


def work_off(lab: Lab) -> None:
    for job in lab.store.jobs.listed(("queued",)):
        assert lab.store.jobs.claim(job, WORKER)
        do(lab.store, JOBS[job.kind], job.id, WORKER)


def test_the_networks_of_an_ensemble_are_trained_once_asked_and_shown(lab: Lab) -> None:
    app = opened({"part": "ensemble", "members": "checkpoints"})
    assert not app.exception
    assert len(lab.store.jobs.listed(("queued",))) == 1
    opened({"part": "ensemble", "members": "checkpoints"})
    assert len(lab.store.jobs.listed(("queued",))) == 1  # trained once for everybody
    work_off(lab)
    opened({"part": "ensemble", "members": "checkpoints"})
    (asked,) = lab.store.jobs.listed(("queued",))
    assert asked.kind == "ensemble"
    work_off(lab)
    app = opened({"part": "ensemble", "members": "checkpoints"})
    assert not app.exception
    assert "networks has a validation loss of" in words(app)
    assert "One network with the mean of their weights" in words(app)


def test_runs_that_are_gone_are_told(lab: Lab) -> None:
    app = opened({"part": "ensemble", "runs": "nobody,nowhere"})
    assert not app.exception
    assert "2 of 2 runs are gone" in told(app)
    assert not lab.store.jobs.listed(("queued",))
    assert "runs was given" in told(opened({"part": "ensemble", "runs": "a b;c"}))


def test_runs_that_cannot_speak_together_are_told_why_and_asked_once(lab: Lab) -> None:
    ids = [lab.submit(quick({"budget.epochs": 2, "data.seed": seed})) for seed in (1, 2)]
    work_off(lab)
    app = opened({"part": "ensemble", "runs": ",".join(ids)})
    assert "has other data than" in told(app)
    app.run()
    assert "has other data than" in told(app)
    assert not lab.store.jobs.listed(("queued",))
