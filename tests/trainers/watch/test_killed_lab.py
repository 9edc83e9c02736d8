"""A lab that is killed while a training reports to it: the training goes on, and in the end nothing is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.app_server import ROOT, free_port, serve
from tests.trainers.labs import until
from trainers.store import Store
from trainers.watch import Watch

TOKEN = "a-token-for-tests-0123456789"


def test_a_lab_killed_while_a_run_reports_has_every_report_once_in_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    port, data, spool = free_port(), tmp_path / "data", tmp_path / "spool"

    def epochs() -> list[float]:
        return [report.epoch for _, report in store.reports(watch.run)]

    def told(first: int, last: int) -> None:
        for epoch in range(first, last + 1):
            watch.report(epoch=epoch, train_loss=1 / epoch, val_loss=0.2 + 1 / epoch)

    server = ROOT / "server.py"
    with serve(server, tmp_path / "1.log", data, port=port, kill=True, DESCENT_LAB_WATCH_TOKEN=TOKEN) as url:
        watch = Watch(url, name="Outlives its lab", token=TOKEN, spool=spool)
        store = Store.open(folder=data)
        told(1, 5)
        until(lambda: len(epochs()) == 5)
        told(6, 6)  # may be on its way when the lab is killed
    told(7, 12)
    until(lambda: str(spool) in caplog.text)  # it is said once where reports wait
    with serve(server, tmp_path / "2.log", data, port=port, DESCENT_LAB_WATCH_TOKEN=TOKEN):
        told(13, 15)
        watch.finish()
        until(lambda: len(epochs()) == 15)
        assert epochs() == list(range(1, 16))
        until(lambda: getattr(store.run(watch.run), "status", "") == "finished")
        store.close()
    assert not list(spool.iterdir())
