"""What the corpus keeps of pages whose state is settings and nothing else: see ``corpus.py``."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from experiments.derivatives import EXPRESSIONS, DerivativesCodec, curve_of, drawn_start, fitted, place_of, step_of
from experiments.derivatives import PRESETS as DERIVATIVES
from experiments.derivatives.cost import cost_of
from experiments.derivatives.differences import PRECISIONS
from experiments.derivatives.settings import FORMS
from experiments.derivatives.settings import declared as derivatives_declared
from experiments.derivatives.sweeps import tape_of
from experiments.generalization import CODEC as GENERALIZATION_CODEC
from experiments.generalization import PRESETS as GENERALIZATION
from experiments.generalization import generalization_code
from experiments.generalization.settings import declared as generalization_declared
from experiments.losses import PRESETS as LOSSES
from experiments.losses import (
    LossesCodec,
    apart_sentence,
    at_shift,
    classification_readings,
    classification_sentence,
    fits_of,
    on_grid,
    outlier_sentence,
    placed,
    regression_readings,
    regression_sentence,
    smoothed_of,
    smoothed_sentence,
)
from experiments.losses.code import losses_code
from experiments.losses.settings import REGRESSION
from experiments.losses.settings import declared as losses_declared
from experiments.maps import PRESETS as MAPS
from experiments.maps import MapsCodec
from experiments.maps.settings import declared as maps_declared
from experiments.surface import CODEC as SURFACE_CODEC
from experiments.surface import PRESETS as SURFACES
from experiments.surface import declared as surface_declared
from experiments.surface import link_presets as surface_presets
from exports.derivatives import form_script, trace_csv
from figures.derivatives import (
    cost_table,
    cubic_figure,
    cubic_sentence,
    cubic_table,
    estimate_sentences,
    graph_payload,
    layer_sentence,
    loss_figure,
    near_figure,
    secant_figure,
    trace_rows,
    valley_figure,
)
from figures.losses import (
    apart_payload,
    distance_table,
    error_curves,
    gradient_bars,
    logit_curves,
    loss_table,
    outlier_payload,
    probability_curves,
    reading_table,
    target_bars,
)
from settings import LinkPreset, SettingsCodec, settle
from settings.linked import write_settings
from tests.contracts import corpus_links as links
from tests.contracts import corpus_values as values

Entry = dict[str, Any]
Make = Callable[[], Any]

CODECS: Mapping[str, SettingsCodec] = {
    "losses": LossesCodec(),
    "derivatives": DerivativesCodec(),
    "maps": MapsCodec(),
    "generalization": GENERALIZATION_CODEC,
    "surface": SURFACE_CODEC,
}
DECLARED = {
    "losses": losses_declared,
    "derivatives": derivatives_declared,
    "maps": maps_declared,
    "generalization": generalization_declared,
    "surface": surface_declared,
}


def state(page: str, link: Mapping[str, str]) -> Entry:
    """What a page makes of a link."""
    read, problems = CODECS[page].read(link)
    return {"link": CODECS[page].write(read), "values": read, "problems": problems}


def drawn_links(page: str, rng: random.Random) -> list[dict[str, str]]:
    """Valid links: drawn settings of which the page says nothing, such as that a window has no inside."""
    drawn: list[dict[str, str]] = []
    while len(drawn) < links.DRAWN:
        link = write_settings(DECLARED[page], settle(DECLARED[page], links.pick(rng))[0])
        if not CODECS[page].read(link)[1]:
            drawn.append(link)
    return drawn


def _made(page: str, preset: LinkPreset, parts: Mapping[str, Callable[[Entry], Entry]], part: str) -> Entry:
    known = state(page, preset.query)
    return {**known, **parts[known["values"][part]](known["values"])}


def numberless(sentence: str) -> str:
    """A sentence without its digits, which are rounded from what differs between machines."""
    return re.sub(r"[0-9.]*[0-9]", "#", sentence)


def looks(figure: Any) -> Entry:
    """What a figure is made of, without the numbers: they hang on the last bits of what is drawn."""
    drawn = figure.to_plotly_json()
    return {
        "traces": [[trace.get("type"), trace.get("name")] for trace in drawn["data"]],
        "layout": sorted(drawn["layout"]),
    }


# ---- losses ---------------------------------------------------------------------------------------------------------


def losses() -> Iterator[tuple[str, Make]]:
    """Link, settings, pictures, sentences and script of each preset."""
    for key, preset in LOSSES.items():
        yield f"losses preset {key}", lambda preset=preset: _made("losses", preset, _LOSSES, "part")
        read = state("losses", preset.query)["values"]
        if read["part"] != "table":
            yield f"losses script {key}", lambda read=read: values.lines(losses_code(read))


def _regression(read: Entry) -> Entry:
    readings = regression_readings(read)
    return {
        "curves": error_curves(read),
        "table": reading_table(readings),
        "sentence": regression_sentence(readings, read["error"]),
    }


def _outlier(read: Entry) -> Entry:
    fits, place = fits_of(read), on_grid(read)
    return {
        "payload": values.payload(outlier_payload(read)),
        "sentences": [outlier_sentence(placed(fits, key, place), line=fits.line) for key in REGRESSION],
    }


def _classification(read: Entry) -> Entry:
    readings = classification_readings(read)
    return {
        "curves": [probability_curves(read), logit_curves(read)],
        "table": reading_table(readings),
        "sentence": classification_sentence(readings, read),
    }


def _cross_entropy(read: Entry) -> Entry:
    view = smoothed_of(read)
    return {
        "bars": [target_bars(view, convention=read["convention"]), gradient_bars(view)],
        "sentence": smoothed_sentence(view),
    }


def _distributions(read: Entry) -> Entry:
    at = at_shift(read)
    return {
        "payload": values.payload(apart_payload(read)),
        "table": distance_table(at),
        "sentence": apart_sentence(at),
    }


_LOSSES: Mapping[str, Callable[[Entry], Entry]] = {
    "regression": _regression,
    "outlier": _outlier,
    "classification": _classification,
    "cross_entropy": _cross_entropy,
    "distributions": _distributions,
    "table": lambda read: {"table": values.lines(loss_table())},
}


# ---- derivatives ----------------------------------------------------------------------------------------------------


def derivatives() -> Iterator[tuple[str, Make]]:
    """Link, settings, pictures and sentences of each preset; the graph of every expression; the five forms of code."""
    for key, preset in DERIVATIVES.items():
        yield f"derivatives preset {key}", lambda preset=preset: _made("derivatives", preset, _DERIVATIVES, "view")
    for key in EXPRESSIONS:
        yield (
            f"derivatives graph {key}",
            lambda key=key: _walk(state("derivatives", {"view": "graph", "g": key})["values"]),
        )
    for form in FORMS:
        yield f"derivatives script {form}", lambda form=form: values.lines(_script(form))


def _script(form: str) -> str:
    return form_script(form, start=drawn_start(0), seed=0, rate=1e-6, steps=2000, rows=2000)


def _numbers(read: Entry) -> Entry:
    """Rounding differs from machine to machine, so of what it makes there is left what is drawn and said at all."""
    curve, h = curve_of(read["f"], read["formula"]), step_of(read)
    places = [place_of(curve, read["x0"], precision) for precision in PRECISIONS[read["precision"]]]
    return {
        "formulas": [curve.latex, curve.derivative_latex],
        "valley": looks(valley_figure(places, h)),
        "near": looks(near_figure(places[0], h)),
        "secants": looks(secant_figure(places[0], h)),
        "sentences": [numberless(each) for each in estimate_sentences(places[0], h)],
    }


def _walk(read: Entry) -> Entry:
    rows = trace_rows(read)
    return {"payload": values.payload(graph_payload(read)), "trace": rows, "CSV": values.lines(trace_csv(rows))}


def _graph(read: Entry) -> Entry:
    return {
        **_walk(read),
        "cost": cost_table(cost_of(tape_of(EXPRESSIONS[read["g"]]))),
        "sentence": layer_sentence(read["n"], read["m"]),
    }


def _cubic(read: Entry) -> Entry:
    fit = fitted(drawn_start(read["draw"]), read["rate"], read["steps"], read["rows"])
    return {
        "figures": [cubic_figure(fit), loss_figure(fit)],
        "sentence": cubic_sentence(fit, read["rate"], read["steps"]),
        "table": cubic_table(fit, read["steps"]),
    }


_DERIVATIVES: Mapping[str, Callable[[Entry], Entry]] = {"numbers": _numbers, "graph": _graph, "cubic": _cubic}


# ---- maps -----------------------------------------------------------------------------------------------------------


def maps() -> Iterator[tuple[str, Make]]:
    """Link and settings of each preset; the pictures are made in the browser."""
    for key, preset in MAPS.items():
        yield f"maps preset {key}", lambda preset=preset: state("maps", preset.query)


# ---- generalization and loss surfaces -------------------------------------------------------------------------------


def generalization() -> Iterator[tuple[str, Make]]:
    """Link, settings and script of each preset."""
    for key, preset in GENERALIZATION.items():
        yield f"generalization preset {key}", lambda preset=preset: state("generalization", preset.query)
        read = state("generalization", preset.query)["values"]
        if read["part"] != "ensemble":  # whose runs have scripts of their own
            yield f"generalization script {key}", lambda read=read: values.lines(generalization_code(read))


def surface() -> Iterator[tuple[str, Make]]:
    """Link and settings of each preset, and the runs that it trains."""
    for key, preset in surface_presets().items():
        yield f"surface preset {key}", lambda preset=preset: state("surface", preset.query)
    for key, runs in SURFACES.items():
        yield f"surface runs {key}", lambda runs=runs: [[role, config.to_query()] for role, config in runs.configs()]
