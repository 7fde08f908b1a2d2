"""CatBoost: ``model.fit(..., callbacks=[WandbCallback()])``, then ``log_summary(model)``."""

from __future__ import annotations

from typing import Any

from catboost import CatBoostClassifier, CatBoostRanker, CatBoostRegressor

from tracklog.errors import Error
from tracklog.integrations.boosting import importance_chart
from tracklog.integrations.running import keep_model, place, running


class WandbCallback:
    """Logs a row each time that CatBoost evaluates: ``<data>-<metric>`` and ``iteration@metric-period-<n>``, from 1.

    ``metric_period``: what the model was given. Raises Error without a run.
    """

    def __init__(self, metric_period: int = 1) -> None:
        running("WandbCallback")
        self.metric_period = metric_period
        self._seen = 0

    def after_iteration(self, info: Any) -> bool:
        """Log the metrics of an iteration, if there are new ones; return True: go on."""
        found = {f"{data}-{name}": values for data, metrics in info.metrics.items() for name, values in metrics.items()}
        count = sum(map(len, found.values()))
        if count > self._seen:
            self._seen = count
            row = {key: values[-1] for key, values in found.items() if values}
            row[f"iteration@metric-period-{self.metric_period}"] = info.iteration
            running("WandbCallback").log(row)
        return True


def log_summary(
    model: Any, log_all_params: bool = True, save_model_checkpoint: bool = False, log_feature_importance: bool = True
) -> None:
    """Put a model's parameters into `config`, its best iteration and score into the summary, a chart into the open row.

    ``save_model_checkpoint``: the model is kept as ``model`` in the run's files, in CatBoost's own format. Raises Error
    without a run and for what is no model of CatBoost.
    """
    run = running("log_summary")
    if not isinstance(model, (CatBoostClassifier, CatBoostRegressor, CatBoostRanker)):
        raise Error(f"log_summary takes a CatBoostClassifier, Regressor or Ranker, not {type(model).__name__}")
    if log_all_params:
        run.config.update(model.get_all_params(), allow_val_change=True)
    run.summary["best_iteration"] = model.get_best_iteration()
    run.summary["best_score"] = model.get_best_score()
    path = place(run, "model") if save_model_checkpoint else None
    if path is not None:
        model.save_model(path)
        keep_model(run, path, f"model_{run.id}", ["best" if model.get_params().get("use_best_model") else "last"])
    if log_feature_importance:
        frame = model.get_feature_importance(prettified=True)
        importances = zip(frame["Feature Id"], frame["Importances"].tolist(), strict=True)
        run.log({"Feature Importance": importance_chart(importances)}, commit=False)
