"""What the live curves cost: a payload, its bytes, the diagnosis, and showing it in the browser beside an empty frame.

    python benchmarks/live_curves.py [ticks]

Payloads: of a running run with four layers, all series of the loop and a decision surface with 1,200 points. Their time
is the processor's, so that other work on the machine does not count. A tick in the browser is decoding one new payload,
laying out and drawing it (``show``), by the clock, in headless Chromium without a GPU, in a page of 924 x 460; the
empty frame is one animation frame of the same page in which nothing is done. Hovering is one move of the cursor.
"""

from __future__ import annotations

import base64
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from playwright.sync_api import Page, sync_playwright

from exports import live_html
from figures.live import live_payload
from tests.browser.chromium import FLAGS, find_or_install
from tests.figures.live_runs import COLUMNS, SERIES, layers_of, watched
from trainers import History, diagnose

_TICKS = """([payloads]) => {
  const bytes = payloads.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  const spent = [];
  for (const one of bytes) {
    const begin = performance.now();
    descentLive.show(one);
    descentLive.chart.base.getContext('2d').getImageData(0, 0, 1, 1);
    spent.push(performance.now() - begin);
  }
  const { plot } = descentLive.chart;
  const hovers = [];
  for (let i = 0; i < 200; i += 1) {
    const begin = performance.now();
    descentLive.point(plot.xScale.invert(i / 200), 100);
    hovers.push(performance.now() - begin);
  }
  descentLive.point(null);
  const middle = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
  return [Math.min(...spent), middle(spent), middle(hovers)];
}"""

_FRAMES = """(seconds) => new Promise((resolve) => {
  let first = null, frames = 0;
  const tick = (now) => {
    if (first === null) first = now;
    else frames += 1;
    if (now - first < seconds * 1000) requestAnimationFrame(tick);
    else resolve((now - first) / frames);
  };
  requestAnimationFrame(tick);
})"""


def running(epochs: int, *, layers: int = 4, seed: int = 0, name: str = "run", status: str = "running") -> Any:
    """A run of so many reports, with noise on everything."""
    random = np.random.default_rng(seed)
    fall = np.exp(-3 * np.arange(epochs) / 10_000)
    series = {one: fall + 0.05 * random.random(epochs) for one in SERIES if one not in ("lr", "sharpness")}
    series |= {"seconds": np.cumsum(0.1 * random.random(epochs)), "step": 10.0 * np.arange(epochs), "lr": 0.01 * fall}
    names = [f"layer {i}" for i in range(layers)]
    tables = {one: random.random((epochs, layers)) for one in COLUMNS}
    points = {f"{part}_{axis}": random.random(600).astype(np.float32) for part in ("train", "val") for axis in "xy"}
    points |= {f"{part}_class": random.integers(0, 2, 600).astype(np.uint8) for part in ("train", "val")}
    winner = random.integers(0, 2, (64, 64)).astype(np.uint8)
    surface = {"x": [0.0, 1.0], "y": [0.0, 1.0], "winner": winner, "confidence": winner + np.uint8(200)}
    return watched(
        series,
        layers=layers_of(epochs, names, **tables),
        album=[(float(epochs), {"surface": surface, "confusion": {"counts": np.eye(2, dtype=np.int32)}})],
        id=name,
        name=name,
        status=status,
        facts=SimpleNamespace(features=("a", "b"), classes=("no", "yes"), target="t", points=points),
        baseline_loss=1.0,
        best_epoch=float(epochs // 2),
        best_val_loss=0.5,
    )


def payload_cost(runs: list[Any]) -> tuple[float, float, int]:
    """Median and smallest milliseconds of making a payload, and its bytes."""
    spent = []
    payload = b""
    for _ in range(40):
        begin = time.thread_time()
        payload = live_payload(runs)
        spent.append(1e3 * (time.thread_time() - begin))
    return float(np.median(spent)), min(spent), len(payload)


def diagnosis_cost(epochs: int) -> tuple[float, float]:
    """Median milliseconds of a diagnosis of a run with four layers, and of reading the same arrays once."""
    run = running(epochs)
    history = History(
        **{name: run.series[name] for name in ("train_loss", "val_loss", "train_metric", "val_metric", "lr")},
        internals=run.layers,
        baseline_loss=1.0,
    )
    arrays = [history.train_loss, history.val_loss, history.lr, *run.layers.columns.values()]
    spent, floor = [], []
    for _ in range(15):
        begin = time.thread_time()
        diagnose(history)
        spent.append(time.thread_time() - begin)
        begin = time.thread_time()
        for array in arrays:
            array.sum()
        floor.append(time.thread_time() - begin)
    return 1e3 * float(np.median(spent)), 1e3 * float(np.median(floor))


def browser_cost(page: Page, runs: int, epochs: int, ticks: int) -> str:
    """Show so many payloads, each with one more report than the last."""
    made = [
        live_payload([running(epochs - ticks + i, seed=j, name=f"run {j}") for j in range(runs)]) for i in range(ticks)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.html"
        path.write_text(live_html(made[0], "Benchmark"), encoding="utf-8")
        page.goto(path.as_uri())
        page.wait_for_function("window.descentLive && descentLive.chart.drawn > 0")
        empty = page.evaluate(_FRAMES, 2)
        texts = [base64.b64encode(payload).decode() for payload in made]
        least, middle, hover = page.evaluate(_TICKS, [texts])
    size = sum(map(len, made)) / len(made) / 1000
    return (
        f"{runs} x {epochs:6,d} epochs: {middle:5.1f} ms a tick (least {least:.1f}), {hover:.2f} ms a hover, "
        f"empty frame {empty:.1f} ms, {size:.0f} kB a tick"
    )


def main() -> None:
    ticks = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    print("making a payload on the server (aims: 3 ms at 500 reports, 15 ms at 10,000)")
    for epochs in (100, 500, 2000, 10_000):
        middle, least, size = payload_cost([running(epochs)])
        print(f"1 x {epochs:6,d} reports: {middle:5.2f} ms (least {least:.2f}), {size / 1000:.0f} kB")
    middle, least, size = payload_cost([running(10_000, seed=i, name=f"run {i}") for i in range(2)])
    print(f"2 x 10,000 reports: {middle:5.2f} ms (least {least:.2f}), {size / 1000:.0f} kB")
    print("a diagnosis (aim: 20 ms at 1,000 epochs)")
    for epochs in (1000, 10_000):
        middle, floor = diagnosis_cost(epochs)
        print(f"{epochs:6,d} epochs: {middle:.1f} ms, reading the same arrays once {floor:.2f} ms")
    print("showing it in the browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 924, "height": 460})
        for runs, epochs in ((1, 100), (1, 500), (1, 10_000), (2, 10_000), (8, 10_000)):
            print(browser_cost(page, runs, epochs, ticks))
        browser.close()


if __name__ == "__main__":
    main()
