"""A corpus of what the lab gives: links and payloads of every preset, drawn and junk links, exports.

``test_corpus.py`` makes everything anew and compares it with what is recorded in ``corpus/``. What is added to a
catalogue needs no entry here; what is recorded may not change unnoticed. After a change on purpose

    python -m tests.contracts.corpus write

records anew and prints what has changed. Links that are recorded stay; ``write --draw`` draws others.
"""

from __future__ import annotations

import json
import logging
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

# Every import of the project stands here and in corpus_subjects.py, so that a move is one edit.
from experiments.activations import settings as activation_settings
from experiments.activations.settings import CHAIN, LOGITS, curves_of
from experiments.initialization import settings as initialization_settings
from experiments.initialization.settings import focus_of, make_signal, setups_of, verdicts
from experiments.links import bowl_link, initialization_link
from experiments.normalization import settings as normalization_settings
from experiments.normalization.batch_modes import batch_view, error_table, forgotten_sentence, running_sentence
from experiments.normalization.coupling import WAYS, coupled_rows, coupling_sentence
from experiments.normalization.depth import measure_effects
from experiments.normalization.leak import leak_view
from experiments.normalization.settings import compared_kinds, group_count, network_settings
from experiments.normalization.stages import race_stages, stage_sentence, stage_table, weight_window
from experiments.normalization.tensor import normalized_example
from experiments.normalization.whitening import two_features
from experiments.normalization.worked_example import by_hand
from experiments.race.line_presets import LINE_PRESETS
from experiments.race.link import race_from_query, race_to_query
from experiments.race.presets import PRESETS as PLANE_PRESETS
from experiments.race.race import run_race
from experiments.race.reports import report
from experiments.race.types import Race, RaceResult
from experiments.race.view import view_from_query, view_to_query
from experiments.surfaces import LINE, PLANE
from experiments.training.words import sentence
from exports.html import standalone_html
from exports.live import curves_csv as watched_csv
from exports.live import live_html
from exports.race_csv import paths_csv
from exports.race_script import python_script, rule_code
from exports.run_script import script as run_script
from exports.runs import configs_json, scripts_file
from exports.runs import reports_csv as stored_csv
from exports.signals import signals_csv
from figures.activations.chain import chain_figure, chain_sentences, products_of
from figures.activations.curves import curves_figure
from figures.activations.gates import gate_slopes, gate_surface
from figures.activations.softmax import softmax_bars, softmax_by_temperature, softmax_sentence, softmax_slopes
from figures.activations.table import property_table
from figures.live import comparison_payload, live_payload
from figures.live.still import live_png, live_svg
from figures.live.sweep import sweep_payload
from figures.normalization.batch_statistics import error_figure, forgotten_figure, running_figure
from figures.normalization.coupled import coupling_figure
from figures.normalization.depth_effect import effect_figure, effect_lines, effect_table
from figures.normalization.inputs import excess_figure, stage_figure
from figures.normalization.leakage import leak_figure, leak_sentences, leak_table, score_figure
from figures.normalization.sharing import formula, group_table, sharing_figure, tensor_figure, tensor_sentence
from figures.race.animation import race_gif
from figures.race.player import player_payload
from figures.race.still import race_png, race_svg
from figures.race.table import results_table
from figures.signals.depth import signal_color, spread_figure
from figures.signals.histograms import histograms_figure
from figures.signals.phase_plane import phase_figure, phase_sentence, plane_of
from figures.signals.table import layer_table
from landscapes import LANDSCAPES, LINES
from networks import GATED, predict, trace
from optimizers import OPTIMIZERS, SCHEDULES
from settings.linked import read_settings, settle, write_settings
from tests.contracts import corpus_links as links
from tests.contracts import corpus_subjects as subjects
from tests.contracts import corpus_values as values
from tests.contracts.corpus_subjects import looks, numberless
from trainers.config import RunConfig
from trainers.config import differences as config_differences
from trainers.diagnosis import diagnose
from trainers.diagnosis.history import Layers
from trainers.imported.curves import read_curves
from trainers.imported.reports import ROLES, reports_of, watched_of
from trainers.imported.sample import SAMPLE_CONFIG, SAMPLE_CSV, SAMPLE_NAME
from trainers.lab.feed import Feed
from trainers.presets import PRESETS as TRAININGS
from trainers.report import Internals

