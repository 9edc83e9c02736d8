"""Views that are computed on the spot: each page's pictures from what its codec has read. See ``exported.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pages.parts.lessons.of_stored import studied_view
from pages.parts.lessons.view_types import ExportedView, drawn, still_of

Values = Mapping[str, Any]


def race_view(shown: Any) -> ExportedView:
    """A race, in the plane or on a line."""
    from experiments.race import finished_race
    from figures.race import player_payload, race_picture

    result = finished_race(shown.race).result
    return ExportedView(
        live=("line" if shown.race.landscape.dimensions == 1 else "player", player_payload(result, view=shown.view)),
        still=lambda width, height: race_picture(result, width=width, height=height),
    )


def maps_view(values: Values) -> ExportedView:
    """A map; the browser computes it, but for the rules that only the server can move."""
    from experiments.map_links import race_of_map
    from experiments.maps import ask_grids, server_sheets
    from figures.maps import map_figure, maps_payload

    answers = ask_grids(server_sheets(values), _PATIENCE)
    payload = maps_payload(values, race_of_map(values), answers)
    return ExportedView(live=("maps", payload), still=still_of(partial(map_figure, values)))


_PATIENCE = 5.0  # seconds for what the server computes of a map


def fair_view(race: Any) -> ExportedView:
    """A fair race, if it has been run: tuning all takes longer than a file may."""
    from experiments.race import FairCodec, affordable_fair_race, known_fair_result
    from figures.race import left_figure, profile_figure

    known = known_fair_result(FairCodec().write(affordable_fair_race(race)))
    if known is None:
        return ExportedView(missing="This race tunes every rule first, which takes a while. Open it in the lab.")
    return drawn(
        {
            "The share of starts solved against gradient evaluations": lambda dark: profile_figure(known, dark=dark),
            "What is left of the way down at the end, a row a rule": lambda dark: left_figure(known, dark=dark),
        }
    )


def neuron_view(shown: Any) -> ExportedView:
    """The neuron's player, what is dragged on convexity and penalties, or pictures."""
    values = shown.values
    return {"neuron": _neuron, "convexity": _convexity, "penalties": _penalties, "many": _many}[values["part"]](shown)


def _neuron(shown: Any) -> ExportedView:
    from experiments.neuron import row_names
    from experiments.neuron_page import finished_neuron
    from figures.neuron import neuron_payload
    from figures.race import player_payload, race_picture

    result, landscape = finished_neuron(shown).result, shown.race.landscape
    names = row_names(str(landscape.parameters.get("data", "")), shown.values)
    payload = neuron_payload(player_payload(result, view=shown.view), landscape, names, shown.values)
    return ExportedView(
        live=("neuron", payload), still=lambda width, height: race_picture(result, width=width, height=height)
    )


def _convexity(shown: Any) -> ExportedView:
    from experiments.neuron import races_of
    from figures import convexity as figures
    from figures.convexity import left_curves, measured_bowl

    values = shown.values
    if values["sight"] != "scaling":
        chord = values["sight"] == "chord"
        payload, figure = (
            (figures.chord_payload, figures.chord_figure) if chord else (figures.growth_payload, figures.growth_figure)
        )
        return ExportedView(live=("convexity", payload(values)), still=still_of(partial(figure, values)))
    races = races_of(values)
    titles = [
        f"{'Mean 0 and variance 1' if raced.scaled else 'As measured'}: loss over weight and bias" for raced in races
    ]
    bowls = {title: partial(_dark, measured_bowl, raced) for title, raced in zip(titles, races, strict=True)}
    return drawn({**bowls, "What is left of the loss by step": lambda dark: left_curves(races, dark=dark)})


def _dark(figure: Callable[..., Any], about: Any, dark: bool) -> Any:
    return figure(about, dark=dark)


def _penalties(shown: Any) -> ExportedView:
    from figures.convexity import shapes_figure, shapes_payload

    still = still_of(partial(shapes_figure, shown.values))
    return ExportedView(live=("convexity", shapes_payload(shown.values)), still=still)


