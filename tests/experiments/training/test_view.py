"""How curves are shown, in a link: the browser's word is as untrusted as a link's."""

from __future__ import annotations

import pytest

from experiments.training import VIEW, TrainingCodec, checked_view

ALL = {
    "look": "aB3",
    "panel": "grad_norm",
    "picture": "weights",
    "clock": "seconds",
    "x": "log",
    "y": "linear",
    "aside": True,
    "apart": True,
    "hidden": "aB3.x9",
    "zoom": "1.5~40",
}


def test_a_view_comes_back_from_its_link() -> None:
    assert set(ALL) == set(VIEW)
    codec = TrainingCodec()
    state, problems = codec.read({"run": "abc", **ALL, "aside": "true", "apart": "true"})
    assert state.view == ALL
    assert problems == []
    assert codec.read(codec.write(state)) == (state, [])


def test_what_is_usual_is_not_in_a_link() -> None:
    usual = {name: setting.default for name, setting in VIEW.items()}
    assert checked_view(usual) == {}
    assert TrainingCodec().write(TrainingCodec().read({})[0]) == TrainingCodec().write(
        TrainingCodec().read({"y": "own"})[0]
    )


@pytest.mark.parametrize(
    "wrong",
    [{"panel": "<b>"}, {"y": "cubic"}, {"look": "a b"}, {"zoom": "1~"}, {"hidden": "a..b"}, {"aside": "perhaps"}],
)
def test_what_cannot_be_used_is_left_out_and_told(wrong: dict[str, str]) -> None:
    state, problems = TrainingCodec().read(wrong)
    assert state.view == {}
    assert len(problems) == 1
    assert next(iter(wrong)) in problems[0]


def test_the_browser_is_believed_only_in_what_is_valid() -> None:
    assert checked_view({"panel": 3, "x": "log", "y": ["log"], "more": 1, "hidden": "x" * 500}) == {"x": "log"}
