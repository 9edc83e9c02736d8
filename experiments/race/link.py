"""A race as a link: every setting that makes the picture, as query parameters, and back.

The keys are a public format. What stands at its default is left out:

    surface=rosenbrock  s.a=1  f=<formula>  window=-3,3,-3,3
    o1=adam  o1.batch=10  o1.draw=replaced
    o1.lr=0.01  o1.beta1=0.9  o1.schedule=cosine  o1.schedule.eta_min=0.001  o1.warmup=20
    start=-1.5,2  steps=300  noise=0.1  seed=7

In one dimension ``window`` has two numbers and ``start`` one.

A link is untrusted: ``race_from_query`` never raises for what stands in it. Every value that cannot be used falls back
to its default and is named in one sentence with what was given and what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from experiments.race.race import make_entry
from experiments.race.tuning import default_entries, is_default, tuned_rate
from experiments.race.types import Entry, Race
from experiments.race.view import PREFIX
from experiments.surfaces import FORMULA, PLANE, Space, ends_of, space_of
from landscapes import FormulaError, Landscape
from optimizers import OPTIMIZERS, SCHEDULES
from settings import Hyperparameter, QueryReader, choice, query_text

MAX_ENTRIES = 12
STEPS = Hyperparameter(
    name="steps",
    symbol="k",
    default=500,
    kind="int",
    low=10,
    high=5000,
    valid="[10, 5000]",
    stops=(10, 20, 50, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000),
    meaning="How many steps every optimizer may take.",
)
NOISE = Hyperparameter(
    name="noise",
    symbol=r"\sigma",
    default=0.0,
    low=0.0,
    high=10.0,
    valid="[0, 1000]",
    stops=(0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    meaning="Standard deviation of the Gaussian noise on every gradient, as small minibatches make.",
)
SEED = Hyperparameter(
    name="seed",
    symbol="s",
    default=0,
    kind="int",
    low=0,
    high=9999,
    valid="[0, 2147483647]",
    meaning="Fixes the noise, so that the same link shows the same paths.",
)
COORDINATE = Hyperparameter(
    name="start",
    symbol="x_0",
    default=0.0,
    low=-10.0,
    high=10.0,
    valid="[-1000000, 1000000]",
    meaning="One coordinate of the point where every path begins.",
)
WARMUP = Hyperparameter(
    name="warmup",
    symbol="w",
    default=0,
    kind="int",
    low=0,
    high=500,
    valid="[0, 5000]",
    stops=(0, 5, 10, 20, 50, 100, 200, 500),
    meaning="Steps over which the rate grows linearly before its schedule begins.",
)
BATCH = Hyperparameter(
    name="batch",
    symbol="b",
    default=0,
    kind="int",
    low=0,
    high=200,
    valid="[0, 1000]",
    stops=(0, 1, 2, 5, 10, 20, 50, 100, 200),
    meaning="Rows that each step sees; 0 for all of them.",
)
DRAW = choice(
    "draw",
    ("shuffled", "replaced"),
    "shuffled: every epoch sees each row once, in a new order; replaced: each row is drawn from all.",
)


def race_to_query(race: Race) -> dict[str, str]:
    """The parameters of a link that opens this race. Inverse of ``race_from_query``."""
    landscape = race.landscape
    query = surface_to_query(landscape)
    if not is_default(race.entries, landscape):
        for number, entry in enumerate(race.entries, 1):
            query |= _entry_to_query(f"o{number}", entry)
    if tuple(race.start) != tuple(landscape.start):
        query["start"] = ",".join(map(query_text, race.start[: landscape.dimensions]))
    for parameter, value in ((STEPS, race.steps), (NOISE, race.noise), (SEED, race.seed)):
        if value != parameter.default:
            query[parameter.name] = query_text(value)
    return query


def surface_to_query(landscape: Landscape) -> dict[str, str]:
    """The parameters of a link that name this surface. Inverse of ``surface_from``."""
    query = {"surface": landscape.key}
    if landscape.key == FORMULA:
        query["f"] = landscape.name
        if ends_of(landscape) != space_of(landscape).window:
            query["window"] = ",".join(map(query_text, ends_of(landscape)))
    for parameter in landscape.hyperparameters:
        value = landscape.parameters.get(parameter.name, parameter.default)
        if value != parameter.default:
            query[f"s.{parameter.name}"] = query_text(value)
    return query


@lru_cache(maxsize=256)
def race_link(race: Race) -> Mapping[str, str]:
    """``race_to_query``, written once for a race however often it is asked for."""
    return MappingProxyType(race_to_query(race))


def race_from_query(query: Mapping[str, str], space: Space = PLANE) -> tuple[Race, list[str]]:
    """A valid race, whatever the parameters say, and one sentence for each that could not be used."""
    reader = QueryReader(query)
    reader.skip(PREFIX)  # the player's view is not the race's to judge
    landscape = surface_from(reader, space)
    entries = _entries(reader, landscape)
    start = (*reader.numbers("start", space.dimensions, tuple(landscape.start), COORDINATE), 0.0)
    steps = reader.value("steps", STEPS)
    noise = reader.value("noise", NOISE)
    seed = reader.value("seed", SEED)
    reader.refuse_unread()
    race = Race(
        landscape=landscape, entries=entries, start=(start[0], start[1]), steps=int(steps), noise=noise, seed=int(seed)
    )
    return race, reader.problems


def surface_from(reader: QueryReader, space: Space = PLANE) -> Landscape:
    """The surface that a link names; the first of the space where it cannot be used."""
    key = reader.choice("surface", {**space.catalogue, FORMULA: None}, FORMULA if reader.has("f") else space.first)
    if key == FORMULA:
        return _formula(reader, space)
    landscape = space.catalogue[key]
    values = {p.name: reader.value(f"s.{p.name}", p) for p in landscape.hyperparameters}
    return landscape.with_parameters(**values) if values else landscape


def _formula(reader: QueryReader, space: Space) -> Landscape:
    window = reader.numbers("window", len(space.window), space.window, COORDINATE)
    if not has_inside(window):
        reader.complain("window", ",".join(f"{end:g}" for end in window), "each low end below its high end")
        window = space.window
    text = reader.text("f")
    try:
        return space.read(space.formula if text is None else text, window)
    except FormulaError as error:
        reader.problems.append(f"The formula cannot be used: {error}. {space.formula} is shown.")
        return space.read(space.formula, space.window)


def has_inside(window: Sequence[float]) -> bool:
    """Whether each low end of a window lies below its high end."""
    return all(low < high for low, high in zip(window[::2], window[1::2], strict=True))


def _entries(reader: QueryReader, landscape: Landscape) -> tuple[Entry, ...]:
    entries = tuple(_entry(reader, f"o{n}", landscape) for n in range(1, MAX_ENTRIES + 1) if reader.has(f"o{n}"))
    known = tuple(entry for entry in entries if entry is not None)
    return known or default_entries(landscape)


def _entry(reader: QueryReader, slot: str, landscape: Landscape) -> Entry | None:
    key = reader.text(slot)
    if key is None or key not in space_of(landscape).rules:
        reader.complain(slot, key or "", "a key of the menu of optimizers", "it is left out")
        reader.skip(f"{slot}.")
        return None
    values = {}
    for parameter in OPTIMIZERS[key].hyperparameters:
        # Tuning takes a search, which a link that names the rate does without.
        default = partial(tuned_rate, landscape, key) if parameter.name == "lr" else parameter.default
        values[parameter.name] = reader.value(f"{slot}.{parameter.name}", parameter, default)
    schedules = {name: schedule for name, schedule in SCHEDULES.items() if name != "linear_warmup"}
    schedule = reader.choice(f"{slot}.schedule", schedules, "constant")
    schedule_values = {
        p.name: reader.value(f"{slot}.schedule.{p.name}", p) for p in SCHEDULES[schedule].hyperparameters
    }
    warmup = int(reader.value(f"{slot}.warmup", WARMUP))
    if landscape.rows is None:
        return make_entry(key, values, schedule, schedule_values, warmup)
    batch, draw = int(reader.value(f"{slot}.batch", BATCH)), str(reader.value(f"{slot}.draw", DRAW))
    return make_entry(key, values, schedule, schedule_values, warmup, batch=batch, draw=draw)


def _entry_to_query(slot: str, entry: Entry) -> dict[str, str]:
    query = {slot: entry.optimizer}
    for parameter in OPTIMIZERS[entry.optimizer].hyperparameters:
        value = entry.values.get(parameter.name, parameter.default)
        # The rate is always written: its default depends on the surface.
        if parameter.name == "lr" or value != parameter.default:
            query[f"{slot}.{parameter.name}"] = query_text(value)
    if entry.schedule != "constant":
        query[f"{slot}.schedule"] = entry.schedule
        for parameter in SCHEDULES[entry.schedule].hyperparameters:
            value = entry.schedule_values.get(parameter.name, parameter.default)
            if value != parameter.default:
                query[f"{slot}.schedule.{parameter.name}"] = query_text(value)
    for parameter, value in ((WARMUP, entry.warmup), (BATCH, entry.batch), (DRAW, entry.draw)):
        if value != parameter.default:
            query[f"{slot}.{parameter.name}"] = query_text(value)
    return query
