"""Custom charts: a table, and the name of the preset that draws it.

Presets are Vega-Lite files (`templates/presets`, and users' own, `tracklog.plot.save_preset`) with placeholders for the
table's columns. Signatures are W&B's of both eras.
"""

from __future__ import annotations

from tracklog.plot.chart import CustomChart, plot_table, visualize
from tracklog.plot.charts import bar, confusion_matrix, histogram, line, line_series, pr_curve, roc_curve, scatter
from tracklog.plot.presets import save_preset

__all__ = [
    "CustomChart",
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "roc_curve",
    "save_preset",
    "scatter",
    "visualize",
]
