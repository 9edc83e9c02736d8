"""Run in a copy of the project with made-up definitions: opens every page, exports everything, trains once.

What is not as it should be ends it with an exception. The data folder is the first argument.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from streamlit.testing.v1 import AppTest

from experiments.race import finished_race, race_from_query, race_link
from exports import (
    configs_json,
    paths_csv,
    python_script,
    reports_csv,
    rule_code,
    script,
    scripts_file,
    standalone_html,
)
from figures.race import player_payload, race_gif, race_png, race_svg
from trainers import History, diagnose, train
from trainers.lab.lab import the_lab
from trainers.presets import PRESETS

RACE = {"surface": "trough", "o1": "signum", "o1.lr": "0.02", "o1.schedule": "halved", "steps": "40"}


def opened(page: str, query: dict[str, str]) -> AppTest:
    app = AppTest.from_file(Path("app.py").resolve(), default_timeout=300)
    app.switch_page(page)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, (page, app.exception)
    assert not [box.value for box in app.warning], (page, [box.value for box in app.warning])
    assert not [box.value for box in app.error], (page, [box.value for box in app.error])
    return app


def pages() -> None:
    opened("pages/home.py", {})
    opened("pages/descent.py", RACE)
    opened("pages/activations.py", {"n": "1", "f1": "leaning"})
    opened("pages/initialization.py", {"n": "1", "s1.activation": "leaning", "s1.initializer": "thirds", "width": "32"})
    effect = {"part": "effect", "activation": "leaning", "initializer": "thirds", "width": "32"}
    opened("pages/normalization.py", effect)
    assert opened("pages/extra.py", {"count": "5"}).session_state.count == 5
    opened("pages/runs.py", {})


def race() -> None:
    chosen, problems = race_from_query(RACE)
    assert not problems
    assert dict(race_link(chosen)) == RACE
    result = finished_race(chosen).result
    assert all(each.sentence for each in finished_race(chosen).reports)
    assert "Trough" in standalone_html(player_payload(result), "Trough")
    assert "Signum" in race_svg(result, width=600, height=400, dark=False)
    assert race_png(result, width=300, height=200, dark=True)
    assert race_gif(result, dark=False)
    assert "Signum" in paths_csv(result)
    assert "sign" in str(rule_code(result.lanes[0].trajectory.optimizer))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "race.py")
        file.write_text(python_script(result), encoding="utf-8")
        told = subprocess.run([sys.executable, "-I", str(file)], cwd=folder, capture_output=True, text=True, check=True)
    ends = [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", told.stdout)]
    for end in result.lanes[0].trajectory.points[-1]:
        assert any(abs(end - number) <= 1e-5 * abs(end) for number in ends), told.stdout


def training() -> None:
    config = PRESETS["climb"].configs()[0][1]
    reports: list = []
    train(config, report=reports.extend, threads=1)
    first = diagnose(History.from_reports(reports, config=config))[0]
    assert first.kind == "steep", first
    assert first.remedies
    text = script(config)
    assert "_stairs" in text
    lab = the_lab()
    run = lab.store.create(config, name="Climb", status="finished")
    lab.store.add_reports(run.id, reports)
    lab.store.update(run.id, findings=(first,))
    stored = lab.store.run(run.id)
    assert stored is not None
    assert reports_csv([(stored, lab.store.reports(run.id))])
    assert configs_json([stored])
    assert "_stairs" in str(scripts_file([stored]))
    app = opened("pages/training.py", config.to_query() | {"run": run.id})
    assert "Steep" in " ".join(part.proto.body for part in app.get("html"))
    lab.close()


if __name__ == "__main__":
    for part in {"pages": (pages,), "race": (race,), "training": (training,)}[sys.argv[1]]:
        part()
