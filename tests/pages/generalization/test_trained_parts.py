"""Augmentation and penalties without a browser: trained once, shown to all, stopped and gone on with; true presets."""

from __future__ import annotations

import html
import re

import pytest
from streamlit.testing.v1 import AppTest

from experiments.generalization import CODEC, PENALTIES, PRESETS, penalized
from tests.pages.opened_page import link, newest, opened_page, told
from tests.trainers.labs import WORKER
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab
from trainers.lab.worker import do


def opened(**query: str) -> AppTest:
    app = opened_page("pages/generalization.py", query)
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """What a person reads: without the marks that keep text from being Markdown."""
    text = "\n".join(each.value for each in (*app.markdown, *app.caption, *app.info))
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\N{WORD JOINER}", "")


def work_off(lab: Lab) -> None:
    """All that waits; one worker may take several together."""
    while waiting := lab.store.jobs.listed(("queued",)):
        job = waiting[0]
        assert lab.store.jobs.claim(job, WORKER)
        do(lab.store, JOBS[job.kind], job.id, WORKER)


def losses(app: AppTest) -> dict[str, float]:
    """The validation loss at the end by the name of the penalty, from the table."""
    table = "".join(each.proto.body for each in app.get("html") if "dl-table" in each.proto.body)
    rows = re.findall(r'<th scope="row">([^<]+)</th><td[^>]*>[^<]+</td><td[^>]*>([\d.,]+)</td>', table)
    return {html.unescape(name): float(loss.replace(",", "")) for name, loss in rows}


def test_penalties_are_trained_together_once_and_all_help(lab: Lab) -> None:
    opened(part="penalties")
    assert len(lab.store.jobs.listed(("queued",))) == 8
    opened(part="penalties")
    assert len(lab.store.jobs.listed(("queued",))) == 8  # once for everybody
    work_off(lab)
    app = opened(part="penalties")
    found = losses(app)
    assert list(found) == [PENALTIES[name] for name, _ in penalized(CODEC.read({"part": "penalties"})[0])]
    plain = found.pop(PENALTIES["none"])
    assert all(loss < 0.75 * plain for loss in found.values())  # what the preset says
    assert "7 of 7 penalties end with a lower validation loss" in words(app)
    shares = re.search(r"weights, ([\d.]+) %, are exactly zero. By the sign in the gradient: 0;", words(app))
    assert shares is not None
    assert float(shares[1]) > 90
    fewer = opened(**PRESETS["sparse"].query)  # those two have been trained with the others
    assert not lab.store.jobs.listed(("queued",))
    assert set(losses(fewer)) == {PENALTIES[name] for name in ("none", "l1", "l1_sign")}


def test_on_a_line_three_penalties_leave_one_weight(lab: Lab) -> None:
    opened(**PRESETS["one_penalty"].query)
    work_off(lab)
    said = re.search(
        r"([\d.]+) with L2 of λ = 2.², ([\d.]+) with the Jacobian penalty, ([\d.]+) with noise",
        words(opened(**PRESETS["one_penalty"].query)),
    )
    assert said is not None
    l2, jacobian, noise = map(float, said.groups())
    assert jacobian == pytest.approx(l2, rel=1e-3)
    assert noise == pytest.approx(l2, rel=0.05)


def test_on_a_curve_every_penalty_of_the_preset_helps(lab: Lab) -> None:
    opened(**PRESETS["curve"].query)
    work_off(lab)
    found = losses(opened(**PRESETS["curve"].query))
    plain = found.pop(PENALTIES["none"])
    assert len(found) == 5
    assert all(loss < 0.9 * plain for loss in found.values())


def test_what_is_no_preset_waits_for_a_button(lab: Lab) -> None:
    app = opened(part="penalties", penalties="l2", seed="3")
    assert not lab.store.jobs.listed(("queued",))
    newest(app, "button", "generalization.train").click().run()
    assert len(lab.store.jobs.listed(("queued",))) == 2


