"""Formulas without a page: one line for slides, MathML for a file; nothing that is written makes them fail."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.lessons import formula_mathml, formula_text, lesson_file, lesson_names, read_lesson, reader


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            r"v \leftarrow \rho v + (1 - \rho)\,g^2",
            "v ← \N{GREEK SMALL LETTER RHO}v + (1 \N{MINUS SIGN} \N{GREEK SMALL LETTER RHO}) g²",
        ),
        (r"\hat y = \sigma(w^\top x + b)", "y\u0302 = \N{GREEK SMALL LETTER SIGMA}(wᵀx + b)"),
        (r"\frac{1}{3 n_{in}}", "1/(3nᵢₙ)"),
        (r"\tfrac14", "1/4"),
        (r"\sqrt{n_{in}}", "√nᵢₙ"),
        (r"\frac{m}{\sqrt{v + \epsilon}}", "m/(√(v + ϵ))"),
        (r"10^{-8}", "10⁻⁸"),
        (r"2 / (n_{in} + n_{out})", "2/(nᵢₙ + nₒᵤₜ)"),
        (r"0.2 - 1 = -0.8", "0.2 \N{MINUS SIGN} 1 = \N{MINUS SIGN}0.8"),
        (r"-H^{-1} g, (-z)", "\N{MINUS SIGN}H⁻¹g, (\N{MINUS SIGN}z)"),
        (r"e^{-z}", "e⁻ᶻ"),
        (r"x^{a b}", "x^(ab)"),
        (r"\unknown", "unknown"),
    ],
)
def test_a_formula_is_one_line_of_text(source: str, line: str):
    assert formula_text(source) == line


def test_a_formula_is_mathml_with_its_parts():
    tree = ElementTree.fromstring(formula_mathml(r"\frac{\eta}{\sqrt k} < x^2", block=True))
    assert tree.get("display") == "block"
    assert [each.tag for each in tree[0]] == ["mfrac", "mo", "msup"]
    assert [each.text for each in tree.iter("mi")] == ["η", "k", "x"]


@given(st.text(alphabet=r"\{}^_frac1 <&$sqrt-hat" + "\u202e\0é", max_size=60))
def test_whatever_is_written_is_a_formula(source: str):
    formula_text(source)
    text = formula_mathml(source)
    assert text.count("<") == text.count(">")
    assert "<script" not in text


def test_formulas_in_markdown_keep_their_backslashes_and_stars():
    assert "<msup>" in reader().render(r"With $v^2 * w * v$ and `$5`")
    assert "<em>" not in reader().render(r"With $v * w * v$ here")
    assert "<code>$5</code>" in reader().render("a `$5` b")
    assert reader().render("5 $ and no more") == "<p>5 $ and no more</p>\n"


def test_every_formula_of_the_labs_lessons_is_known():
    """What is not known stands there by its name, in Latin letters: none of these may."""
    for name in lesson_names():
        lesson = read_lesson(lesson_file(name), None)
        texts = [text for step in lesson.steps for text in (step.text, step.hint, step.question and step.question.told)]
        for token in (token for text in texts if text for token in reader().parse(text)):
            for child in token.children or ():
                if child.type == "formula" and r"\text" not in child.content:
                    assert "<mtext>" not in formula_mathml(child.content), (name, child.content)
