"""scikit-learn: the pictures of its displays as charts of the run.

Each function computes with scikit-learn's own, logs one chart and returns None. What cannot be drawn (a model that is not
fitted, values that are missing) is said in a warning, and nothing is logged. Models that are passed in are never fitted
again: where a picture needs that, a clone is. Signatures and keys are W&B's.
"""

from __future__ import annotations

from tracklog.integrations.sklearn.classifiers import (
    plot_calibration_curve,
    plot_class_proportions,
    plot_classifier,
    plot_confusion_matrix,
    plot_feature_importances,
    plot_precision_recall,
    plot_roc,
)
from tracklog.integrations.sklearn.clusterers import plot_clusterer, plot_elbow_curve, plot_silhouette
from tracklog.integrations.sklearn.models import plot_learning_curve, plot_summary_metrics
from tracklog.integrations.sklearn.regressors import plot_outlier_candidates, plot_regressor, plot_residuals

__all__ = [
    "plot_calibration_curve",
    "plot_class_proportions",
    "plot_classifier",
    "plot_clusterer",
    "plot_confusion_matrix",
    "plot_elbow_curve",
    "plot_feature_importances",
    "plot_learning_curve",
    "plot_outlier_candidates",
    "plot_precision_recall",
    "plot_regressor",
    "plot_residuals",
    "plot_roc",
    "plot_silhouette",
    "plot_summary_metrics",
]
