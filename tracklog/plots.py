"""The charts of 2020 under the names they had: `wandb.plots.ROC` and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import UsageError
from tracklog.media.table import Table
from tracklog.plot.chart import CustomChart, plot_table
from tracklog.plot.charts import pr_curve, roc_curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracklog.media.html import Html

__all__ = ["NER", "POS", "ROC", "ExplainText", "HeatMap", "precision_recall"]


def ROC(  # noqa: N802 - its name
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    plot_macro: bool = True,
    classes_to_plot: Any = None,
) -> CustomChart:
    """Return `plot.roc_curve`; averages over classes are not drawn."""
    del plot_micro, plot_macro
    return roc_curve(y_true, y_probas, labels, classes_to_plot)


def precision_recall(
    y_true: Any = None, y_probas: Any = None, labels: Any = None, plot_micro: bool = True, classes_to_plot: Any = None
) -> CustomChart:
    """Return `plot.pr_curve`; the average over classes is not drawn."""
    del plot_micro
    return pr_curve(y_true, y_probas, labels, classes_to_plot)


def HeatMap(  # noqa: N802 - its name
    x_labels: Sequence[Any], y_labels: Sequence[Any], matrix_values: Any, show_text: bool = False
) -> CustomChart:
    """Return a heat map of a matrix, rows as `y_labels`, columns as `x_labels`.

    ``show_text``: write the values into the cells. Raises ValueError when the matrix has other numbers of rows or columns.
    """
    rows = [list(row) for row in matrix_values]
    if len(rows) != len(y_labels) or any(len(row) != len(x_labels) for row in rows):
        raise ValueError(f"the matrix needs {len(y_labels)} rows of {len(x_labels)} values, as there are labels")
    data = [
        [str(x), str(y), value, str(value) if show_text else ""]
        for y, row in zip(y_labels, rows, strict=True)
        for x, value in zip(x_labels, row, strict=True)
    ]
    columns = ["x_axis", "y_axis", "values", "text"]
    return plot_table("wandb/heatmap/v1", Table(columns=columns, data=data), {name: name for name in columns})


def ExplainText(text: Any, probas: Any, target_names: Any = None) -> Html:  # noqa: N802 - its name
    """Return which words spoke for which class, found by eli5's TextExplainer. Raises UsageError without eli5."""
    from tracklog.media.html import Html

    try:
        from eli5.lime import TextExplainer
    except ImportError as error:
        raise UsageError("ExplainText needs eli5: pip install eli5") from error
    explainer = TextExplainer(random_state=42)
    explainer.fit(text, probas)
    return Html(explainer.show_prediction(target_names=target_names).data)


def NER(docs: Any) -> Html:  # noqa: N802 - its name
    """Return spaCy documents with their named entities marked. Raises UsageError without spaCy."""
    return _displacy(docs, "ent")


def POS(docs: Any) -> Html:  # noqa: N802 - its name
    """Return spaCy documents as trees of their parts of speech. Raises UsageError without spaCy."""
    return _displacy(docs, "dep")


def _displacy(docs: Any, style: str) -> Html:
    from tracklog.media.html import Html

    try:
        from spacy import displacy
    except ImportError as error:
        raise UsageError("NER and POS need spaCy: pip install spacy") from error
    return Html(displacy.render(docs, style=style, page=True, jupyter=False))
