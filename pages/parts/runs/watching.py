"""How a training of one's own is watched here: the address of this lab, and the lines to copy."""

from __future__ import annotations

import streamlit as st

from trainers.watch import TOKEN
from trainers.watched import lab_token

_LINES = """\
from trainers.watch import Watch

with Watch("{lab}", model, optimizer, name="my network") as watch:
    for epoch in range(1, epochs + 1):
        ...  # your own loop
        watch.report(epoch=epoch, train_loss=train_loss, val_loss=val_loss)
"""
_CALLBACKS = """\
from trainers.watch import keras_callback, lightning_callback, hugging_face_callback

model.fit(..., callbacks=[keras_callback("{lab}")])
lightning.Trainer(..., callbacks=[lightning_callback("{lab}")])
transformers.Trainer(..., callbacks=[hugging_face_callback("{lab}")])
"""


def how_to_watch() -> None:
    """Folded: five lines for a loop of PyTorch, and one for each of three libraries."""
    lab = (st.context.url or "http://localhost:8501/runs").partition("?")[0].rpartition("/")[0]
    with st.expander("Watch a training of your own while it goes on", icon=":material/sensors:", key="runs-watch"):
        st.markdown(
            "Five lines in a loop of PyTorch: its curves and the inside of the network show here live, with the "
            "diagnosis. They take at most 5 % of the time, and a lab that is away slows nothing down."
        )
        st.code(_LINES.format(lab=lab), language="python")
        if lab_token():
            st.markdown(f"The program needs `{TOKEN}` in its environment; whoever runs this lab knows its value.")
        else:
            st.markdown(
                f"This lab takes no reports yet: whoever runs it sets `{TOKEN}` to a long random text, and so does "
                'whoever trains. Without a lab, `Watch("run.jsonl", ...)` writes a file to bring here.'
            )
        st.code(_CALLBACKS.format(lab=lab), language="python")
