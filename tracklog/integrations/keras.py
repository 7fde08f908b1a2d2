"""Keras 3, on any of its backends: metrics of epochs or batches, checkpoints, tables of predictions."""

from __future__ import annotations

import abc
from pathlib import Path
from typing import Any

from keras.callbacks import Callback, ModelCheckpoint

from tracklog.errors import warn
from tracklog.integrations.keras_2020 import WandbCallback
from tracklog.integrations.running import keep_model, running
from tracklog.media.table import Table

__all__ = ["WandbCallback", "WandbEvalCallback", "WandbMetricsLogger", "WandbModelCheckpoint"]


class WandbMetricsLogger(Callback):  # type: ignore[misc]  # Keras has no types
    """Logs what Keras reports, and the learning rate.

    ``log_freq``: ``epoch`` logs ``epoch/<metric>`` over ``epoch/epoch``; ``batch``, or a number of batches, logs
    ``batch/<metric>`` over ``batch/batch_step`` as well. ``initial_global_step``: batches before this training, for learning
    rates that follow a schedule. Raises Error without a run, ValueError for another ``log_freq``.
    """

    def __init__(self, log_freq: str | int = "epoch", initial_global_step: int = 0) -> None:
        super().__init__()
        run = running("WandbMetricsLogger")
        every = 1 if log_freq == "batch" else log_freq
        if every != "epoch" and (isinstance(every, (bool, str)) or every < 1):
            raise ValueError(f"log_freq={log_freq!r} is none of 'epoch', 'batch', and a number of batches")
        self.logging_batch_wise = every != "epoch"
        self.log_freq = every if self.logging_batch_wise else None
        self.global_batch, self.global_step = 0, initial_global_step
        if self.logging_batch_wise:
            run.define_metric("batch/batch_step")
            run.define_metric("batch/*", step_metric="batch/batch_step")
        run.define_metric("epoch/epoch")
        run.define_metric("epoch/*", step_metric="epoch/epoch")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the metrics of a batch, if batches are logged and it is its turn."""
        self.global_step += 1
        if isinstance(self.log_freq, int) and batch % self.log_freq == 0:
            self._log("batch", logs, {"batch/batch_step": self.global_batch})
            self.global_batch += self.log_freq

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the metrics of an epoch."""
        self._log("epoch", logs, {"epoch/epoch": epoch})

    def _log(self, section: str, logs: dict[str, Any] | None, step: dict[str, int]) -> None:
        row = {f"{section}/{name}": value for name, value in (logs or {}).items()} | step
        rate = self._learning_rate()
        running("WandbMetricsLogger").log(row if rate is None else row | {f"{section}/learning_rate": rate})

    def _learning_rate(self) -> float | None:
        from keras import ops

        try:
            rate = self.model.optimizer.learning_rate
            return float(ops.convert_to_numpy(rate(self.global_step) if callable(rate) else rate))
        except Exception as error:  # of an optimizer that is none of Keras's
            warn("keras-learning-rate", f"the learning rate is not logged: {type(error).__name__}: {error!s:.200}")
            return None


class WandbModelCheckpoint(ModelCheckpoint):  # type: ignore[misc]  # Keras has no types
    """`keras.callbacks.ModelCheckpoint` whose files are logged, too: as versions of the artifact ``run_<id>_model``.

    What is saved lands where ``filepath`` says; the aliases of a version tell its epoch. Arguments are Keras's. Raises Error
    without a run.
    """

    def __init__(self, filepath: Any, *arguments: Any, **keywords: Any) -> None:
        running("WandbModelCheckpoint")
        super().__init__(filepath, *arguments, **keywords)
        self._kept: dict[str, int] = {}
        """Times of change, in ns, of the files that the run has."""

    def _save_model(self, epoch: int, batch: int | None, logs: dict[str, Any]) -> None:
        super()._save_model(epoch, batch, logs)
        path = Path(self._get_file_path(epoch, batch, logs)).absolute()
        if not path.exists() or self._kept.get(str(path)) == path.stat().st_mtime_ns:
            return  # no better one was found
        self._kept[str(path)] = path.stat().st_mtime_ns
        run = running("WandbModelCheckpoint")
        when = f"epoch_{epoch}" if batch is None else f"epoch_{epoch}_batch_{batch}"
        keep_model(run, path, f"run_{run.id}_model", [when], {"filepath": path.name, **_plain(logs)})


def _plain(logs: dict[str, Any] | None) -> dict[str, float]:
    """Return the numbers among what Keras logs."""
    return {key: float(value) for key, value in (logs or {}).items() if hasattr(value, "__float__")}


class WandbEvalCallback(Callback, abc.ABC):  # type: ignore[misc]  # Keras has no types
    """Tables of what is known, ``val_data``, and of what the model makes of it after each epoch, ``eval_data``.

    Subclasses fill `data_table` in `add_ground_truth`, once, and `pred_table` in `add_model_predictions`, where
    `data_table_ref` is the first one. Raises Error without a run.
    """

    data_table: Table
    data_table_ref: Table
    pred_table: Table

    def __init__(self, data_table_columns: list[str], pred_table_columns: list[str]) -> None:
        super().__init__()
        running("WandbEvalCallback")
        self.data_table_columns, self.pred_table_columns = data_table_columns, pred_table_columns

    @abc.abstractmethod
    def add_ground_truth(self, logs: dict[str, Any] | None = None) -> None:
        """Add rows to `data_table`."""

    @abc.abstractmethod
    def add_model_predictions(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Add rows to `pred_table`."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Log what is known."""
        self.init_data_table(self.data_table_columns)
        self.add_ground_truth(logs)
        self.log_data_table()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log what the model makes of it."""
        self.init_pred_table(self.pred_table_columns)
        self.add_model_predictions(epoch, logs)
        self.log_pred_table()

    def init_data_table(self, column_names: list[str]) -> None:
        """Begin the table of what is known."""
        self.data_table = Table(columns=column_names, allow_mixed_types=True)

    def init_pred_table(self, column_names: list[str]) -> None:
        """Begin the table of predictions."""
        self.pred_table = Table(columns=column_names, allow_mixed_types=True)

    def log_data_table(self, name: str = "val", type: str = "dataset", table_name: str = "val_data") -> None:  # noqa: A002 - W&B's
        """Log the table of what is known under ``table_name``."""
        del name, type
        self.data_table_ref = self.data_table
        running("WandbEvalCallback").log({table_name: self.data_table})

    def log_pred_table(
        self,
        type: str = "evaluation",  # noqa: A002 - W&B's
        table_name: str = "eval_data",
        aliases: list[str] | None = None,
    ) -> None:
        """Log the table of predictions under ``table_name``."""
        del type, aliases
        running("WandbEvalCallback").log({table_name: self.pred_table})