FOLDER = Path(__file__).with_name("corpus")
Entry = dict[str, Any]
Make = Callable[[], Any]

RACES = {"descent": PLANE_PRESETS, "line": LINE_PRESETS}
RACE_EXPORTS = {"descent": ("step_size_limit", "newton_saddle", "noise"), "line": ("wells",)}
SCRIPTS = ("good_fit", "cifar_cnn", "momentum_in_a_ravine")
_LINKED = {
    "activations": activation_settings,
    "initialization": initialization_settings,
    "normalization": normalization_settings,
}

# Numbers may differ by this share of their size. What PyTorch sums in float32 differs more from machine to machine,
# above all in a network that is chaotic.
_LOOSE = {"initialization measured": 2e-2, "normalization effect": 2e-2}
_REL = 1e-6


def rel_of(name: str) -> float:
    """The tolerance for an entry."""
    return next((rel for begin, rel in _LOOSE.items() if name.startswith(f"{begin} ")), _REL)


# ---- races in the plane and on a line -----------------------------------------------------------------------------


def descent() -> Iterator[tuple[str, Make]]:
    """Link, payload and sentences of each race in the plane, then exports of three."""
    return _races("descent")


def line() -> Iterator[tuple[str, Make]]:
    """Link, payload and sentences of each race on a line, then exports of one."""
    return _races("line")


def _races(page: str) -> Iterator[tuple[str, Make]]:
    for key in RACES[page]:
        yield f"{page} preset {key}", lambda key=key: _race_link(page, key) | _steady(page, key, _race)
    for key in RACE_EXPORTS[page]:
        for kind, export in _RACE_EXPORTS.items():
            yield f"{page} {kind} {key}", lambda key=key, export=export: _steady(page, key, export)
        for kind, export in _RACE_TEXTS.items():
            yield f"{page} {kind} {key}", lambda key=key, export=export: export(_result(page, key, 0.0))


_WOBBLES = (0.0,)


def _race_link(page: str, key: str) -> dict[str, Any]:
    preset = RACES[page][key]
    return {"link": race_to_query(preset.race) | view_to_query(preset.view)}


def _steady(page: str, key: str, keep: Callable[[RaceResult], Any]) -> Any:
    """What is kept of a race, blank where starts that differ by a hair (only while recording) give something else."""
    kept = [values.kept(keep(_result(page, key, wobble))) for wobble in _WOBBLES]
    return values.steady(kept[0], kept[1:], _REL)


@cache
def _result(page: str, key: str, wobble: float) -> RaceResult:
    race: Race = RACES[page][key].race
    (x_low, x_high), (y_low, y_high) = race.landscape.domain
    x, y = race.start
    aside = 0.7 * wobble * (y_high - y_low) if page == "descent" else 0.0
    return run_race(replace(race, start=(x + wobble * (x_high - x_low), y - aside)))


def _race(result: RaceResult) -> Entry:
    reports = report(result)
    return {
        "payload": values.race_payload(player_payload(result)),
        "sentences": [each.sentence for each in reports],
        "results": results_table(result, [each.outcome for each in reports]),
    }


def _player_page(result: RaceResult) -> Entry:
    ground = "line" if result.race.landscape.dimensions == 1 else "player"
    page, payload = values.page_and_payload(standalone_html(player_payload(result), "descent-<race>", ground))
    return page | {"payload": values.race_payload(payload)}


_RACE_EXPORTS: Mapping[str, Callable[[RaceResult], Any]] = {
    "HTML": _player_page,
    "SVG": lambda result: values.svg(race_svg(result, width=1200, height=800)),
    "PNG": lambda result: values.image(race_png(result, width=1600, height=1066, dark=True)),
    "GIF": lambda result: values.image(race_gif(result, seconds=2, fps=5)),
    "CSV": lambda result: values.csv_text(paths_csv(result)),
}
_RACE_TEXTS: Mapping[str, Callable[[RaceResult], Any]] = {
    "script": lambda result: values.lines(python_script(result)),
    "code": lambda result: [rule_code(lane.trajectory.optimizer) for lane in result.lanes],
}