def _many(shown: Any) -> ExportedView:
    from experiments.neuron import many_rows_of, solved
    from figures.neuron import many_rows_figure

    values = shown.values
    result = solved(many_rows_of(values))
    about = "Error above its least: gradient descent on all rows, mini-batches and single rows"
    return drawn({about: lambda dark: many_rows_figure(result, values["m.axis"], dark=dark)})


def activations_view(values: Values) -> ExportedView:
    """Curves and the gradient through layers; a gate; or softmax."""
    from experiments.activations import CHAIN, LOGITS, curves_of
    from figures import activations as figures
    from networks import GATED

    if values["view"] == "two":
        gate = GATED[values["gate"]]
        return drawn(
            {
                f"{gate.name} over its two inputs": lambda dark: figures.gate_surface(gate, dark=dark),
                f"Partial derivatives of {gate.name}": lambda dark: figures.gate_slopes(gate, dark=dark),
            }
        )
    if values["view"] != "one":
        logits, at = [values[name] for name in LOGITS], values["temperature"]
        return drawn(
            {
                "Probability of each class": lambda dark: figures.softmax_bars(logits, at, dark=dark),
                "Probabilities over temperature": lambda dark: figures.softmax_by_temperature(logits, at, dark=dark),
                "Derivatives of the probabilities": lambda dark: figures.softmax_slopes(logits, at, dark=dark),
            }
        )
    curves, chain = curves_of(values), {name: values[name] for name in CHAIN}
    products = [figures.products_of(curve, chain) for curve in curves]
    shown = {"reach": values["reach"], "threshold": values["threshold"], "shaded": values["shade"]}
    return drawn(
        {
            "Value, slope and curvature": lambda dark: figures.curves_figure(curves, **shown, dark=dark),
            "What is left of a gradient by layer": lambda dark: figures.chain_figure(
                curves, products, weight=values["weight"], dark=dark
            ),
        }
    )


def losses_view(values: Values) -> ExportedView:
    """Curves over errors or logits, bars of targets, or what is dragged."""
    from experiments.losses import smoothed_of
    from figures import losses as figures

    part = values["part"]
    if part in ("outlier", "distributions"):
        payload, figure = (
            (figures.outlier_payload, figures.outlier_figure)
            if part == "outlier"
            else (figures.apart_payload, figures.apart_figure)
        )
        return ExportedView(live=("losses", payload(values)), still=still_of(partial(figure, values)))
    if part == "table":
        return ExportedView(missing="This part is a table of output units and losses. Open it in the lab.")
    if part == "regression":
        return drawn({"Loss and its slope over the error": lambda dark: figures.error_curves(values, dark=dark)})
    if part == "classification":
        return drawn(
            {
                "Loss and its slope over the logit": lambda dark: figures.logit_curves(values, dark=dark),
                "Loss over the probability": lambda dark: figures.probability_curves(values, dark=dark),
            }
        )
    view = smoothed_of(values)
    return drawn(
        {
            "Softmax beside the target": lambda dark: figures.target_bars(
                view, convention=values["convention"], dark=dark
            ),
            "Gradient by each logit": lambda dark: figures.gradient_bars(view, dark=dark),
        }
    )


def derivatives_view(values: Values) -> ExportedView:
    """Errors of differences, the walk through a graph, or the cubic."""
    from experiments import derivatives as known
    from figures import derivatives as figures

    if values["view"] == "graph":
        return ExportedView(
            live=("graph", figures.graph_payload(values)),
            still=lambda width, height: figures.graph_picture(values, width=width, height=height),
        )
    if values["view"] == "cubic":
        start = known.drawn_start(values["draw"])
        fit = known.fitted(start, values["rate"], values["steps"], values["rows"])
        return drawn(
            {
                "sin x and the cubic after descent": lambda dark: figures.cubic_figure(fit, dark=dark),
                "Sum of squared errors by step": lambda dark: figures.loss_figure(fit, dark=dark),
            }
        )
    curve, h = known.curve_of(values["f"], values["formula"]), known.step_of(values)
    places = [known.place_of(curve, values["x0"], one) for one in known.PRECISIONS[values["precision"]]]
    return drawn(
        {
            "Error of every method against the step h": lambda dark: figures.valley_figure(places, h, dark=dark),
            "The function with tangent and secants": lambda dark: figures.secant_figure(places[0], h, dark=dark),
            "The function within two steps": lambda dark: figures.near_figure(places[0], h, dark=dark),
        }
    )


