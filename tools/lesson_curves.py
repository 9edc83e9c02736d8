"""Train the lessons of the landing page and record their curves: python -m tools.lesson_curves"""

from __future__ import annotations

import json

import numpy as np

from figures.landing.lessons import LESSONS, PATH
from tests.trainers.preset_runs import trained
from trainers.presets import PRESETS

_POINTS = 60


def main() -> None:
    entries = {}
    for key in LESSONS:
        config = PRESETS[key].configs()[0][1]
        quick = config.changed({f"watch.{name}": False for name in ("pictures", "mistakes", "sharpness", "cosine")})
        history = trained(quick)[1]
        places = np.unique(np.linspace(0, len(history.train_loss) - 1, _POINTS).astype(int))

        def kept(values: np.ndarray, places: np.ndarray = places) -> list[float | None]:
            return [float(f"{value:.4g}") if np.isfinite(value) else None for value in values[places]]

        entries[key] = {
            "link": config.to_query(),
            "epochs": kept(np.asarray(history.epochs, dtype=float)),
            "train": kept(history.train_loss),
            "val": kept(history.val_loss),
        }
        print(key, len(places))
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in entries.items())
    PATH.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
