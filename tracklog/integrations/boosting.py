"""What the libraries of boosted trees share: which end of a metric is its best, and a chart of what features count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.media.table import Table
from tracklog.plot.charts import bar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracklog.plot.chart import CustomChart

_LEAST = frozenset(("error", "gamma-deviance", "mae", "mape", "merror", "mphe", "rmse", "rmsle"))
_MOST = frozenset(("auc", "aucpr", "map", "ndcg", "pre"))


def best_end(metric: str) -> str | None:
    """Return ``min`` or ``max``, what is best of a metric by its name, cuts such as ``@10`` left aside; None for others."""
    name = metric.lower().partition("@")[0]
    if "loss" in name or "nloglik" in name or name in _LEAST:
        return "min"
    return "max" if name in _MOST else None


def importance_chart(importances: Iterable[tuple[str, Any]]) -> CustomChart:
    """Return a bar for each feature, the one that counts most first."""
    rows = sorted(([str(name), value] for name, value in importances), key=lambda row: -row[1])
    table = Table(columns=["Feature", "Importance"], data=rows)
    return bar(table, "Feature", "Importance", title="Feature Importance")
