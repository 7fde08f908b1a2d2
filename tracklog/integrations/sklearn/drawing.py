"""How charts get into the run, and what can be drawn at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.integrations.running import running
from tracklog.media.table import Table
from tracklog.plot import curves
from tracklog.plot.chart import CustomChart, VegaSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST = 10_000
"""Rows of a chart; beyond it they are drawn by lot, each class with its share."""


_MISSING = ("NAType", "NaTType")
"""Types of pandas for what is not there."""


def draw(
    key: str,
    preset: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    title: str,
    *,
    classes: Sequence[Any] | None = None,
    fields: dict[str, str] | None = None,
) -> None:
    """Log rows under `key`, drawn by a preset whose placeholders are the columns, or by `fields`.

    ``classes``: the class of each row, of which each keeps its share where rows are too many. Raises Error without a run.
    """
    run = running(f"sklearn.plot_{key}")
    if len(rows) > MOST:
        import numpy as np

        labels = np.zeros(len(rows)) if classes is None else np.asarray([str(one) for one in classes])
        rows = [rows[n] for n in curves.thinned(len(rows), labels, MOST)]
        warn(f"sklearn-many-{key}", f"{key} shows {len(rows):,} of its rows, drawn by lot")
    table = Table(columns=list(columns), data=[[_plain(cell) for cell in row] for row in rows])
    mapping = {column: column for column in columns} if fields is None else fields
    run.log({key: CustomChart(table, VegaSpec(preset, dict(mapping), {"title": title}), keeps_table=False)})


def _plain(cell: Any) -> Any:
    return cell.item() if hasattr(cell, "item") else cell


def usable(what: str, **arguments: Any) -> bool:
    """Tell whether arguments are there and hold no missing values; say what is wrong.

    X must hold numbers, and a model be fitted.
    """
    for name, value in arguments.items():
        wrong = _wrong(name, value)
        if wrong:
            warn(f"sklearn-{what}-{name}", f"{what} is not drawn: {name} {wrong}")
            return False
    return True


def _wrong(name: str, value: Any) -> str:
    if value is None:
        return "is None"
    if name in ("model", "clf", "regressor", "clusterer"):
        return _wrong_model(name, value)
    import numpy as np

    if hasattr(value, "tocsr"):  # sparse
        value = value.data
    try:
        array = np.asarray(value)
    except ValueError:
        return "is no array: its rows have different lengths"
    if not array.ndim:
        return f"is no array: {value!r:.80}"
    if array.dtype.kind == "O":
        missing = sum(map(_is_missing, array.ravel()))
    else:
        missing = int(np.isnan(array).sum()) if array.dtype.kind in "fc" else 0
    if missing:
        return f"holds {missing:,} missing values"
    if name.startswith("X"):
        try:
            array.astype(float)
        except (TypeError, ValueError):
            return "holds values that are no numbers; encode them first"
    return ""


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value) or type(value).__name__ in _MISSING  # noqa: PLR0124 - NaN


def _wrong_model(name: str, model: Any) -> str:
    from sklearn import base, exceptions
    from sklearn.utils.validation import check_is_fitted

    # `is_clusterer` came with scikit-learn 1.6, where the attribute went.
    clusters = getattr(base, "is_clusterer", lambda one: getattr(one, "_estimator_type", "") == "clusterer")
    kinds = {"clf": base.is_classifier, "regressor": base.is_regressor, "clusterer": clusters}
    if isinstance(model, type) or not hasattr(model, "fit"):
        return f"is no model: {model!r:.80}"
    kind = kinds.get(name)
    if kind is not None and not kind(model):
        return f"is no {'classifier' if name == 'clf' else name}: {type(model).__name__}"
    try:
        check_is_fitted(model)
    except exceptions.NotFittedError:
        return f"is not fitted; call {type(model).__name__}.fit first"
    except TypeError:  # of another library, without the tags of scikit-learn
        return ""
    return ""


def dense(values: Any) -> NDArray[Any]:
    """Return an array of any container: a DataFrame, lists, a sparse matrix."""
    import numpy as np

    return np.asarray(values.toarray() if hasattr(values, "toarray") else values)


def named(classes: Sequence[Any], labels: Sequence[Any] | None) -> list[Any]:
    """Return the names of classes that are indices of `labels`, else the classes themselves."""
    if labels is None:
        return [_plain(one) for one in classes]
    names = list(labels)
    plain = [_plain(one) for one in classes]
    inside = all(isinstance(one, int) and 0 <= one < len(names) for one in plain)
    return [_plain(names[one]) for one in plain] if inside else plain
