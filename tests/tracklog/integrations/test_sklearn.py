"""Charts of scikit-learn's models hold what scikit-learn's own functions and displays compute."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from sklearn import metrics
from sklearn.base import clone
from sklearn.calibration import CalibrationDisplay
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import ConfusionMatrixDisplay, PredictionErrorDisplay
from sklearn.model_selection import LearningCurveDisplay, train_test_split
from sklearn.naive_bayes import GaussianNB

import tracklog
from tests.tracklog.test_log import begin, folded
from tracklog.integrations import sklearn

if TYPE_CHECKING:
    from collections.abc import Iterator

IRIS, CANCER, DIABETES = load_iris(), load_breast_cancer(), load_diabetes()
FLOWERS = [str(name) for name in IRIS.target_names]
TRAIN_X, TEST_X, TRAIN_Y, TEST_Y = train_test_split(IRIS.data, IRIS.target, random_state=0)
CLASSIFIER = RandomForestClassifier(20, random_state=0).fit(TRAIN_X, TRAIN_Y)
REGRESSOR = LinearRegression().fit(DIABETES.data, DIABETES.target)
CLUSTERER = KMeans(3, n_init=3, random_state=0).fit(IRIS.data)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    with begin(tmp_path) as started:
        yield started
    plt.close("all")


def drawn(run: Any, key: str) -> pd.DataFrame:
    """Return the table of the chart that was logged under a key."""
    (chart,) = [row[key] for row in folded(run)[0] if key in row]
    assert chart["_type"] == "custom-chart"
    table = json.loads((Path(run.dir) / chart["table"]["path"]).read_text())
    assert set(chart["fields"].values()) <= set(table["columns"])
    return pd.DataFrame(table["data"], columns=table["columns"])


def keys(run: Any) -> list[str]:
    return [key for row in folded(run)[0] for key in row if key != "_step" and not key.endswith("_table")]


def test_everything_of_a_classifier(run: Any) -> None:
    probas = CLASSIFIER.predict_proba(TEST_X)
    sklearn.plot_classifier(
        CLASSIFIER,
        TRAIN_X,
        TEST_X,
        TRAIN_Y,
        TEST_Y,
        CLASSIFIER.predict(TEST_X),
        probas,
        FLOWERS,
        feature_names=IRIS.feature_names,
        log_learning_curve=True,
    )
    assert keys(run) == [
        "feature_importances",
        "learning_curve",
        "confusion_matrix",
        "summary_metrics",
        "class_proportions",
        "roc",
        "precision_recall",
    ]
    importances = drawn(run, "feature_importances").set_index("feature_names")["importances"]
    assert importances.to_dict() == dict(zip(IRIS.feature_names, CLASSIFIER.feature_importances_, strict=True))
    assert importances.is_monotonic_decreasing
    counted = drawn(run, "class_proportions").set_index(["class", "dataset"])["count"]
    for n, name in enumerate(FLOWERS):
        assert (counted[name, "train"], counted[name, "test"]) == ((n == TRAIN_Y).sum(), (n == TEST_Y).sum())
    roc = drawn(run, "roc")
    for n, name in enumerate(FLOWERS):
        false, _, _ = metrics.roc_curve(n == TEST_Y, probas[:, n])
        assert roc[roc["class"] == name]["fpr"].tolist() == pytest.approx(false, abs=5e-4)


def test_metrics_of_a_classifier(run: Any) -> None:
    sklearn.plot_summary_metrics(CLASSIFIER, TRAIN_X, TRAIN_Y, TEST_X, TEST_Y)
    guessed = CLASSIFIER.predict(TEST_X)
    report = metrics.classification_report(TEST_Y, guessed, output_dict=True)
    found = drawn(run, "summary_metrics").set_index("metric_name")["metric_value"]
    assert found.to_dict() == {
        "accuracy_score": report["accuracy"],
        "precision": report["weighted avg"]["precision"],
        "recall": report["weighted avg"]["recall"],
        "f1_score": report["weighted avg"]["f1-score"],
    }


def test_metrics_of_a_regressor(run: Any) -> None:
    sklearn.plot_summary_metrics(REGRESSOR, DIABETES.data, DIABETES.target, DIABETES.data, DIABETES.target)
    guessed = REGRESSOR.predict(DIABETES.data)
    assert drawn(run, "summary_metrics").set_index("metric_name")["metric_value"].to_dict() == {
        "mae": metrics.mean_absolute_error(DIABETES.target, guessed),
        "mse": metrics.mean_squared_error(DIABETES.target, guessed),
        "r2_score": REGRESSOR.score(DIABETES.data, DIABETES.target),
    }


@pytest.mark.parametrize("normalize", [False, True])
def test_confusion(run: Any, normalize: bool) -> None:
    guessed = CLASSIFIER.predict(TEST_X)
    sklearn.plot_confusion_matrix(TEST_Y, guessed, FLOWERS, normalize=normalize)
    display = ConfusionMatrixDisplay.from_predictions(TEST_Y, guessed, normalize="true" if normalize else None)
    found = drawn(run, "confusion_matrix").set_index(["Actual", "Predicted"])["Count"]
    assert found.index.tolist() == [(real, guess) for real in FLOWERS for guess in FLOWERS]
    np.testing.assert_array_equal(found.to_numpy().reshape(3, 3), display.confusion_matrix)


def test_a_part_of_a_confusion_matrix(run: Any) -> None:
    sklearn.plot_confusion_matrix(["a", "b", "c", "c"], ["a", "c", "c", "b"], true_labels=["c", "b"], pred_labels=["c"])
    assert drawn(run, "confusion_matrix").to_numpy().tolist() == [["c", "b", 1], ["c", "c", 1]]


def test_learning_curve(run: Any) -> None:
    sklearn.plot_learning_curve(GaussianNB(), IRIS.data, IRIS.target, cv=4, shuffle=True, random_state=1)
    display = LearningCurveDisplay.from_estimator(
        GaussianNB(), IRIS.data, IRIS.target, cv=4, shuffle=True, random_state=1
    )
    found = drawn(run, "learning_curve")
    for name, scores in (("train", display.train_scores), ("test", display.test_scores)):
        one = found[found["dataset"] == name]
        assert one["train_size"].tolist() == display.train_sizes.tolist()
        np.testing.assert_allclose(one["score"], scores.mean(axis=1))
        np.testing.assert_allclose(one["high"] - one["score"], scores.std(axis=1), atol=1e-12)


def test_calibration_is_that_of_the_display(run: Any) -> None:
    model = GaussianNB().fit(CANCER.data, CANCER.target)
    sklearn.plot_calibration_curve(model, CANCER.data, CANCER.target, "Bayes")
    found = drawn(run, "calibration_curve")
    names = ["Perfectly calibrated", "Bayes", "Bayes Isotonic", "Bayes Sigmoid", "Logistic"]
    assert list(dict.fromkeys(found["model"])) == names
    fit_x, see_x, fit_y, see_y = train_test_split(
        CANCER.data, CANCER.target, test_size=0.5, random_state=42, stratify=CANCER.target
    )
    display = CalibrationDisplay.from_estimator(clone(model).fit(fit_x, fit_y), see_x, see_y, n_bins=10)
    own = found[found["model"] == "Bayes"]
    np.testing.assert_allclose(own["fraction_of_positives"], display.prob_true)
    np.testing.assert_allclose(own["mean_predicted_value"], display.prob_pred)
    assert own["hist_dict"].sum() == len(see_y)


def test_residuals_are_those_of_the_display(run: Any) -> None:
    sklearn.plot_residuals(Ridge().fit(DIABETES.data, DIABETES.target), DIABETES.data, DIABETES.target)
    found = drawn(run, "residuals")
    fit_x, see_x, fit_y, see_y = train_test_split(DIABETES.data, DIABETES.target, test_size=0.2, random_state=42)
    display = PredictionErrorDisplay.from_estimator(Ridge().fit(fit_x, fit_y), see_x, see_y, subsample=None)
    held_back = found[found["dataset"] == "test"]
    np.testing.assert_allclose(held_back["y_pred"], display.y_pred)
    np.testing.assert_allclose(held_back["residuals"], display.y_true - display.y_pred)
    assert len(found) == len(DIABETES.target)


@pytest.mark.parametrize("intercept", [True, False])
def test_cooks_distance_is_how_far_a_fit_moves_without_each_row(run: Any, intercept: bool) -> None:
    given, actual = DIABETES.data[:60, :4], DIABETES.target[:60]
    model = LinearRegression(fit_intercept=intercept).fit(given, actual)
    sklearn.plot_outlier_candidates(model, given, actual)
    found = drawn(run, "outlier_candidates")
    parameters = 4 + intercept
    variance = ((actual - model.predict(given)) ** 2).sum() / (len(actual) - parameters)
    for n in range(len(actual)):
        without = clone(model).fit(np.delete(given, n, axis=0), np.delete(actual, n))
        moved = ((model.predict(given) - without.predict(given)) ** 2).sum() / (parameters * variance)
        assert found["distance"][n] == pytest.approx(moved)
    assert set(found["influence_threshold"]) == {4 / 60}
    assert found["outlier_percentage"][0] == pytest.approx((found["distance"] >= 4 / 60).mean() * 100)


def test_everything_of_a_clusterer(run: Any) -> None:
    sklearn.plot_clusterer(CLUSTERER, IRIS.data, CLUSTERER.labels_, FLOWERS)
    assert keys(run) == ["elbow_curve", "silhouette_plot"]
    elbow = drawn(run, "elbow_curve")
    assert elbow["cluster_ranges"].tolist() == [1, 3, 5, 7, 9]
    third = clone(CLUSTERER).set_params(n_clusters=5).fit(IRIS.data)
    assert elbow["errors"][2] == pytest.approx(third.inertia_)
    found = drawn(run, "silhouette_plot")
    assert set(found["silhouette_avg"]) == {metrics.silhouette_score(IRIS.data, CLUSTERER.labels_)}
    values = metrics.silhouette_samples(IRIS.data, CLUSTERER.labels_)
    for n, name in enumerate(FLOWERS):
        one = found[found["color_sil"] == name]
        assert one["x2"].tolist() == sorted(values[CLUSTERER.labels_ == n])
        assert set(one["centerx"]) == {CLUSTERER.cluster_centers_[n, 0]}


def test_other_clusterers_have_silhouettes_as_well(run: Any) -> None:
    model = DBSCAN().fit(IRIS.data)
    sklearn.plot_clusterer(model, pd.DataFrame(IRIS.data), model.labels_)
    assert set(drawn(run, "silhouette_plot")["color_sil"]) == {-1, 0, 1}
    assert keys(run) == ["silhouette_plot"]


def test_everything_of_a_regressor(run: Any) -> None:
    sklearn.plot_regressor(REGRESSOR, DIABETES.data, DIABETES.data, DIABETES.target, DIABETES.target)
    assert keys(run) == ["summary_metrics", "learning_curve", "outlier_candidates", "residuals"]


HOLES = np.where(np.arange(150) == 3, np.nan, 1.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: sklearn.plot_feature_importances(RandomForestClassifier()), "RandomForestClassifier.fit first"),
        (lambda: sklearn.plot_feature_importances(None), "model is None"),
        (lambda: sklearn.plot_feature_importances(RandomForestClassifier), "is no model"),
        (lambda: sklearn.plot_feature_importances(GaussianNB().fit(IRIS.data, IRIS.target)), "has none of"),
        (
            lambda: sklearn.plot_feature_importances(LogisticRegression(max_iter=999).fit(IRIS.data, IRIS.target)),
            "has 3 × 4 of them",
        ),
        (lambda: sklearn.plot_roc(HOLES, IRIS.data[:, :3]), "y_true holds 1 missing values"),
        (lambda: sklearn.plot_precision_recall(IRIS.target, None), "y_probas is None"),
        (lambda: sklearn.plot_confusion_matrix(["a", None], ["a", "b"]), "y_true holds 1 missing values"),
        (lambda: sklearn.plot_class_proportions(pd.Series(["a", None])), "y_train holds 1 missing values"),
        (lambda: sklearn.plot_calibration_curve(CLASSIFIER, IRIS.data, IRIS.target), "y has others"),
        (lambda: sklearn.plot_calibration_curve(REGRESSOR, IRIS.data, IRIS.target), "clf is no classifier"),
        (lambda: sklearn.plot_residuals(LinearRegression(), IRIS.data, IRIS.target), "not fitted"),
        (lambda: sklearn.plot_residuals(REGRESSOR, IRIS.data, HOLES), "y holds 1 missing values"),
        (lambda: sklearn.plot_outlier_candidates(CLASSIFIER, IRIS.data, IRIS.target), "is no regressor"),
        (lambda: sklearn.plot_learning_curve(GaussianNB(), np.array([["a"], ["b"]]), [0, 1]), "no numbers"),
        (lambda: sklearn.plot_learning_curve(None, IRIS.data, IRIS.target), "model is None"),
        (lambda: sklearn.plot_elbow_curve(DBSCAN(), IRIS.data), "has no n_clusters"),
        (lambda: sklearn.plot_silhouette(KMeans(3), IRIS.data, IRIS.target), "not fitted"),
        (lambda: sklearn.plot_silhouette(CLUSTERER, IRIS.data, np.zeros(150)), "1 clusters of 150"),
        (lambda: sklearn.plot_summary_metrics(CLASSIFIER, TRAIN_X, TRAIN_Y, TEST_X), "y_test is None"),
    ],
)
def test_what_cannot_be_drawn_is_said(run: Any, capfd: pytest.CaptureFixture[str], call: Any, said: str) -> None:
    assert call() is None
    assert said in capfd.readouterr().err
    assert keys(run) == []


def test_without_a_run() -> None:
    with pytest.raises(tracklog.Error, match=r"You must call wandb.init\(\) before sklearn.plot_confusion_matrix\(\)"):
        sklearn.plot_confusion_matrix([0, 1], [0, 1])
    with pytest.raises(tracklog.Error, match=r"before sklearn.plot_roc"):
        sklearn.plot_roc([0, 1], [[0.5, 0.5], [0.1, 0.9]])
