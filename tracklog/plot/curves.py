"""Precision-recall and ROC curves of one class against the rest, and counts of a confusion matrix.

Definitions are those of scikit-learn's `precision_recall_curve`, `roc_curve` and `confusion_matrix`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]


_ROUNDING = 1e-9
"""What 7 / 20 and the same of a linspace may differ by."""


def counts(positive: NDArray[Any], scores: Floats) -> tuple[Floats, Floats, Floats]:
    """Return false positives, true positives and thresholds (descending), one for each distinct score.

    ``positive``: booleans (N,). ``scores``: floats (N,), higher for the class.
    """
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order].astype(np.float64)
    last = np.r_[np.nonzero(np.diff(ranked))[0], len(ranked) - 1]
    true = np.cumsum(hits)[last]
    return 1 + last - true, true, ranked[last]


def precision_recall(positive: NDArray[Any], scores: Floats) -> tuple[Floats, Floats]:
    """Return precision and recall (both M + 1), recall falling to 0, where precision is 1."""
    import numpy as np

    false, true, _ = counts(positive, scores)
    found = true + false
    precision = np.divide(true, found, out=np.zeros_like(true), where=found != 0)
    recall = true / true[-1] if true[-1] else np.ones_like(true)
    return np.r_[precision[::-1], 1.0], np.r_[recall[::-1], 0.0]


def interpolated(positive: NDArray[Any], scores: Floats, size: int) -> tuple[Floats, Floats]:
    """Return recall (`size`, evenly from 1 to 0), and the best precision that any point of at least that recall has."""
    import numpy as np

    precision, recall = precision_recall(positive, scores)
    best = np.maximum.accumulate(precision)
    wanted = np.linspace(1, 0, size, endpoint=True)
    places = np.searchsorted(-recall, -wanted + _ROUNDING, side="right") - 1
    return wanted, best[places]


def roc(positive: NDArray[Any], scores: Floats) -> tuple[Floats, Floats]:
    """Return false and true positive rates, from (0, 0) to (1, 1); points on straight lines are left out."""
    import numpy as np

    false, true, _ = counts(positive, scores)
    if len(false) > 2:  # noqa: PLR2004 - the ends stay
        bends = np.r_[True, np.logical_or(np.diff(false, 2), np.diff(true, 2)), True]
        false, true = false[bends], true[bends]
    false, true = np.r_[0.0, false], np.r_[0.0, true]
    return (
        false / false[-1] if false[-1] else np.full_like(false, np.nan),
        true / true[-1] if true[-1] else np.full_like(true, np.nan),
    )


def thinned(size: int, labels: NDArray[Any], most: int, seed: int = 42) -> NDArray[Any]:
    """Return indices of at most `most` rows, each class with its share, ascending; the same ones every time."""
    import numpy as np

    if size <= most:
        return np.arange(size)
    rng = np.random.default_rng(seed)
    chosen = []
    for label in np.unique(labels):
        members = np.nonzero(labels == label)[0]
        keep = max(1, round(most * len(members) / size))
        chosen.append(rng.choice(members, min(keep, len(members)), replace=False))
    return np.sort(np.concatenate(chosen))[:most]
