"""A training that is watched: what is told of it, that it goes on whatever becomes of the lab, and what that costs."""

from __future__ import annotations

import copy
import io
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from trainers.watch import Watch
from trainers.watch.delivery import Away, Delivery, FilePlace, LabPlace, Refused, Spool
from trainers.watch.lines import line, number
from trainers.watch.measuring import Account, Inside

ROOT = Path(__file__).resolve().parents[3]


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.Sigmoid(), nn.Linear(8, 1))


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 3) -> float:
    generator = torch.Generator().manual_seed(1)
    loss = torch.zeros(())
    for _ in range(steps):
        loss = model(torch.randn(32, 4, generator=generator)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


class Lab:
    """Stands in for a place: keeps what arrives, or fails as it is told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.lines, self.posts = error, [], 0

    def put(self, head: dict[str, Any], lines: Sequence[str]) -> None:
        self.posts += 1
        if self.error is not None:
            raise self.error
        self.lines += [json.loads(each) for each in lines]


def test_importing_it_loads_the_standard_library_alone():
    code = (
        "import sys\nfrom trainers.watch import Watch\n"
        "print(*{name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {name for name in done.stdout.split() if name[0] != "_"} - {"faces", "trainers"}


def test_a_file_says_which_training_it_is_then_reports_then_how_it_ended(tmp_path: Path):
    with Watch(tmp_path / "a.jsonl", name="mine") as watch:
        for epoch in (1, 2):
            watch.report(epoch=epoch, train_loss=torch.tensor(0.5 / epoch), val_loss=1.0, val_metric=0.75, lr=0.1)
    head, first, second, end = told(tmp_path / "a.jsonl")
    assert (head["watch"], head["run"], head["name"]) == (1, watch.run, "mine")
    assert first == {
        **first,
        "epoch": 1.0,
        "step": 1,
        "train_loss": 0.5,
        "val_loss": 1.0,
        "val_metric": 0.75,
        "lr": 0.1,
    }
    assert second["train_loss"] == 0.25
    assert end == {"ended": "finished"}


def test_a_report_without_a_place_adds_to_the_mean_of_the_next_epoch(tmp_path: Path):
    with Watch(tmp_path / "a.jsonl", overhead=1.0) as watch:
        for loss in (1.0, 2.0, 6.0):
            watch.report(train_loss=loss)
        watch.report(epoch=1, val_loss=4.0)
    report = told(tmp_path / "a.jsonl")[1]
    assert (report["train_loss"], report["val_loss"], report["epoch"]) == (3.0, 4.0, 1.0)


def test_two_reports_of_one_epoch_complete_each_other(tmp_path: Path):
    with Watch(tmp_path / "a.jsonl") as watch:
        watch.report(epoch=1, train_loss=0.5)
        watch.report(epoch=1, val_loss=0.75)
        watch.report(epoch=2, train_loss=0.25)
    _, _, both, after, _ = told(tmp_path / "a.jsonl")
    assert (both["step"], both["train_loss"], both["val_loss"]) == (1, 0.5, 0.75)
    assert after["step"] > both["step"]
    assert "val_loss" not in after


def test_by_step_what_comes_fast_is_told_as_its_mean_and_nothing_is_left_out(tmp_path: Path):
    with Watch(tmp_path / "a.jsonl", overhead=1.0) as watch:
        for step in range(1, 1001):
            watch.report(step=step, train_loss=float(step))
    reports = told(tmp_path / "a.jsonl")[1:-1]
    assert len(reports) < 500
    assert reports[-1]["step"] == reports[-1]["epoch"] == 1000
    before = [0, *(report["step"] for report in reports)]
    whole = sum(report["train_loss"] * (report["step"] - first) for first, report in zip(before, reports, strict=False))
    assert whole == pytest.approx(1000 * 1001 / 2, rel=1e-5)


@pytest.mark.parametrize(
    ("value", "written"),
    [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (torch.tensor([0.25]), 0.25), (None, None)],
)
def test_numbers_of_any_kind(value: Any, written: Any):
    assert number(value) == written


def test_a_report_that_is_no_number_warns_once_and_the_training_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with Watch(tmp_path / "a.jsonl") as watch:
        watch.report(epoch=1, train_loss="much")
        watch.report(epoch=2, train_loss=torch.zeros(3))
        watch.report(epoch=3, train_loss=0.5)
    assert [report["epoch"] for report in told(tmp_path / "a.jsonl")[1:-1]] == [3.0]
    assert len(caplog.records) == 1


def test_an_error_of_the_training_is_told_and_not_swallowed(tmp_path: Path):
    def training() -> None:
        with Watch(tmp_path / "a.jsonl") as watch:
            watch.report(epoch=1, train_loss=1.0)
            raise ZeroDivisionError("division by zero")

    with pytest.raises(ZeroDivisionError):
        training()
    assert told(tmp_path / "a.jsonl")[-1] == {"ended": "failed", "sentence": "ZeroDivisionError: division by zero"}


@pytest.mark.parametrize(("after", "ended"), [("", "stopped"), ("raise ValueError('no')", "failed")])
def test_a_program_that_ends_without_a_word_is_told_to_have_ended(tmp_path: Path, after: str, ended: str):
    code = f"from trainers.watch import Watch\nWatch({str(tmp_path / 'a.jsonl')!r}).report(epoch=1, train_loss=1.0)\n"
    subprocess.run([sys.executable, "-c", code + after], cwd=ROOT, capture_output=True, check=False)
    assert told(tmp_path / "a.jsonl")[-1]["ended"] == ended


@pytest.mark.parametrize(
    "given", [{"overhead": 0}, {"overhead": 1.5}, {"run": "short"}, {"run": "../../etc/"}, {"to": "ftp://lab"}]
)
def test_what_cannot_be_meant_is_refused_at_once(tmp_path: Path, given: dict[str, Any]):
    to = given.pop("to", tmp_path / "a.jsonl")
    with pytest.raises(ValueError, match="allowed is"):
        Watch(to, **given)


# The inside ----------------------------------------------------------------------------------------------------------


def test_the_inside_is_that_of_autograd(tmp_path: Path):
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    inside = Inside(model, optimizer, Account(bound=1.0, began=-1e6), lambda error: pytest.fail(str(error)))
    before = [p.detach().clone() for p in model.parameters()]
    inputs = torch.randn(32, 4)
    model(inputs).square().mean().backward()
    gradients = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    optimizer.step()
    seen = inside.take()
    assert seen is not None
    weights = [p.detach() for p in model.parameters()]
    for layer, at in enumerate((0, 2, 4)):
        assert seen["grad_norm"][layer] == pytest.approx(gradients[at].norm().item(), rel=1e-5)
        step = (weights[at] - before[at]).norm()
        assert seen["update_ratio"][layer] == pytest.approx((step / weights[at].norm()).item(), rel=1e-4)
        assert seen["distance"][layer] == pytest.approx((step / before[at].norm()).item(), rel=1e-4)
    assert inside.grad_norm == pytest.approx(torch.cat([g.flatten() for g in gradients]).norm().item(), rel=1e-5)
    hidden = torch.relu(inputs @ before[0].T + before[1])
    assert seen["activation_std"][0] == pytest.approx(hidden.std().item(), rel=1e-5)
    assert seen["dead_share"][0] == pytest.approx((hidden == 0).all(0).float().mean().item())
    assert seen["saturated_share"][1] == 0.0
    assert seen["dead_share"][2] is None


def test_watching_changes_no_weight(tmp_path: Path):
    bare, watched = network(), network()
    train(bare, torch.optim.Adam(bare.parameters()), 20)
    optimizer = torch.optim.Adam(watched.parameters())
    with Watch(tmp_path / "a.jsonl", watched, optimizer, overhead=1.0) as watch:
        watch.account.began -= 60.0  # by now looks are paid for
        train(watched, optimizer, 20)
        watch.report(epoch=1, train_loss=1.0)
    assert "inside" in told(tmp_path / "a.jsonl")[1]
    for one, other in zip(bare.parameters(), watched.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_hooks_go_with_the_watch_and_not_with_copies_of_the_model(tmp_path: Path):
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with Watch(tmp_path / "a.jsonl", model, optimizer) as watch:
        twin = copy.deepcopy(model)
        torch.save(model, io.BytesIO())
        train(twin, torch.optim.SGD(twin.parameters(), lr=0.1))
        assert watch._inside is not None
        assert watch._inside.steps == 0
        train(model, optimizer)
        assert watch._inside.steps == 3
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


def test_trouble_inside_a_hook_never_reaches_the_training(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with Watch(tmp_path / "a.jsonl", model, optimizer, overhead=1.0) as watch:
        assert watch._inside is not None
        watch._inside._squared = None  # pyright: ignore[reportAttributeAccessIssue]
        watch.account.began -= 60.0  # by now a look is paid for
        train(model, optimizer)
        watch.report(epoch=1, train_loss=0.5)
    assert told(tmp_path / "a.jsonl")[1]["train_loss"] == 0.5
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_looks_wait_until_the_time_has_paid_for_them():
    """On a clock of its own: looks of 10 ms in steps of 1 ms take no more than the share that is allowed."""
    clock = [0.0]
    account = Account(bound=0.05, began=0.0)
    looks = 0
    for _ in range(10_000):
        clock[0] += 0.001
        if account.left(clock[0]) >= 0.010:
            account.spent += 0.010
            clock[0] += 0.010
            looks += 1
    assert looks > 40
    assert account.spent <= 0.05 * clock[0]


# On the way ----------------------------------------------------------------------------------------------------------


def delivered(lab: Lab, spool: Spool | None, lines: int) -> Delivery:
    delivery = Delivery(lab, {"watch": 1, "run": "a" * 10}, spool)
    for step in range(1, lines + 1):
        delivery.put(line({"step": step}))
    return delivery


def test_what_a_lab_that_is_away_does_not_get_waits_in_the_spool_and_arrives_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    lab = Lab(Away("connection refused"))
    first = delivered(lab, Spool(tmp_path, "a" * 10), 50)
    first.end(0.5)
    assert len(caplog.records) == 1
    assert str(tmp_path) in caplog.text
    assert [each.get("step") for each in told(tmp_path / f"{'a' * 10}.jsonl")][1:] == list(range(1, 51))
    lab.error = None
    delivered(lab, Spool(tmp_path, "a" * 10), 0).end(10)  # a process that goes on with the same run
    assert [each["step"] for each in lab.lines] == list(range(1, 51))
    assert not list(tmp_path.iterdir())


def test_the_spool_is_bounded_and_of_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trainers.watch.delivery.SPOOL_BYTES", 1000)
    spool = Spool(tmp_path / "below", "a" * 10)
    assert spool.keep({"watch": 1}, ["x" * 100] * 50)
    assert spool.path.stat().st_size <= 1000
    assert spool.lost == 50 - spool.waiting > 0
    assert spool.path.stat().st_mode & 0o077 == 0


def test_where_no_spool_can_be_made_memory_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("trainers.watch.delivery.MOST_WAITING", 100)
    (tmp_path / "file").write_text("")
    delivery = delivered(Lab(Away("no")), Spool(tmp_path / "file", "a" * 10), 1000)
    assert len(delivery._lines) <= 100
    delivery.end(0.1)


def test_after_a_wrong_token_nothing_is_sent_any_more_and_everything_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    lab = Lab(Refused("The token is not that of this lab.", final=True))
    delivery = delivered(lab, Spool(tmp_path, "a" * 10), 5)
    delivery._thread.join(2)
    delivery.put(line({"step": 6}))
    delivery.end(5)
    assert lab.posts == 1
    assert len(told(tmp_path / f"{'a' * 10}.jsonl")) == 7
    assert "token" in caplog.text
    assert len(caplog.records) == 1


def test_a_report_that_is_refused_goes_and_the_next_arrive(tmp_path: Path):
    lab = Lab(Refused("line 2: no", final=False))
    delivery = delivered(lab, Spool(tmp_path, "a" * 10), 1)
    while lab.posts == 0:
        delivery._thread.join(0.01)
    lab.error = None
    delivery.put(line({"step": 2}))
    delivery.end(5)
    assert lab.lines == [{"step": 2}]


def test_of_a_run_that_was_deleted_nothing_more_is_said(tmp_path: Path):
    lab = Lab(Refused("This run was deleted.", final=True, gone=True))
    delivery = delivered(lab, Spool(tmp_path, "a" * 10), 3)
    delivery._thread.join(5)
    assert delivery.over
    delivery.put(line({"step": 4}))
    delivery.end(1)
    assert lab.posts == 1
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "file").write_text("")
    delivery = Delivery(FilePlace(tmp_path / "file" / "a.jsonl"), {"watch": 1}, None)
    delivery.put(line({"step": 1}))
    delivery.end(1)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://lab", "http://", "http://user@lab:8501", "https:lab"])
def test_a_lab_is_a_url_of_http(url: str):
    with pytest.raises(ValueError, match="allowed is a URL"):
        LabPlace(url, "token")
