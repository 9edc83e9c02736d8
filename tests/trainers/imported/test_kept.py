"""Imported curves take bounded room in the store."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trainers import History
from trainers.imported import kept
from trainers.imported.kept import keep_curves, thinned
from trainers.store import Store


def test_long_curves_are_kept_as_means_of_neighbours() -> None:
    history = History(
        train_loss=[4, 2, None, None, 1, math.nan, 3],
        val_loss=[1, None, 3, 5, None, None, 7],
        lr=[1, 1, 2, 2, 3, 3, 4],
        epochs=[1, 2, 3, 5, 6, 7, 9],
    )
    short = thinned(history, 4)
    assert short.epochs.tolist() == [2, 5, 7, 9]
    np.testing.assert_array_equal(short.train_loss, [3, np.nan, np.nan, 3])
    assert short.missing_train.tolist() == [False, True, False, False]
    np.testing.assert_array_equal(short.val_loss, [1, 4, np.nan, 7])
    assert short.missing_val.tolist() == [False, False, True, False]
    assert short.lr.tolist() == [1, 2, 3, 4]
    assert thinned(history, 7) is history


def test_imported_curves_take_bounded_room_together(data_home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open()
    monkeypatch.setattr(kept, "MAX_ROWS_OF_ALL", 25)
    monkeypatch.setattr(kept, "MAX_ROWS_KEPT", 10)
    history = History(train_loss=[1 / (k + 1) for k in range(30)])
    first = keep_curves(store, history, "a")
    assert len(store.reports(first)) == 10
    keep_curves(store, history, "b")
    with pytest.raises(ValueError, match="Imported curves have 20 rows here, and these 10; there is room for 25"):
        keep_curves(store, history, "c")
    assert store.count() == 2
    store.delete([first])
    keep_curves(store, history, "c")
    store.close()
