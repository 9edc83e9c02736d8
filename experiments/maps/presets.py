"""Maps that each show one phenomenon."""

from __future__ import annotations

from settings import LinkPreset, by_key

PRESETS: dict[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="wells",
            title="Momentum through two wells",
            look_for="Bands: starts whose ball rolls through one well into the other. A larger rate makes more.",
            query={
                "surface": "formula",
                "o1.lr": "0.01",
                "o1.momentum": "0.95",
                "at_x": "2.6",
                "at_y": "1.5",
            },
        ),
        LinkPreset(
            key="newton",
            title="Newton's fractal",
            look_for="Newton's method goes to minima, saddles and the maximum alike; their borders never end.",
            query={"o1": "newton", "steps": "50", "at_x": "0.5", "at_y": "0.6"},
        ),
        LinkPreset(
            key="himmelblau",
            title="Adam against SGD",
            look_for="SGD's basins follow the slopes; Adam's memory bends their borders, and its starts take longer.",
            query={"o1": "adam", "o1.lr": "0.1", "o2": "sgd", "o2.lr": "0.01", "at_x": "-0.5", "at_y": "-1"},
        ),
        LinkPreset(
            key="bowl",
            title="Rate and momentum on a bowl",
            look_for="Beyond the dashed line paths diverge. The fewest steps lie beside the best pair of theory.",
            query={"view": "rates", "surface": "elongated_bowl", "o1.lr": "0.01", "steps": "300"},
        ),
        LinkPreset(
            key="sensitive",
            title="Who is sensitive to its rate",
            look_for="A narrow dip needs a well-chosen rate. Steep walls at its right are where paths diverge.",
            query={"view": "sensitivity", "surface": "rosenbrock", "tolerance": "0.001"},
        ),
        LinkPreset(
            key="pole",
            title="Where f is not defined",
            look_for="Left of 0 there is no f, and no path begins. Starts far to the right jump there.",
            query={
                "surface": "formula",
                "f": "x^4/4 + y^2 - log(x)",
                "o1": "sgd",
                "o1.lr": "0.2",
                "at_x": "1.8",
                "at_y": "1.5",
            },
        ),
    ]
)