def race_state(page: str, link: Mapping[str, str]) -> Entry:
    """What a page of races makes of a link."""
    race, problems = race_from_query(link, LINE if page == "line" else PLANE)
    view, more = view_from_query(link)
    return {
        "link": race_to_query(race) | view_to_query(view),
        "landscape": [race.landscape.key, race.landscape.name, race.landscape.parameters, race.landscape.domain],
        "entries": [
            {
                "optimizer": each.optimizer,
                "values": each.values,
                "schedule": each.schedule,
                "schedule_values": each.schedule_values,
                "warmup": each.warmup,
            }
            for each in race.entries
        ],
        "race": [*race.start, race.steps, race.noise, race.seed],
        "view": view,
        "problems": [*problems, *more],
    }


# ---- pages whose settings are declared -----------------------------------------------------------------------------


def _preset_values(page: str, key: str) -> tuple[dict[str, Any], Entry]:
    module = _LINKED[page]
    read, problems = read_settings(module.declared, module.PRESETS[key].query)
    return read, {"link": write_settings(module.declared, read), "values": read, "problems": problems}


def _linked_state(page: str) -> Callable[[Mapping[str, str]], Entry]:
    def state(link: Mapping[str, str]) -> Entry:
        read, problems = read_settings(_LINKED[page].declared, link)
        return {"link": write_settings(_LINKED[page].declared, read), "values": read, "problems": problems}

    return state


def activations() -> Iterator[tuple[str, Make]]:
    """Link, settings, figures and sentences of each preset."""
    for key in activation_settings.PRESETS:
        yield f"activations preset {key}", lambda key=key: _activations(key)


def _activations(key: str) -> Entry:
    read, entry = _preset_values("activations", key)
    if read["view"] == "two":
        gate = GATED[read["gate"]]
        return {**entry, "surface": gate_surface(gate), "slopes": gate_slopes(gate)}
    if read["view"] == "softmax":
        logits, temperature = [read[name] for name in LOGITS], read["temperature"]
        return {
            **entry,
            "bars": softmax_bars(logits, temperature),
            "by temperature": softmax_by_temperature(logits, temperature),
            "slopes": softmax_slopes(logits, temperature),
            "sentence": softmax_sentence(logits, temperature),
        }
    curves = curves_of(read)
    products = [products_of(curve, {name: read[name] for name in CHAIN}) for curve in curves]
    return {
        **entry,
        "curves": curves_figure(curves, reach=read["reach"], threshold=read["threshold"], shaded=read["shade"]),
        "chain": chain_figure(curves, products, weight=read["weight"]),
        "sentences": chain_sentences(curves, products, weight=read["weight"]),
        "table": property_table(curves),
        "code": [curve.activation.pytorch_line(curve.hyper) for curve in curves],
    }


def initialization() -> Iterator[tuple[str, Make]]:
    """Link, settings and theory of each preset; what is measured, on smaller networks."""
    for key in initialization_settings.PRESETS:
        yield f"initialization preset {key}", lambda key=key: _initialization(key)
        yield f"initialization measured {key}", lambda key=key: _measured(key)


def _initialization(key: str) -> Entry:
    read, entry = _preset_values("initialization", key)
    setups = setups_of(read)
    found = tuple(make_signal(i, each, predict(each), None, None) for i, each in enumerate(setups, 1))
    focus = found[focus_of(read) - 1]
    plane = plane_of(focus.setup.activation_entry, focus.setup.activation_settings)
    return {
        **entry,
        "setups": setups,
        "labels": [each.label for each in found],
        "verdicts": [(signal_color(each), words) for each, words in verdicts(found)],
        "theory": spread_figure(found),
        "phase": phase_figure(plane, found, focus=focus.slot),
        "phase sentence": phase_sentence(plane, focus),
    }


