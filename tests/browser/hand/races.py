"""Races in an offline file that a test drags: what they start from, and what their lanes are then compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from experiments.race import Entry, Race, RaceResult, run_race
from exports import standalone_html
from figures.frontend import framed
from figures.race import player_payload
from landscapes import LANDSCAPES, Landscape
from optimizers import OPTIMIZERS, descend
from tests.browser.pages import OpenPage, within

STEPS = 120
RATES = {"sgd": 0.001, "momentum": 0.0005, "rmsprop": 0.01, "adam": 0.03}
SHOW = "(text) => descentPlayer.show(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))"
RECORD = """() => {
    window.picks = [];
    window.settings = [];
    descentPlayer.hooks.onSet = (setting) => settings.push(setting);
    descentPlayer.hooks.onPick = (point) => picks.push(point);
    descentPlayer.map.placeHandle();
    descentPlayer.buildLegend();
}"""
LANES = """() => descentPlayer.race.lanes.map((lane) => ({
    label: lane.label, stale: Boolean(lane.stale), diverged: lane.diverged,
    x: [...lane.x], y: [...lane.y], gap: [...lane.gap], gradient: [...lane.gradient],
    evaluations: [...lane.evaluations], distance: [...lane.distance],
    memory: Object.fromEntries(lane.memory.map((one) => [one.name, one.series.map((each) => [...each.values])])),
}))"""

Opener = Callable[..., Page]
"""open_race(result, pickable=True, **options of open_page): a race in an offline file, standing at its end."""


def race(
    start: tuple[float, float] | None = None,
    noise: float = 0.0,
    landscape: Landscape = LANDSCAPES["rosenbrock"],
    **rates: float,
) -> RaceResult:
    entries = [Entry(optimizer=name, values={"lr": lr} if lr else {}) for name, lr in (rates or RATES).items()]
    begin = start or landscape.start
    return run_race(Race(landscape=landscape, entries=tuple(entries), start=begin, steps=STEPS, noise=noise, seed=5))


def open_file(open_page: OpenPage, path: Path, result: RaceResult, pickable: bool, **options: Any) -> Page:
    """The race in an offline file; ``picks`` and ``settings`` hold what would be sent to the server."""
    payload = framed(player_payload(result, replay=False), height=0, pickable=pickable)
    path.write_text(
        standalone_html(payload, "A race", "line" if result.race.landscape.dimensions == 1 else "player"),
        encoding="utf-8",
    )
    page = open_page(path.as_uri(), **options)
    if pickable:
        page.evaluate(RECORD)
    page.wait_for_function("descentPlayer.map.trails.paths.size")
    return page


def carry(page: Page, dx: float, dy: float) -> None:
    """Take hold of the start and move it, without letting go."""
    x, y = within(page.locator(".dl-start"), 0.5, 0.5)()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)


def followed(page: Page) -> list[dict[str, Any]]:
    """The lanes, once all that is under way has been drawn."""
    page.wait_for_function(
        "descentPlayer.wanted === null && descentPlayer.unmeasured === null"
        " && descentPlayer.map.trails.ghosts && !descentPlayer.map.trails.light"
    )
    return page.evaluate(LANES)


def finger(page: Page) -> list[float]:
    return page.evaluate("descentPlayer.map.dragStart.map((value) => Number(value.toPrecision(9)))")


def assert_at(
    lanes: list[dict[str, Any]],
    start: Sequence[float],
    result: RaceResult,
    exact: bool = True,
    rates: Mapping[str, float] | None = None,
    **parameters: float,
) -> None:
    """The lanes that can follow are on descend's own paths from this start, at these rates, on this surface."""
    noise, seed = result.race.noise, result.race.seed
    landscape = result.race.landscape.with_parameters(**parameters)
    for lane, own in zip(lanes, result.lanes, strict=True):
        if lane["stale"]:
            continue
        rule, values = OPTIMIZERS[own.entry.optimizer], dict(own.entry.values)
        if rates and own.entry.optimizer in rates:
            values["lr"] = rates[own.entry.optimizer]
        batches = result.race.batches(own.entry)
        path = descend(landscape, rule, start=start, steps=STEPS, noise=noise, seed=seed, batches=batches, **values)
        near: Any = {"rtol": 1e-9, "atol": 1e-9} if exact else {"rtol": 1e-5, "atol": 1e-5}
        np.testing.assert_allclose(np.stack([lane["x"], lane["y"]], -1), path.points, **near)
        np.testing.assert_allclose(lane["gap"], path.values - (landscape.minimum or 0.0), **near)
        gradients = np.hypot(*landscape.gradient(path.points).T)
        np.testing.assert_allclose(lane["gradient"], gradients, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(lane["distance"], landscape.distance(path.points), rtol=1e-5, atol=1e-5)
        np.testing.assert_array_equal(lane["evaluations"], path.evaluations)
        for name, state in path.states.items():
            columns = state.reshape(STEPS + 1, -1).T
            np.testing.assert_allclose(lane["memory"][name], columns, rtol=1e-5, atol=1e-5)
