"""LightGBM: ``lightgbm.train(..., callbacks=[wandb_callback()])``, then ``log_summary(booster)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightgbm import Booster

from tracklog.errors import Error
from tracklog.integrations.boosting import importance_chart
from tracklog.integrations.running import keep_model, place, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def wandb_callback(log_params: bool = True, define_metric: bool = True) -> Callable[[Any], None]:
    """Return a callback that logs a row for each iteration: ``<data>_<metric>`` and ``iteration``.

    Of `lightgbm.cv`: ``<data>_<metric>-mean`` and ``-stdv``. ``log_params``: the parameters go into `config`.
    ``define_metric``: the summary keeps the best value of each metric.
    """
    return _Callback(log_params, define_metric)


class _Callback:
    """What LightGBM calls after each iteration."""

    order = 20
    before_iteration = False

    def __init__(self, log_params: bool, define_metric: bool) -> None:
        self.log_params, self.define_metric = log_params, define_metric

    def __call__(self, env: Any) -> None:
        """Log the metrics of an iteration."""
        run = running("wandb_callback")
        found = list(_results(env.evaluation_result_list or []))
        if env.iteration == env.begin_iteration:
            if self.log_params:
                run.config.update(env.params, allow_val_change=True)
            if self.define_metric:
                for key, _, best in found:
                    run.define_metric(key, summary=best)
        run.log({**{key: value for key, value, _ in found}, "iteration": env.iteration})


def _results(results: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield key, value, and which end is best, of each metric."""
    for data, name, value, higher, *deviation in results:
        # Before LightGBM 4.6 the folds have one name, and the data's stands in the metric's.
        key = "_".join(name.split(maxsplit=1)) if data == "cv_agg" else f"{data}_{name}"
        best = "max" if higher else "min"
        if deviation:
            yield f"{key}-mean", value, best
            yield f"{key}-stdv", deviation[0], "min"
        else:
            yield key, value, best


def log_summary(model: Booster, feature_importance: bool = True, save_model_checkpoint: bool = False) -> None:
    """Put ``best_iteration`` and ``best_score`` of a booster into the summary, and a chart of its features into the open row.

    ``save_model_checkpoint``: the model is kept as ``model_ckpt_<iteration>.txt`` in the run's files. Raises Error without a
    run and for what is no booster.
    """
    run = running("log_summary")
    if not isinstance(model, Booster):
        raise Error(
            f"log_summary takes a lightgbm.Booster, not {type(model).__name__}; of a model it is model.booster_"
        )
    run.summary["best_iteration"] = model.best_iteration
    run.summary["best_score"] = {data: dict(scores) for data, scores in model.best_score.items()}
    if feature_importance:
        importances = zip(model.feature_name(), model.feature_importance().tolist(), strict=True)
        run.log({"Feature Importance": importance_chart(importances)}, commit=False)
    path = place(run, f"model_ckpt_{model.best_iteration}.txt") if save_model_checkpoint else None
    if path is not None:
        model.save_model(path, num_iteration=model.best_iteration)
        keep_model(run, path, f"model_{run.id}", ["best"])
