"""Lessons as a visitor has them: found, left and taken up again, made of views, brought, changed, taken away."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from experiments.lessons import Lesson, Question, Step, lesson_names, lesson_text, read_lesson
from tests.pages.lessons.walking import press, run_again
from tests.pages.opened_page import link, newest, opened_page, told
from tests.pages.shown_text import live_texts
from tests.pages.test_quoted_text import NAMES, alive
from trainers.lab.lab import Lab

VIEW = {"surface": "double_well", "steps": "20"}
LESSON = Lesson(
    title="Two steps",
    minutes=5,
    audience="tests",
    steps=(
        Step(title="One", page="line", query=VIEW, text="First words.", show=("steps",)),
        Step(title="Two", page="derivatives", text="Last words.", hint="A hint."),
    ),
)


def shown(app: AppTest) -> str:
    return "\n".join(text for _, text in live_texts(app))


def keys(app: AppTest) -> set[str | None]:
    return {button.key for button in app.button}


def stored(lab: Lab, visitor: str = "somebody", lesson: Lesson = LESSON) -> str:
    return lab.store.lessons.add(lesson.title, lesson_text(lesson), visitor).id


def test_a_stored_lesson_is_opened_by_its_id_and_walked_through(lab: Lab):
    name = stored(lab)
    app = opened_page("pages/line.py", {**VIEW, "lesson": f"{name}.1"})
    assert "First words." in shown(app)
    press(app, "lesson.next.panel")
    assert "Last words." in shown(app)
    assert link(app)["lesson"] == f"{name}.2"
    press(app, "lesson.back.panel")
    assert link(app) == {**VIEW, "lesson": f"{name}.1"}
    press(app, "lesson.leave")
    assert link(app) == VIEW
    assert "First words." not in shown(app)


def test_what_a_hand_has_changed_is_within_reach(lab: Lab):
    name = stored(lab)
    app = opened_page("pages/line.py", {**VIEW, "lesson": f"{name}.1"})
    newest(app, "select_slider", "line.steps").set_value(50).run()
    run_again(app)
    assert link(app)["steps"] == "50"
    assert "lesson.again" in keys(app)
    press(app, "lesson.next.panel")
    press(app, "lesson.back.panel")
    assert link(app)["steps"] == "20"
    press(app, "lesson.own")
    assert link(app)["steps"] == "50"
    press(app, "lesson.again")
    assert link(app)["steps"] == "20"


@pytest.mark.parametrize("text", ["downhill.99", "downhill.x", "<b>.1"])
def test_a_lesson_that_is_not_there_is_told(lab: Lab, text: str):
    app = opened_page("pages/line.py", {"lesson": text})
    assert ("There is no such step" in told(app)) == (text != "downhill.x")
    assert "lesson.next.panel" not in keys(app)


def test_a_text_that_is_no_lesson_any_more_is_told(lab: Lab):
    name = lab.store.lessons.add("broken", "+++\nnothing", "somebody").id
    assert "There is no such step" in told(opened_page("pages/line.py", {"lesson": f"{name}.1"}))
    assert "There is no lesson" in told(opened_page("pages/lesson.py", {"lesson": name}))


def test_the_address_of_a_step_that_the_browser_kept_for_this_page_is_that_of_its_lesson(lab: Lab) -> None:
    app = opened_page("pages/lesson.py", {"lesson": "momentum.2", "surface": "rosenbrock"})
    assert "There is no lesson" not in told(app)
    assert "Why most optimizers remember their last steps." in shown(app)
    assert link(app) == {"lesson": "momentum"}


def test_the_page_of_lessons_has_all_of_them_and_opens_a_step(lab: Lab):
    app = opened_page("pages/lesson.py")
    assert len([each for each in app.get("page_link") if "lesson=" in each.proto.query_string]) >= len(lesson_names())
    name = stored(lab)
    app = opened_page("pages/lesson.py", {"lesson": name})
    assert "2. Two" in shown(app)
    app = run_again(opened_page("pages/lesson.py", {"lesson": name, "step": "2"}))
    assert "Last words." in shown(app)
    assert "steps from 1 to 2" in told(opened_page("pages/lesson.py", {"lesson": name, "step": "3"}))


def test_a_view_is_added_to_a_lesson_of_ones_own(lab: Lab):
    app = opened_page("pages/line.py", VIEW)
    for title, text in (("First", "Look **here**."), ("Second", "")):
        app.button(key="look.lesson").click().run()
        app.text_input(key="own.step.title").set_value(title)
        app.text_area(key="own.step.text").set_value(text)
        app.button(key="own.step.add").click().run()
        assert not app.exception
    (one,) = all_stored(lab)
    lesson = read_lesson(one.text, None)
    assert [(step.title, step.page, dict(step.query)) for step in lesson.steps] == [
        ("First", "line", VIEW),
        ("Second", "line", VIEW),
    ]
    app.button(key="look.lesson").click().run()
    app.text_area(key="own.step.text").set_value("![p](https://x.example/y.png)")
    app.button(key="own.step.add").click().run()
    assert "a picture" in app.session_state["own lesson told"]
    assert len(read_lesson(all_stored(lab)[0].text, None).steps) == 2


def all_stored(lab: Lab) -> list[Any]:
    import sqlalchemy as sa

    from trainers.store.tables import LESSONS

    with lab.store.lessons.database.reading() as connection:
        return list(connection.execute(sa.select(LESSONS)))


def brought(content: bytes) -> AppTest:
    app = opened_page("pages/lesson.py")
    app.file_uploader[0].set_value(("lesson.md", content, "text/markdown"))
    return run_again(app)


def test_a_file_is_brought_once_or_its_faults_are_told(lab: Lab):
    app = brought(lesson_text(LESSON).encode())
    run_again(app)
    assert [each.title for each in all_stored(lab)] == ["Two steps"]
    app.file_uploader[0].set_value(("lesson.md", lesson_text(LESSON).encode(), "text/markdown"))  # given twice
    assert "here already" in run_again(app).success[0].value
    assert len(all_stored(lab)) == 1
    told_of = brought(lesson_text(LESSON).replace("/line", "/nowhere").encode()).error[0].value
    assert "Line 9" in told_of
    assert "nowhere" in told_of
    assert "UTF" in brought(b"+++\n\xff").error[0].value
    hostile = '+++\n"<img src=x onerror=alert(1)>[a](http://x.example)" = 1\n+++\n'
    app = brought(hostile.encode())
    assert "](http" not in shown(app)
    assert len(all_stored(lab)) == 1


def test_only_its_owner_changes_a_lesson(lab: Lab):
    name = stored(lab, "somebody else")
    assert "lesson.save" not in keys(opened_page("pages/lesson.py", {"lesson": name}))
    own = stored(lab, "")
    app = opened_page("pages/lesson.py", {"lesson": own})
    app.text_area(key=f"lesson.text.{own}").set_value(lesson_text(LESSON).replace("Two steps", "Changed"))
    app.button(key="lesson.save").click().run()
    assert lab.store.lessons.one(own).title == "Changed"  # pyright: ignore[reportOptionalMemberAccess]
    press(app, "lesson.delete")
    assert lab.store.lessons.one(own) is None
    assert [each.value.replace("\\", "") for each in app.toast] == ["The lesson is deleted."]
    assert not app.warning
    assert "lesson" not in app.query_params


def test_a_lesson_with_an_enemy_s_titles_shows_them_as_text(lab: Lab):
    text = " ".join(NAMES).replace("\n", " ")
    shown_as = [text[at : at + 80] for at in range(0, len(text), 80)]
    for each in shown_as:
        question = Question(kind="choice", ask="?", choices=(each, "b"), answer="1")
        steps = (Step(title=each, page="derivatives", text="Words.", question=question),)
        name = stored(lab, "", Lesson(title=each, minutes=5, audience=each, lecture=each, steps=steps))
        app = opened_page("pages/derivatives.py", {"lesson": f"{name}.1"})
        assert not alive(app), each
        press(app, f"lesson.{name}.1.skip")
        assert not alive(app), each
        assert not alive(opened_page("pages/lesson.py", {"lesson": name})), each
    assert not alive(opened_page("pages/lesson.py"))


def test_a_step_of_another_page_waits(lab: Lab):
    app = opened_page("pages/line.py", {**VIEW, "lesson": f"{stored(lab)}.2"})
    assert link(app) == VIEW
    assert "lesson.return" in keys(app)


def test_slides_and_the_page_without_a_network():
    from PIL import Image

    from exports import StepView, lesson_html
    from figures.lessons import lesson_slides

    still = BytesIO()
    Image.new("RGB", (20, 10)).save(still, "PNG")
    slides = lesson_slides(LESSON, {1: still.getvalue()}, "https://lab.example")
    assert slides.startswith(b"%PDF")
    assert slides.count(b"/Type /Page\n") == 3
    hostile = Step(
        title="<b>x</b>",
        page="maps",
        text='<img src=x onerror="alert(1)"> [a](/line?steps=20)',
        hint="</script><script>alert(1)</script>",
    )
    lesson = Lesson(title="</title><script>", minutes=5, audience="x", steps=(*LESSON.steps, hostile))
    text = lesson_html(lesson, {1: StepView(payload=b"abc")}, "https://lab.example")
    assert "<img" not in text
    assert "<b>x" not in text
    assert "<script>alert" not in text
    assert "<title></title>" not in text
    assert 'href="https://lab.example/line?steps=20"' in text
    assert text.count("<section") == 3
