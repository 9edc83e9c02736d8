"""Functions written down with all that they call do the same where nothing of their modules is."""

from __future__ import annotations

import ast
import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exports.source import SourceUnavailable, source_of
from optimizers import OPTIMIZERS, SCHEDULES

Write = Callable[..., Any]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Modules from their text: ``module(name=text, ...)`` imports them all and gives the last."""
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def write(**texts: str) -> Any:
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        importlib.invalidate_caches()
        made.extend(texts)
        return [importlib.import_module(name) for name in texts][-1]

    yield write
    for name in made:
        sys.modules.pop(name, None)


def run(value: Any, **more: Any) -> tuple[Any, str]:
    """What stands under the entry's name once the written source has run alone, and that source."""
    source = source_of([("entry", value)], **more)
    text = "\n".join([*source.imports, "", source.text])
    namespace: dict[str, Any] = {"__name__": "written"}
    exec(compile(text, "written", "exec", dont_inherit=True), namespace)
    return namespace[source.names[0]], text


def test_two_functions_of_one_name_in_two_modules_stay_two(module: Write) -> None:
    made = module(
        one_place="def norm(x):\n    return abs(x)\n",
        other_place="def norm(x):\n    return x * x\n",
        both="""
            from one_place import norm
            import other_place

            def step(x):
                return norm(x) + 10 * other_place.norm(x)
            """,
    )
    written, text = run(made.step)
    assert written(-3) == 93
    assert "other_place.norm" not in text


def test_a_new_name_is_not_one_that_means_something_else_where_it_stands(module: Write) -> None:
    made = module(
        hidden="""
            def _root(x):
                return x + 0.5

            def _sum(x):
                return _root(x)

            def step(x):
                root = 2 * x
                sum = [x for x in (1, 2)]
                return _root(root) + _sum(x) + len(sum)
            """
    )
    assert run(made.step)[0](3) == made.step(3) == 12


def test_every_scope_of_python_is_told_apart(module: Write) -> None:
    made = module(
        scopes="""
            import math
            _a = 1
            b = 2
            c = 3

            def step(a, *rest, d=None, **more):
                total = [a + _a for a in range(b) if a != c]
                pick = lambda c, e=b: (c, e, _a)
                def inner(b):
                    nonlocal total
                    total = [*total, b + c]
                    return {b: _a for _ in (0,)}
                class Own:
                    b = 7
                    values = [b for _ in range(1)] if False else [b]
                    def get(self, _b=c):
                        return b + _b
                try:
                    raise ValueError(_a)
                except ValueError as c_error:
                    caught = str(c_error)
                if (n := len(total)) and (m := [last := x for x in range(b)]):
                    pass
                match (a, rest):
                    case (x, [first, *others]):
                        found = (x, first, others)
                    case _:
                        found = None
                made = inner(5), total, pick(9), Own().get(), Own.values
                return made, caught, n, m, last, found, math.floor(_a), d, more
            """
    )
    expected = made.step(4, 8, 9, d=1, z=2)
    assert run(made.step)[0](4, 8, 9, d=1, z=2) == expected


def test_values_of_many_kinds_are_written(module: Write) -> None:
    made = module(
        values="""
            import functools
            import types
            from math import inf, nan
            import numpy as np
            from numpy import hypot as length, maximum
            from typing import NamedTuple

            class Pair(NamedTuple):
                a: float
                b: "Unknown" = 2.0

            ONE, (TWO, THREE) = 1, (2, 3)
            SIZE: float = 4.0
            TABLE = {"low": [1, 2.5], ("a", 1): {3}, None: frozenset({4})}
            PAIR = Pair(1.0)
            GRID = np.linspace(0, 1, 5)
            SCALAR = np.float64(0.1)
            SPACE = types.SimpleNamespace(gain=0.5, of=functools.partial(max, 3))
            TEXT = "a 'quoted' \\"text\\" \\\\ \\u2028"
            bigger = maximum

            def made(rate, limits, names, function, nothing=None):
                def step(x, scale=SIZE, *, low=-inf, names=names):
                    parts = [rate, limits, names, function(x), nothing, -rate ** 2, rate.real]
                    numbers = ONE, TWO, THREE, PAIR.b, GRID.tolist(), SCALAR, SPACE.of(1), length(3, 4), bigger(1, 2)
                    return parts, numbers, TABLE, TEXT, scale, low, names
                return step

            step = made(-0.5, (inf, 1), ["m", "v"], abs)
            """
    )
    written, text = run(made.step)
    assert repr(written(2)) == repr(made.step(2))
    assert "-0.5) ** 2" in text


def test_an_object_that_only_its_own_statement_can_make_is_made_by_it(module: Write) -> None:
    made = module(
        opaque="""
            import re

            class Holder:
                def __init__(self, pattern):
                    self.pattern = pattern
                    self.seen = iter(())

            word = re.compile("a+")
            holder = Holder(word)

            def step(text):
                return holder.pattern.findall(text), word.pattern
            """
    )
    assert run(made.step)[0]("aa b a") == (["aa", "a"], "a+")


def test_decorators_defaults_and_recursion_are_followed(module: Write) -> None:
    made = module(
        decorated="""
            from functools import cache, lru_cache, wraps

            def twice(function):
                @wraps(function)
                def inner(x):
                    return 2 * function(x)
                return inner

            def loud(times):
                def decorate(function):
                    def inner(x, *, extra=times):
                        return function(x) + extra
                    return inner
                return decorate

            @cache
            def fibonacci(n):
                return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

            def even(n):
                return n == 0 or odd(n - 1)

            def odd(n):
                return n != 0 and even(n - 1)

            @twice
            @loud(100)
            def step(x, size=len("abc")):
                return fibonacci(x) + even(x) + size
            """
    )
    assert run(made.step)[0](10) == made.step(10) == 2 * (55 + 1 + 3 + 100)


