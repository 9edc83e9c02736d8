"""What the player costs: frames a second while it plays and while a start is dragged, beside an empty animation loop of
the same page, and the bytes of its payload beside the raw float32 size of the same arrays.

    python benchmarks/player.py [seconds]

Frames are counted in headless Chromium without a GPU, in a page of 1280 x 800. The longest frame is the worst gap
between two frames while playing. Raw bytes are those of position, value, gradient norm and distance at every step, and
of what the player shows of a rule's memory.
"""

from __future__ import annotations

import json
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, sync_playwright

from experiments.race import Entry, Race, RaceResult, run_race
from exports import standalone_html
from figures.race import player_payload
from landscapes import LANDSCAPES
from tests.browser.chromium import FLAGS, find_or_install

TWELVE = (
    ("sgd", 0.001),
    ("momentum", 0.0005),
    ("nesterov", 0.0005),
    ("rmsprop", 0.01),
    ("adam", 0.03),
    ("adagrad", 0.3),
    ("adamw", 0.02),
    ("nadam", 0.03),
    ("radam", 0.05),
    ("lion", 0.005),
    ("adamax", 0.03),
    ("amsgrad", 0.03),
)

_COUNT = """([seconds, playing]) => new Promise((resolve) => {
  const player = window.descentPlayer;
  if (playing) { player.choose({ loop: true }); player.playFrom(0); } else player.stopAt(player.race.steps);
  let first = null, last = 0, frames = 0, longest = 0;
  const tick = (now) => {
    if (first === null) first = now;
    else { frames += 1; longest = Math.max(longest, now - last); }
    last = now;
    if (now - first < seconds * 1000) requestAnimationFrame(tick);
    else resolve([(1000 * frames) / (now - first), longest]);
  };
  requestAnimationFrame(tick);
})"""

# The start goes round in a circle, a little further with every frame, as under a steady hand.
_FOLLOW = """([seconds]) => new Promise((resolve) => {
  const player = window.descentPlayer;
  player.stopAt(player.race.steps);
  let first = null, last = 0, frames = 0, longest = 0, moving = 0;
  const { live } = player;
  const { to } = live;
  live.to = (aim) => {
    const begin = performance.now();
    to.call(live, aim);
    moving += performance.now() - begin;
  };
  const tick = (now) => {
    if (first === null) first = now;
    else { frames += 1; longest = Math.max(longest, now - last); }
    last = now;
    if (now - first >= seconds * 1000) return resolve([(1000 * frames) / (now - first), longest, moving / frames]);
    player.follow([0.3 * Math.cos(frames / 20) - 1, 0.3 * Math.sin(frames / 20) + 1.5]);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})"""

_DRAW = """() => {
  const player = window.descentPlayer;
  const { steps } = player.race;
  player.stopAt(0);
  player.draw(0);
  const spent = [];
  for (let frame = 1; frame <= 300; frame += 1) {
    player.position = (steps * frame) / 300;
    const begin = performance.now();
    player.draw(0);
    spent.push(performance.now() - begin);
  }
  player.map.invalidate("trails");
  const begin = performance.now();
  player.draw(0);
  return [spent.reduce((a, b) => a + b) / spent.length, performance.now() - begin];
}"""


def race(lanes: int, steps: int) -> RaceResult:
    """The first rules of the list on Rosenbrock's valley."""
    landscape = LANDSCAPES["rosenbrock"]
    entries = tuple(Entry(optimizer=key, values={"lr": lr}) for key, lr in TWELVE[:lanes])
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=steps))


def race_of_rows(surface: str, steps: int) -> RaceResult:
    """Eight lanes on rows, of batches from one row to all, the last also with a rule that looks twice."""
    landscape = LANDSCAPES[surface]
    if surface == "least_squares":
        landscape = landscape.with_parameters(data="iris", inputs="one_feature")  # 150 rows
    batches = (
        (1, "sgd"),
        (2, "sgd"),
        (5, "momentum"),
        (10, "adam"),
        (20, "adam"),
        (50, "sgd"),
        (0, "adam"),
        (0, "sam"),
    )
    entries = tuple(Entry(optimizer=key, values={"lr": 0.02}, batch=size) for size, key in batches)
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=steps))


def raw_bytes(payload: bytes) -> int:
    """Four bytes for every number that the payload stands for."""
    header = json.loads(payload[8 : 8 + struct.unpack("<I", payload[:4])[0]])
    count = header["steps"] + 1
    samples = -(-count // header["stride"])
    per_step = sum(5 + (lane["distance"] is not None) for lane in header["lanes"]) * count
    return 4 * (per_step + samples * sum(len(state["series"]) for lane in header["lanes"] for state in lane["memory"]))


def opened(page: Page, result: RaceResult) -> None:
    payload = player_payload(result)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "race.html"
        path.write_text(standalone_html(payload, "Benchmark"), encoding="utf-8")
        page.goto(path.as_uri())
        page.wait_for_function("window.descentPlayer && !window.descentPlayer.map.field.busy")
        page.wait_for_timeout(500)


def dragged(page: Page, result: RaceResult, seconds: float) -> str:
    lanes, steps, rows = len(result.lanes), result.race.steps, result.race.landscape.rows
    opened(page, result)
    floor, _ = page.evaluate(_COUNT, [seconds, False])
    fps, longest, moving = page.evaluate(_FOLLOW, [seconds])
    return (
        f"{lanes:3d} paths x {steps:5,d} steps{f' on {len(rows)} rows' if rows else ''}: {fps:5.1f} frames/s while the "
        f"start is dragged, {floor:5.1f} in an "
        f"empty loop, ratio {fps / floor:.2f}, longest frame {longest:.0f} ms, {moving:.2f} ms to move all paths"
    )


def measure(page: Page, lanes: int, steps: int, seconds: float) -> str:
    opened(page, race(lanes, steps))
    numbers: list[Any] = [page.evaluate(_COUNT, [seconds, playing]) for playing in (False, True)]
    (floor, _), (fps, longest) = numbers
    step_ms, redraw_ms = page.evaluate(_DRAW)
    return (
        f"{lanes:3d} paths x {steps:5,d} steps: {fps:5.1f} frames/s playing, {floor:5.1f} in an empty loop, "
        f"ratio {fps / floor:.2f}, longest frame {longest:.0f} ms, {step_ms:.2f} ms a draw, "
        f"{redraw_ms:.1f} ms all trails again"
    )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    print("payload bytes beside raw float32, 4 paths")
    for steps in (100, 250, 500, 1000, 2500, 5000):
        payload = player_payload(race(4, steps))
        raw = raw_bytes(payload)
        print(f"{steps:5,d} steps: {len(payload):9,d} bytes, {raw:9,d} raw, ratio {len(payload) / raw:.2f}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for lanes, steps in ((6, 2000), (12, 5000)):
            print(measure(page, lanes, steps, seconds))
        for lanes, steps in ((6, 500), (12, 2000)):
            print(dragged(page, race(lanes, steps), seconds))
        for surface in ("least_squares", "logistic"):
            print(surface, dragged(page, race_of_rows(surface, 2000), seconds))
        browser.close()


if __name__ == "__main__":
    main()
