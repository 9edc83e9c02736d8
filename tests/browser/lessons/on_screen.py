"""What a person has on the screen: the words of a page and of its pictures, and whether the pictures are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from experiments.lessons import reader

FORMULA = "\u0192"  # stands for a formula, which the browser sets

# Components have roots of their own, which neither textContent nor querySelectorAll looks into.
_READ = """([root, formula]) => {
    const words = [], pictures = [];
    // What has no box of its own, but its children have, counts as not visible.
    const seen = element => getComputedStyle(element).display === 'contents'
        || element.checkVisibility({ visibilityProperty: true });
    const colors = canvas => {
        if (!canvas.width || !canvas.height) return 0;  // not laid out yet
        const small = new OffscreenCanvas(48, 48).getContext('2d');
        small.drawImage(canvas, 0, 0, 48, 48);
        return new Set(new Uint32Array(small.getImageData(0, 0, 48, 48).data.buffer)).size;
    };
    const picture = (element, kind, marks) => {
        const { width, height } = element.getBoundingClientRect();
        if (width >= 60 && height >= 40) pictures.push([kind, element.className.baseVal ?? element.className, marks]);
    };
    const read = element => {
        if (element.nodeType === Node.TEXT_NODE) { words.push(element.data); return; }
        if (element.nodeType !== Node.ELEMENT_NODE || /^(STYLE|SCRIPT|TEMPLATE)$/i.test(element.tagName)) return;
        if (!seen(element)) return;
        if (element.matches('.katex')) { words.push(formula); return; }
        if (element.matches('.js-plotly-plot')) {
            const marks = '.trace, .hm, .contourlayer path, .points path, .barlayer path, image, .gl-canvas';
            picture(element, 'plotly', element.querySelectorAll(marks).length);
        } else if (element.matches('canvas') && !element.closest('.js-plotly-plot')) {
            picture(element, 'canvas', colors(element));
        } else if (element.matches('svg') && !element.closest('.js-plotly-plot, button, a')) {
            picture(element, 'svg', element.querySelectorAll('path, line, rect, circle, image, polyline').length);
        } else if (element.matches('img')) {
            picture(element, 'img', element.complete ? element.naturalWidth : 0);
        }
        if (element.matches('input[type=text], input:not([type]), input[type=number], select, textarea'))
            words.push(' ', element.selectedOptions?.[0]?.text ?? element.value, ' ');
        const block = !/^(inline|contents)/.test(getComputedStyle(element).display) || element.matches('tspan, text');
        if (block) words.push(' ');
        for (const child of (element.shadowRoot ?? element).childNodes) read(child);
        if (block) words.push(' ');
    };
    const from = document.querySelector(root);
    if (from) read(from);
    return { words: words.join(''), pictures };
}"""


@dataclass(frozen=True)
class Shown:
    """words: with one space between each, a mark for each formula. pictures: kind, class, number of marks or colors."""

    words: str
    pictures: list[tuple[str, str, int]]

    def drawn(self, kind: str, name: str = "") -> int:
        """How many pictures of a kind, whose class has that name in it, are not empty."""
        blank = 1 if kind == "canvas" else 0  # a canvas of one color
        return sum(
            each == kind and name in [*classes.split(), ""] and marks > blank for each, classes, marks in self.pictures
        )


def on_screen(page: Page, root: str = '[data-testid="stMain"]') -> Shown:
    """What is to be seen in the element of this selector, scrolled to or not."""
    found: Any = page.evaluate(_READ, [root, FORMULA])
    return Shown(words=spaced(found["words"]), pictures=[tuple(each) for each in found["pictures"]])


def spaced(words: str) -> str:
    """With one space between words, and without what nobody sees."""
    return " ".join(re.sub("[\u2060\u200b]", "", words).split())


def as_read(markdown: str) -> str:
    """A text of a lesson as ``on_screen`` reads it."""
    formulas = re.sub(r"\$\$.+?\$\$|\$(?!\s)[^$]+?(?<!\s)\$", FORMULA, markdown, flags=re.DOTALL)
    words = []
    for token in reader().parse(formulas):
        for child in token.children or ():
            words.append(child.content if child.type in ("text", "code_inline") else " " * ("break" in child.type))
        words.append(" " if token.type == "inline" else token.content if token.type == "fence" else "")
    return spaced("".join(words))
