"""What another kind of model reaches on the same rows: the yardstick of underfitting.

Extremely randomized trees (Geurts, Ernst & Wehenkel, 2006, Machine Learning 63) need no settings and no training to
speak of. Where they do well and the network does not, the data are not to blame.
"""

from __future__ import annotations

import numpy as np

from trainers.data.splits import Splits

MAX_ROWS = 2000
MAX_FEATURES = 200
MIN_ROWS = 20
TREES = 60


def reference_metric(splits: Splits) -> float | None:
    """Accuracy, or R^2, of the trees on the training rows, each row judged by the trees that have not seen it.

    At most 2,000 rows and 200 features are used. None where there is nothing to compare: few rows, or one class only.
    """
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    targets = splits.train.targets[:MAX_ROWS].ravel()
    if len(targets) < MIN_ROWS or len(np.unique(targets)) < 2:
        return None
    inputs = splits.train.inputs[:MAX_ROWS].reshape(len(targets), -1)
    columns = np.linspace(0, inputs.shape[1] - 1, min(inputs.shape[1], MAX_FEATURES)).astype(int)
    make = ExtraTreesClassifier if splits.classes else ExtraTreesRegressor
    trees = make(n_estimators=TREES, min_samples_leaf=2, bootstrap=True, oob_score=True, random_state=0)
    score = float(trees.fit(inputs[:, columns], targets).oob_score_)
    return score if np.isfinite(score) else None
