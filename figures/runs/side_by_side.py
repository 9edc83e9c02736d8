"""Runs side by side: where each stands, and the settings in which they differ. One column a run."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from experiments.training import setting_text, setting_title
from figures.runs.rows import metric_text, seconds_text
from figures.runs.status import WORDS
from figures.runs.text import own_role
from numerals import readable
from trainers.config import differences
from trainers.store import StoredRun


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: what it is, a text for each run, and the places of the best, where there is a best."""

    label: str
    texts: tuple[str, ...]
    best: frozenset[int] = frozenset()


def number_lines(runs: Sequence[StoredRun]) -> list[Line]:
    """Status, verdict and numbers; the best of a number is marked where runs are of one task and not all equal.

    Losses of different kinds are not compared: the best is marked only among runs that make the same loss small.
    """
    losses = {(run.config.loss if run.config else None) for run in runs}
    one_loss = len(losses) == 1
    one_metric = len({run.metric_name for run in runs}) == 1
    lowest = min if one_loss else None
    highest = max if one_metric else None
    lines = [
        Line(label="Status", texts=tuple(WORDS.get(run.status, run.status) for run in runs)),
        Line(label="Verdict", texts=tuple(_verdict(run) for run in runs)),
        Line(label="Epochs", texts=tuple(_epochs(run) for run in runs)),
        _line("Best validation loss", runs, lambda run: run.best_val_loss, pick=lowest),
        Line(label="Best epoch", texts=tuple(_number(run.best_epoch) for run in runs)),
        _line("Validation loss at the end", runs, lambda run: run.val_loss, pick=lowest),
        _line("Training loss at the end", runs, lambda run: run.train_loss, pick=lowest),
        _line("Validation metric at the end", runs, lambda run: run.val_metric, pick=highest, write=metric_text),
        _line("Training metric at the end", runs, lambda run: run.train_metric, pick=highest, write=metric_text),
        _line("Test loss", runs, lambda run: run.test.loss if run.test else None, pick=lowest, write=_tested),
        _line("Test metric", runs, lambda run: run.test.metric if run.test else None, pick=highest, write=_test_metric),
        Line(label="Training time", texts=tuple(seconds_text(run.seconds) if run.seconds else "—" for run in runs)),
        Line(label="Parameters", texts=tuple(_number(run.parameters) for run in runs)),
    ]
    return [line for line in lines if any(text != "—" for text in line.texts)]


def difference_lines(runs: Sequence[StoredRun]) -> list[Line]:
    """Settings in which the runs differ, as their controls are called, in the order of the configuration."""
    configs = [run.config for run in runs]
    known = [config for config in configs if config is not None]
    if len(known) < 2:
        return []
    differing = {name for other in known[1:] for name in differences(known[0], other)}
    flats = [None if config is None else config.flat() for config in configs]
    names = dict.fromkeys(name for flat in flats if flat for name in flat)
    return [
        Line(
            label=setting_title(name),
            texts=tuple("—" if flat is None else setting_text(name, flat.get(name)) for flat in flats),
        )
        for name in names
        if name in differing
    ]


def same_settings(runs: Sequence[StoredRun]) -> bool:
    """Whether all of them have a configuration, and the very same."""
    return len({None if run.config is None else run.config.to_json() for run in runs}) == 1 and bool(
        runs and runs[0].config
    )


def side_by_side_html(
    runs: Sequence[StoredRun], lines: Sequence[Line], colors: Sequence[str], *, caption: str, href: Callable[[str], str]
) -> str:
    """The lines as one table of HTML; names of runs are escaped. ``colors``: of each run's line in the chart."""
    heads = "".join(
        f'<th scope="col" title="{html.escape(run.name)}"><div><span class="chip" style="background:{color}"></span>'
        f'<a href="{html.escape(href(run.id))}" target="_self">{html.escape(run.name)}</a></div>'
        + (f"<small>{html.escape(role)}</small>" if (role := own_role(run.name, run.role)) else "")
        + "</th>"
        for run, color in zip(runs, colors, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{html.escape(line.label)}</th>'
        + "".join(
            f"<td{' class=best' if place in line.best else ''}>{html.escape(text)}"
            + ("<span> best</span>" if place in line.best else "")
            + "</td>"
            for place, text in enumerate(line.texts)
        )
        + "</tr>"
        for line in lines
    )
    return (
        f'<div class="side-by-side" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f"<table><caption>{html.escape(caption)}</caption><thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{_STYLE}"
    )


_STYLE = """<style>
.side-by-side { overflow-x: auto; font-variant-numeric: tabular-nums; }
.side-by-side table { border-collapse: collapse; min-width: min(100%, 30rem); }
.side-by-side caption { text-align: left; font-weight: 600; padding: .2rem 0 .4rem; }
.side-by-side :is(th, td) { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); max-width: 16rem;
  overflow-wrap: anywhere; }
.side-by-side th[scope=row] { font-weight: 400; opacity: .8; min-width: 7.5rem; }
.side-by-side th[scope=col] { min-width: 6.5rem; max-width: 11rem; }
.side-by-side th a { color: inherit; }
.side-by-side th[scope=col] > div { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
  overflow: hidden; }
.side-by-side small { display: block; font-weight: 400; opacity: .75; }
.side-by-side .chip { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .4em; }
.side-by-side td.best { font-weight: 650; }
.side-by-side td.best span { font-weight: 400; opacity: .75; }
</style>"""


def _line(
    label: str,
    runs: Sequence[StoredRun],
    read: Callable[[StoredRun], float | None],
    *,
    pick: Callable[[Sequence[float]], float] | None,
    write: Callable[[StoredRun, float | None], str] | None = None,
) -> Line:
    values = [read(run) for run in runs]
    finite = [value for value in values if value is not None and isfinite(value)]
    best: frozenset[int] = frozenset()
    if pick is not None and len(set(finite)) > 1:
        at = pick(finite)
        best = frozenset(place for place, value in enumerate(values) if value == at)
    writing = write or (lambda run, value: _number(value))
    return Line(
        label=label, texts=tuple(writing(run, value) for run, value in zip(runs, values, strict=True)), best=best
    )


def _number(value: float | None) -> str:
    return "—" if value is None or value != value else readable(value)


def _tested(run: StoredRun, value: float | None) -> str:
    if run.test is None and run.wanted == "score":
        return "scoring"
    return _number(value)


def _test_metric(run: StoredRun, value: float | None) -> str:
    if run.test is None and run.wanted == "score":
        return "scoring"
    return metric_text(run, value)


def _verdict(run: StoredRun) -> str:
    verdict = run.verdict
    if verdict is None:
        return "—"
    return f"{verdict.name} since epoch {readable(verdict.since)}" if verdict.alarm else verdict.name


def _epochs(run: StoredRun) -> str:
    return run.epoch_text if run.config is None else f"{run.epoch_text} of {run.config.budget.epochs:,}"