def initialization_view(values: Values) -> ExportedView:
    """Histograms and spread by layer, and the edge of chaos."""
    from experiments.initialization import focus_of, setups_of
    from figures.signals import histograms_figure, phase_figure, plane_of, spread_figure
    from networks.workload import affordable
    from pages.parts.initialization.measuring import measured

    found = measured(tuple(map(affordable, setups_of(values))))
    focus = found[focus_of(values) - 1]
    plane = plane_of(focus.setup.activation_entry, focus.setup.activation_settings)
    return drawn(
        {
            f"Histograms of the {values['part']} by layer": lambda dark: histograms_figure(
                found, part=values["part"], dark=dark
            ),
            "Spread of signal and gradient by layer": lambda dark: spread_figure(found, dark=dark),
            "The edge of chaos": lambda dark: phase_figure(plane, found, focus=focus.slot, dark=dark),
        }
    )


def normalization_view(values: Values) -> ExportedView:
    """The part's pictures."""
    return _NORMALIZATION[values["part"]](values)


def _inputs(values: Values) -> ExportedView:
    from experiments.normalization import weight_window
    from figures.normalization import excess_figure, stage_figure
    from pages.parts.normalization.inputs import stage_races

    races = stage_races(values)
    window = weight_window(races)
    stages = {
        f"{race.name}: inputs, and the loss over two weights": lambda dark, race=race: stage_figure(
            race, window, dark=dark
        )
        for race in races
    }
    return drawn({"Loss above its minimum by step": lambda dark: excess_figure(races, dark=dark), **stages})


def _leak(values: Values) -> ExportedView:
    from experiments.normalization import leak_view
    from figures.normalization import leak_figure, score_figure

    names = ("correlation", "drift", "train", "test", "noise", "seed")
    view = leak_view(values["stage"], **{key: values[key] for key in names})
    return drawn(
        {
            "Statistics of the training part": lambda dark: leak_figure(view, leaked=False, dark=dark),
            "Statistics of both parts": lambda dark: leak_figure(view, leaked=True, dark=dark),
            "Loss on the test part over many draws": lambda dark: score_figure(view, dark=dark),
        }
    )


def _layers(values: Values) -> ExportedView:
    from experiments.normalization import group_count, normalized_example
    from figures.normalization import sharing_figure, tensor_figure

    kind, groups = values["kind"], group_count(values)
    shape = (values["samples"], values["channels"], values["hw"])
    x, result = normalized_example(
        kind, shape, groups=groups, scale=values["gamma"], shift=values["beta"], seed=values["seed"]
    )
    return drawn(
        {
            "Numbers before and after normalization": lambda dark: tensor_figure(
                x, result, kind, groups=groups, dark=dark
            ),
            "Which cells share statistics": lambda dark: sharing_figure(kind, shape, groups=groups, dark=dark),
        }
    )


def _by_hand(values: Values) -> ExportedView:
    from experiments.normalization import by_hand
    from figures.normalization import worked_figure

    worked = by_hand(values["cells"], scale=values["gamma"], shift=values["beta"])
    about = "Samples of each unit before and after batch normalization"
    return drawn({about: lambda dark: worked_figure(worked, dark=dark)})


def _batch(values: Values) -> ExportedView:
    from experiments.normalization import batch_view
    from figures.normalization import error_figure, forgotten_figure, running_figure

    view = batch_view(
        size=values["batch"],
        momentum=values["momentum"],
        batches=values["batches"],
        value=values["value"],
        similar=values["companions"] == "similar",
        seed=values["seed"],
    )
    return drawn(
        {
            "Running mean and variance by training batch": lambda dark: running_figure(view, dark=dark),
            "One test value in evaluation and in training mode": lambda dark: forgotten_figure(view, dark=dark),
            "Error of small batches": lambda dark: error_figure(values["seed"], dark=dark),
        }
    )


