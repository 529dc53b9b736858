"""Charts as SVG inside the page: drawn by pygal when the tables are built, coloured by the page's own style sheet.

What pygal brings beside the drawing (styles, and a script that asks the network for tooltips) is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup
from pygal.style import Style

SVG = "{http://www.w3.org/2000/svg}"
PLAIN = {
    "js": [], "css": [], "no_prefix": True, "explicit_size": False, "disable_xml_declaration": True,
    "truncate_legend": -1, "truncate_label": -1, "legend_at_bottom": True, "show_y_guides": True, "margin": 12,
    "style": Style(label_font_size=14, major_label_font_size=14, legend_font_size=14),  # room for the page's letters
}  # fmt: skip
Points = Sequence[tuple[date, int]]


def draw_lines(title: str, lines: Mapping[str, Points]) -> Markup:
    """Counts over time, a line for each name."""
    chart = pygal.DateLine(
        **PLAIN, width=960, height=420, x_value_formatter=lambda day: day.strftime("%Y"),
        value_formatter=lambda value: f"{value:,.0f}", dots_size=3, legend_at_bottom_columns=max(len(lines), 1),
    )  # fmt: skip
    for name, points in lines.items():
        chart.add(name, list(points))
    return _drawn(chart, title)


def draw_columns(title: str, labels: Sequence[str], parts: Mapping[str, Sequence[int]]) -> Markup:
    """Counts by label, the parts of each stacked."""
    chart = pygal.StackedBar(
        **PLAIN, width=960, height=320, x_label_rotation=35, value_formatter=lambda value: f"{value or 0:,.0f}",
        legend_at_bottom_columns=len(parts),
    )  # fmt: skip
    chart.x_labels = labels
    for name, values in parts.items():
        chart.add(name, list(values))
    return _drawn(chart, title)


def draw_shares(title: str, labels: Sequence[str], parts: Mapping[str, Sequence[float]]) -> Markup:
    """Shares of a whole by label, in per cent, the parts of each side by side; the first label on top."""
    chart = pygal.HorizontalStackedBar(
        **PLAIN, width=960, height=90 + 30 * len(labels), value_formatter=lambda value: f"{value or 0:.0f} %",
        range=(0, 100), spacing=4, legend_at_bottom_columns=len(parts),
    )  # fmt: skip
    chart.x_labels = list(reversed(labels))
    for name, values in parts.items():
        chart.add(name, list(reversed(values)))
    return _drawn(chart, title)


def _drawn(chart: Any, title: str) -> Markup:
    """The SVG element, named for people who hear the page, without styles and scripts."""
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(chart.render())
    for parent in root.iter():
        for child in [each for each in parent if each.tag in {f"{SVG}style", f"{SVG}script"}]:
            parent.remove(child)
    root.attrib.pop("id", None)
    root.attrib |= {"role": "img", "aria-label": title}
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # drawn here; pygal escapes its labels
