"""The words that pages use and somebody may not know, each in a sentence; behind one button on every page."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

TERMS: Mapping[str, str] = {
    "Batch": "The rows that one step looks at; a small batch makes each step cheap and noisy.",
    "Condition number": "How much steeper a valley is across than along, as a ratio of curvatures; large is slow.",
    "Divergence": "Values grow from step to step without end, mostly because the learning rate is too high.",
    "Epoch": "One pass over all rows that a network learns from.",
    "Gradient": "The direction of steepest ascent and how steep it is; descent goes against it.",
    "Learning rate": "How far a step goes along the gradient; too small is slow, too large jumps out of the valley.",
    "Loss": "The error that training makes small, as one number.",
    "Momentum": "A part of the last step is added to the next, like a ball that rolls on.",
    "Optimizer": "The rule that makes a step from gradients; SGD, Adam and their kin.",
    "Overfitting": "Training loss still falls while loss on rows not seen rises: rows are learned by heart.",
    "Saddle": "A point that is flat, a minimum in one direction and a maximum in another.",
    "SGD": "Stochastic gradient descent: a step against the gradient of a batch, times the learning rate.",
    "Validation": "Rows the network does not learn from, which show how it does on new ones.",
}


def glossary() -> None:
    """A button that opens the words."""
    with st.popover("Words", icon=":material/menu_book:", type="tertiary", help="What the words on this page mean"):
        rows = "".join(
            f"<dt><b>{html.escape(word)}</b></dt><dd>{html.escape(text)}</dd>" for word, text in TERMS.items()
        )
        st.html(f'<dl style="max-width: 26rem; margin: 0; line-height: 1.45">{rows}</dl>')