def _coupling(values: Values) -> ExportedView:
    from experiments.normalization import WAYS, coupled_rows
    from figures.normalization import coupling_figure

    chosen = {name: values[name] for name in ("rows", "deep", "activation", "seed")}
    coupled = [coupled_rows(way, **chosen) for way in WAYS]
    top = max(float(one.matrix.max()) for one in coupled) or 1.0
    return drawn(
        {
            f"How rows depend on each other: {', '.join(WAYS[one.way] for one in pair)}": lambda dark, pair=pair: (
                coupling_figure(pair, top=top, dark=dark)
            )
            for pair in (coupled[:2], coupled[2:])
        }
    )


def _effect(values: Values) -> ExportedView:
    from experiments.normalization import compared_kinds, effect_of, effect_setups, network_settings
    from figures.normalization import effect_figure
    from pages.parts.traces import measured_trace

    setups = effect_setups(network_settings(values), compared_kinds(values))
    effects = [effect_of(measured_trace(setup)) for setup in setups]
    return drawn(
        {
            "Signal, forward, by layer": lambda dark: effect_figure(effects, "std", dark=dark),
            "Gradient, backward, by layer": lambda dark: effect_figure(effects, "grad_std", dark=dark),
        }
    )


_NORMALIZATION: Mapping[str, Callable[[Values], ExportedView]] = {
    "data": _inputs,
    "leak": _leak,
    "layers": _layers,
    "hand": _by_hand,
    "batch": _batch,
    "coupling": _coupling,
    "effect": _effect,
}


def generalization_view(values: Values) -> ExportedView:
    """The part's pictures; those of trained networks if the lab has them."""
    return {
        "tradeoff": _tradeoff,
        "capacity": _capacity,
        "epochs": _epochs,
        "dropout": _dropout,
        "augmentation": _augmentation,
    }.get(values["part"], studied_view)(values)


def _tradeoff(values: Values) -> ExportedView:
    from experiments.generalization import chosen_capacity, fits_of, tradeoff_of
    from figures.generalization import fits_figure, tradeoff_figure

    if values["model"] == "networks":
        return studied_view(values)
    errors, fits = tradeoff_of(values), fits_of(values)
    capacity, model = chosen_capacity(values), values["model"]
    return drawn(
        {
            "The fit of each training set, and their mean": lambda dark: fits_figure(
                fits, middle="mean of all fits", dark=dark
            ),
            "Squared bias, variance, noise and their sum": lambda dark: tradeoff_figure(
                errors, capacity=capacity, model=model, dark=dark
            ),
        }
    )


def _capacity(values: Values) -> ExportedView:
    from experiments.generalization import by_capacity, smallest_fits
    from figures.generalization import capacity_figure, fits_figure

    errors, fits = by_capacity(values), smallest_fits(values)
    return drawn(
        {
            "The smallest fit, and fits to other rows": lambda dark: fits_figure(
                fits, middle="fit to these rows", every="fits to other rows", dark=dark
            ),
            "Error over the number of functions": lambda dark: capacity_figure(
                errors, functions=values["functions"], dark=dark
            ),
        }
    )


def _epochs(values: Values) -> ExportedView:
    from experiments.generalization import by_epoch
    from figures.generalization import epoch_figure

    errors = by_epoch(values)
    return drawn({"Errors over epochs": lambda dark: epoch_figure(errors, epoch=values["epoch"], dark=dark)})


def _dropout(values: Values) -> ExportedView:
    from experiments.generalization import dropped_of
    from figures.generalization import answers_figure, masked_figure, network_figure

    layer, mask, probability = dropped_of(values), values["mask"], values["output"] == "probability"
    return drawn(
        {
            "What masked networks answer over x": lambda dark: masked_figure(
                layer, mask=mask, probability=probability, dark=dark
            ),
            "The network under this mask": lambda dark: network_figure(layer, mask=mask, dark=dark),
            "How often they answer what": lambda dark: answers_figure(layer, probability=probability, dark=dark),
        }
    )


def _augmentation(values: Values) -> ExportedView:
    from experiments.generalization import shown_of
    from figures.generalization import images_figure
    from trainers.data import DataUnavailable

    try:
        shown = shown_of(values)
    except DataUnavailable as error:
        return ExportedView(missing=str(error))
    return drawn({"Images as the network is shown them": lambda dark: images_figure(shown, dark=dark)})
