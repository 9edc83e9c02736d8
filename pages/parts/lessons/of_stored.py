"""Views of what was trained, searched or drawn for this link: from the store, if it is there. See ``exported.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.lessons.view_types import MOST_PICTURES, ExportedView, drawn

Values = Mapping[str, Any]
Pictures = dict[str, Callable[[bool], Any]]

_NOT_TRAINED = "The networks of this view are not trained here yet. Open it in the lab: it trains them."
_NOT_SEARCHED = "Nobody has searched this yet. Open it in the lab and begin the search."


def _or_missing(pictures: Pictures, missing: str) -> ExportedView:
    return drawn(pictures) if pictures else ExportedView(missing=missing)


def training_view(shown: Any) -> ExportedView:
    """The curves of the view's runs, if they have ended."""
    from experiments.training import feeds_of_view
    from figures.frontend import framed
    from figures.live import known_panel, live_payload, live_picture

    feeds = feeds_of_view(shown)[:MOST_PICTURES]
    if not feeds:
        return ExportedView(missing=_NOT_TRAINED)
    panel = known_panel(shown.view.get("panel", "loss"))
    return ExportedView(
        live=("live", framed(live_payload(feeds), view=shown.view)),
        still=lambda width, height: live_picture(feeds, panel=panel, width=width, height=height),
    )


def runs_view(state: Values) -> ExportedView:
    """The comparison; the list of runs is no picture."""
    from figures.live import comparison_payload, comparison_picture, numbers_of
    from trainers.lab import the_lab

    feeds = [feed for one in state["compared"] if (feed := the_lab().watch(one)) is not None and len(feed.epochs)]
    if state["view"] != "compare" or not feeds:
        return ExportedView(missing="This view is a list of runs that changes. Open it in the lab.")
    number = state["number"] if state["number"] in numbers_of(feeds) else "val_loss"
    return ExportedView(
        live=("live", comparison_payload(feeds, number, x=state["x"])),
        still=lambda width, height: comparison_picture(feeds, number, x=state["x"]),
    )


def search_view(shown: Any) -> ExportedView:
    """What a search has come to."""
    return _varied(shown) if shown.part == "vary" else _rates(shown)


def _varied(shown: Any) -> ExportedView:
    from figures import search as figures
    from trainers.lab import the_lab
    from trainers.sweeps import Sweep

    request = shown.sweep
    job = the_lab().store.jobs.same("vary", request.to_plain())
    sweep = Sweep.from_plain(job.result) if job is not None else None
    if sweep is None or not any(trial.goal is not None for trial in sweep.trials):
        return ExportedView(missing=_NOT_SEARCHED)
    chosen = shown.values["trial"]
    pictures: Pictures = {
        "The best result of every trial": lambda dark: figures.score_figure(request, sweep, chosen=chosen, dark=dark),
        "The result by epoch of every trial": lambda dark: figures.curves_figure(
            request, sweep, chosen=chosen, dark=dark
        ),
        "The best result so far": lambda dark: figures.best_figure(request, sweep, dark=dark),
    }
    if len(request.axes) > 1:
        pictures["Each setting alone"] = lambda dark: figures.marginal_figure(request, sweep, dark=dark)
        if sweep.importance:
            pictures["What mattered"] = lambda dark: figures.importance_figure(request, sweep, dark=dark)
    return drawn(pictures)


def _rates(shown: Any) -> ExportedView:
    from figures.search import range_figure, trials_figure
    from trainers.lab import remembered_rates, the_lab
    from trainers.rates import suggestion

    search = remembered_rates(the_lab().store, shown.request)
    if search is None:
        return ExportedView(missing=_NOT_SEARCHED)
    found = suggestion(search.range_test)
    return drawn(
        {
            "Training loss over the learning rate": lambda dark: range_figure(search, found, dark=dark),
            "Training loss by step for every rate": lambda dark: trials_figure(search, dark=dark),
        }
    )


