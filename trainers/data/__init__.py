"""Data sets: where rows come from, how they are split, and what is known of them before training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.data.catalogue import DATA_SETS as DATA_SETS
    from trainers.data.catalogue import data_settings as data_settings
    from trainers.data.csv_numbers import is_missing as is_missing
    from trainers.data.csv_numbers import is_number as is_number
    from trainers.data.csv_table import MAX_BYTES as MAX_BYTES
    from trainers.data.csv_table import Columns as Columns
    from trainers.data.csv_table import CsvError as CsvError
    from trainers.data.csv_table import is_kept as is_kept
    from trainers.data.csv_table import keep_upload as keep_upload
    from trainers.data.csv_table import read_csv as read_csv
    from trainers.data.csv_table import uploaded_columns as uploaded_columns
    from trainers.data.csv_table import uploaded_table as uploaded_table
    from trainers.data.delimited import TextError as TextError
    from trainers.data.delimited import decoded as decoded
    from trainers.data.delimited import layout_of as layout_of
    from trainers.data.delimited import lines_of as lines_of
    from trainers.data.delimited import plain_number as plain_number
    from trainers.data.delimited import rows_of as rows_of
    from trainers.data.facts import DataFacts as DataFacts
    from trainers.data.facts import facts_of as facts_of
    from trainers.data.facts import leaks_from as leaks_from
    from trainers.data.kept_file import kept_file as kept_file
    from trainers.data.real import SOURCES as SOURCES
    from trainers.data.real import chosen_classes as chosen_classes
    from trainers.data.real import half_of as half_of
    from trainers.data.real import is_downloaded as is_downloaded
    from trainers.data.reference import reference_metric as reference_metric
    from trainers.data.splits import Leaks as Leaks
    from trainers.data.splits import Part as Part
    from trainers.data.splits import Splits as Splits
    from trainers.data.splits import fit_scaling as fit_scaling
    from trainers.data.splits import leak_report as leak_report
    from trainers.data.splits import load as load
    from trainers.data.splits import resampled as resampled
    from trainers.data.splits import row_ids as row_ids
    from trainers.data.splits import split_rows as split_rows
    from trainers.data.splits import subset as subset
    from trainers.data.splits import with_label_noise as with_label_noise
    from trainers.data.splits import with_target_as_feature as with_target_as_feature
    from trainers.data.splits import without as without
    from trainers.data.table import DataUnavailable as DataUnavailable
    from trainers.data.table import Progress as Progress
    from trainers.data.table import Table as Table
    from trainers.data.table import silent as silent
    from trainers.data.uploads import NoRoom as NoRoom
    from trainers.data.uploads import let_go_unused as let_go_unused
    from trainers.data.uploads import mark_used as mark_used

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "DATA_SETS": "Every data set by key.",
            "data_settings": "What a data set lets one set.",
        },
        "csv_numbers": {
            "is_missing": "Whether a cell of a column of numbers is empty.",
            "is_number": "Whether a cell is a number, be it with a decimal comma.",
        },
        "csv_table": {
            "Columns": "A table as text.",
            "CsvError": "What is wrong with a table, with the line where there is one (the header is line 1).",
            "MAX_BYTES": "The largest table that is read.",
            "is_kept": "Whether an upload is on this machine, by the SHA-256 that ``keep_upload`` gave it.",
            "keep_upload": "Check a file and keep it; returns its SHA-256, which a configuration names as "
            "``data.file``.",
            "read_csv": "The table in this file.",
            "uploaded_columns": "An upload as text, by the SHA-256 that ``keep_upload`` gave it.",
            "uploaded_table": "The rows of an upload with the columns that the configuration names.",
        },
        "delimited": {
            "TextError": "What is wrong with a text, with the line where there is one.",
            "decoded": "The text in these bytes, its encoding, and notes on what was guessed of it.",
            "layout_of": "How a text is cut into cells, by its first lines.",
            "lines_of": "Each line with its number, without a copy of the whole.",
            "plain_number": "The number that a cell is, or None.",
            "rows_of": "The line and the cells of each row that is not blank.",
        },
        "facts": {
            "DataFacts": "What is known of loaded rows: how many, which classes, what leaks.",
            "facts_of": "The facts of loaded data; looking for leaks takes time with many rows and can be "
            "left for later.",
            "leaks_from": "Leaks as ``to_dict`` has them.",
        },
        "kept_file": {
            "kept_file": "Where the file of an address lies here, fetched and checked.",
        },
        "real": {
            "SOURCES": "Where each downloaded data set comes from, with its digest.",
            "chosen_classes": "The numbers of the classes that a choice keeps.",
            "half_of": "The rows of some of the classes.",
            "is_downloaded": "Whether a fetched data set is there already, so that no internet is needed.",
        },
        "reference": {
            "reference_metric": "Accuracy, or R^2, of the trees on the training rows, each row judged by the trees "
            "that have not seen it.",
        },
        "splits": {
            "fit_scaling": "Shift and scale of the inputs, from the training rows.",
            "row_ids": "A number for each row, the same for rows that are the same.",
            "split_rows": "Which rows train, validate and test.",
            "resampled": "As many rows drawn with replacement.",
            "subset": "Some of the rows, every class in its share.",
            "with_label_noise": "Targets of which a share is drawn anew.",
            "with_target_as_feature": "The table with its target among the features, which leaks.",
            "without": "The table without some of its features.",
            "Leaks": "Evidence in the data that validation does not measure what it should.",
            "Part": "inputs ``(n, *shape)`` float32; targets ``(n,)`` int64 classes or ``(n, 1)`` float32; rows.",
            "Splits": "Rows for training, validation and test.",
            "leak_report": "Rows shared by the parts, and features that predict alone.",
            "load": "The rows of a configuration's data section, ready for training.",
        },
        "table": {
            "DataUnavailable": "Rows cannot be had; the message is a sentence that says why and what to do.",
            "Progress": "What is happening and, where it is known, which share is done.",
            "Table": "Inputs, targets and the names of their columns.",
            "silent": "A Progress that tells nobody.",
        },
        "uploads": {
            "NoRoom": "Uploads take all the room they may; the message is a sentence for the user.",
            "let_go_unused": "Remove tables that nobody has looked at for an hour and no run was made from.",
            "mark_used": "Somebody looks at this table.",
        },
    },
)
