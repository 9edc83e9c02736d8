"""What a map of basins costs: 256 x 256 starts x 500 Adam steps in the browser's workers, beside compiled C.

    python -m benchmarks.maps

The C is built here by gcc (-O3 -march=native), does the same steps on Rosenbrock's valley on as many threads as the
browser has workers, and keeps nothing but where each path ends; the workers note, too, in which disc it is at every
step. Both are run in turns, and the best of each counts: a busy machine slows both. The time to a first picture is from
the page's script to the first map that is complete, with workers to be loaded and a loop to be compiled. A map under
the finger is one of 64 x 64.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install

TURNS = 5
SIDE, STEPS, RATE = 256, 500, 0.01
PATH = f"/maps?surface=rosenbrock&o1=adam&o1.lr={RATE}&steps={STEPS}"
SOURCE = r"""
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SIDE = 256, STEPS = 500 };
static double ends[SIDE * SIDE][2];
static double rate;
static int threads;

static void *work(void *given) {
  for (long p = (long)given; p < SIDE * SIDE; p += threads) {
    double x = -2 + (p % SIDE + 0.5) / SIDE * 4, y = 3 - (p / SIDE + 0.5) / SIDE * 4;
    double mx = 0, my = 0, vx = 0, vy = 0, b1 = 1, b2 = 1;
    for (int k = 0; k < STEPS; k++) {
      double s = y - x * x, gx = -2 * (1 - x) - 400 * x * s, gy = 200 * s;
      b1 *= 0.9;
      b2 *= 0.999;
      mx = 0.9 * mx + (1 - 0.9) * gx;
      my = 0.9 * my + (1 - 0.9) * gy;
      vx = 0.999 * vx + (1 - 0.999) * gx * gx;
      vy = 0.999 * vy + (1 - 0.999) * gy * gy;
      x -= rate * (mx / (1 - b1)) / (sqrt(vx / (1 - b2)) + 1e-8);
      y -= rate * (my / (1 - b1)) / (sqrt(vy / (1 - b2)) + 1e-8);
    }
    ends[p][0] = x;
    ends[p][1] = y;
  }
  return 0;
}

int main(int count, char **given) {
  threads = atoi(given[1]);
  rate = atof(given[2]);
  pthread_t each[64];
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (long i = 0; i < threads; i++) pthread_create(&each[i], 0, work, (void *)i);
  for (int i = 0; i < threads; i++) pthread_join(each[i], 0);
  clock_gettime(CLOCK_MONOTONIC, &to);
  double sum = 0;
  for (int p = 0; p < SIDE * SIDE; p++) sum += ends[p][0] + ends[p][1];
  printf("%.9f %.6f\n", sum, to.tv_sec - from.tv_sec + 1e-9 * (to.tv_nsec - from.tv_nsec));
}
"""
# A pass of one stride over the sheet that the page shows: milliseconds until its last piece is there.
PASS = """(root, stride) => new Promise((done) => {
  const { crew, shown } = root.maps;
  const [one] = shown.boards.values();
  const begin = performance.now();
  const told = { piece() {}, end: () => done(performance.now() - begin) };
  crew.compute("benchmark", shown.sheet(one), 512, [stride], told);
})"""
# A worker that does nothing: milliseconds until it says so.
EMPTY = """() => new Promise((done) => {
  const begin = performance.now();
  const url = URL.createObjectURL(new Blob(["postMessage(0)"], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = () => { done(performance.now() - begin); worker.terminate(); };
})"""
WORKERS = "(root) => root.maps.crew.size"


def built(folder: Path) -> Path:
    """The C program."""
    source, program = folder / "adam.c", folder / "adam"
    source.write_text(SOURCE, encoding="utf-8")
    subprocess.run(["gcc", "-O3", "-march=native", "-pthread", "-o", program, source, "-lm"], check=True)
    return program


def compiled(program: Path, threads: int) -> float:
    """Milliseconds of the C program's loop."""
    told = subprocess.run([program, str(threads), str(RATE)], capture_output=True, text=True, check=True).stdout
    return 1000 * float(told.split()[1])


def ready(page: Page, url: str) -> None:
    page.goto(url + PATH)
    page.locator('.dm-plot[data-stride="1"]').wait_for(timeout=200_000)


def first_picture(page: Page) -> float:
    """Milliseconds from the component's first look at its data to a first complete map, in a page that is loaded."""
    return page.locator(".dm-maps").evaluate(
        """(root) => new Promise((done) => {
          const { crew, shown } = root.maps;
          const [one] = shown.boards.values();
          crew.destroy();
          const sheet = shown.sheet(one);
          sheet.surface = { ...sheet.surface, known: performance.now() }; // one that nobody has compiled
          const begin = performance.now();
          const told = { piece() {}, end: () => done(performance.now() - begin) };
          crew.compute("benchmark", sheet, 512, [16], told);
        })"""
    )


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(ROOT / "server.py", Path(folder) / "server.log") as url,
        sync_playwright() as playwright,
    ):
        program = built(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        page = browser.new_page()
        ready(page, url)
        root = page.locator(".dm-maps")
        threads = root.evaluate(WORKERS)
        turns = [(root.evaluate(PASS, 512 // SIDE), compiled(program, threads)) for _ in range(TURNS)]
        ours, peer = (min(times) for times in zip(*turns, strict=True))
        print(f"{SIDE} x {SIDE} starts x {STEPS} Adam steps, {threads} workers and threads:")
        print(f"  browser {ours:.0f} ms, C {peer:.0f} ms, ratio {ours / peer:.2f} (aim: 5)")
        hand = min(root.evaluate(PASS, 8) for _ in range(TURNS))
        print(f"  64 x 64 under the finger: {hand:.0f} ms, {1000 / hand:.0f} maps a second")
        pairs = [(first_picture(page), page.evaluate(EMPTY)) for _ in range(2 * TURNS)]
        first, floor = (min(times) for times in zip(*pairs, strict=True))
        print(f"  first picture, workers new: {first:.0f} ms (aim: 150); an empty worker: {floor:.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
