"""The run store: every run with its reports, findings and checkpoints, in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.store.codec import COLUMNS as COLUMNS
    from trainers.store.codec import NUMBERS as NUMBERS
    from trainers.store.codec import numbers_from_bytes as numbers_from_bytes
    from trainers.store.codec import table_from as table_from
    from trainers.store.database import usable_folder as usable_folder
    from trainers.store.error import StoreError as StoreError
    from trainers.store.reports import Line as Line
    from trainers.store.store import ACTIVE as ACTIVE
    from trainers.store.store import Store as Store
    from trainers.store.types import StoredCheckpoint as StoredCheckpoint
    from trainers.store.types import StoredRun as StoredRun

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "codec": {
            "COLUMNS": "The columns that hold the numbers of a report.",
            "NUMBERS": "The numbers of a report, in the order of the table.",
            "numbers_from_bytes": "``(reports, numbers)`` of many reports; what was not measured is NaN.",
            "table_from": "Names and sizes of the layers, and ``(columns, layers)``; what was not measured is NaN.",
        },
        "database": {
            "usable_folder": "This folder, or the data folder, made where it is not there.",
        },
        "error": {
            "StoreError": "The store cannot do it now; the message is a sentence for the user.",
        },
        "reports": {
            "Line": "A report as it is stored, for readers of many.",
        },
        "store": {
            "ACTIVE": "The states of a run that is not at its end.",
            "Store": "See the module.",
        },
        "types": {
            "StoredCheckpoint": "A checkpoint of a run.",
            "StoredRun": "A run as its row has it.",
        },
    },
)
