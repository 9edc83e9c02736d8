"""Every preset of every page as a person first sees it, on one sheet a page, to be looked at.

    python -m tools.preset_sheet FOLDER [page ...] [--dark] [--phone] [--only KEY] [--data FOLDER]

Writes ``FOLDER/<page>.png`` and prints what a browser complained of. A fair race has no presets and shows its opening.
Training presets are trained first, all runs of each, and those of searches and surfaces while they are looked at. That
takes minutes on a small machine; with ``--data`` they are kept, and found there the next time. What has to be fetched
and cannot be shows why.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image, ImageDraw
from playwright.sync_api import Error, Page, expect, sync_playwright

from experiments import (
    activations,
    derivatives,
    generalization,
    initialization,
    losses,
    maps,
    neuron,
    normalization,
    race,
    reuse,
    search,
    surface,
)
from experiments.training import query_of_view
from settings import LinkPreset
from tests.browser.app_server import ROOT, serve
from tests.browser.chromium import FLAGS, find_or_install
from tests.browser.pages import open_in, settle
from trainers.presets import PRESETS as TRAINING

_TILE = 640  # pixels across, of a wide picture on the sheet
_COLUMNS = 3
_TITLE = 26
_TRAINED = 120_000  # milliseconds for one preset's runs, where they are not trained ahead
_BY_MANY = 600_000  # the same for what takes many runs
_ENDED = re.compile("^(Finished|Diverged|Stopped early) · epoch")


_RACES: Mapping[str, Mapping[str, race.Preset]] = {"descent": race.PRESETS, "line": race.LINE_PRESETS}
_LINKED: Mapping[str, Mapping[str, Any]] = {
    "maps": maps.PRESETS,
    "fair": {"opening": LinkPreset(key="opening", title="As it opens", look_for="", query={})},
    "derivatives": derivatives.PRESETS,
    "activations": activations.PRESETS,
    "initialization": initialization.PRESETS,
    "normalization": normalization.PRESETS,
    "neuron": neuron.PRESETS,
    "losses": losses.PRESETS,
    "generalization": generalization.PRESETS,
    "search": search.PRESETS,
    "surface": surface.PRESETS,
    "reuse": reuse.PRESETS,
}
PAGES = (*_RACES, *_LINKED, "training")


def links(page: str) -> Iterator[tuple[str, str, str]]:
    """Key, title and query of every preset of a page."""
    if page in _RACES:
        for key, preset in _RACES[page].items():
            view = race.view_to_query(preset.view)
            yield key, preset.title, urlencode(dict(race.race_link(preset.race)) | view)
    elif page == "training":
        for key, preset in TRAINING.items():
            yield key, preset.title, urlencode(preset.configs()[0][1].to_query() | query_of_view(preset.view))
    else:
        for key, preset in _LINKED[page].items():
            yield key, preset.title, urlencode(preset.query)


def _train(keys: list[str], data: Path) -> None:
    command = [sys.executable, "-m", "trainers.lab.train_presets", *keys]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DESCENT_LAB_DATA": str(data.resolve())}, check=True)


def _ready(page: Page, name: str) -> None:
    settle(page)
    if name in _RACES:
        page.wait_for_selector(".dl-chip .dl-value:not(:empty)")
    elif name == "training":
        page.get_by_text(_ENDED).first.wait_for(timeout=_TRAINED)
    elif name in ("search", "surface"):  # they begin by themselves, and may be stopped until they are done
        page.wait_for_selector("[data-testid=stMain] .js-plotly-plot", timeout=_BY_MANY)
        expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0, timeout=_BY_MANY)
    elif name in (
        "maps",
        "losses",
        "derivatives",
        "neuron",
    ):  # drawn by players, by Plotly, or both; one of losses is a table
        page.wait_for_selector("[data-testid=stMain] :is(.js-plotly-plot, canvas, svg.dl-picture, table, .katex)")
    else:
        page.wait_for_selector("[data-testid=stMain] .js-plotly-plot, [data-testid=stMain] img")
    expect(page.locator("[data-testid=stMain] [data-testid=stSkeleton]")).to_have_count(0)
    page.wait_for_timeout(1200)  # pictures are drawn


def _picture(page: Page, address: str, name: str) -> tuple[Image.Image, str]:
    page.goto(address)
    try:
        _ready(page, name)
        complaint = ""
    except (Error, AssertionError) as error:
        complaint = str(error).splitlines()[0]
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB"), complaint


def _sheet(pictures: list[tuple[str, Image.Image]]) -> Image.Image:
    width = _TILE if pictures[0][1].width > 640 else pictures[0][1].width
    height = round(width * pictures[0][1].height / pictures[0][1].width)
    columns = min(len(pictures), _COLUMNS if width == _TILE else 5)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * (height + _TITLE)), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (title, picture) in enumerate(pictures):
        x, y = i % columns * width, i // columns * (height + _TITLE)
        draw.text((x + 6, y + 6), title, fill="black", font_size=15)
        sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (x, y + _TITLE))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--phone", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--data", type=Path, help="folder of the runs; a new one otherwise")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    options = {"color_scheme": "dark" if wanted.dark else "light", "phone": wanted.phone}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = wanted.data or Path(folder, "runs")
        if "training" in wanted.pages:
            _train([key for key in TRAINING if wanted.only in key], data)
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        with serve(ROOT / "app.py", Path(folder, "server.log"), data) as url:
            opened = open_in(browser, url, reduced_motion="reduce", **options)
            for page in wanted.pages:
                pictures = []
                for key, title, query in links(page):
                    if wanted.only and wanted.only not in key:
                        continue
                    picture, complaint = _picture(opened.page, f"{url}/{page}?{query}", page)
                    pictures.append((f"{key}: {title}", picture))
                    picture.save(wanted.folder / f"{page}-{key}.png")
                    print(page, key, complaint, flush=True)
                if pictures:
                    _sheet(pictures).save(wanted.folder / f"{page}.png")
            print(*opened.close(), sep="\n")
        browser.close()


if __name__ == "__main__":
    main()
