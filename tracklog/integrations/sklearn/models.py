"""Charts of any model: its metrics, and what more data would do for it."""

from __future__ import annotations

from typing import Any

from tracklog.integrations.sklearn.drawing import draw, usable


def plot_summary_metrics(
    model: Any = None,
    X: Any = None,  # noqa: N803 - scikit-learn's name
    y: Any = None,
    X_test: Any = None,  # noqa: N803
    y_test: Any = None,
) -> None:
    """Log `summary_metrics` of a fitted model on test data (N, features), (N,).

    Of a classifier: accuracy, precision, recall and F1, the last three weighted by the classes' sizes. Of a regressor: mean
    absolute error, mean squared error and R².
    """
    if not usable("summary_metrics", model=model, X=X, y=y, X_test=X_test, y_test=y_test):
        return
    from sklearn import metrics
    from sklearn.base import is_classifier

    guessed = model.predict(X_test)
    if is_classifier(model):
        weighted = {"average": "weighted", "zero_division": 0.0}
        found = {
            "accuracy_score": metrics.accuracy_score(y_test, guessed),
            "precision": metrics.precision_score(y_test, guessed, **weighted),
            "recall": metrics.recall_score(y_test, guessed, **weighted),
            "f1_score": metrics.f1_score(y_test, guessed, **weighted),
        }
    else:
        found = {
            "mae": metrics.mean_absolute_error(y_test, guessed),
            "mse": metrics.mean_squared_error(y_test, guessed),
            "r2_score": metrics.r2_score(y_test, guessed),
        }
    name = type(model).__name__
    rows = [[metric, float(value), name] for metric, value in found.items()]
    draw(
        "summary_metrics", "wandb/metrics/v1", ["metric_name", "metric_value", "model_name"], rows, f"Metrics of {name}"
    )


def plot_learning_curve(
    model: Any = None,
    X: Any = None,  # noqa: N803 - scikit-learn's name
    y: Any = None,
    cv: Any = None,
    shuffle: bool = False,
    random_state: Any = None,
    train_sizes: Any = None,
    n_jobs: int = 1,
    scoring: Any = None,
) -> None:
    """Log `learning_curve`: mean and standard deviation over folds of the score on more and more training data.

    Arguments are those of `sklearn.model_selection.learning_curve`; clones of the model are trained.
    """
    if model is None or not hasattr(model, "fit"):
        usable("learning_curve", model=model)
        return
    if not usable("learning_curve", X=X, y=y):
        return
    import numpy as np
    from sklearn.model_selection import learning_curve

    sizes, *scores = learning_curve(
        model,
        X,
        y,
        cv=cv,
        n_jobs=n_jobs,
        train_sizes=np.linspace(0.1, 1.0, 5) if train_sizes is None else train_sizes,
        scoring=scoring,
        shuffle=shuffle,
        random_state=random_state,
    )[:3]
    rows = [
        [dataset, mean, size, mean - spread, mean + spread]
        for dataset, folds in zip(("train", "test"), scores, strict=True)
        for size, mean, spread in zip(sizes, folds.mean(axis=1), folds.std(axis=1), strict=True)
        if np.isfinite(mean)
    ]
    title = f"Learning curve of {type(model).__name__}"
    draw("learning_curve", "wandb/learning_curve/v1", ["dataset", "score", "train_size", "low", "high"], rows, title)
