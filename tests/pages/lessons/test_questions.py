"""Questions about what a step shows: of races, neurons and training runs; answers beside what happens."""

from __future__ import annotations

import pytest

from experiments.lessons import Lesson, LessonError, Question, Step, lesson_text, read_lesson
from experiments.lessons.catalogue import lessons
from experiments.training import TrainingCodec, preset_of
from figures.live import loss_by_epoch
from numerals import readable
from pages.parts.lessons.views import PageLinks
from tests.pages.lessons.walking import press, run_again
from tests.pages.opened_page import link, opened_page
from tests.pages.shown_text import live_texts
from tests.trainers.labs import quick, work
from trainers.diagnosis import KINDS
from trainers.lab.lab import Lab
from trainers.presets import PRESETS
from widgets.questions import choices_of, feeds_of_step, for_class, is_askable, told_of

ALONE = quick()
CURVE = Question(kind="curve", ask="How low does it end?", until=0.4, told="Because.")


def step(page: str, query: dict[str, str], question: Question) -> Step:
    return Step(title="A step", page=page, query=query, text="Words.", question=question)


def trained(lab: Lab) -> str:
    run = lab.store.create(ALONE)
    work(lab.store, run.id)
    return run.id


def opened(lab: Lab, asked: Step):
    lesson = Lesson(title="Asked", minutes=5, audience="tests", steps=(asked,))
    name = lab.store.lessons.add(lesson.title, lesson_text(lesson), "somebody").id
    return name, opened_page(f"pages/{asked.page}.py", {**asked.query, "lesson": f"{name}.1"})


def test_the_end_of_a_runs_loss_is_guessed_and_shown_against_it(lab: Lab):
    trained(lab)
    asked = step("training", ALONE.to_query(), CURVE)
    assert is_askable(asked)
    (feed,) = feeds_of_step(asked)
    last = float(loss_by_epoch(feed)[1][-1])
    right, far = told_of(asked, last), told_of(asked, 3 * last)
    assert right.right is True
    assert right.sentence.startswith("You said ")
    assert "The validation loss ends at" in right.sentence
    assert f"after {ALONE.budget.epochs} epochs" in right.sentence
    assert far.right is False
    assert "validation" in far.picture
    assert ">you<" in far.picture
    assert told_of(asked, None).right is None
    assert for_class(asked) == {"question": CURVE.ask, "choices": []}


def test_the_page_waits_for_the_answer_and_then_shows_the_run(lab: Lab):
    trained(lab)
    name, app = opened(lab, step("training", ALONE.to_query(), CURVE))
    words = "\n".join(text for _, text in live_texts(app))
    assert CURVE.ask in words
    assert "training.start" not in {button.key for button in app.button}
    press(app, f"lesson.{name}.1.skip")
    words = "\n".join(text for _, text in live_texts(app))
    assert "The validation loss ends at" in words
    assert "Because." in words
    assert link(app)["lesson"] == f"{name}.1"
    assert "training.start" in {button.key for button in app.button}


def test_a_run_that_nobody_has_trained_is_trained_before_it_is_asked_about(lab: Lab):
    asked = step("training", ALONE.to_query(), CURVE)
    _, app = opened(lab, asked)
    (run,) = lab.store.runs(limit=5)
    assert run.config == ALONE
    assert CURVE.ask not in "\n".join(text for _, text in live_texts(app))
    assert told_of(asked, None).sentence == ""
    work(lab.store, run.id)
    run_again(app)
    assert CURVE.ask in "\n".join(text for _, text in live_texts(app))
    assert len(lab.store.runs(limit=5)) == 1


def test_which_of_several_runs_ends_lowest_is_chosen(lab: Lab):
    preset = next(each for each in PRESETS.values() if 1 < len(each.runs) <= 6)
    runs = preset.configs()
    asked = step("training", runs[0][1].to_query(), Question(kind="winner", ask="Who?"))
    assert is_askable(asked)
    assert choices_of(asked) == tuple(role for role, _ in runs)
    assert for_class(asked) == {"question": "Who?", "choices": [role for role, _ in runs]}
    alone = step("training", ALONE.to_query(), Question(kind="winner", ask="Who?"))
    assert not is_askable(alone)