def _measured(key: str) -> Entry:
    read, _ = _preset_values("initialization", key)
    setups = setups_of(read | {"width": 48, "samples": 64, "depth": min(read["depth"], 20)})
    with _one_thread():
        found = tuple(make_signal(i, each, predict(each), trace(each), None) for i, each in enumerate(setups, 1))
    return {
        "verdicts": [numberless(words) for _, words in verdicts(found)],
        "spread": spread_figure(found),
        "histograms": looks(histograms_figure(found, part=read["part"])),
        "tables": [list(layer_table(each).columns) for each in found],
        "CSV": values.csv_text(signals_csv(found)),
    }


def normalization() -> Iterator[tuple[str, Make]]:
    """Link, settings and what its part of the page shows, for each preset."""
    for key in normalization_settings.PRESETS:
        read, entry = _preset_values("normalization", key)
        part = read["part"]
        yield f"normalization {part} preset {key}", lambda r=read, e=entry, p=part: {**e, **_PARTS[p](r)}


def _data(read: Entry) -> Entry:
    data = two_features(
        correlation=read["correlation"],
        mean=(read["mean1"], read["mean2"]),
        spread=(read["spread1"], read["spread2"]),
        noise=read["noise"],
        seed=read["seed"],
    )
    races = race_stages(
        data,
        ("raw", "centered", "scaled", "rotated", read["whitening"]),
        start=(read["w1"], read["w2"]),
        steps=read["steps"],
        share=read["share"] if read["rates"] == "best" else None,
        rate=read["rate"],
    )
    window = weight_window(races)
    return {
        "sentence": stage_sentence(races),
        "stages": [stage_figure(race, window) for race in races],
        "excess": excess_figure(races),
        "table": stage_table(races),
        "bowl": bowl_link(races[1].condition),
    }


def _leak(read: Entry) -> Entry:
    view = leak_view(
        read["stage"], **{name: read[name] for name in ("correlation", "drift", "train", "test", "noise", "seed")}
    )
    return {
        "sentences": leak_sentences(view),
        "figures": [leak_figure(view, leaked=False), leak_figure(view, leaked=True), score_figure(view)],
        "table": leak_table(view),
    }


def _layers(read: Entry) -> Entry:
    kind, groups, shape = read["kind"], group_count(read), (read["samples"], read["channels"], read["hw"])
    x, result = normalized_example(
        kind, shape, groups=groups, scale=read["gamma"], shift=read["beta"], seed=read["seed"]
    )
    return {
        "sentence": tensor_sentence(kind, x, result),
        "sharing": sharing_figure(kind, shape, groups=groups),
        "tensor": tensor_figure(x, result, kind, groups=groups),
        "table": group_table(x, result),
        "formula": formula(kind),
    }


def _batch(read: Entry) -> Entry:
    view = batch_view(
        size=read["batch"],
        momentum=read["momentum"],
        batches=read["batches"],
        value=read["value"],
        similar=read["companions"] == "similar",
        seed=read["seed"],
    )
    return {
        "sentences": [running_sentence(view, read["momentum"]), forgotten_sentence(view)],
        "figures": [running_figure(view), forgotten_figure(view), error_figure(read["seed"])],
        "table": error_table(read["seed"]),
    }


def _coupling(read: Entry) -> Entry:
    chosen = {name: read[name] for name in ("rows", "deep", "activation", "seed")}
    coupled = {way: coupled_rows(way, **chosen) for way in WAYS}
    return {
        "sentence": coupling_sentence(coupled),
        "figure": coupling_figure(list(coupled.values()), top=5.0),
    }


def _effect(read: Entry) -> Entry:
    with _one_thread():
        effects = measure_effects({**network_settings(read | {"width": 48}), "samples": 64}, compared_kinds(read))
    return {
        "lines": [numberless(words) for _, words in effect_lines(effects)],
        "figures": [effect_figure(effects, "std"), effect_figure(effects, "grad_std")],
        "columns": list(effect_table(effects).columns),
        "initialization": initialization_link(read),
    }


