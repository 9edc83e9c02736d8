"""What all still pictures share: shapes, marks, lettering, and how they become SVG, PNG and GIF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from figures.drawing.asked import Asked as Asked
    from figures.drawing.asked import AskedCurve as AskedCurve
    from figures.drawing.asked import asked_curves as asked_curves
    from figures.drawing.asked import guessed as guessed
    from figures.drawing.gif_file import TRANSPARENT as TRANSPARENT
    from figures.drawing.gif_file import gif as gif
    from figures.drawing.layout import BODY as BODY
    from figures.drawing.layout import MARGIN as MARGIN
    from figures.drawing.layout import SMALL as SMALL
    from figures.drawing.layout import TITLE as TITLE
    from figures.drawing.layout import ticks as ticks
    from figures.drawing.lettering import shortened as shortened
    from figures.drawing.lettering import text_width as text_width
    from figures.drawing.lettering import wrapped as wrapped
    from figures.drawing.marks import field_lane_color as field_lane_color
    from figures.drawing.marks import marker as marker
    from figures.drawing.marks import minimum_mark as minimum_mark
    from figures.drawing.marks import moved as moved
    from figures.drawing.marks import saddle_mark as saddle_mark
    from figures.drawing.marks import start_mark as start_mark
    from figures.drawing.paths import clip_path as clip_path
    from figures.drawing.paths import thin as thin
    from figures.drawing.picture import Disc as Disc
    from figures.drawing.picture import Image as Image
    from figures.drawing.picture import Item as Item
    from figures.drawing.picture import Line as Line
    from figures.drawing.picture import Picture as Picture
    from figures.drawing.picture import Polygon as Polygon
    from figures.drawing.picture import Rectangle as Rectangle
    from figures.drawing.picture import Text as Text
    from figures.drawing.qr_code import qr_modules as qr_modules
    from figures.drawing.rasterizing import canvas as canvas
    from figures.drawing.rasterizing import paint as paint
    from figures.drawing.rasterizing import paint_inside as paint_inside
    from figures.drawing.rasterizing import raster as raster
    from figures.drawing.svg_text import svg as svg

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "asked": {
            "Asked": "A picture to point at.",
            "AskedCurve": "A curve whose end is asked for.",
            "asked_curves": "The first part of curves; with a guess all of them.",
            "guessed": "The mark of what somebody has pointed at.",
        },
        "gif_file": {
            "TRANSPARENT": "The palette index of a GIF that shows the frame below.",
            "gif": "A GIF that repeats forever.",
        },
        "layout": {
            "BODY": "Size of running text in pixels.",
            "MARGIN": "Pixels between the picture and its edge.",
            "SMALL": "Size of small text in pixels.",
            "TITLE": "Size of titles in pixels.",
            "ticks": "Round numbers between low and high, about ``count`` of them.",
        },
        "lettering": {
            "shortened": "The text, or its beginning and an ellipsis where it is wider than ``width``.",
            "text_width": "Pixels that a line of text takes.",
            "wrapped": "The text in at most so many lines, broken at spaces; the last one is shortened.",
        },
        "marks": {
            "field_lane_color": "A lane's color on the field.",
            "marker": "A head of the theme's shape.",
            "minimum_mark": "The four-pointed star that marks a minimum.",
            "moved": "The same mark, further right.",
            "saddle_mark": "A diagonal cross.",
            "start_mark": "A bull's eye.",
        },
        "paths": {
            "clip_path": "The pieces of a polyline ``(n, 2)`` inside (left, top, right, bottom), ``(m, 2)`` "
            "(Liang and Barsky 1984).",
            "thin": "The polyline without points that lie within ``distance`` of the last one kept; both ends stay.",
        },
        "picture": {
            "Disc": "A circle; stroke and fill as a Polygon's.",
            "Image": "Pixels stretched over (left, top, right, bottom).",
            "Item": "Any shape of a picture.",
            "Line": "A polyline ``(n, 2)``; ``dash`` alternates drawn and blank lengths.",
            "Picture": "Items in drawing order.",
            "Polygon": "A filled outline ``(n, 2)``.",
            "Rectangle": "Left, top, right and bottom in pixels.",
            "Text": "One line of text; (x, y) is the baseline's left end, middle or right end by ``anchor``.",
        },
        "qr_code": {
            "qr_modules": "The dark modules of a text as QR code.",
        },
        "rasterizing": {
            "canvas": "The picture ``scale`` times as large, with hard edges.",
            "paint": "Draw items on an enlarged image whose upper left corner lies at ``origin``.",
            "paint_inside": "Draw items cut at the picture's frame.",
            "raster": "The picture at its own size in RGB, smoothed by ``scale``-fold supersampling.",
        },
        "svg_text": {
            "svg": "A standalone SVG document.",
        },
    },
)
