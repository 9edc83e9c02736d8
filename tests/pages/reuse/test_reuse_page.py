"""The page of reuse without a browser: begun by a preset, asked for else, what is there, and what was broken off."""

from __future__ import annotations

import pytest

from experiments.reuse import CODEC, request_of
from pages.parts.reuse.script import study_script
from tests.pages.opened_page import link, opened_page, told
from tests.trainers.labs import WORKER, quick
from trainers.lab import study_job
from trainers.lab.job_kinds import TRAIN
from trainers.lab.jobs.transferring import _key
from trainers.lab.lab import Lab
from trainers.lab.worker import do
from trainers.transfers import Curve, Study

PAGE = "pages/reuse.py"


def made(lab: Lab, query: dict[str, str], status: str, *, whole: bool | None = True) -> str:
    """A study that stands in the store, as if a worker had done it. whole: None, where nothing has come of it."""
    request = request_of(CODEC.read(query)[0])
    both = Curve(losses=((2.0, 1.0), (2.0, 0.5)), scores=((0.1, 0.8), (0.2, 0.9)), agreement=(0.5, -0.5))
    keys = request.keys() if whole else [] if whole is None else request.keys()[:5]
    study = Study(epochs=(0, 1), total=len(request.keys()), curves=dict.fromkeys(keys, both))
    id = lab.ask("transfer", request=request.to_plain())
    (job,) = lab.store.jobs.listed(("queued",))
    claimed = lab.store.jobs.claim(job, WORKER)
    assert claimed
    now = lab.store.jobs.one("transfer", id)
    assert now is not None
    lab.store.jobs.end(now, status, "It ended.", result=study.to_plain())
    lab.store.remember(_key(request), {"job": id})
    return id


def texts(app) -> str:
    return " ".join(each.value for each in [*app.markdown, *app.caption, *app.info])


def test_a_preset_begins_by_itself_and_anything_else_is_asked_for(lab: Lab) -> None:
    app = opened_page(PAGE)
    assert link(app) == {}
    (job,) = lab.store.jobs.listed(("queued",))
    assert job.request == request_of(CODEC.read({})[0]).to_plain()
    assert "The first networks are on their way." in texts(app)
    other = opened_page(PAGE, {"seeds": "2", "pair": "noisy"})
    assert "50 small networks" in texts(other)
    other.button(key="reuse.begin").click().run()
    assert not other.exception
    assert len(lab.store.jobs.listed(("queued",))) == 2


@pytest.mark.parametrize(
    ("query", "word"),
    [({}, "With 20 rows the least validation loss"), ({"part": "tasks"}, "with a network of its own")],
)
def test_what_is_known_is_shown_at_once(lab: Lab, query: dict[str, str], word: str) -> None:
    made(lab, query, "finished")
    app = opened_page(PAGE, query)
    assert word in texts(app)
    assert not app.info
    assert [button.key for button in app.button if button.key == "reuse.on"] == []


def test_what_was_broken_off_shows_what_there_is_and_goes_on(lab: Lab) -> None:
    id = made(lab, {}, "stopped", whole=False)
    app = opened_page(PAGE, {"rows": "10"})
    assert "With 10 rows the least validation loss" in texts(app)
    app.button(key="reuse.on").click().run()
    job = study_job(lab.store, request_of(CODEC.read({})[0]))
    assert job is not None
    assert (job.id, job.status) == (id, "queued")


@pytest.mark.parametrize("status", ["stopped", "interrupted"])
def test_what_others_left_before_anything_came_of_it_says_what_it_is(lab: Lab, status: str) -> None:
    made(lab, {}, status, whole=None)
    app = opened_page(PAGE)
    assert "No network is trained yet" in texts(app)
    assert "75 small networks are trained" in texts(app)
    assert "on their way" not in texts(app)
    app.button(key="reuse.on").click().run()
    assert "The first networks are on their way." in texts(app)
    assert "No network is trained yet" not in texts(app)


