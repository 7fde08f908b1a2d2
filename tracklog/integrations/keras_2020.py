"""The callback for Keras that scripts of 2020 have."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Any

from keras.callbacks import Callback

from tracklog.errors import warn
from tracklog.integrations.running import place, running
from tracklog.media.histogram import Histogram
from tracklog.media.image import Image

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NO_EFFECT = {
    "generator": "pass validation_data",
    "output_type": "labels decide what predictions are",
    "log_evaluation": "fill tables in a WandbEvalCallback",
    "validation_steps": "pass validation_data",
    "class_colors": "log masks by run.log({...: tracklog.Image(picture, masks=...)})",
    "validation_indexes": "fill tables in a WandbEvalCallback",
    "validation_row_processor": "fill tables in a WandbEvalCallback",
    "prediction_row_processor": "fill tables in a WandbEvalCallback",
    "log_evaluation_frequency": "fill tables in a WandbEvalCallback",
    "compute_flops": "log the number by run.config",
}
_GREATEST = ("acc", "fmeasure", "auc", "precision", "recall")


class WandbCallback(Callback):  # type: ignore[misc]  # Keras has no types
    """Logs a row for each epoch, keeps the best value of a metric in the summary, and the model that reached it.

    ``monitor``: the metric whose best value is kept as ``best_<monitor>``, its epoch as ``best_epoch``; ``mode`` says which is
    best, ``min``, ``max``, or ``auto``: by its name. ``save_model``: the best model is kept as ``model-best.h5`` in the run's
    files, with ``save_weights_only`` as ``model-best.weights.h5``. ``log_weights``: histograms ``parameters/<layer>.weights``.
    ``log_batch_frequency``: every so many batches are a row of their own. ``validation_data``: (inputs, targets) or batches of
    them; the first ``predictions`` of its inputs are logged as ``examples``, pictures titled by what the model makes of them,
    where ``input_type`` is ``image``. ``labels``: names of the classes. Other arguments of 2020 say that they have no effect.

    Raises Error without a run, ValueError for another ``mode``.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        verbose: int = 0,
        mode: str = "auto",
        save_weights_only: bool = False,
        log_weights: bool = False,
        log_gradients: bool = False,
        save_model: bool = True,
        training_data: Any = None,
        validation_data: Any = None,
        labels: Sequence[str] | None = None,
        predictions: int = 36,
        input_type: str | None = None,
        data_type: str | None = None,
        log_batch_frequency: int | None = None,
        log_best_prefix: str | None = "best_",
        save_graph: bool = True,
        infer_missing_processors: bool = True,
        **others: Any,
    ) -> None:
        super().__init__()
        running("WandbCallback")
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode={mode!r} does not exist; choose auto, min or max")
        del save_graph, infer_missing_processors  # on by default: there is nothing that anybody asked for
        if log_gradients or training_data is not None:
            warn(
                "keras-gradients", "log_gradients and training_data have no effect; with PyTorch, call run.watch(model)"
            )
        for name, value in others.items():
            if name not in _NO_EFFECT:
                raise TypeError(f"WandbCallback() got an unexpected argument {name!r}")
            if value:
                warn(f"keras-{name}", f"WandbCallback({name}=...) has no effect; instead: {_NO_EFFECT[name]}")
        greatest = mode == "max" or (mode == "auto" and any(word in monitor for word in _GREATEST))
        self.monitor, self.verbose, self._sign = monitor, verbose, -1 if greatest else 1
        self.save_weights_only, self.save_model, self.log_weights = save_weights_only, save_model, log_weights
        self.log_batch_frequency, self.log_best_prefix = log_batch_frequency, log_best_prefix
        self.validation_data, self.labels = validation_data, list(labels or ())
        self.predictions = predictions if (input_type or data_type) in ("image", "images") else 0
        self.best: float | None = None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the metrics of a batch, if it is its turn."""
        if self.log_batch_frequency and batch % self.log_batch_frequency == 0:
            running("WandbCallback").log(dict(logs or {}))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the metrics of an epoch, and keep what is best."""
        row: dict[str, Any] = {"epoch": epoch, **(logs or {})}
        if self.log_weights:
            row |= self._weights()
        if self.predictions and self.validation_data is not None:
            row["examples"] = self._examples()
        running("WandbCallback").log(row)
        found = (logs or {}).get(self.monitor)
        if found is None:
            warn(
                f"keras-monitor-{self.monitor}",
                f"Keras reports no {self.monitor!r}: no best value and no best model is kept",
            )
        elif self.best is None or self._sign * found < self._sign * self.best:
            self._keep_best(epoch, float(found))

    def _keep_best(self, epoch: int, found: float) -> None:
        run = running("WandbCallback")
        before, self.best = self.best, found
        if math.isnan(found):
            self.best = None
            return
        if self.log_best_prefix:
            run.summary[f"{self.log_best_prefix}{self.monitor}"] = found
            run.summary[f"{self.log_best_prefix}epoch"] = epoch
        path = place(run, "model-best.weights.h5" if self.save_weights_only else "model-best.h5")
        if not self.save_model or path is None:
            return
        path = self._save(path)
        if self.verbose:
            print(f"Epoch {epoch + 1}: {self.monitor} went from {before} to {found:.5f}, the model is in {path}")  # noqa: T201 - asked for

    def _save(self, path: Path) -> Path:
        """Save the model; return where it is."""
        if self.save_weights_only:
            self.model.save_weights(str(path), overwrite=True)
            return path
        try:
            self.model.save(str(path), overwrite=True)
        except (NotImplementedError, TypeError, ValueError):  # a model that HDF5 cannot hold
            path.unlink(missing_ok=True)
            path = path.with_suffix(".keras")
            self.model.save(str(path), overwrite=True)
        return path

    def _weights(self) -> dict[str, Histogram]:
        names = ("weights", "bias")
        return {
            f"parameters/{layer.name}.{names[n] if len(values) <= len(names) else variable.name}": Histogram(value)
            for layer in self.model.layers
            for values in [layer.get_weights()]
            for n, (value, variable) in enumerate(zip(values, layer.weights, strict=True))
        }

    def _examples(self) -> list[Image]:
        """Return pictures of the first inputs, titled by what the model predicts."""
        import numpy as np
        from keras import ops

        data = self.validation_data
        inputs = data[0] if isinstance(data, (tuple, list)) else next(islice(iter(data), 1))[0]
        pictures = np.asarray(ops.convert_to_numpy(inputs[: self.predictions]))
        guesses = self.model.predict(pictures, verbose=0)
        return [Image(picture, caption=self._name(guess)) for picture, guess in zip(pictures, guesses, strict=True)]

    def _name(self, guess: Any) -> str:
        """Return what a prediction of any shape says: a class, or its only number."""
        flat = guess.reshape(-1)
        if flat.size == 1 and len(self.labels) != 2:  # noqa: PLR2004 - one number tells two classes apart
            return f"{float(flat[0]):.4g}"
        place_of = int(flat[0] > 0.5) if flat.size == 1 else int(flat.argmax())  # noqa: PLR2004 - a probability
        return str(self.labels[place_of] if place_of < len(self.labels) else place_of)