def surface_view(values: Values) -> ExportedView:
    """Loss surfaces that were drawn, or saddles."""
    return _saddles(values) if values["part"] == "saddles" else _surfaces(values)


def _saddles(values: Values) -> ExportedView:
    from experiments.surface import matrices, saddles_of, saddles_request
    from figures.surface import heights_figure, minima_figure, spectrum_figure
    from trainers.lab import studied, the_lab

    if values["source"] == "matrices":
        saddles = matrices(int(values["n"]), float(values["height"]), values["seed"])
    else:
        known = studied(the_lab().store, saddles_request(values))
        if not known:
            return ExportedView(missing="Nobody has looked for these critical points yet. Open it in the lab.")
        saddles = saddles_of(values, known)
    pictures: Pictures = {
        "Share of negative eigenvalues over the height": lambda dark: heights_figure(saddles, dark=dark),
        "Share of minima over the dimension": lambda dark: minima_figure(saddles, dark=dark),
    }
    if len(saddles.spectrum):
        pictures[f"Eigenvalues in {saddles.n} dimensions"] = lambda dark: spectrum_figure(saddles, dark=dark)
    return drawn(pictures)


def _surfaces(values: Values) -> ExportedView:
    from experiments.surface import PLANE_NAMES, PRESETS, SHOWN_NAMES, asked, groups_of, run_ids
    from figures.surface import limits_of, surface_figure
    from trainers.lab import drawn_surface, surface_request, the_lab

    lab = the_lab()
    ids = run_ids(values)
    if not ids:
        configs = PRESETS[values["preset"]].configs()
        members = {run.role: run for run in lab.members(lab.presented(configs))}
        ids = tuple(members[role].id for role, _ in configs if role in members)
    known = []
    for group in groups_of(values, ids):
        try:
            surface = drawn_surface(lab.store, surface_request(lab.store, group, **asked(values)))
        except ValueError:
            continue
        run = lab.store.run(group[0])
        if surface is not None and run is not None:
            known.append((run.role or run.name, surface))
    shown = values["shown"]
    limits = limits_of([surface for _, surface in known], shown)
    if limits is None:
        return ExportedView(missing="This surface is not drawn here yet. Open it in the lab: it is drawn there.")

    def picture(name: str, surface: Any) -> Callable[[bool], Any]:
        return lambda dark: surface_figure(
            surface,
            shown,
            view=values["view"],
            log=values["log"],
            limits=limits,
            title=name if len(known) > 1 else "",
            path=values.get("path", True),
            dark=dark,
        )

    about = f"{SHOWN_NAMES[shown]} over {PLANE_NAMES[values['plane']]}"
    return drawn({f"{about}: {name}": picture(name, surface) for name, surface in known})


def reuse_view(values: Values) -> ExportedView:
    """What a study has come to."""
    from experiments.reuse import request_of
    from figures.reuse import agreement_figure, epochs_figure, rows_figure
    from trainers.lab import shown_study, study_job, the_lab
    from trainers.transfers import ALONE, SHARED, WAYS

    study = shown_study(study_job(the_lab().store, request_of(values)))
    if study is None or not study.curves:
        return ExportedView(missing=_NOT_TRAINED)
    shown = values["shown"]
    if values["part"] == "transfer":
        rows = int(values["rows"])
        pictures: Pictures = {
            f"By epoch with {rows} rows": lambda dark: epochs_figure(
                study, list(WAYS), rows=rows, shown=shown, dark=dark
            ),
            "By the number of rows": lambda dark: rows_figure(study, rows=rows, dark=dark),
        }
    else:
        pictures = {
            "The first task by epoch": lambda dark: epochs_figure(
                study, (SHARED, ALONE), task=0, shown=shown, dark=dark
            ),
            "The second task by epoch": lambda dark: epochs_figure(
                study, (SHARED, ALONE), task=1, shown=shown, dark=dark
            ),
            "Whether the gradients agree": lambda dark: agreement_figure(study, dark=dark),
        }
    return _or_missing({about: draw for about, draw in pictures.items() if draw(False) is not None}, _NOT_TRAINED)