def test_who_has_stopped_it_sees_when_somebody_else_begins_it(lab: Lab) -> None:
    app = opened_page(PAGE)
    app.button(key="reuse.stop").click().run()
    app.run()
    assert "No network is trained yet" in texts(app)
    lab.store.remember(
        _key(request_of(CODEC.read({})[0])),
        {"job": lab.ask("transfer", request=request_of(CODEC.read({})[0]).to_plain(), visitor="b" * 16 + "@here")},
    )
    app.run()
    assert "No network is trained yet" not in texts(app)
    assert "The first networks are on their way." in texts(app)


def test_what_somebody_else_has_begun_is_watched(lab: Lab) -> None:
    asked = request_of(CODEC.read({"seeds": "2"})[0])
    id = lab.ask("transfer", request=asked.to_plain(), visitor="b" * 16 + "@here")
    lab.store.remember(_key(asked), {"job": id})
    app = opened_page(PAGE, {"seeds": "2"})
    assert not {"reuse.pause", "reuse.stop"} & {button.key for button in app.button}
    assert "Somebody else has begun this; you may watch." in [caption.value for caption in app.caption]


def test_one_that_waits_tells_its_place(lab: Lab) -> None:
    lab.ask("transfer", request=request_of(CODEC.read({"seeds": "2"})[0]).to_plain(), visitor="anna")
    app = opened_page(PAGE)
    (bar,) = app.get("progress")
    assert bar.proto.text == "Number 2 in the queue"


def test_junk_in_the_link_is_told(lab: Lab) -> None:
    app = opened_page(PAGE, {"pair": "nowhere", "factor": "9", "seeds": "2"})
    assert "pair" in told(app)
    assert link(app) == {"seeds": "2"}


def test_a_network_of_torchvision_is_not_offered_without_it_and_its_link_says_what_to_install(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.transfers.pretrained_request.find_spec", lambda name: None)
    app = opened_page(PAGE, {"source": "imagenet"})
    assert "pip install torchvision" in " ".join(each.value for each in app.warning)
    assert not [button for button in app.button if button.key == "reuse.begin"]
    usual = opened_page(PAGE, {"seeds": "2"})
    assert "pip install torchvision" in texts(usual)
    (source,) = (box for box in usual.selectbox if box.label == "What was learned first")
    assert source.options == ["another task", "a run of the lab"]
    monkeypatch.setattr("trainers.transfers.pretrained_request.find_spec", lambda name: object())
    there = opened_page(PAGE, {"source": "imagenet"})
    assert "MobileNet v3, small is trained 15 times" in texts(there)
    assert "pip install" not in texts(there)


def test_a_run_is_named_by_the_link_and_where_it_does_not_fit_that_is_said(lab: Lab) -> None:
    app = opened_page(PAGE, {"source": "run"})
    assert "Choose a run in the sidebar" in texts(app)
    assert "You have no run yet" in texts(app)
    id = lab.submit(quick({"model.widths": "6-5"}))
    assert lab.store.claim(id, WORKER)
    do(lab.store, TRAIN, id, WORKER)
    app = opened_page(PAGE, {"source": "run", "run": id, "target": "circles"})
    assert "75 networks like that of the run" in texts(app)
    assert "It fits moons turned by 30°, circles." in texts(app)
    app.button(key="reuse.begin").click().run()
    (job,) = lab.store.jobs.listed(("queued",))
    assert job.request["run"] == id
    wrong = opened_page(PAGE, {"source": "run", "run": id})
    (why,) = (each.value.replace("\\", "") for each in wrong.warning)
    assert "samples differ: 2 numbers there, 1 x 8 x 8 here" in why
    gone = opened_page(PAGE, {"source": "run", "run": "nobody"})
    assert "is gone" in " ".join(each.value for each in gone.warning)
    for values in ({"source": "run", "run": id, "target": "circles"}, {"source": "run", "run": "nobody"}):
        text = study_script(CODEC.read(values)[0])
        assert (f"run-{id}.safetensors" in text) or text.startswith("# There is no script: The run")