_PARTS: Mapping[str, Callable[[Entry], Entry]] = {
    "hand": lambda read: {"worked": by_hand(read["cells"], scale=read["gamma"], shift=read["beta"])},
    "data": _data,
    "leak": _leak,
    "layers": _layers,
    "batch": _batch,
    "coupling": _coupling,
    "effect": _effect,
}


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums in one order, whatever the machine has."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


# ---- training and runs ---------------------------------------------------------------------------------------------


def training() -> Iterator[tuple[str, Make]]:
    """Link and configuration of each preset's runs, and their scripts: three in full, of the others what they begin."""
    for key in TRAININGS:
        yield f"training preset {key}", lambda key=key: _training(key)
        config = TRAININGS[key].configs()[0][1]
        if key in SCRIPTS:
            yield f"training script {key}", lambda config=config: values.lines(run_script(config))
        else:
            yield f"training script {key}", lambda config=config: _definitions(run_script(config))


def _training(key: str) -> Entry:
    (_, first), *others = TRAININGS[key].configs()
    return {
        "roles": [role for role, _ in TRAININGS[key].configs()],
        "links": [config.to_query() for _, config in TRAININGS[key].configs()],
        "config": first.flat(),
        "others": [config_differences(first, config) for _, config in others],
        "json": json.loads(first.to_json())["version"],
    }


def _definitions(text: str) -> list[str]:
    """Lines of a script that stand at its margin: imports, definitions, what is run."""
    return [
        line for line in text.splitlines() if line and not line[0].isspace() and not line.startswith(("#", '"""', ")"))
    ]


def training_states(given: Sequence[Mapping[str, str]]) -> list[Entry]:
    """What the training page makes of links."""
    return _on_page(_open_training, given)


def runs_states(given: Sequence[Mapping[str, str]]) -> list[Entry]:
    """What the runs page makes of links."""
    return _on_page(_open_runs, given)


def _on_page(script: Callable[[], None], given: Sequence[Mapping[str, str]]) -> list[Entry]:
    app = AppTest.from_function(script, default_timeout=120)
    app.session_state["given"] = list(given)
    app.run()
    assert not app.exception, app.exception
    return app.session_state["states"]


def _open_training() -> None:
    import streamlit as st

    from pages.parts.training.setup import linked

    states, given = [], st.session_state["given"]
    for link in given:
        st.session_state.clear()
        st.query_params.from_dict(link)
        state = linked.open()
        config, run = state.config, state.run
        problems = st.session_state["linked training"].problems
        states.append(
            {"link": st.query_params.to_dict(), "config": config.flat(), "run": run, "problems": list(problems)}
        )
    st.session_state["states"] = states


def _open_runs() -> None:
    import streamlit as st

    from pages.parts.runs.state import linked, value

    names = ("view", "search", "statuses", "data", "verdicts", "sort", "page", "compared", "number", "x")
    states, given = [], st.session_state["given"]
    for link in given:
        st.session_state.clear()
        st.query_params.from_dict(link)
        linked.open()
        shown = {name: value(name) for name in names}
        problems = st.session_state["linked runs"].problems
        states.append({"link": st.query_params.to_dict(), "shown": shown, "problems": list(problems)})
    st.session_state["states"] = states


def runs() -> Iterator[tuple[str, Make]]:
    """The sample of the import, as it is read, drawn and exported; then two runs with layers and pictures."""
    yield "runs sample", _sample
    yield "runs sample config", lambda: {"link": SAMPLE_CONFIG.to_query(), "config": SAMPLE_CONFIG.flat()}
    for name, watched in {"sample": _imported, "one": _one, "two": _two, "sweep": _sweep}.items():
        for kind, export in _LIVE_EXPORTS.items():
            yield f"runs {kind} {name}", lambda watched=watched, export=export: export(watched())
    yield "runs stored", _stored


def _sample() -> Entry:
    curves = read_curves([(SAMPLE_CSV, SAMPLE_NAME)])
    return {
        "columns": [(label, curves.columns[role]) for role, label in ROLES.items() if role in curves.columns],
        "findings": diagnose(curves.history),
        "history": curves.history,
        "sentence": sentence("optimizer.lr was given"),
    }


