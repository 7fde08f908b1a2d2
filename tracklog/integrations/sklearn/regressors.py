"""Charts of regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.integrations.sklearn.drawing import dense, draw, usable
from tracklog.integrations.sklearn.models import plot_learning_curve, plot_summary_metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray


def plot_regressor(
    model: Any,
    X_train: Any,  # noqa: N803 - scikit-learn's name
    X_test: Any,  # noqa: N803
    y_train: Any,
    y_test: Any,
    model_name: str = "Regressor",
) -> None:
    """Log every chart of a regressor."""
    del model_name  # charts name the class
    plot_summary_metrics(model, X_train, y_train, X_test, y_test)
    plot_learning_curve(model, X_train, y_train)
    plot_outlier_candidates(model, X_train, y_train)
    plot_residuals(model, X_train, y_train)


def plot_residuals(regressor: Any = None, X: Any = None, y: Any = None) -> None:  # noqa: N803 - scikit-learn's name
    """Log `residuals`, actual minus predicted, of four fifths of the rows that a clone is fitted to, and of the others."""
    if not usable("residuals", regressor=regressor, X=X, y=y):
        return
    from sklearn.base import clone
    from sklearn.model_selection import train_test_split

    fit_x, see_x, fit_y, see_y = train_test_split(X, dense(y), test_size=0.2, random_state=42)
    model = clone(regressor).fit(fit_x, fit_y)
    scores = [model.score(fit_x, fit_y), model.score(see_x, see_y)]
    rows = []
    for dataset, given, actual in (("train", fit_x, fit_y), ("test", see_x, see_y)):
        guessed = dense(model.predict(given)).reshape(-1)
        rows += [
            [dataset, guess, value - guess, *scores]
            for guess, value in zip(guessed.tolist(), actual.reshape(-1).tolist(), strict=True)
        ]
    columns = ["dataset", "y_pred", "residuals", "train_score", "test_score"]
    title = f"Residuals of {type(regressor).__name__}"
    draw("residuals", "wandb/residuals_plot/v1", columns, rows, title, classes=[row[0] for row in rows])


def plot_outlier_candidates(regressor: Any = None, X: Any = None, y: Any = None) -> None:  # noqa: N803 - scikit-learn's name
    """Log `outlier_candidates`: Cook's distance of each row, and the usual threshold of 4 / rows.

    Cook (1977), Detection of influential observation in linear regression: exact for `LinearRegression`; of other models
    the residuals are used with the leverage that a linear one would have. A clone is fitted.
    """
    if not usable("outlier_candidates", regressor=regressor, X=X, y=y):
        return
    from sklearn.base import clone

    actual = dense(y).astype(float).reshape(-1)
    residuals = actual - dense(clone(regressor).fit(X, actual).predict(X)).reshape(-1)
    distances = cooks_distance(dense(X).astype(float), residuals, bool(getattr(regressor, "fit_intercept", True)))
    threshold = 4 / len(actual)
    above = float((distances >= threshold).mean() * 100)
    rows = [[distance, n, above, threshold] for n, distance in enumerate(distances.tolist())]
    columns = ["distance", "instance_indicies", "outlier_percentage", "influence_threshold"]
    draw("outlier_candidates", "wandb/outliers/v1", columns, rows, "Cook’s distance")


def cooks_distance(given: NDArray[Any], residuals: NDArray[Any], intercept: bool) -> NDArray[Any]:
    """Return how far, in units of the fit's variance, all predictions move without each row.

    ``given``: float64 (N, features). ``residuals``: float64 (N,), of a fit with or without an ``intercept``. Rows through
    which every fit goes have no distance: 0.
    """
    import numpy as np

    design = np.column_stack([np.ones(len(given)), given]) if intercept else given
    leverage = (design * np.linalg.pinv(design).T).sum(axis=1)
    rank = int(np.linalg.matrix_rank(design))
    variance = residuals @ residuals / max(1, len(given) - rank)
    free = 1 - leverage
    scale = np.divide(leverage, free**2, out=np.zeros_like(free), where=free > 1e-9)  # noqa: PLR2004 - rounding
    return np.asarray(residuals**2 / (rank * variance) * scale if variance else np.zeros_like(residuals))