@pytest.mark.parametrize(
    ("surface", "minima"),
    [
        ("rosenbrock", ["at the minimum (1, 1)"]),
        ("sharp_and_flat", [f"at the minimum ({readable(-1)}, 0)", "at the minimum (1, 0)"]),
        ("himmelblau", ["at one of the minima"]),
    ],
)
def test_a_class_is_asked_for_a_place_by_regions(surface: str, minima: list[str]):
    asked = step("descent", {"surface": surface, "steps": "20"}, Question(kind="place", ask="Where?"))
    others = ["still close to the start", "elsewhere in the picture", "outside of the picture"]
    assert for_class(asked) == {"question": "Where?", "choices": [*minima, *others]}


def test_a_verdict_is_compared_with_that_of_the_run_once_it_has_ended(lab: Lab):
    asked = step("training", ALONE.to_query(), Question(kind="verdict", ask="Which?", answer="overfitting"))
    expected = KINDS["overfitting"].name
    assert told_of(asked, None).sentence == f"The verdict: **{expected}**."
    trained(lab)
    (feed,) = feeds_of_step(asked)
    assert feed.run.verdict is not None
    own = KINDS[feed.run.verdict.kind].name
    assert own != expected
    assert told_of(asked, None).sentence == f"The verdict: **{own}**."
    assert told_of(asked, list(KINDS).index(feed.run.verdict.kind)).right is True
    assert told_of(asked, list(KINDS).index("overfitting")).right is False


VERDICTS = [
    (name, at)
    for name, lesson in lessons(PageLinks()).items()
    for at, one in enumerate(lesson.steps)
    if one.question is not None and one.question.kind == "verdict"
]


@pytest.mark.parametrize(("name", "at"), VERDICTS)
def test_the_verdict_of_a_lesson_is_what_its_preset_is_held_to_show(name: str, at: int):
    """``tests/trainers/presets`` trains the first run of each preset and finds that kind."""
    asked = lessons(PageLinks())[name].steps[at]
    assert asked.question is not None
    preset = preset_of(TrainingCodec().read(asked.query)[0].config)
    assert preset is not None
    assert preset.finding == asked.question.answer


@pytest.mark.parametrize("page", ["descent", "line", "neuron"])
def test_a_winner_is_chosen_before_a_picture_of_the_start(lab: Lab, page: str):
    asked = step(page, {"steps": "20"}, Question(kind="winner", ask="Who is lowest?"))
    _, app = opened(lab, asked)
    (start,) = app.get("image")
    assert "each in its color" in str(start.proto)
    assert [radio.label for radio in app.radio] == ["Who is lowest?"]
    assert told_of(asked, 0).sentence


@pytest.mark.parametrize(
    ("page", "query", "question", "sentence"),
    [
        ("training", ALONE.to_query(), 'kind = "curve"\nask = "?"\nlane = 2', "there is no lane 2"),
        ("training", ALONE.to_query(), 'kind = "winner"\nask = "?"', "this step shows one run"),
        ("training", ALONE.to_query(), 'kind = "place"\nask = "?"', "the step's page is one of descent, neuron"),
        ("neuron", {"part": "many"}, 'kind = "curve"\nask = "?"', "has none"),
        ("search", {}, 'kind = "curve"\nask = "?"', "is about a race or a run"),
    ],
)
def test_a_question_that_its_view_cannot_answer_is_refused(
    page: str, query: dict[str, str], question: str, sentence: str
):
    lesson = Lesson(
        title="Asked", minutes=5, audience="tests", steps=(Step(title="A", page=page, query=query, text="Words."),)
    )
    text = lesson_text(lesson)
    before, after = text.rsplit("+++", 1)
    with pytest.raises(LessonError, match=sentence):
        read_lesson(f"{before}\n[question]\n{question}\n+++{after}", PageLinks())
