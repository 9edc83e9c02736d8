"""What a user may set: one number or switch, declarations made of them, and the links that hold their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from settings.catalogue import by_key as by_key
    from settings.declare import Setting as Setting
    from settings.declare import Text as Text
    from settings.declare import choice as choice
    from settings.declare import number as number
    from settings.declare import switch as switch
    from settings.declare import whole as whole
    from settings.hyperparameter import Hyperparameter as Hyperparameter
    from settings.hyperparameter import check_all as check_all
    from settings.hyperparameter import quoted as quoted
    from settings.linked import Declaration as Declaration
    from settings.linked import SettingsCodec as SettingsCodec
    from settings.linked import read_settings as read_settings
    from settings.linked import settle as settle
    from settings.linked import write_settings as write_settings
    from settings.preset import LinkPreset as LinkPreset
    from settings.preset import preset_of as preset_of
    from settings.query import FOREIGN as FOREIGN
    from settings.query import QueryReader as QueryReader
    from settings.query import query_text as query_text
    from settings.values import Settings as Settings
    from settings.values import complete as complete

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "by_key": "A catalogue as a dict from key to item, in order.",
        },
        "declare": {
            "Setting": "A number, switch, choice or short text that a user may set.",
            "Text": "A short text a user may set.",
            "choice": "One of several keys; the first unless ``default`` names another.",
            "number": "A real number; the slider's range is also the valid one unless ``valid`` is given.",
            "switch": "True or false.",
            "whole": "A whole number.",
        },
        "hyperparameter": {
            "Hyperparameter": "One number or switch a user may set: its name, what is valid, what a slider offers.",
            "check_all": "Defaults completed by what was given, each value checked.",
            "quoted": "What was given, in a few words however long it is.",
        },
        "linked": {
            "Declaration": "A function that yields every setting of a page by key, given the values read so far.",
            "SettingsCodec": "The settings of a page as one state and as a link.",
            "read_settings": "Valid values, whatever the link says, and a sentence for each part that cannot be used.",
            "settle": "(value by key, hyperparameter by key) of everything declared, each value as ``pick`` gives it.",
            "write_settings": "The parameters of a link that opens these values; inverse of ``read_settings``.",
        },
        "preset": {
            "LinkPreset": "Settings that show one phenomenon.",
            "preset_of": "The key of the preset with exactly this link.",
        },
        "query": {
            "FOREIGN": "Parameters of an address that are Streamlit's own, on every page.",
            "QueryReader": "Takes parameters one by one, remembers which were read and what was wrong with them.",
            "query_text": "A number, switch or key as a link writes it.",
        },
        "values": {
            "Settings": "Values by name; ``settings.lr`` is ``settings['lr']``.",
            "complete": "Defaults completed by what was given, each value checked.",
        },
    },
)