def studied_view(values: Values) -> ExportedView:
    """Parts of the page of generalization whose networks are trained first."""
    return {"tradeoff": _networks, "scaling": _scaling, "ensemble": _ensemble, "penalties": _penalties}[values["part"]](
        values
    )


def _networks(values: Values) -> ExportedView:
    from experiments.generalization import chosen_capacity, networks_of, spread_of, spread_request
    from figures.generalization import fits_figure, tradeoff_figure
    from trainers.lab import studied, the_lab

    cells = studied(the_lab().store, spread_request(values))
    if not cells:
        return ExportedView(missing=_NOT_TRAINED)
    errors, fits = spread_of(values, cells), networks_of(values, cells)
    capacity, model = chosen_capacity(values), values["model"]
    pictures: Pictures = {
        "Squared bias, variance, noise and their sum": lambda dark: tradeoff_figure(
            errors, capacity=capacity, model=model, dark=dark
        )
    }
    if fits is not None:
        pictures["The fit of each training set, and their mean"] = lambda dark: fits_figure(
            fits, middle="mean of all fits", dark=dark
        )
    return drawn(pictures)


def _scaling(values: Values) -> ExportedView:
    from experiments.generalization import scaling_of, scaling_request
    from figures.generalization import scale_figure
    from trainers.lab import studied, the_lab

    cells = studied(the_lab().store, scaling_request(values))
    if not cells:
        return ExportedView(missing=_NOT_TRAINED)
    scaling = scaling_of(values, cells)
    return _or_missing(
        {
            f"The loss on new rows over {scale.name}": lambda dark, scale=scale: scale_figure(scaling, scale, dark=dark)
            for scale in scaling.scales
            if len(scale.x)
        },
        _NOT_TRAINED,
    )


def _ensemble(values: Values) -> ExportedView:
    from experiments.generalization import members_of, own_runs
    from figures.generalization import agreement_figure, members_figure, sizes_figure
    from trainers.lab import remembered_ensemble, the_lab

    lab = the_lab()
    if ids := own_runs(values):
        runs = [run for id in ids if (run := lab.store.run(id)) is not None]
    else:
        wanted = members_of(values)
        together = lab.members(lab.presented(wanted))
        names = {role for role, _ in wanted}
        runs = together if len(wanted) == 1 else [run for run in together if run.role in names]
    known = remembered_ensemble(lab.store, runs) if runs and not any(run.active for run in runs) else None
    if known is None:
        return ExportedView(missing=_NOT_TRAINED)
    pictures: Pictures = {
        "Validation loss of each member and of all": lambda dark: members_figure(known, dark=dark),
        "Validation loss by the number of members": lambda dark: sizes_figure(known, dark=dark),
    }
    if agreement_figure(known, dark=False) is not None:
        pictures["Where the members disagree"] = lambda dark: agreement_figure(known, dark=dark)
    return drawn(pictures)


def _penalties(values: Values) -> ExportedView:
    from experiments.generalization import penalized, penalized_of
    from figures.generalization import penalty_figure
    from trainers.lab import the_lab

    lab, wanted = the_lab(), penalized(values)
    by_role = {run.role: run for run in lab.members(lab.presented(wanted))}
    runs = []
    for name, config in wanted:
        feed = lab.watch(by_role[name].id) if name in by_role else None
        if feed is not None and (one := penalized_of(name, config, feed)) is not None:
            runs.append(one)
    return _or_missing(
        {
            f"{run.name}: fit, weights, losses": lambda dark, run=run: penalty_figure(run, runs, dark=dark)
            for run in runs
        },
        _NOT_TRAINED,
    )
