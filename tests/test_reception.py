"""The way in for watched trainings, over the wire: who is let in, what is refused, a lab that goes and comes back."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reception import Bucket
from tests.browser.app_server import ROOT, free_port, serve
from tests.trainers.labs import until
from trainers.store.store import Store
from trainers.watch import PATH, Watch
from trainers.watched import MAX_BODY

TOKEN = "a-token-for-tests-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"}
BODY = '{"watch":1,"run":"AbCdEf1234","name":"mine"}\n{"epoch":1,"step":1,"train_loss":0.5}\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "server.log"
    with serve(ROOT / "server.py", log, folder, DESCENT_LAB_WATCH_TOKEN=TOKEN) as url:
        yield url.removeprefix("http://")


def post(address: str, body: str | bytes = BODY, method: str = "POST", **headers: str | None) -> tuple[int, Any]:
    """Status and answer. headers: with _ for -, None leaves one out."""
    sent: dict[str, str | None] = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request(method, PATH, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content.startswith(b"{") else content.decode()
    finally:
        connection.close()


def test_a_bucket_runs_dry_and_fills_again():
    bucket = Bucket(rate=1000, most=3)
    assert [bucket.take() for _ in range(3)] == [True] * 3
    bucket.rate = 0
    bucket.left = 0
    assert not bucket.take()
    bucket.rate = 1e9
    assert bucket.take()


def test_whoever_has_the_token_is_let_in(address: str, folder: Path):
    assert post(address) == (200, {"run": "AbCdEf1234", "status": "running"})
    store = Store.open(folder=folder)
    run = store.run("AbCdEf1234")
    store.close()
    assert run is not None
    assert run.watched


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({"Authorization": None}, 401, "DESCENT_LAB_WATCH_TOKEN"),
        ({"Authorization": "Bearer wrong"}, 401, "DESCENT_LAB_WATCH_TOKEN"),
        ({"Authorization": f"Bearer {TOKEN[:-1]}"}, 401, "DESCENT_LAB_WATCH_TOKEN"),
        ({"Authorization": f"Basic {TOKEN}"}, 401, "DESCENT_LAB_WATCH_TOKEN"),
        ({"Authorization": "Bearer \xe4"}, 401, "DESCENT_LAB_WATCH_TOKEN"),
        ({"Origin": "https://evil.example"}, 403, "web pages"),
        ({"Origin": "null"}, 403, "web pages"),
        ({"Sec_Fetch_Site": "cross-site"}, 403, "web pages"),
        ({"Content_Type": "text/plain"}, 415, "application/x-ndjson"),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "application/x-ndjson"),
    ],
)
def test_whoever_has_not_is_refused_with_a_sentence(address: str, headers: dict[str, Any], status: int, says: str):
    code, answer = post(address, **headers)
    assert code == status
    assert says in answer["error"]


def test_a_name_that_is_not_ours_is_refused(address: str):
    assert post(address, Host="evil.example")[0] == 403


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "DELETE"])
def test_there_is_nothing_but_posts(address: str, method: str):
    assert post(address, method=method)[0] == 405


@pytest.mark.parametrize(
    "body", ["", "{", b"\xff\xfe", "[" * 200_000, '{"watch":1,"run":"../../../../"}', BODY.replace("0.5", "NaN")]
)
def test_hostile_posts_are_refused_with_a_sentence(address: str, body: str | bytes):
    code, answer = post(address, body)
    assert code == 400
    assert 10 < len(answer["error"]) < 400


def test_a_post_that_is_too_long_is_refused_before_it_is_read(address: str):
    assert post(address, "x" * (MAX_BODY + 1))[0] == 413
    connection = http.client.HTTPConnection(address, timeout=60)
    try:  # one that does not say how long it is
        connection.putrequest("POST", PATH)
        for name, value in {**HEADERS, "Transfer-Encoding": "chunked"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        for _ in range(MAX_BODY // 0x10000 + 1):
            connection.send(chunk)
        connection.send(b"0\r\n\r\n")
        assert connection.getresponse().status == 413
    finally:
        connection.close()


def test_without_a_token_of_its_own_a_lab_lets_nobody_in(monkeypatch: pytest.MonkeyPatch):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from reception import ROUTES

    monkeypatch.delenv("DESCENT_LAB_WATCH_TOKEN", raising=False)
    answer = TestClient(Starlette(routes=ROUTES)).post(
        PATH, content=BODY, headers={**HEADERS, "Authorization": "Bearer "}
    )
    assert answer.status_code == 403
    assert "DESCENT_LAB_WATCH_TOKEN" in answer.json()["error"]


FIVE_LINES = """
import torch
from trainers.watch import Watch

torch.manual_seed(0)
inputs, targets = torch.randn(256, 4), torch.randn(256, 1)
model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
with Watch("http://ADDRESS", model, optimizer, name="five lines", overhead=1) as watch:
    for epoch in range(1, 21):
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        watch.report(epoch=epoch, train_loss=loss, val_loss=1.1 * loss)
print(watch.run)
"""


def test_five_lines_in_a_loop_of_ones_own_make_a_run_of_the_lab(address: str, folder: Path, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FIVE_LINES.replace("ADDRESS", address)],
        env={"PYTHONPATH": str(ROOT), "DESCENT_LAB_WATCH_TOKEN": TOKEN, "XDG_CACHE_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    store = Store.open(folder=folder)
    run, reports = store.run(done.stdout.strip()), store.reports(done.stdout.strip())
    store.close()
    assert run is not None
    assert (run.name, run.status, run.parameters) == ("five lines", "finished", 4 * 16 + 16 + 16 + 1)
    assert [report.epoch for _, report in reports] == list(range(1, 21))
    assert any(report.internals is not None for _, report in reports)
    assert run.findings
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_lab_that_is_killed_while_a_run_reports_misses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    port, folder, log = free_port(), tmp_path / "data", tmp_path / "server.log"
    lab = f"http://127.0.0.1:{port}"

    def told() -> list[float]:
        store = Store.open(folder=folder)
        try:
            return [report.epoch for _, report in store.reports(watch.run)]
        finally:
            store.close()

    watch = Watch(lab, name="mine", token=TOKEN, spool=tmp_path / "spool")
    watch.report(epoch=1, train_loss=1.0)  # nobody is there yet
    until(lambda: list((tmp_path / "spool").glob("*.jsonl")))
    with serve(ROOT / "server.py", log, folder, port=port, kill=True, DESCENT_LAB_WATCH_TOKEN=TOKEN):
        watch.report(epoch=2, train_loss=0.5)
        until(lambda: told() == [1.0, 2.0])
    for epoch in range(3, 40):  # it is gone
        watch.report(epoch=epoch, train_loss=1 / epoch)
    until(lambda: list((tmp_path / "spool").glob("*.jsonl")))
    with serve(ROOT / "server.py", log, folder, port=port, DESCENT_LAB_WATCH_TOKEN=TOKEN):
        watch.report(epoch=40, train_loss=0.01)
        until(lambda: told() == list(range(1, 41)))
        watch.finish()
        store = Store.open(folder=folder)
        run = store.run(watch.run)
        store.close()
        assert run is not None
        assert (run.status, run.epoch) == ("finished", 40.0)
    assert not list((tmp_path / "spool").glob("*.jsonl"))
    assert len([record for record in caplog.records if record.name == "trainers.watch"]) == 1
