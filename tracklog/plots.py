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

_MODEL = "en_core_web_md"
"""What W&B reads text with."""
_EXPLAINED = (
    "<style>[style*=background]{color:#17211f}td[style]{border-color:#8884!important}th{white-space:nowrap}"
    ":root[style*=dark] [style*=background]{filter:invert(1) hue-rotate(180deg)}</style>"
)
"""eli5's colours are for white paper, where what counts little is white; the frame of a site writes its theme on the root."""
_MARKED = "<style>mark{{color:#17211f}}</style>{}"
_TREES = "<style>svg{{display:block;margin:0 auto}}</style><div style='overflow-x:auto'>{}</div>"


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
    """Return which words of a text spoke for which class, as eli5's TextExplainer finds.

    ``probas``: a function from a list of N texts to probabilities (N, classes), an array or lists, such as ``predict_proba`` of a
    pipeline. ``target_names``: the classes' names, in that order. Raises UsageError without eli5.
    """
    from tracklog.media.array import to_numpy
    from tracklog.media.html import Html

    try:
        from eli5 import format_as_html
        from eli5.lime import TextExplainer
    except ImportError as error:
        raise UsageError(f"ExplainText needs eli5 and scikit-learn ({error}): pip install eli5") from error
    explainer = TextExplainer(random_state=42)
    explainer.fit(text, lambda texts: to_numpy(probas(texts)))
    explanation = explainer.explain_prediction(target_names=None if target_names is None else list(target_names))
    return Html(_EXPLAINED + format_as_html(explanation, force_weights=False), data_is_not_path=True)


def NER(docs: Any) -> Html:  # noqa: N802 - its name
    """Return text with its named entities marked.

    ``docs``: a Doc or Span of spaCy, a text, which ``en_core_web_md`` then reads, or a list of them. Raises UsageError
    without spaCy or that model, TypeError for anything else.
    """
    return _displacy(docs, "ent", _MARKED)


def POS(docs: Any) -> Html:  # noqa: N802 - its name
    """Return sentences with their parts of speech and what depends on what; arguments as `NER`."""
    return _displacy(docs, "dep", _TREES)


def _displacy(docs: Any, style: str, look: str) -> Html:
    from tracklog.media.html import Html

    try:
        from spacy import displacy
        from spacy.tokens import Doc, Span
    except ImportError as error:
        raise UsageError(f"NER and POS need spaCy ({error}): pip install spacy") from error
    several = [docs] if isinstance(docs, (Doc, Span, str)) or not hasattr(docs, "__iter__") else list(docs)
    several = [_read(doc) if isinstance(doc, str) else doc for doc in several]
    for doc in several:
        if not isinstance(doc, (Doc, Span)):
            raise TypeError(f"NER and POS take what a pipeline of spaCy returns, nlp(text), not {type(doc).__name__}")
    options = {
        "compact": True,
        "distance": 110,
        "word_spacing": 30,
        "color": "inherit",
        "bg": "none",
        "font": "inherit",
    }
    drawn = displacy.render(several, style=style, options=options, jupyter=False)
    return Html(look.format(drawn), data_is_not_path=True)


def _read(text: str) -> Any:
    import spacy

    try:
        return spacy.load(_MODEL)(text)
    except OSError as error:
        raise UsageError(
            f"to read text, NER and POS need the model {_MODEL}: python -m spacy download {_MODEL}; "
            "or pass what a pipeline of yours returns, nlp(text)"
        ) from error
