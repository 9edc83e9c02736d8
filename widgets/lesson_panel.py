"""A lesson beside the page: its step in the drawer of controls, or folded above the page where the drawer is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from experiments.lessons import Lesson, Step
from figures.runs import literal
from figures.theme import SKY
from widgets import lesson as lessons
from widgets.address import LESSON, frame, path, put_frame
from widgets.lesson import Place, remembered
from widgets.linked import page_has
from widgets.own_lesson import add_view_button
from widgets.staging import Staging, begin_staging, dress_controls, staging_of, tell_strangers
from widgets.style import page_head, page_style

LESSONS_PAGE = "lesson"


@contextmanager
def beside(page: StreamlitPage, pages: Sequence[StreamlitPage]) -> Iterator[bool]:
    """What the address says of lesson and controls, around a page; whether the page itself is shown."""
    lessons.follow(page, pages)
    place = lessons.here()
    found = None if place is None else lessons.step_at(place)
    if place is not None and found is not None and found[1].page != page.url_path:  # a link that somebody has changed
        remembered().last = place
        put_frame({name: text for name, text in frame().items() if name != LESSON})
        place = found = None
    given = staging_of(frame())
    if place is not None and found is None:
        put_frame({name: text for name, text in frame().items() if name != LESSON})
        st.warning("There is no such step of a lesson here.", icon=":material/link_off:")
    if place is not None and found is not None:
        lesson, step = found
        given = _both(given, step)
        begin_staging(given)
        changes = _panel(place, lesson, step)
        if _waits(place, step):
            _question(place, step)
            yield False
            return
    else:
        begin_staging(given)
        _way_back()
        changes = None
    dressed = st.container() if given else None
    yield True
    add_view_button(at_end=True)
    if dressed is not None:
        with dressed:
            tell_strangers(page_has)
            dress_controls()
    if place is not None and found is not None:
        lessons.begin(place)
        if changes is not None:
            with changes:
                _own_view(place)


def class_question() -> Mapping[str, Any] | None:
    """The question of the step that this run shows, for a vote of the class; None where there is none."""
    going = remembered().going
    place = lessons.here() if going is None else going[0]
    found = None if place is None else lessons.step_at(place)
    if found is None or found[1].question is None:
        return None
    from widgets.questions import for_class  # here: it loads what races need

    return for_class(found[1])


def _both(given: Staging, step: Step) -> Staging:
    """What the address says and what the step says."""
    return Staging(
        show=step.show or given.show,
        hide=(*given.hide, *step.hide),
        lock=(*given.lock, *step.lock),
        point=(*given.point, *step.point),
    )


def _panel(place: Place, lesson: Lesson, step: Step) -> Any:
    """The step in the drawer and above the page; the place for what was changed by hand."""
    with st.sidebar, st.container(key="lesson-panel"):
        _words(place, lesson, step)
        _moves(place, lesson, "panel")
        changes = st.container(horizontal=True, gap="small", key="lesson-own")
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="lesson-ways"):
            st.page_link(
                f"pages/{LESSONS_PAGE}.py",
                label="All steps",
                icon=":material/list:",
                query_params={"lesson": place[0]},
            )
            st.button("Leave", icon=":material/close:", type="tertiary", key="lesson.leave", on_click=lessons.leave)
    with st.container(key="lesson-bar"):
        title = f"{place[1]} of {len(lesson.steps)}: {literal(step.title)}"
        with st.expander(title, icon=":material/school:", key="lesson.bar"):
            _words(place, lesson, step)
        _moves(place, lesson, "bar")
    return changes


def _words(place: Place, lesson: Lesson, step: Step) -> None:
    number, total = place[1], len(lesson.steps)
    st.caption(f"{literal(lesson.title)} · step {number} of {total}")
    st.html(_progress(number / total))
    st.markdown(f"## {literal(step.title)}")
    st.markdown(step.text)
    if step.question is not None and place in remembered().answers:
        from widgets.questions import told_of

        told = told_of(step, remembered().answers[place])
        if told.sentence:
            show = {True: st.success, False: st.info, None: st.info}[told.right]
            show(told.sentence, icon=":material/check:" if told.right else ":material/compare_arrows:")
        if told.picture:
            st.image(told.picture, width="stretch", alt="Your guess beside what happened")
        if step.question.told:
            st.markdown(step.question.told)
    if step.hint:
        with st.expander("Hint", type="compact"):
            st.markdown(step.hint)


def _progress(share: float) -> str:
    """A bar; in words it stands above."""
    whole = "height:4px;border-radius:2px;background:color-mix(in srgb, currentColor 18%, transparent)"
    part = f"height:100%;border-radius:2px;background:{SKY};width:{100 * share:.0f}%"
    return f'<div aria-hidden="true" style="{whole}"><div style="{part}"></div></div>'


def _waits(place: Place, step: Step) -> bool:
    """Whether the step's question waits for an answer."""
    if step.question is None or place in remembered().answers:
        return False
    from widgets.questions import is_askable  # here: it loads what races need

    return is_askable(step)


def _moves(place: Place, lesson: Lesson, where: str) -> None:
    """Back and on; the keys are those of the bar, which is there whether it is seen or not."""
    name, number = place
    last = number == len(lesson.steps)
    with st.container(horizontal=True, gap="small", key=f"lesson-moves-{where}"):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            key=f"lesson.back.{where}",
            disabled=number == 1,
            on_click=lessons.go_to,
            args=((name, number - 1),),
            shortcut="Shift+Left" if where == "bar" else None,
            help="Shift and the left arrow" if where == "panel" else None,
        )
        st.button(
            "Next",
            icon=":material/arrow_forward:",
            type="primary",
            key=f"lesson.next.{where}",
            disabled=last,
            on_click=lessons.go_to,
            args=((name, number + 1),),
            shortcut="Shift+Right" if where == "bar" else None,
            help="Shift and the right arrow" if where == "panel" else None,
        )


def _own_view(place: Place) -> None:
    """What a hand has changed in this step, now or before: the way back, and the way to it again."""
    if lessons.is_changed():
        st.button(
            "As in the lesson",
            icon=":material/restart_alt:",
            type="tertiary",
            key="lesson.again",
            on_click=lessons.go_to,
            args=(place,),
            help="Your own view stays within reach.",
        )
    elif (own := remembered().own.get(place)) is not None:
        st.button(
            "Your own view of this step",
            icon=":material/edit:",
            type="tertiary",
            key="lesson.own",
            on_click=lessons.go_to,
            args=(place, own),
        )


def _question(place: Place, step: Step) -> None:
    """The question, in the place of the page."""
    from widgets.questions import ask

    lessons.wait(place)
    page_style()
    with page_head(literal(step.title)), st.container():
        pass
    with st.container(key="lesson-question"):
        st.caption("Predict first")
        key = f"lesson.{lessons.place_text(place)}"
        ask(step, key, lambda given: lessons.answer(place, given))
        st.button(
            "Show me without an answer",
            type="tertiary",
            key=f"{key}.skip",
            on_click=lessons.answer,
            args=(place, None),
        )


def _way_back() -> None:
    """On another page: the lesson that was left waits."""
    last = remembered().last
    if last is None or path() == LESSONS_PAGE or (found := lessons.step_at(last)) is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson-way-back"):
        st.button(
            f"Back to the lesson: {literal(found[0].title)}, step {last[1]}",
            icon=":material/school:",
            key="lesson.return",
            on_click=lessons.go_to,
            args=(last,),
        )
        st.button("End it", type="tertiary", key="lesson.end", on_click=lessons.end)