def _stored() -> Entry:
    runs = [each.run for each in _two()]
    reports = list(enumerate(reports_of(read_curves([(SAMPLE_CSV, SAMPLE_NAME)]).history), 1))
    return {
        "CSV": values.csv_text(stored_csv([(run, reports) for run in runs])),
        "JSON": [json.loads(configs_json(runs)), json.loads(configs_json(runs[:1]))],
        "script": _definitions(str(scripts_file(runs[:1]))),
    }


def _imported() -> list[Feed]:
    history = read_curves([(SAMPLE_CSV, SAMPLE_NAME)]).history
    return [watched_of(history, diagnose(history), SAMPLE_NAME)]


def _one() -> list[Feed]:
    return [_run("one", RunConfig(), pictures=True)]


def _two() -> list[Feed]:
    slower = RunConfig().changed({"optimizer.name": "sgd", "optimizer.lr": 0.05})
    return [_run("Adam", RunConfig()), _run("=SGD, slow", slower)]


def _sweep() -> list[Feed]:
    return [_run(f"width {n}", RunConfig().changed({"model.width": n})) for n in (4, 16, 64)]


def _run(name: str, config: RunConfig, pictures: bool = False) -> Feed:
    """The sample's curves as a run of the lab with made-up layers and pictures."""
    (seen,) = _imported()
    n = len(seen.epochs)
    k, j = np.arange(n)[:, None], np.arange(3)[None, :]
    columns = [each.name for each in fields(Internals) if each.name not in ("layers", "sizes")]
    tables = {column: (1 + i + j) / (2 + k) for i, column in enumerate(columns)}
    album = {
        "surface": {
            "x": [-1.0, 1.0],
            "y": [-2.0, 2.0],
            "winner": np.eye(8, dtype=int),
            "confidence": np.arange(64).reshape(8, 8) * 2 + 128,
        },
        "confusion": {"counts": [[30, 4], [7, 19]]},
    }
    run = replace(
        seen.run,
        id=f"run{len(name)}",
        name=name,
        role=name[:16],
        status="finished",
        sentence="It is done.",
        config=config,
        best_epoch=4.0,
        best_val_loss=0.24464,
    )
    layers = Layers(names=("layer 1", "layer 2", "output"), sizes=np.array([32.0, 256.0, 34.0]), columns=tables)
    series = {**seen.series, "step": np.arange(n) * 10.0, "seconds": np.arange(n) ** 2 / 64}
    shown = ((4.0, album), (60.0, album)) if pictures else ()
    return replace(seen, run=run, series=series, layers=layers, baseline_loss=0.66, album=shown)


def _live_page(watched: list[Feed]) -> Entry:
    page, payload = values.page_and_payload(live_html(live_payload(watched), "A <run>"))
    return page | {"payload": values.payload(payload)}


def _others(watched: list[Feed]) -> Entry:
    swept = sweep_payload(watched)
    compared = comparison_payload(watched, "gap", x="seconds")
    return {"gap": values.payload(compared), "sweep": swept and values.payload(swept)}


_LIVE_EXPORTS: Mapping[str, Callable[[list[Feed]], Any]] = {
    "HTML": _live_page,
    "compared": _others,
    "CSV": lambda watched: values.csv_text(watched_csv(watched)),
    "SVG": lambda watched: values.svg(live_svg(watched)),
    "PNG": lambda watched: values.image(live_png(watched, dark=True)),
}


# ---- recording ------------------------------------------------------------------------------------------------------

PAGES: Mapping[str, Callable[[], Iterator[tuple[str, Make]]]] = {
    "descent": descent,
    "line": line,
    "maps": subjects.maps,
    "derivatives": subjects.derivatives,
    "losses": subjects.losses,
    "generalization": subjects.generalization,
    "surface": subjects.surface,
    "activations": activations,
    "initialization": initialization,
    "normalization": normalization,
    "training": training,
    "runs": runs,
}


def states(page: str, given: Sequence[Mapping[str, str]]) -> list[Entry]:
    """What a page makes of each link: its own link, its state, and the sentences of problems."""
    if page == "training":
        return training_states(given)
    if page == "runs":
        return runs_states(given)
    if page in subjects.CODECS:
        return [subjects.state(page, link) for link in given]
    state = partial(race_state, page) if page in RACES else _linked_state(page)
    return [state(link) for link in given]


