"""What the training page shows of its runs besides the curves: verdicts, progress, buttons, what to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from experiments.training import setting_text, setting_title
from figures.live import known_panel, live_payload, sweep_payload, sweep_sentence
from figures.runs import (
    can_pause,
    can_resume,
    can_stop,
    literal,
    progress_parts,
    share_done,
    title_of,
    together_text,
)
from numerals import readable
from pages.parts.findings import findings_panel
from pages.parts.training.runs import fork, order, try_remedy
from pages.parts.training.setup import linked, show_config
from trainers.config import ModelTooLarge, RunConfig
from trainers.data import DataUnavailable
from trainers.diagnosis import Finding, History
from trainers.lab import Feed, Lab, not_yours
from trainers.store import RunFilter, StoredRun, run_sentence
from widgets import commander, dark_theme, live_curves, staged, take_away_menu

_AT_WORK = ("starting", "running")


def trial_verdict(lab: Lab, watched: Sequence[Feed]) -> bool:
    """Whether the remedy held, where these runs are the two sides of one that is tried; False where they are not."""
    sides = {one.run.role: one for one in watched}
    if not {"unchanged", "remedied"} <= set(sides):
        return False
    from trainers.diagnosis import judge

    first, second = sides["unchanged"], sides["remedied"]
    experiment = lab.store.experiment(second.run.experiment) if second.run.experiment else None
    if experiment is None or experiment.kind != "remedy":
        return False
    claim = experiment.claim
    judged = judge(
        claim["kind"],
        first.history(),
        second.history(),
        since=float(claim.get("epoch") or 0),
        running=first.run.active or second.run.active,
        before=_before(lab, first),
    )
    with st.container(border=True):
        st.caption(f"The claim: {literal(claim['evidence'])}")
        icon = {True: ":material/check_circle:", False: ":material/cancel:", None: ":material/hourglass_top:"}
        st.markdown(f"{icon[judged.held]} **{literal(judged.sentence)}**")
        start = f"Both start at epoch {readable(float(claim.get('epoch') or 0))}."
        st.caption(literal(f"The remedy: {claim['label']} {claim.get('note') or start}"))
    return True


def _before(lab: Lab, side: Feed) -> History | None:
    """The curves of the run that a side without reports goes on from."""
    if side.run.parent is None or len(side.epochs) or (parent := lab.watch(side.run.parent)) is None:
        return None
    return parent.history()


def over_setting(watched: Sequence[Feed]) -> None:
    """A chart against the one setting in which the runs differ, with a sentence about its curve."""
    if len(watched) > 2 and (sweep := sweep_payload(watched)):  # two points are no curve
        if told := sweep_sentence(watched):
            st.markdown(f"**{literal(told)}**")
        live_curves(sweep, key="training-sweep")


def several(lab: Lab, watched: Sequence[Feed]) -> None:
    """Of several runs one line each."""
    rows = []
    metric = watched[0].run.metric_name
    places = waiting_places(lab, [one.run for one in watched])
    for one in watched:
        run = one.run
        first = run.verdict
        rows.append(
            {
                "run": title_of(run),
                "verdict": first.name if first else "—",
                "train loss": run.train_loss,
                "validation loss": run.val_loss,
                "best": run.best_val_loss,
                "at epoch": run.best_epoch,
                metric: run.val_metric,
                "where it is": " · ".join(progress_parts(run, places.get(run.id), brief=True)),
            }
        )
    numbers = {
        name: st.column_config.NumberColumn(format="%.3g", width=80)
        for name in ("train loss", "validation loss", "best", metric)
    }
    columns = numbers | {"validation loss": st.column_config.NumberColumn(format="%.3g", width=110)}
    columns["verdict"] = st.column_config.TextColumn(width=150)  # the longest has its room at 1280 pixels
    columns["where it is"] = st.column_config.TextColumn(width=230)
    st.dataframe(rows, hide_index=True, column_config=columns, placeholder="—")


def waiting_places(lab: Lab, runs: Sequence[StoredRun]) -> dict[str, int]:
    """The places in the queue of those that wait because all workers are taken."""
    queued = [run.id for run in runs if run.status == "queued"]
    if not queued or sum(not run.watched for run in lab.store.runs(RunFilter(statuses=_AT_WORK))) < lab.slots():
        return {}
    return {id: place for id in queued if (place := lab.place(id))}


def verdict(lab: Lab, watched: Sequence[Feed], focus: Feed) -> Sequence[Finding]:
    """The diagnosis in words, above the curves; all findings, where those after the first are for below."""
    if trial_verdict(lab, watched):
        return ()
    run = focus.run
    if run.status == "queued" and (trouble := lab.trouble()):
        st.warning(literal(trouble), icon=":material/cloud_off:")
    if run.status in ("failed", "no_data", "out_of_memory", "interrupted") and run.sentence:
        st.error(literal(run.sentence), icon=":material/report:")
    elif run.sentence and run.findings and run.status in ("stopped", "starting", "queued", "paused", "running"):
        st.caption(literal(run.sentence))
    if not run.active and not run.findings:
        if run.status == "stopped" and run.sentence:
            st.caption(literal(run.sentence))
        return ()  # it ended before its first report: nothing to diagnose, and nothing to wait for
    findings_panel(
        run.findings,
        on_try=None
        if run.active or run.config is None
        else lambda finding, remedy: try_remedy(lab, run, finding, remedy),
        waiting=run.sentence,
        others=False,  # below the curves, which stay where they are as these arrive
    )
    return run.findings


def progress(lab: Lab, run: StoredRun, members: Sequence[StoredRun]) -> None:
    """How far it is, and the buttons that act on it; of several runs, stop and pause act on all."""
    with st.container(horizontal=True, vertical_alignment="center", key="training-progress"):
        parts = progress_parts(run, waiting_places(lab, [run]).get(run.id))
        some = [one for one in members if one.active]
        if some and (together := together_text(members)):
            parts.append(together)
        st.progress(share_done(run), literal(" · ".join(parts)))
        some = some or [run]
        by = commander()
        if not_yours(run, by):
            st.caption("Somebody else's run: watch it, or fork it.", width="content")
            return
        if any(can_pause(one) for one in some):
            every = " all" if len(some) > 1 else ""
            st.button(
                f"Pause{every}",
                icon=":material/pause:",
                key="training.pause",
                on_click=_all,
                args=(lab.pause, some, can_pause),
            )
        elif any(can_resume(one) for one in members):
            st.button(
                "Try again" if run.status in ("no_data", "failed") else "Resume",
                icon=":material/play_arrow:",
                on_click=_all,
                args=(lab.resume, members, can_resume),
                key="training.resume",
                help="Goes on from where it stands.",
            )
        if any(can_stop(one) for one in some):
            every = " all" if len(some) > 1 else ""
            st.button(
                f"Stop{every}",
                icon=":material/stop:",
                key="training.stop",
                on_click=_all,
                args=(lab.stop, some, can_stop),
            )


def _command(action: Callable[..., Any], *arguments: Any) -> None:
    """An order of the visitor, or of the teacher."""
    order(action, *arguments, by=commander())


def _all(action: Callable[[str], Any], runs: Sequence[StoredRun], suits: Callable[[StoredRun], bool]) -> None:
    for run in runs:
        if suits(run):
            order(action, run.id, by=commander())


def continuations(lab: Lab, run: StoredRun, config: RunConfig) -> None:
    """Checkpoints: rewind, fork with the settings of the sidebar, train on; and the test score."""
    if run.config is None:
        return
    checkpoints = lab.store.checkpoints(run.id)
    if not checkpoints and run.active:
        st.caption("The first checkpoint comes after a few seconds of training.")
        return
    names = {"": "the beginning"} | {
        one.id: f"epoch {readable(one.epoch)}" + {"best": ", the best", "last": ", the last"}.get(one.kind, "")
        for one in sorted(checkpoints, key=lambda one: one.step)
    }
    theirs = bool(not_yours(run, commander()))
    if gone := run_sentence(lab.store.given_up(run.visitor).get(run.id, 0), len(checkpoints)):
        st.info(literal(gone), icon=":material/auto_delete:")
    left, middle, right = st.columns(3)
    with left:
        chosen = staged(
            st.selectbox,
            "Checkpoint",
            list(names),
            format_func=names.__getitem__,
            index=len(names) - 1,
            key=f"training.checkpoint.{run.id}.{list(names)[-1]}",  # a new one is chosen as it comes
            name="checkpoint",
            hidden=list(names)[-1],
        )
        st.button(
            "Fork with the sidebar's settings",
            icon=":material/call_split:",
            width="stretch",
            on_click=fork,
            args=(lab, run, config, chosen or None),
            help="A new run goes on from here, with more epochs where none is left; this one stays as it is.",
        )
        st.button(
            "Rewind to it",
            icon=":material/history:",
            width="stretch",
            disabled=run.active or not chosen or theirs,
            on_click=_command,
            args=(lab.rewind, run.id, chosen),
            help="Drops what came after it; Resume goes on from there.",
        )
    with middle:
        half = max(1, run.config.budget.epochs // 2)
        more = staged(
            st.number_input,
            "More epochs",
            1,
            10_000,
            half,
            key=f"training.more.{run.id}.{half}",
            name="more_epochs",
            hidden=half,
        )
        st.button(
            "Train on",
            icon=":material/fast_forward:",
            width="stretch",
            disabled=run.active or theirs,
            on_click=_command,
            args=(lab.train_on, run.id, more),
        )
        if theirs:
            st.caption("This run is somebody else's: fork it for one of your own.")
        st.button(
            "Take its settings",
            icon=":material/tune:",
            width="stretch",
            on_click=show_config,
            args=(run.config,),
            help="Puts this run's settings into the sidebar.",
        )
        st.button(
            "Start another from this one",
            icon=":material/start:",
            width="stretch",
            disabled=run.active or not checkpoints,
            on_click=show_config,
            args=(run.config.changed({"reuse.run": run.id}),),
            key="training.reuse",
            help="Puts its settings into the sidebar, its weights as the start: change the data, then press Train.",
        )
    with right:
        if run.test is None:
            st.caption("Look at the test rows once, at the end: a choice made by them makes the score too good.")
            st.button(
                "Score the test rows",
                icon=":material/fact_check:",
                width="stretch",
                disabled=run.active or run.wanted == "score" or not checkpoints or theirs,
                on_click=_command,
                args=(lab.score_test, run.id),
            )
            if run.wanted == "score":
                st.caption("Scoring…")
        else:
            st.metric(
                f"{run.metric_name.capitalize()} on {run.test.rows:,} test rows",
                readable(run.test.metric) if run.test.metric is not None else "—",
            )
            st.caption(f"Test loss {readable(run.test.loss)}")


def take_away(lab: Lab, runs: Sequence[StoredRun], address: str) -> None:
    """Everything on the page in forms that leave it; each file is made when it is asked for."""
    focus, dark = runs[0], dark_theme()
    panel = known_panel(linked.state.view.get("panel", "loss"))

    def watched() -> list[Feed]:
        return [seen for run in runs if (seen := lab.watch(run.id))]

    def page() -> str:
        from exports import live_html

        return live_html(live_payload(watched(), focus=focus.id), title_of(focus))

    def csv() -> str:
        from exports import curves_csv

        return curves_csv(watched())

    def svg() -> str:
        from figures.live import live_svg

        return live_svg(watched(), panel=panel, dark=dark)

    def png() -> bytes:
        from figures.live import live_png

        return live_png(watched(), panel=panel, dark=dark)

    def code() -> str:
        from exports import script_or_reason

        assert focus.config is not None
        return script_or_reason(focus.config)

    files = [
        ("Curves, HTML", "html", "text/html", page),
        ("Curves, SVG", "svg", "image/svg+xml", svg),
        ("Curves, PNG", "png", "image/png", png),
        ("Reports, CSV", "csv", "text/csv", csv),
    ]
    if focus.config is not None:
        files += [
            ("PyTorch script", "py", "text/x-python", code),
            ("Settings, JSON", "json", "application/json", focus.config.to_json),
        ]
    take_away_menu(address, "run", f"run-{focus.id}", files)


def details(run: StoredRun) -> None:
    """What the run was told to do: what differs from the defaults, and the same as PyTorch code."""
    from exports import script

    if run.config is None:
        st.caption("It was trained by another program; its settings are not known here.")
        return
    left, right = st.columns([2, 3])
    changes = run.config.changes()
    rows = [{"setting": setting_title(name), "value": setting_text(name, value)} for name, value in changes.items()]
    with left:
        if run.parameters:
            st.caption(f"{run.parameters:,} parameters. Settings that differ from the defaults:")
        st.dataframe(rows, hide_index=True)
        if run.facts is not None:
            st.caption(
                "Rows: "
                + ", ".join(
                    f"{count:,} {part}"
                    for count, part in zip(run.facts.rows, ("training", "validation", "test"), strict=True)
                )
                + "."
            )
            for sentence in run.facts.leak_sentences:
                st.warning(literal(sentence), icon=":material/warning:")
    with right:
        try:
            text = script(run.config)
        except (DataUnavailable, ModelTooLarge) as error:
            told = error.sentence if isinstance(error, ModelTooLarge) else str(error)
            st.info(literal(f"There is no script of this run. {told}"), icon=":material/code_off:")
        else:
            st.code(text, language="python", height=420)
