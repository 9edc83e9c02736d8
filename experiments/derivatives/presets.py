"""Settings that each show one phenomenon of derivatives."""

from __future__ import annotations

from settings import LinkPreset, by_key

PRESETS: dict[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="valley",
            title="The valley: truncation meets rounding",
            look_for="Drag h: a long secant misses the curve, a short one drowns in rounding. Between lies the best.",
            query={},
        ),
        LinkPreset(
            key="single",
            title="float32 moves the valley",
            look_for="With seven digits the valley lies further right and is far less deep.",
            query={"precision": "both", "log_h": "-3"},
        ),
        LinkPreset(
            key="complex_step",
            title="The complex step has no valley",
            look_for="It subtracts nothing, so a smaller h only helps; the error falls to the last digit and stays.",
            query={"f": "squire_trapp", "x0": "1.5", "log_h": "-12"},
        ),
        LinkPreset(
            key="kink",
            title="|x| at 0 has no derivative",
            look_for="Forward says 1, central says 0 for every h, and autodiff picks 0: none is a derivative.",
            query={"f": "abs", "x0": "0", "log_h": "-3"},
        ),
        LinkPreset(
            key="far",
            title="Far from 0 digits cancel early",
            look_for="At a million x + h loses six digits more, so the valley is wider and its floor higher.",
            query={"x0": "1000000", "log_h": "-3"},
        ),
        LinkPreset(
            key="wave",
            title="A fast wave needs a small step",
            look_for="Higher derivatives are large: truncation is high, and the valley moves to the left.",
            query={"f": "wave", "log_h": "-1"},
        ),
        LinkPreset(
            key="loss",
            title="Why reverse mode for a loss",
            look_for="One sweep back from the loss leaves the derivative by every weight. Press play.",
            query={"view": "graph", "step": "0"},
        ),
        LinkPreset(
            key="one_input",
            title="Forward mode for one input",
            look_for="One sweep carries the tangent of t into all three outputs; reverse mode would need three.",
            query={"view": "graph", "g": "spiral", "mode": "forward", "n": "1", "m": "100"},
        ),
        LinkPreset(
            key="shared",
            title="A part used twice adds its adjoints",
            look_for="Two arrows leave the exponential: backward, what comes along both is added.",
            query={"view": "graph", "g": "shared", "step": "9"},
        ),
        LinkPreset(
            key="forms",
            title="One cubic, five forms of code",
            look_for="By hand, autograd, nn, optimizer and own module: from one start, the same a, b, c and d.",
            query={"view": "cubic"},
        ),
        LinkPreset(
            key="too_fast",
            title="The same code, a rate too large",
            look_for="Above two over the largest curvature the loss grows; every form blows up in the same way.",
            query={"view": "cubic", "rate": "3.6e-06", "steps": "500"},
        ),
    ]
)
