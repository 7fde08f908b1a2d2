"""XGBoost: ``xgboost.train(..., callbacks=[WandbCallback()])``, and the same for its scikit-learn models and `cv`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xgboost.callback import TrainingCallback

from tracklog.errors import warn
from tracklog.integrations.boosting import best_end, importance_chart
from tracklog.integrations.running import keep_model, place, running

if TYPE_CHECKING:
    from collections.abc import Iterator


class WandbCallback(TrainingCallback):
    """Logs a row for each iteration: ``<data>-<metric>`` and ``epoch``.

    Before: the booster's configuration into `config`. After: the chart ``Feature Importance`` by ``importance_type`` (weight,
    gain, cover, total_gain, total_cover), then ``best_score`` and ``best_iteration`` where training stopped early.
    ``define_metric``: the summary keeps the best value of known metrics. ``log_model``: the model is kept as
    ``<run id>_model.json`` in the run's files. Raises Error without a run.
    """

    def __init__(
        self,
        log_model: bool = False,
        log_feature_importance: bool = True,
        importance_type: str = "gain",
        define_metric: bool = True,
    ) -> None:
        super().__init__()
        self.log_model, self.log_feature_importance = log_model, log_feature_importance
        self.importance_type, self.define_metric = importance_type, define_metric
        running("WandbCallback")

    def before_training(self, model: Any) -> Any:
        """Keep the configuration, which the boosters of `cv` do not tell."""
        if hasattr(model, "save_config"):
            settings = json.loads(model.save_config())
            running("WandbCallback").config.update(settings, allow_val_change=True)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002 - as XGBoost calls it
        """Log the metrics of an iteration; return False: go on."""
        run = running("WandbCallback")
        found = dict(_latest(evals_log))
        if self.define_metric:
            for key, metric in ((f"{data}-{name}", name) for data, names in evals_log.items() for name in names):
                end = best_end(metric)
                if end is not None and key in found:
                    run.define_metric(key, summary=end)
            self.define_metric = False
        run.log({**found, "epoch": epoch})
        return False

    def after_training(self, model: Any) -> Any:
        """Keep the model, its features' importances, and its best iteration."""
        run = running("WandbCallback")
        if not hasattr(model, "get_score"):  # the boosters of `cv`
            return model
        path = place(run, f"{run.id}_model.json") if self.log_model else None
        if path is not None:
            model.save_model(str(path))
            keep_model(run, path, f"{run.id}_model.json")
        if self.log_feature_importance:
            self._log_importances(model)
        if model.attr("best_score") is not None:
            best = {"best_score": float(model.attr("best_score")), "best_iteration": int(model.attr("best_iteration"))}
            run.log(best)
        return model

    def _log_importances(self, model: Any) -> None:
        try:
            scores = model.get_score(importance_type=self.importance_type)
        except ValueError as error:  # a linear model has weights only
            warn("xgboost-importances", f"Feature Importance is not drawn: {str(error).splitlines()[-1][:200]}")
            return
        pairs = [(name, sum(score) if isinstance(score, list) else score) for name, score in scores.items()]
        running("WandbCallback").log({"Feature Importance": importance_chart(pairs)})


def _latest(evals_log: Any) -> Iterator[tuple[str, float]]:
    """Yield key and last value of each metric; of `cv` its mean and standard deviation over the folds."""
    for data, metrics in evals_log.items():
        for name, values in metrics.items():
            last = values[-1]
            if isinstance(last, tuple):
                yield from zip((f"{data}-{name}", f"{data}-{name}-std"), last, strict=True)
            else:
                yield f"{data}-{name}", last


class _Metrics(TrainingCallback):
    """The form of 2020, for today's XGBoost and, called with an environment, for that of its time."""

    def __call__(self, env: Any) -> None:
        running("wandb_callback").log(dict(item[:2] for item in env.evaluation_result_list))

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Log the metrics of an iteration; return False: go on."""
        del model, epoch
        running("wandb_callback").log(dict(_latest(evals_log)))
        return False


def wandb_callback() -> TrainingCallback:
    """Return a callback that logs the metrics of each iteration and nothing else, as scripts of 2020 have it."""
    return _Metrics()