def test_stopped_runs_are_left_until_somebody_goes_on(lab: Lab) -> None:
    app = opened(**PRESETS["sparse"].query)
    newest(app, "button", "generalization.stop").click().run()
    assert not lab.store.jobs.listed(("queued",))
    app.run()
    assert not lab.store.jobs.listed(("queued",))
    button = newest(app, "button", "generalization.train")
    assert button.label == "Go on"
    button.click().run()
    waiting = lab.store.jobs.listed(("queued",))
    assert len(waiting) == 3


def test_runs_that_somebody_else_has_begun_are_watched_and_not_stopped(lab: Lab) -> None:
    opened(**PRESETS["sparse"].query)
    for job in lab.store.jobs.listed(("queued",)):
        lab.store.update(job.id, visitor="b" * 16 + "@here")
    app = opened(**PRESETS["sparse"].query)
    assert "generalization.stop" not in [button.key for button in app.button]
    assert "Somebody else has begun them" in words(app)


def test_runs_that_a_killed_worker_left_go_on_as_the_same_runs(lab: Lab) -> None:
    opened(**PRESETS["sparse"].query)
    runs = [job.id for job in lab.store.jobs.listed(("queued",))]
    for id in runs:
        assert lab.store.claim(id, WORKER)
        lab.store.update(id, status="interrupted", sentence="The worker was killed.")
    opened(**PRESETS["sparse"].query)
    assert sorted(job.id for job in lab.store.jobs.listed(("queued",))) == sorted(runs)


def test_what_fails_is_not_tried_again_and_again(lab: Lab) -> None:
    opened(**PRESETS["sparse"].query)
    for job in lab.store.jobs.listed(("queued",)):
        assert lab.store.claim(job.id, WORKER)
        lab.store.update(job.id, status="failed", sentence="It is broken.")
    app = opened(**PRESETS["sparse"].query)
    assert not lab.store.jobs.listed(("queued",))
    assert "It is broken." in told(app)
    newest(app, "button", "generalization.train").click().run()
    assert len(lab.store.jobs.listed(("queued",))) == 3


def test_choosing_penalties_sets_the_link(lab: Lab) -> None:
    app = opened(part="penalties", penalties="l2", seed="1")
    newest(app, "button_group", "generalization.penalties").set_value(["jacobian", "l2"]).run()
    assert not app.exception
    assert link(app) == {"part": "penalties", "penalties": "l2,jacobian", "seed": "1"}
    newest(app, "button_group", "generalization.penalties").set_value([]).run()
    assert link(app)["penalties"] == ""
    assert "Choose penalties at the side" in words(app)


def test_augmentation_shows_images_trains_two_runs_and_helps(lab: Lab) -> None:
    app = opened(part="augmentation")
    assert "would you still give every image the name at its left?" in words(app)
    assert len(lab.store.jobs.listed(("queued",))) == 2
    work_off(lab)
    app = opened(part="augmentation")
    said = re.search(r"Validation accuracy ([\d.]+) % with augmentation, ([\d.]+) % without", words(app))
    assert said is not None
    assert float(said[1]) > float(said[2])  # what the preset says
    newest(app, "button", "generalization.draw_again").click().run()
    assert link(app) == {"part": "augmentation", "draw": "1"}
    assert not lab.store.jobs.listed(("queued",))  # another draw of the grid is no other run


def test_without_augmentation_there_is_nothing_to_compare(lab: Lab) -> None:
    app = opened(part="augmentation", rotation="0", crop="0")
    assert "Nothing is augmented" in words(app)
    assert not lab.store.jobs.listed(("queued",))


def test_images_that_are_not_here_are_said_and_nothing_is_fetched(lab: Lab) -> None:
    app = opened(part="augmentation", images="cifar10")
    assert "is not on this machine yet" in told(app)
    assert not lab.store.jobs.listed(("queued",))


def test_junk_is_named(lab: Lab) -> None:
    app = opened(part="augmentation", rotation="400", policy="mine", images="cats")
    for name in ("rotation was given '400'", "policy was given 'mine'", "images was given 'cats'"):
        assert name in told(app)
    assert "penalties was given" in told(opened(part="penalties", penalties="l3", on="line", seed="5"))
