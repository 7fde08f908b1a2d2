"""Lightning: ``Trainer(logger=TracklogLogger(project="digits"))``, of `lightning` and of `pytorch_lightning` alike."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import ongoing, session
from tracklog.integrations.running import keep_model

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from lightning.fabric.loggers.logger import rank_zero_experiment
    from lightning.pytorch.callbacks import ModelCheckpoint
    from lightning.pytorch.loggers.logger import Logger

    from tracklog.run import Run
else:
    # Where both are installed, the one that the script uses: a trainer takes its own library's loggers.
    _PACKAGES = ("lightning.pytorch", "pytorch_lightning")
    _used = next((one for one in _PACKAGES if one in sys.modules), None)
    _module = import_module(f"{_used or _PACKAGES[find_spec('lightning') is None]}.loggers.logger")
    Logger, rank_zero_experiment = _module.Logger, _module.rank_zero_experiment

_STEP = "trainer/global_step"


class TracklogLogger(Logger):
    """Logs to the run that is going on, or begins one with the first use of `experiment`, in the process of rank 0.

    ``project``, ``name``, ``id``, ``dir`` and further keywords are those of `init`; with ``id`` an earlier run goes on.
    Metrics are rows over ``trainer/global_step``, hyperparameters go into `config`. ``log_model``: True keeps the best and the
    last checkpoint as the artifact ``model-<id>`` when training ends, ``"all"`` each as it is saved. ``prefix`` begins all
    names, with a ``/`` between. The run goes on after training: finish it, or let the script end.
    """

    def __init__(
        self,
        project: str | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - as in `init`
        dir: str | Path | None = None,  # noqa: A002 - as in `init`
        log_model: bool | str = False,
        prefix: str = "",
        run: Run | None = None,
        **init: Any,
    ) -> None:
        super().__init__()
        if log_model not in (True, False, "all"):
            raise ValueError(f"log_model={log_model!r} does not exist; choose True, False or 'all'")
        self._init = {"project": project, "name": name, "id": id, "dir": dir, **init}
        if id is not None:
            self._init.setdefault("resume", "allow")
        self._log_model, self._prefix = log_model, f"{prefix}/" if prefix else ""
        self._run = run
        self._defined = False
        self._checkpoints: ModelCheckpoint | None = None
        self._kept: dict[str, float] = {}

    @property
    @rank_zero_experiment
    def experiment(self) -> Run:
        """The run."""
        if self._run is None:
            self._run = ongoing.current or session.init(**self._init)
        if not self._defined:
            self._defined = True
            self._run.define_metric(_STEP)
            self._run.define_metric("*", step_metric=_STEP, step_sync=True)
        return self._run

    @property
    def name(self) -> str | None:
        """The project: the first folder of Lightning's checkpoints."""
        return self._init["project"] if self._run is None else str(self._run.project)

    @property
    def version(self) -> str | None:
        """The run's id, the second folder of Lightning's checkpoints; None before there is a run and no id is chosen."""
        return self._init["id"] if self._run is None else str(self._run.id)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log a row; `step` is the trainer's."""
        row = {f"{self._prefix}{name}": value for name, value in metrics.items()}
        self.experiment.log(row if step is None else {**row, _STEP: step})

    def log_hyperparams(self, params: Mapping[str, Any] | Namespace, *_: Any, **__: Any) -> None:
        """Put hyperparameters into `config`."""
        given = dict(params) if hasattr(params, "keys") else vars(params)
        self.experiment.config.update(given, allow_val_change=True)

    def watch(self, model: Any, log: str | None = "gradients", log_freq: int = 100, log_graph: bool = True) -> None:
        """Log histograms of a model's gradients or parameters, see `Run.watch`."""
        self.experiment.watch(model, log=log, log_freq=log_freq, log_graph=log_graph)

    def unwatch(self, model: Any) -> None:
        """Take back `watch`."""
        self.experiment.unwatch(model)

    def after_save_checkpoint(self, checkpoint_callback: ModelCheckpoint) -> None:
        """Keep a new checkpoint with the run, now or at the end."""
        self._checkpoints = checkpoint_callback
        if self._log_model == "all" or (self._log_model and checkpoint_callback.save_top_k == -1):
            self._keep()

    def finalize(self, status: str) -> None:
        """Keep the best and the last checkpoint of a training that ended well."""
        if status == "success" and self._log_model:
            self._keep()

    def _keep(self) -> None:
        if self._checkpoints is None or self._run is None:
            return
        # The best one last, so that it is the latest where there is no other.
        for name in dict.fromkeys((self._checkpoints.last_model_path, self._checkpoints.best_model_path)):
            path = Path(name)
            if name and path.is_file() and self._kept.get(name) != path.stat().st_mtime:
                self._kept[name] = path.stat().st_mtime
                best = name == self._checkpoints.best_model_path
                keep_model(self._run, path, f"model-{self._run.id}", ["best"] if best else [], self._facts(path))

    def _facts(self, path: Path) -> dict[str, Any]:
        """Return what is known of a checkpoint: its own name, its score, and when its callback saves one."""
        saver = self._checkpoints
        found: dict[str, Any] = {"original_filename": path.name}
        if saver is not None:
            score = saver.best_k_models.get(str(path), saver.current_score)
            found["score"] = None if score is None else float(score)
            named = ("monitor", "mode", "save_last", "save_top_k", "save_weights_only")
            found[type(saver).__name__] = {key: getattr(saver, key, None) for key in named}
        return found
