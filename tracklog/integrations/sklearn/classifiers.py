"""Charts of classifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.integrations.running import running
from tracklog.integrations.sklearn.drawing import dense, draw, named, usable
from tracklog.integrations.sklearn.models import plot_learning_curve, plot_summary_metrics
from tracklog.plot import charts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BINS = 10


def plot_classifier(
    model: Any,
    X_train: Any,  # noqa: N803 - scikit-learn's name
    X_test: Any,  # noqa: N803
    y_train: Any,
    y_test: Any,
    y_pred: Any,
    y_probas: Any,
    labels: Sequence[Any] | None,
    is_binary: bool = False,
    model_name: str = "Classifier",
    feature_names: Any = None,
    log_learning_curve: bool = False,
) -> None:
    """Log every chart of a classifier; with two classes its calibration, too."""
    from sklearn.naive_bayes import MultinomialNB

    del is_binary  # `y_train` says it
    counts_words = isinstance(model, MultinomialNB)
    if not counts_words:
        plot_feature_importances(model, feature_names)
    if log_learning_curve:
        plot_learning_curve(model, X_train, y_train)
    plot_confusion_matrix(y_test, y_pred, labels)
    plot_summary_metrics(model, X=X_train, y=y_train, X_test=X_test, y_test=y_test)
    plot_class_proportions(y_train, y_test, labels)
    if not counts_words:
        plot_calibration_curve(model, X_train, y_train, model_name)
    plot_roc(y_test, y_probas, labels)
    plot_precision_recall(y_test, y_probas, labels)


def plot_roc(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Any = None,
    plot_micro: bool = True,
    plot_macro: bool = True,
    classes_to_plot: Any = None,
) -> None:
    """Log `roc`, see `plot.roc_curve`; averages over classes are not drawn."""
    del plot_micro, plot_macro
    if usable("roc", y_true=y_true, y_probas=y_probas):
        running("sklearn.plot_roc").log({"roc": charts.roc_curve(y_true, y_probas, labels, classes_to_plot)})


def plot_precision_recall(
    y_true: Any = None, y_probas: Any = None, labels: Any = None, plot_micro: bool = True, classes_to_plot: Any = None
) -> None:
    """Log `precision_recall`, see `plot.pr_curve`; the average over classes is not drawn."""
    del plot_micro
    if usable("precision_recall", y_true=y_true, y_probas=y_probas):
        chart = charts.pr_curve(y_true, y_probas, labels, classes_to_plot)
        running("sklearn.plot_precision_recall").log({"precision_recall": chart})


def plot_confusion_matrix(
    y_true: Any = None,
    y_pred: Any = None,
    labels: Any = None,
    true_labels: Any = None,
    pred_labels: Any = None,
    normalize: bool = False,
) -> None:
    """Log `confusion_matrix`: how often each class was taken for each.

    ``labels``: names of the classes 0, 1, …; ``true_labels``, ``pred_labels``: the classes whose rows and columns are shown;
    ``normalize``: shares of the actual class in place of counts.
    """
    if not usable("confusion_matrix", y_true=y_true, y_pred=y_pred):
        return
    import numpy as np
    from sklearn import metrics
    from sklearn.utils.multiclass import unique_labels

    actual, guessed = dense(y_true), dense(y_pred)
    classes = unique_labels(actual, guessed)
    counted = metrics.confusion_matrix(actual, guessed, labels=classes, normalize="true" if normalize else None)
    names = named(classes, labels)
    rows = [
        [names[guess], names[real], counted[real, guess]]
        for real in _chosen(classes, names, true_labels, np)
        for guess in _chosen(classes, names, pred_labels, np)
    ]
    fields = {"Actual": "Actual", "Predicted": "Predicted", "nPredictions": "Count"}
    columns = ["Predicted", "Actual", "Count"]
    draw("confusion_matrix", "wandb/confusion_matrix/v1", columns, rows, "Confusion matrix", fields=fields)


def _chosen(classes: Any, names: Sequence[Any], wanted: Any, np: Any) -> list[int]:
    """Return the places of the classes that are wanted, by themselves or by their names."""
    if wanted is None:
        return list(range(len(classes)))
    known = np.isin(classes, list(wanted)) | np.isin([str(one) for one in names], [str(one) for one in wanted])
    return list(np.nonzero(known)[0])


def plot_feature_importances(
    model: Any = None, feature_names: Any = None, title: str = "Feature Importance", max_num_features: int = 50
) -> None:
    """Log `feature_importances`: those of trees, or the coefficients of a linear model, the greatest first.

    At most `max_num_features` are shown. Coefficients of several classes are not: there is a warning. Raises ValueError
    when there are fewer names than features.
    """
    if not usable("feature_importances", model=model):
        return
    import numpy as np

    kinds = ("feature_importances_", "feature_log_prob_", "coef_")
    found = next((np.asarray(getattr(model, kind)) for kind in kinds if hasattr(model, kind)), None)
    name = type(model).__name__
    if found is None:
        warn("sklearn-no-importances", f"feature_importances is not drawn: {name} has none of {', '.join(kinds)}")
        return
    if sum(size > 1 for size in found.shape) > 1:
        shape = " × ".join(map(str, found.shape))
        warn(
            "sklearn-importances", f"feature_importances is not drawn: {name} has {shape} of them, some for each class"
        )
        return
    found = found.reshape(-1)
    order = np.argsort(found)[::-1][:max_num_features]
    names = list(range(len(found))) if feature_names is None else list(feature_names)
    if len(names) < len(found):
        msg = f"{len(names)} feature_names for {len(found)} features; give each of them its name"
        raise ValueError(msg)
    rows = [[names[n], found[n]] for n in order]
    draw("feature_importances", "wandb/feature_importances/v1", ["feature_names", "importances"], rows, title)


def plot_class_proportions(y_train: Any = None, y_test: Any = None, labels: Any = None) -> None:
    """Log `class_proportions`: how many rows of each class there are to train and, if given, to test."""
    arguments = {"y_train": y_train} | ({} if y_test is None else {"y_test": y_test})
    if not usable("class_proportions", **arguments):
        return
    from sklearn.utils.multiclass import unique_labels

    sets = {name[2:]: dense(values) for name, values in arguments.items()}
    classes = unique_labels(*sets.values())
    rows = [
        [name, dataset, int((values == one).sum())]
        for one, name in zip(classes, named(classes, labels), strict=True)
        for dataset, values in sets.items()
    ]
    draw("class_proportions", "wandb/class_proportions/v1", ["class", "dataset", "count"], rows, "Class proportions")


def plot_calibration_curve(clf: Any = None, X: Any = None, y: Any = None, clf_name: str = "Classifier") -> None:  # noqa: N803 - scikit-learn's name
    """Log `calibration_curve` of a classifier of the classes 0 and 1, of the same one calibrated, and of a baseline.

    Clones are fitted to one half of the data and looked at on the other: as it is, calibrated by isotonic and by sigmoid
    regression, and `LogisticRegression` on scaled features. A line has 10 bins of equal width, those without a row left out.
    """
    if not usable("calibration_curve", clf=clf, X=X, y=y):
        return
    import numpy as np

    truth = dense(y)
    if truth.dtype.kind not in "biuf" or not np.isin(truth, (0, 1)).all():
        warn("sklearn-calibration", "calibration_curve is not drawn: it is of the classes 0 and 1, and y has others")
        return
    from sklearn.base import clone
    from sklearn.calibration import CalibratedClassifierCV, calibration_curve
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fit_x, see_x, fit_y, see_y = train_test_split(X, truth, test_size=0.5, random_state=42, stratify=truth)
    models = {
        clf_name: clone(clf),
        f"{clf_name} Isotonic": CalibratedClassifierCV(clone(clf), cv=2, method="isotonic"),
        f"{clf_name} Sigmoid": CalibratedClassifierCV(clone(clf), cv=2, method="sigmoid"),
        "Logistic": make_pipeline(StandardScaler(with_mean=False), LogisticRegression(max_iter=1000)),
    }
    rows: list[list[Any]] = [["Perfectly calibrated", end, end, None, None] for end in (0.0, 1.0)]
    for name, model in models.items():
        scores = _positive(model.fit(fit_x, fit_y), see_x)
        held, edges = np.histogram(scores, bins=_BINS, range=(0, 1))
        positives, means = calibration_curve(see_y, scores, n_bins=_BINS)
        filled = np.nonzero(held)[0]
        rows += [
            [name, share, mean, held[n], edges[n]] for share, mean, n in zip(positives, means, filled, strict=False)
        ]
    columns = ["model", "fraction_of_positives", "mean_predicted_value", "hist_dict", "edge_dict"]
    draw("calibration_curve", "wandb/calibration/v1", columns, rows, f"Calibration of {clf_name}")


def _positive(model: Any, rows: Any) -> NDArray[Any]:
    """Return the probability of class 1, or what a model decides by, scaled to 0…1."""
    if hasattr(model, "predict_proba"):
        return dense(model.predict_proba(rows))[:, 1]
    scores = dense(model.decision_function(rows))
    return dense((scores - scores.min()) / ((scores.max() - scores.min()) or 1))
