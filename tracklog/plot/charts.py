"""The charts that scripts call by name: a table each, with the preset that draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.media.table import Table
from tracklog.plot import curves
from tracklog.plot.chart import CustomChart, plot_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 10_000
"""Points of a curve, over all classes; beyond it points are drawn by lot, each class with its share."""
_DIGITS = 3


def line(
    table: Table, x: str, y: str, stroke: str | None = None, title: str | None = None, split_table: bool = False
) -> CustomChart:
    """Return a line chart of two columns, a line for each value of the column ``stroke``."""
    return plot_table("wandb/line/v0", table, {"x": x, "y": y, "stroke": stroke}, {"title": title}, split_table)


def scatter(table: Table, x: str, y: str, title: str | None = None, split_table: bool = False) -> CustomChart:
    """Return a point for each row."""
    return plot_table("wandb/scatter/v0", table, {"x": x, "y": y}, {"title": title}, split_table)


def bar(table: Table, label: str, value: str, title: str | None = None, split_table: bool = False) -> CustomChart:
    """Return a horizontal bar for each label: the mean of its values."""
    return plot_table("wandb/bar/v0", table, {"label": label, "value": value}, {"title": title}, split_table)


def histogram(table: Table, value: str, title: str | None = None, split_table: bool = False) -> CustomChart:
    """Return how often values of a column occur."""
    return plot_table("wandb/histogram/v0", table, {"value": value}, {"title": title}, split_table)


def line_series(
    xs: Sequence[Any],
    ys: Sequence[Sequence[Any]],
    keys: Sequence[Any] | None = None,
    title: str | None = None,
    xname: str | None = None,
    split_table: bool = False,
) -> CustomChart:
    """Return several lines over one x.

    ``xs``: one sequence for all, or one for each line. ``ys``: a sequence for each line. ``keys``: their names. Raises
    TypeError when `ys` holds no sequences, ValueError when numbers of lines or names differ.
    """
    lines = [list(values) for values in _sequences(ys)]
    shared = not (len(xs) and _is_sequence(xs[0]))
    places = [list(xs)] * len(lines) if shared else [list(values) for values in xs]
    if len(places) != len(lines):
        raise ValueError(f"line_series got {len(places)} sequences of x for {len(lines)} lines")
    names = [f"line_{n}" for n in range(len(lines))] if keys is None else [str(key) for key in keys]
    if len(names) != len(lines):
        raise ValueError(f"line_series got {len(names)} keys for {len(lines)} lines")
    data = [
        [x, name, y]
        for place, name, values in zip(places, names, lines, strict=True)
        for x, y in zip(place, values, strict=False)
    ]
    table = Table(columns=["step", "lineKey", "lineVal"], data=data)
    fields = {"step": "step", "lineKey": "lineKey", "lineVal": "lineVal"}
    return plot_table("wandb/lineseries/v0", table, fields, {"title": title, "xname": xname or "x"}, split_table)


def pr_curve(
    y_true: Iterable[Any] | None = None,
    y_probas: Iterable[Any] | None = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Sequence[Any] | None = None,
    interp_size: int = 21,
    title: str | None = None,
    split_table: bool = False,
) -> CustomChart:
    """Return precision over recall for each class.

    ``y_true``: classes (N,). ``y_probas``: scores (N, classes), columns in the order of the sorted classes. ``labels``:
    names of the classes, which keep their type without. The best precision at ``interp_size`` recalls from 1 to 0, of all
    points with at least that recall, is drawn, rounded to 3 decimals.
    """
    data = [
        [name, round(float(precision), _DIGITS), round(float(recall), _DIGITS)]
        for name, positive, scores in _each_class(y_true, y_probas, labels, classes_to_plot)
        for recall, precision in zip(*curves.interpolated(positive, scores, interp_size), strict=True)
    ]
    title = "Precision-Recall Curve" if title is None else title
    return _under_curve(
        ["class", "precision", "recall"], data, title, {"recall": "Recall", "precision": "Precision"}, split_table
    )


def roc_curve(
    y_true: Iterable[Any] | None = None,
    y_probas: Iterable[Any] | None = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Sequence[Any] | None = None,
    title: str | None = None,
    split_table: bool = False,
) -> CustomChart:
    """Return the true over the false positive rate for each class, rounded to 3 decimals; arguments as `pr_curve`."""
    data = [
        [name, round(float(false), _DIGITS), round(float(true), _DIGITS)]
        for name, positive, scores in _each_class(y_true, y_probas, labels, classes_to_plot)
        for false, true in zip(*curves.roc(positive, scores), strict=True)
    ]
    titles = {"fpr": "False positive rate", "tpr": "True positive rate"}
    title = "ROC Curve" if title is None else title
    return _under_curve(["class", "fpr", "tpr"], data, title, titles, split_table)


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    title: str | None = None,
    split_table: bool = False,
) -> CustomChart:
    """Return how often each class was taken for each.

    ``probs``: scores (N, classes), or ``preds``: predicted classes (N,); ``y_true``: classes (N,), all as indices or as
    names. Positions of the era are understood: (predictions, truth, names). Raises ValueError for both or neither of
    probs and preds, for unequal lengths, and for more classes than names.
    """
    probs, preds, class_names = _positions(probs, preds, class_names)
    actual, predicted, names = _classes(probs, y_true, preds, class_names)
    size = len(names)
    counted = [[0] * size for _ in range(size)]
    for real, guess in zip(actual, predicted, strict=True):
        counted[real][guess] += 1
    data = [[names[real], names[guess], counted[real][guess]] for real in range(size) for guess in range(size)]
    table = Table(columns=["Actual", "Predicted", "nPredictions"], data=data)
    fields = {"Actual": "Actual", "Predicted": "Predicted", "nPredictions": "nPredictions"}
    title = "Confusion Matrix Curve" if title is None else title
    return plot_table("wandb/confusion_matrix/v1", table, fields, {"title": title}, split_table)


def _positions(probs: Any, preds: Any, class_names: Any) -> tuple[Any, Any, Any]:
    """Tell the era's positions (predictions, truth, names) from today's (scores, truth, predictions, names)."""
    names = isinstance(preds, (list, tuple)) and len(preds) > 0 and all(isinstance(name, str) for name in preds)
    if names and class_names is None and probs is not None:
        preds, class_names = None, preds
    if probs is not None and preds is None and not (len(probs) and _is_sequence(probs[0])):
        return None, probs, class_names
    return probs, preds, class_names


def _classes(probs: Any, y_true: Any, preds: Any, class_names: Any) -> tuple[list[int], list[int], list[str]]:
    """Return actual and predicted classes as indices, and the names."""
    import numpy as np

    if probs is not None and preds is not None:
        raise ValueError("confusion_matrix takes probs or preds, not both")
    if probs is None and preds is None:
        raise ValueError("confusion_matrix needs probs or preds")
    if y_true is None:
        raise ValueError("confusion_matrix needs y_true, the actual classes")
    predicted = np.argmax(np.asarray(probs), axis=1).tolist() if preds is None else _plain(preds)
    actual = _plain(y_true)
    if len(actual) != len(predicted):
        raise ValueError(f"y_true has {len(actual)} classes and the predictions have {len(predicted)}")
    found = sorted({*actual, *predicted}, key=lambda value: (isinstance(value, str), value))
    if class_names is None:
        return (
            [found.index(value) for value in actual],
            [found.index(value) for value in predicted],
            [f"Class_{n + 1}" if not isinstance(value, str) else value for n, value in enumerate(found)],
        )
    names = [str(name) for name in class_names]
    places: dict[Any, int] = {n: n for n in range(len(names))} | {name: n for n, name in enumerate(names)}
    unknown = [value for value in found if value not in places]
    if unknown or len(found) > len(names):
        raise ValueError(f"{len(names)} class names for the classes {', '.join(map(str, found[:20]))}")
    return [places[value] for value in actual], [places[value] for value in predicted], names


def _under_curve(
    columns: list[str], data: list[list[Any]], title: str, axes: dict[str, str], split_table: bool
) -> CustomChart:
    """Return a chart of the columns that `axes` names, x before y, with their titles."""
    import numpy as np

    (x, across), (y, up) = axes.items()
    kept = curves.thinned(len(data), np.array([str(row[0]) for row in data]), MOST)
    table = Table(columns=columns, data=[data[n] for n in kept])
    fields = {"x": x, "y": y, "class": "class"}
    strings = {"title": title, "x-axis-title": across, "y-axis-title": up}
    return plot_table("wandb/area-under-curve/v0", table, fields, strings, split_table)


def _each_class(y_true: Any, y_probas: Any, labels: Any, classes_to_plot: Any) -> Iterable[tuple[Any, Any, Any]]:
    """Yield name (of its own type), membership and scores of each class. Raises ValueError for shapes that do not fit."""
    import numpy as np

    if y_true is None or y_probas is None:
        raise ValueError("a curve needs y_true, the actual classes, and y_probas, a score for each of them")
    actual, scores = np.asarray(_plain(y_true)), np.asarray(_plain(y_probas), dtype=np.float64)
    classes = np.unique(actual)
    if scores.ndim != 2 or len(scores) != len(actual):  # noqa: PLR2004 - rows and classes
        raise ValueError(
            f"y_probas has the shape {scores.shape}; it needs a row for each of the {len(actual)} in y_true"
        )
    if scores.shape[1] > len(classes) and np.issubdtype(actual.dtype, np.integer):
        classes = np.arange(scores.shape[1])
    if len(classes) > scores.shape[1]:
        raise ValueError(f"y_probas has {scores.shape[1]} columns for {len(classes)} classes")
    wanted = classes if classes_to_plot is None else np.asarray(classes_to_plot)
    for n, value in enumerate(classes):
        if value in wanted and (actual == value).any():
            name = labels[n] if labels is not None and n < len(labels) else value
            yield getattr(name, "item", lambda name=name: name)(), actual == value, scores[:, n]


def _plain(values: Any) -> Any:
    """Return tensors, arrays, series, DataFrames and iterators as lists of Python values."""
    from tracklog.media.array import as_array

    array = as_array(values.to_numpy() if hasattr(values, "columns") else values)
    if array is not None:
        return array.tolist()
    return [_plain(item) if _is_sequence(item) else item for item in values]


def _is_sequence(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes)) and getattr(value, "shape", (1,)) != ()


def _sequences(ys: Any) -> list[Any]:
    found = list(ys)
    if not all(_is_sequence(values) for values in found):
        raise TypeError("ys is a sequence of sequences, one for each line")
    return found
