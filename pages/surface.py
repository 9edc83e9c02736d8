"""Loss surfaces of trained networks: planes through the space of weights, what lies in them, and how sharp it is."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from experiments.surface import (
    CODEC,
    PARTS,
    PLANE_NAMES,
    PRESETS,
    SHOWN_NAMES,
    VIEW_NAMES,
    groups_of,
    link_presets,
    measured_sentence,
    run_ids,
    sentences,
    sharpness_columns,
    sharpness_sentence,
)
from figures.runs import literal
from figures.surface import limits_of, scale_figure, surface_figure, ways_figure
from pages.parts.files import numbers_file
from pages.parts.surface.saddles import saddle_controls, saddles_part
from pages.parts.surface.work import Drawn, begin_again, drawn, shown_runs, stop_all, tidy
from settings import preset_of
from trainers.lab import the_lab
from trainers.surfaces import RUNS_OF
from widgets import (
    LinkedState,
    behind_app,
    dark_theme,
    page_head,
    page_style,
    picture,
    plain_table,
    run_again,
    store_told,
    take_away_menu,
    tell_news,
)

TICK = 0.6  # seconds between two looks at what goes on

behind_app()
lab = the_lab()
lab.warm()
linked: LinkedState = LinkedState("surface", CODEC)
values = linked.open()
page_style()


def pictures(all_drawn: list[Drawn]) -> None:
    """Every surface there is so far, side by side and on one scale, with its sentences."""
    dark, shown = dark_theme(), values["shown"]
    surfaces = [each.surface for each in all_drawn if each.surface is not None]
    limits = limits_of(surfaces, shown)
    if limits is None:
        return
    maps = [surface for surface in surfaces if not surface.line]
    if len(all_drawn) > 1 and maps:
        picture(
            scale_figure(maps[0], shown, limits, log=values["log"], dark=dark),
            "surface-scale",
            f"The colors of the {SHOWN_NAMES[shown]} in all pictures.",
        )
    for column, each in zip(st.columns(len(all_drawn)), all_drawn, strict=True):
        with column:
            if each.surface is None:
                st.caption(f"{literal(each.name)}: {literal(each.words)}")
                continue
            picture(
                surface_figure(
                    each.surface,
                    shown,
                    view=values["view"],
                    log=values["log"],
                    limits=limits,
                    title=each.name if len(all_drawn) > 1 else "",
                    bar=len(all_drawn) == 1,  # several share the strip, and are as wide as each other
                    path=values.get("path", True),
                    dark=dark,
                ),
                f"surface{each.number}",
                f"The {SHOWN_NAMES[shown]} over {PLANE_NAMES[values['plane']]}, with the run's own weights marked.",
            )
            if each.surface.joints:
                picture(
                    ways_figure(each.surface, shown.partition("_")[0], log=values["log"], dark=dark),
                    f"ways{each.number}",
                    "The loss along each way from the first run to the second.",
                )
            for sentence in sentences(each.surface):
                st.markdown(sentence)
    table = sharpness_columns([(each.name, each.surface) for each in all_drawn if each.surface is not None])
    if table:
        plain_table("How sharp the loss is around each run", table)
        st.caption(sharpness_sentence(surfaces))
    measured = next((one for one in surfaces if one.batch_norm), surfaces[0])
    st.caption(measured_sentence(measured, random=values["plane"] == "random"))


@st.fragment(run_every=TICK)
def watch() -> None:
    """What there is while something goes on; the whole page runs again at its end."""
    with store_told():
        ids, waiting = shown_runs(lab, values)
        all_drawn = drawn(lab, values, groups_of(values, ids), begin=True)
        going = next((each for each in all_drawn if each.active), None)
        if waiting:
            st.progress(waiting.share, literal(waiting.words))
        elif going is None:
            run_again()
            return
        else:
            share = [1.0 if each.surface and each.surface.complete else each.share for each in all_drawn]
            st.progress(sum(share) / len(share), literal(going.words))
            st.button("Stop", icon=":material/stop:", key="surface.stop", on_click=stop_all, args=(lab,))
        with st.container(key="surface-to-come"):
            if not any(each.surface for each in all_drawn):
                st.info(to_come(len(ids), len(all_drawn)), icon=":material/landscape:")
        pictures(all_drawn)


def to_come(runs: int, drawings: int) -> str:
    """What is being prepared while there is nothing to see yet."""
    side = int(values["points"])
    each = f"{drawings} pictures" if drawings > 1 else "The picture"
    trained = f"{runs} runs are" if runs > 1 else "one run is"
    points = f"{side} \N{MULTIPLICATION SIGN} {side} points of the plane ({PLANE_NAMES[values['plane']]})"
    if values["plane"] == "line":
        points = f"{side} points of the line"
    return (
        f"**{each} of the loss come{'s' * (drawings == 1)} here**, and nothing has to be pressed. First {trained} "
        f"trained, where nobody has done that before; then the loss is worked out at up to {points}, coarse points "
        "first. Whoever opens this link afterwards sees it at once."
    )


def controls() -> None:
    """What is drawn, of which runs, how far and how finely."""
    with st.sidebar:
        linked.link_presets(link_presets())
        if values["part"] == "saddles":
            saddle_controls(linked, values)
            return
        linked.control("runs", label="Runs")
        linked.tell_refusal("runs")
        st.page_link("pages/runs.py", label="Choose runs", icon=":material/list:")
        linked.control("plane", label="Plane", names=PLANE_NAMES)
        linked.control("reach", label="Reach")
        linked.control("points", label="Points a side")
        if values["plane"] in ("random", "curve"):
            linked.control("seed", label="Seed", exact=True)
        linked.control("rows", label="Rows")
        linked.tell_refusal("reach", "points", "seed", "rows")


def around_runs() -> None:
    """The surfaces of runs, and the work towards them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        linked.one_of("shown", values["shown"], "What is drawn", SHOWN_NAMES)
        if values["plane"] != "line":
            linked.one_of("view", values["view"], "View", VIEW_NAMES)
        linked.control("log", label="Log scale")
        if values["plane"] == "path":
            linked.control("path", label="The path")
    with store_told():
        ids, waiting = shown_runs(lab, values)
        tell_news()
        groups = groups_of(values, ids)
        if waiting:
            watch()
        elif not groups:
            count = RUNS_OF[values["plane"]]
            here = f"{len(ids)} {'is' if len(ids) == 1 else 'are'} here"
            st.info(f"This plane takes {count} runs, and {here}. Mark them on the page of runs.")
        else:
            tidy(lab, values, groups)
            all_drawn = drawn(lab, values, groups, begin=True)
            if any(each.active for each in all_drawn):
                watch()
                return
            for each in all_drawn:
                if each.words and not (each.surface and each.surface.complete):
                    st.warning(literal(f"{each.name}: {each.words}" if each.name else each.words))
            pictures(all_drawn)
            if any(each.broken for each in all_drawn):
                st.button(
                    "Draw it", type="primary", icon=":material/landscape:", key="surface.begin", on_click=begin_again
                )


with page_head("Loss surface"):
    linked.one_of("part", values["part"], "Part", PARTS)
    take_away_menu(f"{st.context.url}?{urlencode(linked.link)}", "surface", "surface", [numbers_file()], pictures=True)
linked.tell_problems()
presets = link_presets()
shown_preset = preset_of(linked.link, presets)
if values["part"] == "saddles":
    st.caption(presets[shown_preset].look_for if shown_preset else "What critical points are like where n is large.")
    saddles_part(values, dark_theme(), begin=shown_preset is not None)
else:
    preset = None if run_ids(values) else PRESETS[values["preset"]]
    empty = "What the loss is where the weights are not: around runs, and between them."
    st.caption(preset.look_for if preset else empty)
    around_runs()
controls()
