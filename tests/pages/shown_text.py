"""All text that a page without a browser hands to Streamlit, apart from what Streamlit shows as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

# No Markdown and no HTML: names for machines, and values of fields. The options of a menu are plain text, too.
_PLAIN = {
    "id",
    "form_id",
    "key",
    "user_key",
    "query_param_key",
    "page_script_hash",
    "query_string",
    "url",
    "deferred_file_id",
    "default",
    "value",
    "raw_value",
    "raw_values",
    "placeholder",
    "format",
    "type",
    "language",
    "code_text",
    "component_name",
    "js_content",
    "css_content",
    "html_content",
    "js_source_path",
    "css_source_path",
    "selection_state",
    "default_tab_label",
}
_PLAIN_OPTIONS = {"Selectbox", "MultiSelect", "Slider"}
_PLAIN_MESSAGES = {"Code", "Dataframe", "Arrow", "ArrowTable", "BidiComponent", "PlotlyChart", "ImageList", "Text"}


def live_texts(app: AppTest) -> Iterator[tuple[str, str]]:
    """(message.field, text) of all that Streamlit reads as Markdown or HTML."""
    for node in app._tree:
        if getattr(node, "proto", None) is not None:
            yield from _of(node.proto)


def _of(message: Any) -> Iterator[tuple[str, str]]:
    name = message.DESCRIPTOR.name
    if name in _PLAIN_MESSAGES:
        return
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.message_type is not None:
            if field.message_type.GetOptions().map_entry:
                continue
            for each in values:
                yield from _of(each)
        elif field.type == field.TYPE_STRING and field.name not in _PLAIN:
            if field.name == "options" and name in _PLAIN_OPTIONS:
                continue
            yield from ((f"{name}.{field.name}", each) for each in values)
