"""Custom charts: their tables hold what scikit-learn computes, under the names W&B gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import tracklog
from tracklog.plot import curves

IRIS = load_iris()
NAMES = [str(name) for name in IRIS.target_names]
PROBAS = LogisticRegression(max_iter=500, C=0.01).fit(IRIS.data[::2], IRIS.target[::2]).predict_proba(IRIS.data[1::2])
TRUTH = IRIS.target[1::2]

labelled = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5, 0.9, 1.0])), min_size=2, max_size=60
)


def both(rows: list[tuple[bool, float]]) -> tuple[Any, Any]:
    rows = [(True, 0.7), (False, 0.3), *rows]
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


@given(labelled)
def test_precision_and_recall_are_those_of_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truth, scores = both(rows)
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    ours = curves.precision_recall(truth, scores)
    np.testing.assert_allclose(ours[0], precision)
    np.testing.assert_allclose(ours[1], recall)


@given(labelled)
def test_roc_is_that_of_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truth, scores = both(rows)
    false, true, _ = metrics.roc_curve(truth, scores)
    ours = curves.roc(truth, scores)
    np.testing.assert_allclose(ours[0], false)
    np.testing.assert_allclose(ours[1], true)


@given(labelled, st.integers(2, 30))
def test_precision_is_the_best_of_scikit_learns_points(rows: list[tuple[bool, float]], size: int) -> None:
    truth, scores = both(rows)
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    for at, best in zip(*curves.interpolated(truth, scores, size), strict=True):
        assert best == max(p for p, r in zip(precision, recall, strict=True) if r >= at - 1e-9)


def test_perfectly_ranked_data_are_precise_at_every_recall() -> None:
    truth = [0, 1, 0, 1, 1, 0, 0, 0]
    table = tracklog.plot.pr_curve(truth, [[0.9 - 0.7 * t, 0.1 + 0.7 * t] for t in truth]).table
    assert {row[1] for row in table.data} == {1.0}
    assert [row[2] for row in table.data][:21] == [round(1 - n / 20, 3) for n in range(21)]


@pytest.mark.parametrize("classes", [[0, 1], [False, True], ["no", "yes"], [3, 7]])
def test_classes_keep_their_type(classes: list[Any]) -> None:
    truth = [classes[n % 2] for n in range(8)]
    scores = [[0.5 - n / 20, 0.5 + n / 20] for n in range(8)]
    for chart in (tracklog.plot.pr_curve(truth, scores), tracklog.plot.roc_curve(truth, scores)):
        found = list(dict.fromkeys(row[0] for row in chart.table.data))
        assert (found, [type(name) for name in found]) == (classes, [type(name) for name in classes])


def test_the_curves_of_iris() -> None:
    roc = tracklog.plot.roc_curve(TRUTH, PROBAS, labels=NAMES)
    assert roc.table.columns == ["class", "fpr", "tpr"]
    for n, name in enumerate(NAMES):
        false, true, _ = metrics.roc_curve(n == TRUTH, PROBAS[:, n])
        assert [row[1:] for row in roc.table.data if row[0] == name] == [
            [round(x, 3), round(y, 3)] for x, y in zip(false.tolist(), true.tolist(), strict=True)
        ]
    assert roc.spec.spec_name == "wandb/area-under-curve/v0"
    assert roc.spec.fields == {"x": "fpr", "y": "tpr", "class": "class"}
    assert roc.spec.string_fields["title"] == "ROC Curve"
    pr = tracklog.plot.pr_curve(TRUTH, PROBAS, labels=NAMES, interp_size=11)
    assert pr.table.columns == ["class", "precision", "recall"]
    assert pr.spec.fields == {"x": "recall", "y": "precision", "class": "class"}
    for n, name in enumerate(NAMES):
        one = [row[1:] for row in pr.table.data if row[0] == name]
        precision, recall, _ = metrics.precision_recall_curve(n == TRUTH, PROBAS[:, n])
        wanted = np.linspace(1, 0, 11)
        best = [max(p for p, r in zip(precision, recall, strict=True) if r >= at - 1e-9) for at in wanted]
        assert one == [[round(float(p), 3), round(float(r), 3)] for p, r in zip(best, wanted, strict=True)]
    assert len({row[0] for row in tracklog.plot.pr_curve(TRUTH, PROBAS, classes_to_plot=[0, 2]).table.data}) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {"probs": PROBAS, "y_true": TRUTH, "class_names": NAMES},
        {"preds": PROBAS.argmax(axis=1), "y_true": TRUTH, "class_names": NAMES},
        {"preds": PROBAS.argmax(axis=1).tolist(), "y_true": TRUTH.tolist(), "class_names": NAMES},
        {"preds": [NAMES[n] for n in PROBAS.argmax(axis=1)], "y_true": [NAMES[n] for n in TRUTH], "class_names": NAMES},
    ],
)
def test_confusion(arguments: dict[str, Any]) -> None:
    chart = tracklog.plot.confusion_matrix(**arguments)
    counted = metrics.confusion_matrix(TRUTH, PROBAS.argmax(axis=1))
    assert chart.table.data == [[NAMES[a], NAMES[p], int(counted[a, p])] for a in range(3) for p in range(3)]
    assert chart.spec.spec_name == "wandb/confusion_matrix/v1"


def test_the_positions_of_2020() -> None:
    guesses = PROBAS.argmax(axis=1)
    era = tracklog.plot.confusion_matrix(guesses, TRUTH, NAMES)
    assert era.table.data == tracklog.plot.confusion_matrix(probs=PROBAS, y_true=TRUTH, class_names=NAMES).table.data
    assert tracklog.plot.confusion_matrix(PROBAS, TRUTH, NAMES).table.data == era.table.data
    assert tracklog.plot.confusion_matrix(preds=[0, 1], y_true=[1, 1]).table.data[-1] == ["Class_2", "Class_2", 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"probs": PROBAS, "preds": [0], "y_true": TRUTH}, "not both"),
        ({"y_true": TRUTH}, "needs probs or preds"),
        ({"preds": [0, 1], "y_true": [0]}, "1 classes and the predictions have 2"),
        ({"preds": [0, 5], "y_true": [0, 1], "class_names": ["a", "b"]}, "2 class names"),
    ],
)
def test_confusion_refuses(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tracklog.plot.confusion_matrix(**arguments)


def test_long_curves_are_thinned_the_same_way_every_time() -> None:
    rng = np.random.default_rng(0)
    truth, scores = rng.integers(0, 2, 60_000), rng.random((60_000, 2))
    one, two = (tracklog.plot.roc_curve(truth, scores).table.data for _ in range(2))
    assert one == two
    assert len(one) <= 10_000
    assert {row[0] for row in one} == {0, 1}


def test_series() -> None:
    chart = tracklog.plot.line_series([1, 2], [[3, 4], [5, 6]], keys=["a", "b"], title="T", xname="epoch")
    assert chart.table.data == [[1, "a", 3], [2, "a", 4], [1, "b", 5], [2, "b", 6]]
    assert chart.spec.string_fields == {"title": "T", "xname": "epoch"}
    assert tracklog.plot.line_series([[1], [7]], [[3], [5]]).table.data == [[1, "line_0", 3], [7, "line_1", 5]]
    with pytest.raises(ValueError, match="1 keys for 2 lines"):
        tracklog.plot.line_series([1], [[1], [2]], keys=["a"])
    with pytest.raises(TypeError, match="sequence of sequences"):
        tracklog.plot.line_series([1], [1])  # type: ignore[list-item]


def test_a_field_must_be_a_column() -> None:
    table = tracklog.Table(columns=["a"], data=[[1]])
    with pytest.raises(ValueError, match="names the column 'b', and the table has a"):
        tracklog.plot.bar(table, "a", "b")
    with pytest.raises(TypeError, match="not of list"):
        tracklog.plot_table("x", [[1]], {})  # type: ignore[arg-type]


def test_legacy_names() -> None:
    heat = tracklog.plots.HeatMap(["x", "y"], ["r"], [[1, 2]], show_text=True)
    assert heat.table.data == [["x", "r", 1, "1"], ["y", "r", 2, "2"]]
    assert tracklog.plots.ROC(TRUTH, PROBAS).table.data == tracklog.plot.roc_curve(TRUTH, PROBAS).table.data
    assert tracklog.plots.precision_recall(TRUTH, PROBAS, NAMES).spec.spec_name == "wandb/area-under-curve/v0"
    with pytest.raises(ValueError, match="1 rows of 2 values"):
        tracklog.plots.HeatMap(["x", "y"], ["r"], [[1]])
