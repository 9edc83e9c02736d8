"""The catalogue of data: what each set is, what a user may set, and how its rows are made. Keys are a public format.

Nothing here imports scikit-learn or PyTorch before rows are asked for. ``make(values, progress)`` returns a ``Table``
of raw rows; splitting, scaling and label noise are the same for all and live in ``trainers.data.splits``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

from settings import Setting, Text, by_key, choice, number, switch, whole
from trainers.data import real as real_data
from trainers.data import sequences, synthetic
from trainers.data.table import Progress, Table

MAX_SIZE = 100_000
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """One source of rows. ``shape`` is that of one sample, None where only the rows tell (a user's own table).

    classes: how many, None for regression or where only the rows tell. downloaded: needs the internet the first time.
    """

    key: str
    name: str
    meaning: str
    inputs: Literal["vector", "image", "sequence"]
    task: Literal["classification", "regression"]
    make: Callable[[Values, Progress], Table] = field(repr=False)
    shape: Callable[[Values], tuple[int, ...] | None] = field(repr=False)
    classes: Callable[[Values], int | None] = field(default=lambda values: None, repr=False)
    settings: tuple[Setting, ...] = ()
    scaling: str = "standard"
    downloaded: bool = False
    reference: str = ""

    def task_of(self, values: Values) -> str:
        """classification or regression; a user's own table says which."""
        return values["task"] if self.key == "csv" else self.task


def _size(default: int = 500) -> Setting:
    return whole("size", default, 20, 5000, "Rows made, before they are split.", valid=f"[10, {MAX_SIZE}]", log=True)


def _noise(default: float, meaning: str, high: float = 1.0) -> Setting:
    return number("noise", default, 0.0, high, meaning, symbol=r"\sigma", valid="[0, 100]")


def _length(default: int) -> Setting:
    return whole("length", default, 4, 100, "Steps of each sequence.", valid="[2, 500]")


def _is(*shape: int) -> Callable[[Values], tuple[int, ...]]:
    return lambda values: shape


def _are(count: int) -> Callable[[Values], int]:
    return lambda values: count


_SPREAD = "Standard deviation of the normal noise added to each coordinate."

# What every data set has beside its own settings.
COMMON: tuple[Setting, ...] = (
    whole("seed", 0, 0, 99, "Draws the rows and the split.", valid="[0, 4294967295]"),
    number("val_share", 0.2, 0.05, 0.5, "Share of the rows kept for validation.", valid="(0, 0.9]"),
    number("test_share", 0.2, 0.0, 0.5, "Share of the rows kept for the test at the end.", valid="[0, 0.9]"),
    whole("train_size", 0, 0, 1000, "Training rows used; 0 uses all.", valid="[0, 1000000]"),
    whole(
        "bootstrap",
        0,
        0,
        99,
        "Draws as many training rows with replacement, by this number; 0 keeps each once.",
        valid="[0, 1000000]",
    ),
    number("label_noise", 0.0, 0.0, 0.5, "Share of training labels replaced by wrong ones.", valid="[0, 1]"),
    choice("scaling", ("standard", "minmax", "none"), "How features are scaled, from the training rows alone."),
    switch("scale_targets", "Centers and scales the targets of a regression.", default=True),
    switch("grouped", "Keeps identical rows in one part of the split."),
    switch("drop_giveaways", "Leaves out features that predict the target alone."),
    choice(
        "leak",
        ("none", "duplicates", "feature"),
        "Spoils the data on purpose: every row twice, or the target as a feature.",
    ),
)


def _made(
    key: str, name: str, meaning: str, make: Any, classes: int | None, *settings: Setting, **others: Any
) -> DataSet:
    return DataSet(
        key=key,
        name=name,
        meaning=meaning,
        inputs="vector",
        task="regression" if classes is None else "classification",
        make=make,
        shape=others.pop("shape", _is(1) if classes is None else _is(2)),
        classes=others.pop("count", lambda values: classes),
        settings=settings,
        **others,
    )


_HALF = choice("half", ("all", "first", "last"), "Which of the classes: all, the first five or the last five.")
# Sets whose classes are of two kinds have these to choose from too.
_KINDS: Mapping[str, Setting] = {
    "fashion_mnist": choice(
        "half",
        (*_HALF.choices, "tops", "accessories"),
        "Which of the classes: all, the first or last five, what is worn above, or shoes and bags.",
    ),
    "cifar10": choice(
        "half", (*_HALF.choices, "animals", "vehicles"), "Which of the classes: all, the first or last five, or a kind."
    ),
}


def _halved(classes: int | None) -> Callable[[Values], int | None]:
    """How many classes there are, where some of them may be left out."""
    return lambda values: None if classes is None else len(real_data.chosen_classes(values.get("half", "all"), classes))


def _real(
    key: str,
    name: str,
    meaning: str,
    shape: tuple[int, ...],
    classes: int | None,
    reference: str,
    settings: tuple[Setting, ...] = (),
) -> DataSet:
    return DataSet(
        key=key,
        name=name,
        meaning=meaning,
        inputs="image" if len(shape) == 3 else "vector",
        task="regression" if classes is None else "classification",
        make=partial(real_data.bundled, key),
        shape=lambda values: shape,
        classes=_halved(classes),
        settings=settings,
        reference=reference,
    )


def _fetched(key: str, name: str, meaning: str, shape: tuple[int, ...], classes: int | None, reference: str) -> DataSet:
    return DataSet(
        key=key,
        name=name,
        meaning=meaning,
        inputs="image" if len(shape) == 3 else "vector",
        task="regression" if classes is None else "classification",
        make=lambda values, progress: real_data.half_of(real_data.downloaded(key, progress), values.get("half", "all")),
        shape=lambda values: shape,
        classes=_halved(classes),
        settings=() if classes is None else (_KINDS.get(key, _HALF),),
        downloaded=True,
        reference=reference,
    )


def _sequence(
    key: str, name: str, meaning: str, make: Any, features: int, classes: int | None, *settings: Setting
) -> DataSet:
    return DataSet(
        key=key,
        name=name,
        meaning=meaning,
        inputs="sequence",
        task="regression" if classes is None else "classification",
        make=make,
        shape=lambda values: (values["length"], features),
        classes=lambda values: classes,
        settings=settings,
        scaling="none",
        reference="Hochreiter & Schmidhuber (1997), Neural Computation 9, 1735-1780" if key == "adding" else "",
    )


def _csv(values: Values, progress: Progress) -> Table:
    from trainers.data.csv_table import uploaded_table

    return uploaded_table(values)


_DIGEST = Text(
    name="file",
    meaning="The uploaded table, by its SHA-256.",
    pattern=r"|[0-9a-f]{64}",
    allowed="the SHA-256 of an uploaded table, 64 hexadecimal digits",
)
_TARGET = Text(name="target", meaning="The column to predict; empty takes the last.")
_FEATURES = Text(
    name="features",
    meaning="The columns to predict from, as a JSON list of names; empty takes all others.",
    max_length=20_000,
)

DATA_SETS: Mapping[str, DataSet] = MappingProxyType(
    by_key(
        [
            _made(
                "moons",
                "Two moons",
                "Two interleaved half circles.",
                synthetic.moons,
                2,
                _size(),
                _noise(0.2, _SPREAD),
                number("turn", 0.0, 0.0, 90.0, "Degrees by which the plane is turned.", valid="[-180, 180]"),
            ),
            _made(
                "circles", "Circles", "One ring inside another.", synthetic.circles, 2, _size(), _noise(0.1, _SPREAD)
            ),
            _made(
                "spirals",
                "Spirals",
                "Arms that wind around one center.",
                synthetic.spirals,
                2,
                _size(),
                _noise(0.1, _SPREAD),
                whole("classes", 2, 2, 5, "Number of arms.", valid="[2, 10]"),
                number("turns", 1.5, 0.5, 3.0, "How often each arm winds around.", valid="(0, 10]"),
                count=lambda values: values["classes"],
            ),
            _made(
                "xor",
                "Exclusive or",
                "Opposite quadrants share a class.",
                synthetic.xor,
                2,
                _size(),
                _noise(0.1, _SPREAD),
            ),
            _made(
                "blobs",
                "Gaussian blobs",
                "One normal cloud for each class.",
                synthetic.blobs,
                3,
                _size(),
                _noise(1.0, "Standard deviation of each cloud.", high=5.0),
                whole("classes", 3, 2, 8, "Number of clouds.", valid="[2, 50]"),
                whole("features", 2, 2, 20, "Coordinates of each row.", valid="[1, 500]"),
                count=lambda values: values["classes"],
                shape=lambda values: (values["features"],),
            ),
            _made(
                "noisy_sine",
                "Noisy sine",
                "A sine wave seen through noise.",
                synthetic.noisy_sine,
                None,
                _size(200),
                _noise(0.2, "Standard deviation of the noise on the target."),
                number("periods", 1.0, 0.5, 4.0, "Waves between the ends.", valid="(0, 100]"),
            ),
            _made(
                "polynomial",
                "Polynomial",
                "A random polynomial seen through noise.",
                synthetic.polynomial,
                None,
                _size(200),
                _noise(0.2, "Standard deviation of the noise on the target."),
                whole("degree", 3, 1, 9, "Degree of the polynomial.", valid="[1, 20]"),
            ),
            _made(
                "sine_exact",
                "sin(x) for a cubic",
                "Points on sin(x) from -pi to pi, to be fitted by a cubic.",
                synthetic.sine_exact,
                None,
                _size(2000),
                _noise(0.0, "Standard deviation of the noise on the target."),
                reference="Johnson, Learning PyTorch with Examples",
            ),
            _real(
                "iris",
                "Iris",
                "Four lengths of 150 flowers of three species.",
                (4,),
                3,
                "Fisher (1936), Annals of Eugenics 7, 179-188",
            ),
            _real(
                "wine",
                "Wine",
                "Thirteen chemical measurements of three cultivars.",
                (13,),
                3,
                "Aeberhard & Forina (1992), UCI",
            ),
            _real(
                "breast_cancer",
                "Breast cancer",
                "Thirty measurements of cell nuclei, benign or malignant.",
                (30,),
                2,
                "Street, Wolberg & Mangasarian (1993), SPIE 1905",
            ),
            _real(
                "diabetes",
                "Diabetes",
                "Ten measurements and the progression one year later.",
                (10,),
                None,
                "Efron et al. (2004), Annals of Statistics 32, 407-499",
            ),
            _real(
                "digits",
                "Digits",
                "Handwritten digits, 8 x 8 pixels.",
                (1, 8, 8),
                10,
                "Alpaydin & Kaynak (1998), UCI",
                (
                    _HALF,
                    number("turn", 0.0, 0.0, 90.0, "Degrees by which all images are turned.", valid="[-180, 180]"),
                    _noise(0.0, "Standard deviation of the noise on each pixel, as a share of the brightest."),
                    switch("shuffle", "Puts the pixels of all images into one other order, so that shapes are gone."),
                ),
            ),
            _fetched(
                "fashion_mnist",
                "Fashion-MNIST",
                "Clothes, 28 x 28 pixels, 70,000 images.",
                (1, 28, 28),
                10,
                "Xiao, Rasul & Vollgraf (2017), arXiv:1708.07747",
            ),
            _fetched(
                "mnist",
                "MNIST",
                "Handwritten digits, 28 x 28 pixels, 70,000 images.",
                (1, 28, 28),
                10,
                "LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86, 2278-2324",
            ),
            _fetched(
                "cifar10",
                "CIFAR-10",
                "Ten kinds of objects in color, 32 x 32 pixels, 60,000 images.",
                (3, 32, 32),
                10,
                "Krizhevsky (2009), technical report, University of Toronto",
            ),
            _fetched(
                "boston",
                "Boston housing",
                "Thirteen facts on 506 districts; known for a biased feature, kept for comparison.",
                (13,),
                None,
                "Harrison & Rubinfeld (1978), J. Environ. Econ. Manage. 5, 81-102",
            ),
            _sequence(
                "adding",
                "Adding problem",
                "Two marked numbers of a long row are to be added.",
                sequences.adding,
                2,
                None,
                _size(2000),
                _length(30),
            ),
            _sequence(
                "parity",
                "Parity",
                "Whether the number of ones is odd.",
                sequences.parity,
                1,
                2,
                _size(2000),
                _length(12),
            ),
            _sequence(
                "sine_continuation",
                "Sine continuation",
                "The next value of a sine wave of unknown frequency.",
                sequences.sine_continuation,
                1,
                None,
                _size(2000),
                _length(25),
                _noise(0.05, "Standard deviation of the noise on what is seen."),
            ),
            DataSet(
                key="csv",
                name="Your own table",
                meaning="A CSV file with one row a sample.",
                inputs="vector",
                task="classification",
                make=_csv,
                shape=lambda values: None,
                settings=(
                    _DIGEST,
                    _TARGET,
                    _FEATURES,
                    choice(
                        "task", ("classification", "regression"), "Whether the target names a class or is a number."
                    ),
                    switch("drop_empty", "Leaves out rows with an empty cell; otherwise such a cell is a mistake."),
                ),
            ),
        ]
    )
)


def data_settings(key: str) -> tuple[Setting, ...]:
    """What a user may set for this data set: its own settings, then those of all."""
    entry = DATA_SETS[key]
    scaling = choice("scaling", ("standard", "minmax", "none"), COMMON[5].meaning, default=entry.scaling)
    return (*entry.settings, *(scaling if setting.name == "scaling" else setting for setting in COMMON))
