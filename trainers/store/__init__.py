"""The run store: every run with its reports, findings and checkpoints, in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.store.changes import Changes as Changes
    from trainers.store.changes import LaidDown as LaidDown
    from trainers.store.codec import COLUMNS as COLUMNS
    from trainers.store.codec import NUMBERS as NUMBERS
    from trainers.store.codec import numbers_from_bytes as numbers_from_bytes
    from trainers.store.codec import score_from_json as score_from_json
    from trainers.store.codec import score_to_json as score_to_json
    from trainers.store.codec import table_from as table_from
    from trainers.store.database import usable_folder as usable_folder
    from trainers.store.error import StoreError as StoreError
    from trainers.store.error import TakenOver as TakenOver
    from trainers.store.given_up import run_sentence as run_sentence
    from trainers.store.given_up import runs_sentence as runs_sentence
    from trainers.store.listing import Order as Order
    from trainers.store.listing import RunFilter as RunFilter
    from trainers.store.reports import Line as Line
    from trainers.store.store import ACTIVE as ACTIVE
    from trainers.store.store import ENDED as ENDED
    from trainers.store.store import Store as Store
    from trainers.store.tables import ROOM_ANSWERS as ROOM_ANSWERS
    from trainers.store.tables import ROOM_FOLLOWERS as ROOM_FOLLOWERS
    from trainers.store.tables import ROOM_OFFERS as ROOM_OFFERS
    from trainers.store.tables import ROOMS as ROOMS
    from trainers.store.types import ELSEWHERE as ELSEWHERE
    from trainers.store.types import TRAINING as TRAINING
    from trainers.store.types import StoredCheckpoint as StoredCheckpoint
    from trainers.store.types import StoredJob as StoredJob
    from trainers.store.types import StoredLesson as StoredLesson
    from trainers.store.types import StoredRun as StoredRun

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "changes": {
            "Changes": "One transaction that reads runs and jobs, decides and writes.",
            "LaidDown": "A checkpoint whose file is written already, for a run that is about to be made.",
        },
        "codec": {
            "COLUMNS": "The columns that hold the numbers of a report.",
            "NUMBERS": "The numbers of a report, in the order of the table.",
            "numbers_from_bytes": "``(reports, numbers)`` of many reports; what was not measured is NaN.",
            "score_from_json": "The score on the test part, from the text that is stored.",
            "score_to_json": "The score on the test part as text to be stored.",
            "table_from": "Names and sizes of the layers, and ``(columns, layers)``; what was not measured is NaN.",
        },
        "database": {
            "usable_folder": "This folder, or the data folder, made where it is not there.",
        },
        "error": {
            "StoreError": "The store cannot do it now; the message is a sentence for the user.",
            "TakenOver": "The run or job is not, or no longer, this worker's.",
        },
        "given_up": {
            "run_sentence": "Which checkpoints of a run gave way, and why.",
            "runs_sentence": "Of which runs of a visitor checkpoints gave way, and why.",
        },
        "listing": {
            "Order": "By which column runs are listed.",
            "RunFilter": "Which runs are meant; all of them by default.",
        },
        "reports": {
            "Line": "A report as it is stored, for readers of many.",
        },
        "store": {
            "ACTIVE": "The states of a run that is not at its end.",
            "ENDED": "States of a run that is over.",
            "Store": "See the module.",
        },
        "tables": {
            "ROOMS": "The table of classes.",
            "ROOM_ANSWERS": "The table of what followers of a class have answered.",
            "ROOM_FOLLOWERS": "The table of who follows a class.",
            "ROOM_OFFERS": "The table of views that followers offer to their class.",
        },
        "types": {
            "ELSEWHERE": "The device of a run that is trained by somebody else and watched.",
            "TRAINING": "The kind of the jobs that are runs.",
            "StoredCheckpoint": "A checkpoint of a run.",
            "StoredJob": "Something that a worker does, or has done; training is one kind of it.",
            "StoredLesson": "A lesson of a visitor, as the text of its file.",
            "StoredRun": "A run as its row has it.",
        },
    },
)