def drawn_links(page: str) -> list[dict[str, str]]:
    """Valid links of a page, the same in every call."""
    rng = random.Random(f"corpus of {page}")
    if page == "descent":
        return [links.race_link(LANDSCAPES, OPTIMIZERS, SCHEDULES, rng) for _ in range(links.DRAWN)]
    if page == "line":
        rules = {key: OPTIMIZERS[key] for key in LINE.rules}
        return [links.race_link(LINES, rules, SCHEDULES, rng, dimensions=1) for _ in range(links.DRAWN)]
    if page == "training":
        return [links.run_config(RunConfig(), rng).to_query() for _ in range(links.DRAWN)]
    if page == "runs":
        return [dict(link) for link in links.RUNS]
    if page in subjects.CODECS:
        return subjects.drawn_links(page, rng)
    declared = _LINKED[page].declared
    return [write_settings(declared, settle(declared, links.pick(rng))[0]) for _ in range(links.DRAWN)]


def recorded(page: str) -> dict[str, Any]:
    """What is recorded of a page: its entries by name, and its links with their states."""
    return json.loads((FOLDER / f"{page}.json").read_text(encoding="utf-8"))


def made(page: str, entries: Sequence[str] | None = None) -> dict[str, Any]:
    """The entries of a page as they are now; only those named where names are given."""
    return {name: values.kept(make()) for name, make in PAGES[page]() if entries is None or name in entries}


def kept_states(page: str, given: Sequence[Mapping[str, str]]) -> list[Any]:
    """``states`` as the corpus keeps them."""
    return [values.kept(state) for state in states(page, given)]


def differing(name: str, was: Any, now: Any) -> list[str]:
    """Where an entry differs from what is recorded, a line each."""
    return [f"{name}: {each}" for each in values.differences(was, now, rel_of(name))]


def write(draw: bool = False) -> None:
    """Record everything anew, and say what has changed."""
    global _WOBBLES
    _WOBBLES = (0.0, 1e-13, -1e-13, 3e-13)
    # Opening links outside of a server is meant.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    FOLDER.mkdir(exist_ok=True)
    for page in PAGES:
        path = FOLDER / f"{page}.json"
        old = recorded(page) if path.exists() else {"entries": {}, "drawn": [], "junk": []}
        new: dict[str, Any] = {"entries": made(page)}
        for kind, fresh in (("drawn", drawn_links(page)), ("junk", [dict(link) for link in links.JUNK[page]])):
            given = fresh if draw or not old[kind] else [each["given"] for each in old[kind]]
            pairs = zip(given, kept_states(page, given), strict=True)
            new[kind] = [{"given": link, "state": state} for link, state in pairs]
        for line in _changes(page, old, new):
            print(line)
        path.write_text(_text(new) + "\n", encoding="utf-8")


def _changes(page: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in [*new["entries"], *(name for name in old["entries"] if name not in new["entries"])]:
        if name not in new["entries"] or name not in old["entries"]:
            yield f"{name}: {'new' if name in new['entries'] else 'gone'}"
        else:
            yield from differing(name, old["entries"][name], new["entries"][name])
    for kind in ("drawn", "junk"):
        for i, (was, now) in enumerate(zip(old[kind], new[kind], strict=False)):
            yield from differing(f"{page} {kind} link {i}", was, now)


def _text(value: Any, indent: str = "") -> str:
    """JSON that is compact and still shows in a diff what has changed."""
    short = json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    if len(short) + len(indent) <= 160 or not isinstance(value, dict | list):
        return short
    if isinstance(value, list) and all(isinstance(each, int | float) for each in value):
        return short
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(name, ensure_ascii=False)}: {_text(each, inner)}" for name, each in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _text(each, inner) for each in value) + f"\n{indent}]"


if __name__ == "__main__":
    if sys.argv[1:2] != ["write"]:
        sys.exit(__doc__)
    write(draw="--draw" in sys.argv)
