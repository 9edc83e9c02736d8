"""The page of loss surfaces without a browser: presets, runs that are named, what is there and what is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import trainers.lab.lab
from tests.pages.opened_page import link, opened_page
from tests.trainers.labs import WORKER, quick, quiet_lab, work
from trainers.lab import surface_request
from trainers.lab.job_kinds import JOBS
from trainers.lab.lab import Lab
from trainers.lab.worker import do

POINTS = {"points": "17"}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two runs that were trained, one of them named by an enemy, and one that waits."""
    folder = tmp_path_factory.mktemp("surface")
    lab = quiet_lab(folder)
    lab.store.create(quick(), name="First")
    lab.store.create(quick({"budget.seed": 1}), name="<b>x</b> [y](http://z.example)")
    for run in lab.store.runs():
        work(lab.store, run.id)
    lab.store.create(quick({"budget.seed": 2}), name="Waits")
    for request in (
        surface_request(lab.store, _ids(lab)[:1], plane="random", resolution=17),
        surface_request(lab.store, _ids(lab)[:2], plane="line", resolution=17),
    ):
        id = lab.ask("surface", run=request.runs[0], request=request.to_plain())
        (job,) = (job for job in lab.store.jobs.listed(("queued",)) if job.id == id)
        assert lab.store.jobs.claim(job, WORKER)
        do(lab.store, JOBS[job.kind], id, WORKER)
    lab.store.close()
    return folder


def _ids(lab: Lab) -> tuple[str, ...]:
    return tuple(run.id for run in reversed(lab.store.runs()))


@pytest.fixture
def lab(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    shutil.copytree(seeded, tmp_path / "data")
    own = quiet_lab(tmp_path / "data")
    monkeypatch.setattr(trainers.lab.lab, "_made", own)
    yield own
    own.store.close()


def opened(query: dict[str, str]) -> AppTest:
    return opened_page("pages/surface.py", query)


def words(app: AppTest) -> str:
    kinds: list[Any] = [*app.caption, *app.info, *app.warning, *app.markdown]
    return "\n".join(each.value for each in kinds)


def groups(app: AppTest) -> list[str]:
    found: list[Any] = list(app.get("button_group"))
    return [group.label for group in found]


def waiting(lab: Lab) -> list[Any]:
    return [job for job in lab.store.jobs.listed(("queued",)) if job.kind == "surface"]


def test_what_was_drawn_is_there_at_once_with_its_sharpness(lab: Lab) -> None:
    app = opened({**POINTS, "runs": _ids(lab)[0]})
    assert len(app.get("plotly_chart")) == 1
    assert "1,218 weights" in words(app)
    assert "Lanczos" in words(app)
    assert waiting(lab) == []
    assert link(app) == {**POINTS, "runs": _ids(lab)[0]}


def test_a_line_has_its_curve_and_its_ways(lab: Lab) -> None:
    app = opened({**POINTS, "plane": "line", "runs": "-".join(_ids(lab)[:2])})
    assert len(app.get("plotly_chart")) == 2
    assert "The straight line" in words(app)
    # A line has one picture, whichever way planes are looked at.
    assert "View" not in groups(app)
    assert "View" in groups(opened({**POINTS, "runs": _ids(lab)[0]}))


def test_what_nobody_has_drawn_is_asked_for_once_by_itself(lab: Lab) -> None:
    first, second, _ = _ids(lab)
    for _ in range(2):
        app = opened({**POINTS, "runs": f"{first}-{second}"})
        (job,) = waiting(lab)
        assert job.run == second
        assert job.request["resolution"] == 17
        assert [each.key for each in app.get("plotly_chart")] == [
            "picture.surface-scale",
            "picture.surface0",
        ]  # no more
        assert not app.info


def test_what_cannot_be_drawn_says_why(lab: Lab) -> None:
    first, _, waits = _ids(lab)
    app = opened({**POINTS, "runs": waits})
    assert "0 of 1 are done" in str(app.get("progress")[0].proto)
    (told,) = (info.value for info in app.info)
    assert "First one run is trained" in told
    assert "up to 17 \N{MULTIPLICATION SIGN} 17 points" in told
    (told,) = (info.value for info in opened({**POINTS, "plane": "line", "runs": f"{waits}-{first}"}).info)
    assert "up to 17 points of the line" in told
    assert "no such run" in words(opened({**POINTS, "runs": "gone"}))
    assert "takes 2 runs" in words(opened({**POINTS, "runs": first, "plane": "curve"}))
    assert "takes 3 runs" in words(opened({**POINTS, "runs": first, "plane": "three"}))


def test_a_bare_page_trains_the_runs_of_its_preset(lab: Lab) -> None:
    before = {run.id for run in lab.store.runs()}
    assert "0 of 3 are done. Number 2 in the queue" in str(opened({}).get("progress")[0].proto).replace("\\", "")
    made = [run for run in lab.store.runs() if run.id not in before]
    assert sorted(run.role for run in made) == ["20 plain", "20 residual", "5 plain"]
    opened({})
    assert len(lab.store.runs()) == len(before) + 3  # nobody trains them twice
