"""What a page shows, its link and its controls, as one state: the link is the state, whoever changed it.

A browser sends the values of all its controls and its address with every run, and may not have heard yet of what the
last run changed. Two rules keep what it sends late from undoing anything:

* A control whose value is changed from code (a preset, a link, a rate tuned to another surface) is a new control with a
  numbered key (``descent.steps 1``) that begins with its own value; what the old one sends means nothing any more.
* An address that differs from the one written last was opened from outside (typed, clicked, the back button) only in a
  run that nobody's hand has caused: a callback marks its run. Nor was one opened that the browser was at before and may
  not have left yet: a control without a callback, or one whose callback an earlier run has called, brings such a one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st

from figures.runs import literal
from settings import LinkPreset, Setting, Text, preset_of
from widgets.address import is_back_or_forward, is_view_given, own_query, put_address, visit_number
from widgets.controls import parameter_control
from widgets.session import was_run_again
from widgets.staging import note, stage, staging, told_apart
from widgets.symbols import spoken

State = TypeVar("State")
_SHOWN = "linked of page"
_MOST_PROBLEMS = 5
_MOST_LATE = 100  # addresses that a browser is known to be behind by


class Codec(Protocol[State]):
    """What a page must know of its state. States are values: compared with ``==``, never changed in place."""

    def read(self, query: Mapping[str, str], /) -> tuple[State, list[str]]:
        """A valid state, whatever the link says, and one sentence for each part that could not be used."""
        ...

    def write(self, state: State, /) -> dict[str, str]:
        """The link that opens this state; inverse of ``read``."""
        ...

    def changed(self, state: State, changes: Mapping[str, Any], /) -> State:
        """The state with some settings changed, by name. Raises ValueError with a sentence for what is not allowed."""
        ...

    def setting(self, state: State, name: str, /) -> tuple[Setting, Any]:
        """The declaration of a setting, and its value."""
        ...


@dataclass
class _Held(Generic[State]):
    """What the session keeps. run: of any page, when this one ran last. numbers: how often a control was made anew.

    initial: what the control of a key began with. refused: setting, sentence and the value that was not taken.
    behind: where the browser may be in this visit: the address that it told last, and those written since.
    """

    state: State
    link: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    run: int = 0
    bare: bool = False
    by_hand: bool = False
    numbers: dict[str, int] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    refused: tuple[str, str, Any] | None = None
    visit: int = 0
    behind: deque[dict[str, str]] = field(default_factory=lambda: deque(maxlen=_MOST_LATE))


@dataclass(frozen=True)
class LinkedState(Generic[State]):
    """The state of a page.

        linked = LinkedState("initialization", SettingsCodec(declared))
        values = linked.open()                                  # first thing of every run; also writes the link
        linked.tell_problems()
        linked.control("depth")                                 # anywhere, in any order

    The control of a setting has the key ``page.name`` in ``st.session_state``, and a number behind it once its value
    was changed from code.
    """

    page: str
    codec: Codec[State]

    def open(self) -> State:
        """The state of this run: from the link where it was opened from outside, else as hands left it."""
        query, run = own_query(), st.session_state.get("runs", 0)
        held = self._known()
        again, given = was_run_again(), is_view_given()
        if held is None:
            state, problems = self.codec.read(query)
            held = st.session_state[self._place] = _Held(state, problems=problems, bare=_is_bare(query))
        elif given or (not again and self._is_opened(held, query, run)):
            held.state, held.problems = self.codec.read(query)
            held.refused, held.bare = None, _is_bare(query)
        else:
            held.bare = False
        if held.visit != visit_number():
            held.behind.clear()
        while held.behind and held.behind[0] != query and not again:  # else it was never the browser's
            held.behind.popleft()
        if not held.behind:
            held.behind.append(query)
        held.by_hand, held.run, held.visit = False, run, visit_number()
        self._write(held)
        st.session_state[_SHOWN] = self.codec, held
        return held.state

    @property
    def state(self) -> State:
        """What the page shows."""
        return self._held.state

    @property
    def link(self) -> dict[str, str]:
        """The parameters of a link that opens this state."""
        return self._held.link

    @property
    def is_known(self) -> bool:
        """Whether this session has shown the page before."""
        return self._known() is not None

    @property
    def is_bare(self) -> bool:
        """Whether this run took its state from an address without any setting by dotted name."""
        return self._held.bare

    def show(self, state: State) -> None:
        """Make this the state, from a callback or in a run; every control shows it."""
        held = self._held
        if state != held.state:
            held.state, held.problems, held.refused = state, [], None
        held.by_hand = True

    def write(self) -> None:
        """Put a state that was shown in the middle of a run, or in a fragment, into the address."""
        self._held.by_hand = False
        self._write(self._held)

    def put(self, changes: Mapping[str, Any]) -> None:
        """Change settings by name, from a callback; what is refused is told by ``tell_refusal``."""
        held, name = self._held, next(iter(changes))
        held.by_hand = True
        try:
            self.show(self.codec.changed(held.state, changes))
        except KeyError:  # a control of a state before this one, such as a setting of another optimizer
            return
        except ValueError as error:
            held.refused = name, str(error), changes[name]

    def refuse(self, name: str, sentence: str, value: Any = None) -> None:
        """Tell beside the control of a setting why something was not taken."""
        self._held.refused = name, sentence, value

    def acted(self) -> None:
        """Say that a hand has caused this run, from the callback of a control that changes no setting."""
        held = self._known()
        if held is not None:
            held.by_hand = True

    # ---- controls ----------------------------------------------------------------------------------------------

    def key(self, name: str, value: Any) -> tuple[str, Any]:
        """The key of a setting's control, which shows ``value``, and what the control begins with."""
        held = self._held
        key = self._numbered(name)
        if st.session_state.get(key, held.initial.get(key, value)) != value:
            held.initial.pop(key, None)
            held.numbers[name] = held.numbers.get(name, 0) + 1
            key = self._numbered(name)
        note(name, key)
        return key, held.initial.setdefault(key, value)

    def is_hidden(self, name: str) -> bool:
        """Whether the link leaves the control of this name out."""
        key = self._numbered(name)
        note(name, key)
        return stage(key) == "hidden"

    def calls_for(self, beginning: str, without: Sequence[str] = ()) -> bool:
        """Whether the link asks for a control whose name begins so: a drawer that holds such ones opens then."""
        given = staging()
        called = {*given.show, *given.lock, *given.point} - {*without, *given.hide}
        return any(name.startswith(beginning) for name in called)

    def is_locked(self, name: str) -> bool:
        """Whether the link holds the control of this name fast."""
        return stage(self._numbered(name)) == "locked"

    def taking(self, name: str, key: str, take: Callable[[Any], None] | None = None) -> Callable[[], None]:
        """The callback of a control: its value becomes the setting's, or ``take`` gets it.

        A control that was replaced since says nothing any more.
        """

        def moved() -> None:
            self._held.by_hand = True
            if key == self._numbered(name) and key in st.session_state:
                value = st.session_state[key]
                self.put({name: value}) if take is None else take(value)

        return moved

    def control(self, name: str, *, exact: bool = False, keeps: bool = False, **options: Any) -> Any:
        """The control that suits a setting; ``options`` are those of ``parameter_control``.

        exact: a field for a whole number instead of a slider. keeps: what was refused stays in the field.
        """
        setting, value = self.codec.setting(self.state, name)
        refused = self._held.refused
        if keeps and refused is not None and refused[0] == name:
            value = refused[2]
        key, initial = self.key(name, value)
        taking = self.taking(name, key)
        if isinstance(setting, Text) or exact:
            if (shown := stage(key)) == "hidden":
                return initial
            options["label"] = spoken(options.get("label") or setting.name.replace("_", " "))
            options |= {
                "disabled": shown == "locked",
                "key": key,
                "value": initial,
                "help": setting.meaning,
                "on_change": taking,
            }
        if isinstance(setting, Text):
            return st.text_input(max_chars=setting.max_length, **options)
        if exact:
            low, high = setting.lowest, setting.highest
            ends = {"min_value": low, "max_value": high}
            if setting.kind == "int":
                ends = {"min_value": int(low), "max_value": int(high), "step": 1}
            return st.number_input(**ends, **options)
        return parameter_control(setting, key, initial=initial, on_change=taking, **options)

    def control_again(self, name: str, where: str, **options: Any) -> Any:
        """A second slider, switch or menu of a setting, elsewhere on the page."""
        setting, value = self.codec.setting(self.state, name)
        assert not isinstance(setting, Text), name
        key, initial = self.key(f"{name} {where}", value)
        taking = self.taking(f"{name} {where}", key, lambda given: self.put({name: given}))
        return parameter_control(setting, key, initial=initial, on_change=taking, **options)

    def menu(
        self,
        name: str,
        value: Any,
        draw: Callable[..., Any],
        label: str,
        offered: Sequence[Any],
        take: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Any:
        """A control over what is offered; ``draw`` is Streamlit's function: a select box, a segmented control, ..."""
        key, initial = self.key(name, value)
        if (shown := stage(key)) == "hidden":
            return initial
        if shown == "locked":
            options["disabled"] = True
        if "format_func" in options:
            options["format_func"] = told_apart(offered, options["format_func"])
        if draw is st.selectbox:
            options["index"] = list(offered).index(initial) if initial in offered else None
        elif isinstance(initial, list):
            options["default"] = [each for each in initial if each in offered]
        else:
            options["default"] = initial if initial in offered else None
        return draw(label, offered, key=key, on_change=self.taking(name, key, take), **options)

    def one_of(self, name: str, value: Any, label: str, names: Mapping[Any, str]) -> Any:
        """All of a few choices side by side, as ``names`` has them; the label is for screen readers."""
        options = {"format_func": names.__getitem__, "label_visibility": "collapsed", "required": True}
        return self.menu(name, value, st.segmented_control, label, list(names), **options)

    def preset_menu(self, titles: Mapping[str, str], shown: str | None, choose: Callable[[str], None]) -> None:
        """A menu of presets that shows ``shown``; ``choose`` is called with the key of a preset that was chosen."""
        key, initial = self.key("preset", shown)
        if stage(key) == "hidden":
            return
        st.selectbox(
            "Preset",
            list(titles),
            None if initial is None else list(titles).index(initial),
            key=key,
            format_func=titles.__getitem__,
            on_change=self.taking("preset", key, lambda chosen: None if chosen is None else choose(chosen)),
            placeholder="Choose one phenomenon",
            disabled=stage(key) == "locked",
        )

    def link_presets(self, presets: Mapping[str, LinkPreset]) -> LinkPreset | None:
        """A menu of presets that are links; the one that is shown, None where the state is nobody's preset."""
        shown = preset_of(self.link, presets)
        titles = {key: preset.title for key, preset in presets.items()}
        self.preset_menu(titles, shown, lambda key: self.show(self.codec.read(presets[key].query)[0]))
        return presets[shown] if shown else None

    # ---- what could not be used --------------------------------------------------------------------------------

    def tell_problems(self) -> None:
        """Warn of each part of the link that could not be used, until a setting is changed.

        A link may have thousands of wrong parts; the first ones say enough.
        """
        problems = self._held.problems
        more = len(problems) - _MOST_PROBLEMS
        if more > 0:
            problems = [
                *problems[:_MOST_PROBLEMS],
                f"{more:,} more parts of the link are left out."
                if more > 1
                else "One more part of the link is left out.",
            ]
        for problem in problems:
            st.warning(literal(problem), icon=":material/link_off:")

    def tell_refusal(self, *names: str) -> None:
        """Say why the last value of one of these settings was not taken."""
        refused = self._held.refused
        if refused is not None and refused[0] in names:
            st.error(literal(refused[1]), icon=":material/block:")

    # ---- the session -------------------------------------------------------------------------------------------

    @property
    def _place(self) -> str:
        return f"linked {self.page}"

    def _known(self) -> _Held[State] | None:
        return st.session_state.get(self._place)

    @property
    def _held(self) -> _Held[State]:
        return st.session_state[self._place]

    def _numbered(self, name: str) -> str:
        number = self._held.numbers.get(name, 0)
        return f"{self.page}.{name} {number}" if number else f"{self.page}.{name}"

    def _is_opened(self, held: _Held[State], query: Mapping[str, str], run: int) -> bool:
        if is_back_or_forward():
            return True
        if held.by_hand or query == held.link or (held.visit == visit_number() and query in held.behind):
            return False
        # Changing page clears the address: a bare one is a return then, and else the bare link of this page.
        return bool(query) or run == held.run + 1

    def _write(self, held: _Held[State]) -> None:
        held.link = self.codec.write(held.state)
        if not held.behind or held.behind[-1] != held.link:
            held.behind.append(held.link)
        put_address(held.link)


def is_setting(codec: Codec[Any], state: Any, name: str) -> bool:
    """Whether a state has a setting of this name."""
    try:
        codec.setting(state, name)
    except (KeyError, IndexError, ValueError, AssertionError, AttributeError):
        return False
    return True


def page_has(name: str) -> bool:
    """Whether the page that has run last has such a setting."""
    codec, held = st.session_state.get(_SHOWN, (None, None))
    return codec is not None and is_setting(codec, held.state, name)


def _is_bare(query: Mapping[str, str]) -> bool:
    return not any("." in name for name in query)
