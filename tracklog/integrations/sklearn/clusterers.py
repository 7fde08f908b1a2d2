"""Charts of clusterers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.integrations.sklearn.drawing import dense, draw, named, usable

if TYPE_CHECKING:
    from collections.abc import Iterable

_GAP = 10
"""Places between clusters in the picture."""


def plot_clusterer(
    model: Any,
    X_train: Any,  # noqa: N803 - scikit-learn's name
    cluster_labels: Any,
    labels: Any = None,
    model_name: str = "Clusterer",
) -> None:
    """Log the silhouettes of clusters (N,) found in (N, features), of `KMeans` the elbow curve as well."""
    from sklearn.cluster import KMeans

    del model_name  # charts name the class
    means = isinstance(model, KMeans)
    if means:
        plot_elbow_curve(model, X_train)
    plot_silhouette(model, X_train, cluster_labels, labels=labels, kmeans=means)


def plot_elbow_curve(
    clusterer: Any = None,
    X: Any = None,  # noqa: N803 - scikit-learn's name
    cluster_ranges: Iterable[int] | None = None,
    n_jobs: int = 1,
    show_cluster_time: bool = True,
) -> None:
    """Log `elbow_curve`: the score's size and the seconds to fit, over numbers of clusters (default: 1, 3, 5, 7, 9).

    A clone is fitted for each; ``n_jobs`` at once.
    """
    if clusterer is not None and not hasattr(clusterer, "n_clusters"):
        warn("sklearn-elbow", f"elbow_curve is not drawn: {type(clusterer).__name__} has no n_clusters")
        return
    if not usable("elbow_curve", clusterer=clusterer, X=X):
        return
    from joblib import Parallel, delayed

    numbers = sorted(range(1, 10, 2) if cluster_ranges is None else cluster_ranges)
    found = Parallel(n_jobs=n_jobs)(delayed(_fitted)(clusterer, X, number) for number in numbers)
    columns = ["cluster_ranges", "errors", *(["clustering_time"] if show_cluster_time else [])]
    rows = [
        [number, abs(score), seconds][: len(columns)] for number, (score, seconds) in zip(numbers, found, strict=True)
    ]
    draw("elbow_curve", "wandb/elbow/v1", columns, rows, f"Elbow curve of {type(clusterer).__name__}")


def _fitted(clusterer: Any, rows: Any, number: int) -> tuple[float, float]:
    """Return score and seconds of a clone that looks for a number of clusters."""
    from sklearn.base import clone

    model = clone(clusterer).set_params(n_clusters=number)
    began = time.perf_counter()
    score = float(model.fit(rows).score(rows))
    return score, time.perf_counter() - began


def plot_silhouette(
    clusterer: Any = None,
    X: Any = None,  # noqa: N803 - scikit-learn's name
    cluster_labels: Any = None,
    labels: Any = None,
    metric: str = "euclidean",
    kmeans: bool = True,
) -> None:
    """Log `silhouette_plot`: how much nearer each sample is to its own cluster than to the next.

    ``X``: (N, features). ``cluster_labels``: (N,), the cluster of each sample. ``labels``: names of the clusters 0, 1, … if
    they are as many. ``metric``: a name of `sklearn.metrics.pairwise_distances`. ``kmeans``: whether centres are kept.
    """
    if not usable("silhouette_plot", clusterer=clusterer, X=X, cluster_labels=cluster_labels):
        return
    import numpy as np
    from sklearn.metrics import silhouette_samples

    given, clusters = dense(X), dense(cluster_labels)
    kinds = np.unique(clusters)
    if not 1 < len(kinds) < len(clusters):
        warn("sklearn-silhouette", f"silhouette_plot is not drawn: {len(kinds)} clusters of {len(clusters)} samples")
        return
    values = silhouette_samples(given, clusters, metric=metric)
    names = labels if labels is not None and len(labels) == len(kinds) else None
    centres = dense(clusterer.cluster_centers_) if kmeans and hasattr(clusterer, "cluster_centers_") else None
    second = min(1, given.shape[1] - 1)
    place = 0
    rows: list[list[Any]] = []
    for n, (kind, name) in enumerate(zip(kinds, named(kinds.tolist(), names), strict=True)):
        place += _GAP
        centre = [None, None] if centres is None or n >= len(centres) else [centres[n][0], centres[n][second]]
        members = np.nonzero(clusters == kind)[0]
        for member in members[np.argsort(values[members], kind="stable")]:
            sample = [given[member, 0], given[member, second], name, *centre]
            rows.append([*sample, place, 0, values[member], name, values.mean()])
            place += 1
    columns = ["x", "y", "colors", "centerx", "centery", "y_sil", "x1", "x2", "color_sil", "silhouette_avg"]
    title = f"Silhouettes of {type(clusterer).__name__}"
    classes = [row[8] for row in rows]
    draw("silhouette_plot", "wandb/silhouette_/v1", columns, rows, title, classes=classes)