def test_objects_and_their_methods_are_written_with_what_they_hold(module: Write) -> None:
    made = module(
        objects="""
            from dataclasses import KW_ONLY, dataclass, field
            from enum import Enum, auto

            class Kind(Enum):
                A = auto()
                B = auto()

            class Base:
                factor = 3
                def scaled(self, x):
                    return self.factor * x

            class Rule(Base):
                def __init__(self, *settings):
                    self.settings = list(settings)
                def step(self, x):
                    return super().scaled(x) + sum(self.settings)
                @classmethod
                def plain(cls, x):
                    return cls.factor + x
                @staticmethod
                def bare(x: int) -> int:
                    return x + Rule.factor

            @dataclass(frozen=True)
            class Settings:
                rate: float
                _: KW_ONLY
                kind: Kind = Kind.B
                names: tuple[str, ...] = field(default_factory=tuple)
                def step(self, x):
                    return self.rate * x, self.kind.value, self.names

            rule = Rule(1, 2)
            settings = Settings(0.5, kind=Kind.A, names=("m",))
            def step(x):
                return rule.step(x), settings.step(x), Rule.plain(x), Rule.bare(x)
            """
    )
    assert run(made.step)[0](2) == made.step(2) == (9, (1.0, 1, ("m",)), 5, 5)
    assert run(made.rule.step)[0](2) == 9
    assert run(made.Rule.plain)[0](2) == 5
    assert run(made.Rule.bare)[0](2) == 5
    assert run(made.settings.step)[0](2) == (1.0, 1, ("m",))


def test_lambdas_of_one_line_are_told_apart(module: Write) -> None:
    made = module(
        lambdas="""
            pair = (lambda x: x + 1, lambda x: (
                x * 2
            ))
            nested = lambda x, n=3: (lambda y: y + n)(x)
            """
    )
    assert [run(each)[0](5) for each in made.pair] == [6, 10]
    assert run(made.nested)[0](5) == 8


def test_types_and_long_docstrings_are_left_out_and_comments_kept(module: Write) -> None:
    made = module(
        typed='''
            from __future__ import annotations
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from nowhere import Array

            def step(
                points: Array,
                rate: float = 0.5,
                *more: Array,
                name: str="a",
            ) -> tuple[Array, Array]:
                """Short.

                Long, with `points: Array`.
                """
                half: float = rate / 2  # half of it
                late: Array
                late = half
                def inner(x: Array = 1.0) -> Array:
                    return x
                return points * late + inner()
            '''
    )
    written, text = run(made.step)
    assert written(2.0) == 1.5
    assert "Array" not in text
    assert text.lstrip().startswith('def entry(points, rate=0.5, *more, name="a"):\n    """Short."""\n')
    assert "half = rate / 2  # half of it" in text


def test_names_that_the_script_has_already_are_left_to_it(module: Write) -> None:
    made = module(taken="import numpy as np\n\ndef run(x):\n    return np.abs(x)\n\ndef entry(x):\n    return run(x)\n")
    source = source_of([("entry", made.entry)], {"run"}, {"np": "numpy"})
    names = {node.name for node in ast.parse(source.text).body if isinstance(node, ast.FunctionDef)}
    assert "run" not in names
    assert source.imports == ("import numpy as np",)


UNWRITTEN = {
    "binds count outside itself": "count = 0\ndef step(x):\n    global count\n    count += 1\n    return count\n",
    "asks for __file__": "def step(x):\n    return __file__\n",
    "imports a module of its own": "def step(x):\n    from optimizers import descend\n    return descend\n",
    "undefined is not defined": "def step(x):\n    return undefined\n",
    "hands the module optimizers on": "import optimizers\ndef step(x):\n    return vars(optimizers)\n",
    "s is a Slot, which": "class Slot:\n    __slots__ = ('a',)\ns = [Slot()]\ndef step(x):\n    return s\n",
    "s is a count, which": "import itertools\ns = [itertools.count()]\ndef step(x):\n    return s\n",
    "nested too deeply": "s = []\ns.append(s)\ndef step(x):\n    return s\n",
}


@pytest.mark.parametrize(("why", "text"), UNWRITTEN.items())
def test_what_cannot_be_written_is_said_in_a_sentence(module: Write, why: str, text: str) -> None:
    made = module(unwritten=text)
    with pytest.raises(SourceUnavailable, match=why):
        source_of([("step", made.step)])


def test_a_function_without_a_file_or_with_another_text_is_refused(module: Write, tmp_path: Path) -> None:
    namespace: dict[str, Any] = {}
    exec("def typed(x):\n    return x\n", namespace)
    with pytest.raises(SourceUnavailable, match="the source of typed is not at hand"):
        source_of([("entry", namespace["typed"])])
    made = module(changed="def step(x):\n    return x\n")
    (tmp_path / "changed.py").write_text("# another text altogether\n\ndef step(y):\n    return y\n", encoding="utf-8")
    with pytest.raises(SourceUnavailable, match="the source of step is not at hand"):
        source_of([("entry", made.step)])


def test_every_rule_and_schedule_of_the_catalogues_can_be_written() -> None:
    functions = [each for rule in OPTIMIZERS.values() for each in (rule.init, rule.step)]
    functions += [each for s in SCHEDULES.values() for each in (s.rate, s.init, s.observe) if each is not None]
    for function in functions:
        assert callable(run(function)[0])
    together = source_of([(f"entry_{i}", function) for i, function in enumerate(functions)])
    defined = [node.name for node in ast.parse(together.text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(defined) == len(set(defined))
    assert np.__name__ in " ".join(together.imports)
