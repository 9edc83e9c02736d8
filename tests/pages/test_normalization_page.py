"""The normalization page without a browser: every part and preset, the controls, junk in the link."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import networks
from experiments.normalization.depth import effect_setups
from experiments.normalization.settings import PARTS, PRESETS, declared, network_settings
from networks import Setup, SignalTrace
from pages.parts.traces import kept_traces, measure
from settings import read_settings
from tests.pages.opened_page import link, newest, opened_page, told


def opened(**query: str) -> AppTest:
    return opened_page("pages/normalization.py", query)


def charts(app: AppTest) -> list[str]:
    return [json.dumps(json.loads(chart.proto.spec), sort_keys=True) for chart in app.get("plotly_chart")]


def test_it_opens_with_five_stages_raced() -> None:
    app = opened()
    assert len(charts(app)) == 6
    assert list(app.dataframe[0].value["steps to 1/1,000"]).index("2") == 4
    assert not app.warning
    assert link(app) == {}


@pytest.mark.parametrize("key", list(PRESETS))
def test_every_preset_opens_from_the_menu_and_by_its_link(key: str) -> None:
    app = opened(correlation="0.5")
    newest(app, "selectbox", "normalization.preset").select(key).run()
    assert not app.exception
    assert link(app) == PRESETS[key].query
    assert PRESETS[key].look_for in [caption.value for caption in app.caption]
    again = opened(**PRESETS[key].query)
    assert not again.warning
    assert charts(again) == charts(app)


@pytest.mark.parametrize(
    ("part", "kind", "key", "value"),
    [
        ("data", "select_slider", "correlation", 0.0),
        ("leak", "select_slider", "drift", 4.0),
        ("layers", "select_slider", "gamma", 2.0),
        ("layers", "selectbox", "kind", "instance"),
        ("batch", "select_slider", "momentum", 0.01),
        ("batch", "selectbox", "companions", "similar"),
        ("coupling", "slider", "rows", 3),
        ("effect", "toggle", "residual", True),
    ],
)
def test_a_control_moves_the_picture_and_the_link_shows_the_same(part: str, kind: str, key: str, value: object) -> None:
    app = opened(part=part)
    before = charts(app)
    getattr(app, kind)(key=f"normalization.{key}").set_value(value).run()
    assert not app.exception
    assert charts(app) != before
    assert key in link(app)
    assert charts(opened(**link(app))) == charts(app)


def test_every_setting_of_every_part_is_in_the_link_and_survives_a_visit_to_another_part() -> None:
    app = opened(correlation="0.3", kind="rms", momentum="0.5", depth="5")
    for part in PARTS:
        app.session_state["normalization.part"] = part
        app.run()
        assert not app.exception
        assert link(app).items() >= {"correlation": "0.3", "kind": "rms", "momentum": "0.5", "depth": "5"}.items()


def test_junk_in_the_link_is_named_and_the_rest_is_used() -> None:
    app = opened(part="layers", kind="<b>no</b>", channels="3", groups="2", samples="many", colour="red")
    text = told(app)
    for given in ("<b>no</b>", "'2'; allowed is one of 1, 3", "many", "colour"):
        assert given in text
    assert link(app) == {"part": "layers", "channels": "3"}
    assert charts(app)


@pytest.mark.parametrize(
    "query",
    [
        {"correlation": "0.999999", "spread1": "1000", "spread2": "0.001", "mean1": "-1000", "w1": "1000"},
        {"rates": "same", "rate": "1000", "steps": "5000"},
        {"part": "leak", "train": "4", "test": "4", "drift": "-20", "stage": "zca"},
        {"part": "layers", "samples": "1", "channels": "1", "hw": "1"},
        {"part": "layers", "samples": "8", "channels": "8", "hw": "8", "gamma": "0"},
        {"part": "batch", "batch": "1", "batches": "1", "momentum": "1", "value": "1000", "companions": "similar"},
        {"part": "effect", "activation": "relu", "scale": "1000", "depth": "60", "width": "8"},
    ],
)
def test_extreme_but_valid_settings_break_nothing(query: dict[str, str]) -> None:
    app = opened(**query)
    assert not app.warning
    assert charts(app)


def test_batch_norm_by_hand_is_worked_out() -> None:
    app = opened(part="hand")
    assert "unit 1 has mean 3.7 and deviation 2.5" in app.markdown[1].value
    again = opened(part="hand", cells="1,1,1,1,6|1,1,2,3,3|-4,0,2,4,8")
    assert "unit 1 has mean 2 and deviation 2" in again.markdown[1].value
    assert "cells was given" in told(opened(part="hand", cells="1,2|3"))


@pytest.mark.parametrize("first_looks", [True, False])
def test_networks_that_take_long_are_measured_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, first_looks: bool
) -> None:
    app = opened(part="effect", seed="7")
    monkeypatch.setattr("pages.parts.normalization.depth.are_quick", lambda _setups: False)
    if not first_looks:
        monkeypatch.setattr("pages.parts.normalization.depth.first_look", lambda _setup, _place: None)
    app.toggle(key="normalization.residual").set_value(True).run()
    assert not app.exception
    assert "256 inputs went through each network." in [caption.value for caption in app.caption]
    monkeypatch.undo()
    assert charts(app) == charts(opened(part="effect", seed="7", residual="true"))


def test_measuring_tells_how_far_it_is_before_and_within_every_network() -> None:
    told_so_far = []

    class Place:
        def progress(self, share: float, text: str) -> None:
            told_so_far.append((share, text))

    [setup] = effect_setups(network_settings(read_settings(declared, {"depth": "4", "width": "9"})[0]), ["layer"])
    measure(setup, Place(), "Layer")
    assert [share for share, text in told_so_far if "4 layers of 9 units" in text] == [k / 8 for k in range(1, 9)]


def test_what_many_wait_for_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    measured, told = [], [threading.Event() for _ in range(4)]
    real = networks.trace

    def counted(setup: Setup, **options: Any) -> SignalTrace:
        measured.append(setup)
        return real(setup, **options)

    monkeypatch.setattr("networks.trace", counted)
    [setup] = effect_setups(network_settings(read_settings(declared, {"depth": "4", "width": "11"})[0]), ["layer"])
    found: list[SignalTrace] = []

    def ask(told: threading.Event) -> None:
        class Place:
            def progress(self, share: float, text: str) -> None:
                told.set()

        found.append(measure(setup, Place(), "Layer"))

    threads = [threading.Thread(target=ask, args=(each,)) for each in told]
    with kept_traces().turn(setup).taken(lambda: None):
        for thread in threads:
            thread.start()
        assert all(each.wait(30) for each in told)
    for thread in threads:
        thread.join(60)
    assert measured == [setup]
    assert len(found) == 4
    assert len({id(trace) for trace in found}) == 1
