"""A lesson file: what it holds is read, written and read again; what is wrong is told with its line and a cure."""

from __future__ import annotations

import pytest

from experiments.lessons import MAX_FILE, Lesson, LessonError, Question, Step, lesson_text, read_lesson, step_link
from pages.parts.lessons.views import PageLinks

LINKS = PageLinks()
WHOLE = Lesson(
    title='A "quoted" title',
    minutes=5,
    audience="first visit",
    lecture="EE4016",
    order=3,
    text="About **it**.",
    steps=(
        Step(
            title="Race",
            page="descent",
            query={"surface": "rosenbrock", "steps": "40"},
            text="Words with $x^2$ and [a link](https://example.org/) and [a page](/maps?view=rates).\n\n* one\n* two",
            show=("steps", "o1.lr"),
            hide=("seed",),
            lock=("noise",),
            point=("steps",),
            question=Question(kind="winner", ask="Who is lowest?", told="See the **table**."),
            hint="Look left.",
            shows=("Steps", "Rosenbrock"),
        ),
        Step(
            title="Choose",
            page="line",
            text="a",
            question=Question(kind="choice", ask="?", choices=("yes", "no"), answer="2"),
        ),
        Step(title="Curve", page="line", text="b", question=Question(kind="curve", ask="?", until=0.3, lane=2)),
        Step(title="Verdict", page="line", text="c", question=Question(kind="verdict", ask="?", answer="overfitting")),
    ),
)
HEAD = '+++\ntitle = "T"\nminutes = 5\naudience = "A"\n+++\n'
STEP = '+++\ntitle = "S"\nlink = "/line"\n{}\n+++\ntext\n'


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(LessonError) as told:
        read_lesson(text, LINKS)
    return [(problem.line, problem.sentence) for problem in told.value.problems]


def test_what_is_written_is_read_again():
    text = lesson_text(WHOLE)
    assert read_lesson(text, LINKS) == WHOLE
    assert read_lesson("\N{BOM}" + text.replace("\n", "\r\n"), LINKS) == WHOLE
    assert step_link(WHOLE.steps[0]) == "/descent?surface=rosenbrock&steps=40"
    assert step_link(WHOLE.steps[1]) == "/line"


@pytest.mark.parametrize(
    ("line", "sentence", "setting"),
    [
        (9, "no control of this view", 'show = ["bogus"]'),
        (9, "no control of this view", 'point = ["o9.lr"]'),
        (9, "is a list", "hide = 5"),
        (9, "no setting here; allowed is one of title", 'audience = "x"'),
        (9, "at most 500 characters", f'hint = "{"x" * 501}"'),
        (9, "leads neither to the lab", 'hint = "[a](http:x)"'),
        (10, "no kind of question; allowed is one of place", '[question]\nkind = "guess"\nask = "?"'),
        (11, "ask is missing", '[question]\nkind = "winner"\nask = ""'),
        (12, "computed from the view", '[question]\nkind = "winner"\nask = "?"\nanswer = 3'),
        (12, "from 2 to 6 choices", '[question]\nkind = "choice"\nask = "?"\nchoices = ["a"]'),
        (13, "number of the right choice", '[question]\nkind = "choice"\nask = "?"\nchoices = ["a", "b"]\nanswer = 3'),
        (12, "no verdict; allowed is one of", '[question]\nkind = "verdict"\nask = "?"\nanswer = "x"'),
        (12, "between 0 and 1", '[question]\nkind = "curve"\nask = "?"\nuntil = 1.0'),
        (12, "whole number from 1 to 12", '[question]\nkind = "curve"\nask = "?"\nlane = true'),
        (9, "the step's page is one of descent", '[question]\nkind = "place"\nask = "?"'),
        (9, "there is no lane 9", '[question]\nkind = "curve"\nask = "?"\nlane = 9'),
        (9, "not TOML", "hint = nothing"),
        (10, "a question is a table", "\nquestion = 1"),
    ],
)
def test_what_is_wrong_in_a_step_is_told_with_its_line(line: int, sentence: str, setting: str):
    (told,) = problems(HEAD + STEP.format(setting))
    assert told[0] == line
    assert sentence in told[1]


@pytest.mark.parametrize(
    ("sentence", "link"),
    [
        ("no page that a step can show", "/nowhere"),
        ("is a page of the lab", "https://example.org/line"),
        ("is a page of the lab", "//example.org/line"),
        ("is a page of the lab", "line"),
        ("is a page of the lab", "/line#x"),
        ("twice", "/line?steps=5&steps=6"),
        ("cannot be read", "/line?steps"),
        ("write it as a setting of the step", "/line?hide=steps"),
        ("steps", "/line?steps=many"),
        ("4,000", f"/line?f={'x' * 4000}"),
    ],
)
def test_a_link_is_of_the_lab_and_valid(sentence: str, link: str):
    told = problems(HEAD + STEP.format("").replace("/line", link))
    assert told[0][0] == 8
    assert sentence in told[0][1]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("a picture", "![p](https://x.example/y.png)"),
        ("leads neither", "[a](javascript:alert(1))"),
        ("leads neither", "[a](//x.example)"),
        ("leads neither", "[a](/\\x.example)"),
        ("leads neither", "[a][b]\n\n[b]: data:text/html,x"),
        ("leads neither", "[a](https://user@x.example/)"),
        ("would become a link", "see http://x.example"),
        ("would become a link", "see www.x.example"),
        ("would become a link", "write to a@x.example"),
        ("nobody sees", "a\u202eb"),
    ],
)
def test_hostile_markdown_is_told(sentence: str, text: str):
    told = problems(HEAD + STEP.format("").replace("text\n", f"fine\n\n{text}\n"))
    assert {line for line, _ in told} == {13}
    assert any(sentence in each for _, each in told)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("nothing here", ""),
        ("before the head", "Hello"),
        ("not closed", "+++\n"),
        ("no step", HEAD),
        ("at most 100,000", "x" * (MAX_FILE + 1)),
        ("more than 60 steps", HEAD + STEP.format("") * 61),
        ("3,000", HEAD + STEP.format("").replace("text", "x" * 3001)),
        ("no text", HEAD + STEP.format("").replace("text\n", "")),
        ("not TOML", HEAD + STEP.format("x = " + "[" * 3000)),
        ("on one line", HEAD.replace('"T"', '"a\\nb"') + STEP.format("")),
        ("minutes is a whole number", HEAD.replace("5", "true") + STEP.format("")),
    ],
)
def test_what_is_no_lesson_is_told(sentence: str, text: str):
    assert sentence in problems(text)[0][1]


def test_all_faults_are_told_in_the_order_of_their_lines():
    told = problems(HEAD.replace("5", "0") + STEP.format("hide = 1").replace("text", "![p](https://x.example/)"))
    assert [line for line, _ in told] == [3, 9, 11]
    assert len(problems(HEAD + STEP.format("hide = 1") * 50)) == 20
