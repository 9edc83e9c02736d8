"""The set-up of a run: the whole configuration as controls in the sidebar, in the session and in the link.

The one truth is a ``RunConfig`` in the session. A control that is moved applies its change to it; what the
configuration refuses is said beside the control, which goes back. A link that is opened replaces the configuration.

The control of a setting has the key ``training.<dotted name>``. A value that changes from code (a preset, a link,
another model) gets a new control, numbered (``training.model.width 1``): the browser may send the value of the old one
once more before it hears of the change, which would look like a move of the user's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from experiments.training import (
    COSTS,
    OWN_TABLE,
    SEEDS,
    Group,
    download_sentence,
    drawer_label,
    groups,
    label,
    meaning_of,
    names,
    refusal,
    rows_of,
    sentence,
    shown,
    value_words,
)
from figures.runs import literal
from pages.parts.training.own_table import csv_controls, table_shape
from settings import Text
from trainers.config import SECTIONS, RunConfig
from trainers.data import DATA_SETS, is_downloaded
from widgets import opened_link, parameter_control, write_link

_RUN = re.compile(r"[A-Za-z0-9]{1,20}")
_MOST_PROBLEMS = 5
_FOREIGN = ("embed", "embed_options")  # Streamlit's own parameters


@dataclass
class _Setup:
    """What the session holds. numbers: how often the control of a setting was made anew. refused: setting, sentence."""

    config: RunConfig
    run: str | None = None
    problems: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    refused: tuple[str, str] | None = None


def _setup() -> _Setup:
    if "training.setup" not in st.session_state:
        st.session_state["training.setup"] = _Setup(RunConfig())
    return st.session_state["training.setup"]


def open_setup() -> tuple[RunConfig, str | None]:
    """The configuration and the run of this page: from a link that was opened, else as the controls left them."""
    known = "training.setup" in st.session_state
    query, setup = opened_link("training"), _setup()
    if query is not None and (query or not known):
        config, problems = RunConfig.from_query(query)
        put_config(config)
        setup.run, setup.problems = query.get("run"), [*map(sentence, problems), *_strangers(query)]
        if setup.run is not None and not _RUN.fullmatch(setup.run):
            setup.problems.append(f"run was given {setup.run!r:.80}; allowed are 1 to 20 letters and digits.")
            setup.run = None
    write_link("training", setup.config.to_query() | ({"run": setup.run} if setup.run else {}))
    return setup.config, setup.run


def put_config(config: RunConfig) -> None:
    """Make this the configuration, and every control show it."""
    setup = _setup()
    setup.config, setup.problems, setup.refused = config, [], None


def put_run(run_id: str | None) -> None:
    """Make this the run of the page and its link."""
    _setup().run = run_id


def tell_problems() -> None:
    """Warn of each part of the link that could not be used, until a setting is changed."""
    for problem in _few(_setup().problems):
        st.warning(literal(problem), icon=":material/link_off:")


def setup_sidebar() -> None:
    """Draw the controls of the whole configuration in the sidebar."""
    st.html("<style>@media (pointer: coarse) { .st-key-training-setup summary { min-height: 44px; } }</style>")
    with st.sidebar, st.container(gap="xsmall", key="training-setup"):
        for group in groups(_setup().config):
            _group(group)


def _strangers(query: Mapping[str, str]) -> list[str]:
    ours = (*SECTIONS, "run", *_FOREIGN)
    strange = [name for name in query if name.partition(".")[0] not in ours]
    return [f"{name[:80]!r} is not a parameter of this page; it is left out." for name in strange]


def _few(problems: list[str]) -> list[str]:
    """A link may have thousands of wrong parts; the first ones say enough."""
    more = len(problems) - _MOST_PROBLEMS
    return problems if more <= 0 else [*problems[:_MOST_PROBLEMS], f"{more:,} more parts of the link are left out."]


def _group(group: Group) -> None:
    setup = _setup()
    for row in rows_of(group.sight):
        places = st.columns(len(row), gap="small") if len(row) > 1 else [st.container()]
        for place, name in zip(places, row, strict=True):
            with place:
                _control(name)
        if row == ("data.name",):
            _source(setup.config)
    shape, classes = table_shape(setup.config) if group.key == "model" else (None, None)
    # The key keeps a drawer open while its label says what is being set in it.
    with st.expander(drawer_label(setup.config, group, shape, classes), type="compact", key=f"training-{group.key}"):
        if about := meaning_of(setup.config, group):
            st.caption(about)
        for name in group.drawer:
            _control(name)


def _source(config: RunConfig) -> None:
    """Where the rows come from, if not from here: the user's own table, or a download."""
    if config.data.name == "csv":
        csv_controls(config, _key, _apply, partial(_refuse, "data.file"))
        _tell_refusal(OWN_TABLE)
    elif DATA_SETS[config.data.name].downloaded:
        st.caption(download_sentence(config.data.name, kept=is_downloaded(config.data.name)))


def _control(name: str) -> None:
    """The control that suits a setting; columns of the user's own table have theirs beside the upload."""
    config = _setup().config
    if config.data.name == "csv" and name in OWN_TABLE:
        return
    setting = config.settings()[name]
    (key, initial), text = _key(name, config[name]), label(name, setting)
    changed = partial(_changed, name, key)
    if isinstance(setting, Text):
        st.text_input(text, initial, key=key, max_chars=setting.max_length, help=setting.meaning, on_change=changed)
    elif name in SEEDS:
        st.number_input(text, 0, 2**32 - 1, initial, key=key, step=1, help=setting.meaning, on_change=changed)
    else:
        parameter_control(
            shown(config, name), key, label=text, names=names(name), words=partial(value_words, name),
            initial=initial, on_change=changed,
        )  # fmt: skip
    if name in COSTS:
        st.caption(COSTS[name])
    _tell_refusal((name,))


def _tell_refusal(controls: tuple[str, ...]) -> None:
    refused = _setup().refused
    if refused and refused[0] in controls:
        st.error(literal(refused[1]), icon=":material/block:")


def _key(name: str, value: Any) -> tuple[str, Any]:
    """The key of the control of a setting, which holds the value, and what the control begins with."""
    setup = _setup()
    key = _numbered(name)
    now = st.session_state.get(key, setup.initial.get(key, value))
    if now != value:
        setup.initial.pop(key, None)
        setup.numbers[name] = setup.numbers.get(name, 0) + 1
        key = _numbered(name)
    return key, setup.initial.setdefault(key, value)


def _numbered(name: str) -> str:
    number = _setup().numbers.get(name, 0)
    return f"training.{name} {number}" if number else f"training.{name}"


def _changed(name: str, key: str) -> None:
    """A control was moved; one that has been replaced since says nothing any more."""
    if key == _numbered(name) and key in st.session_state and name in _setup().config.settings():
        _apply({name: st.session_state[key]})


def _apply(changes: Mapping[str, Any]) -> None:
    """Change the configuration, or say beside the control why not."""
    setup, name = _setup(), next(iter(changes))
    try:
        put_config(setup.config.changed(changes))
    except ValueError as error:
        _refuse(name, refusal(name, error))


def _refuse(name: str, why: str) -> None:
    _setup().refused = name, why
