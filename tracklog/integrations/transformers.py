"""Hugging Face transformers: ``Trainer(..., callbacks=[TracklogCallback()])`` with ``report_to="none"``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from tracklog import ongoing, session
from tracklog.integrations.running import keep_model, place

if TYPE_CHECKING:
    from transformers import TrainerControl, TrainerState, TrainingArguments

    from tracklog.run import Run

_STEP = "train/global_step"
_OF_THE_WHOLE = frozenset(
    ("total_flos", "train_loss", "train_runtime", "train_samples_per_second", "train_steps_per_second")
)
"""What the trainer reports once, at the end: it belongs in the summary."""
_PARTS = {"eval_": "eval/", "test_": "test/"}


class TracklogCallback(TrainerCallback):
    """Logs what a Trainer reports, over ``train/global_step``, to the run that is going on, or to one that it begins.

    Names are those of the Trainer's reports to W&B: ``train/loss``, ``eval/loss``, the model's and the training's settings in
    `config`. ``watch``: ``gradients``, ``parameters`` or ``all`` as histograms every ``watch_freq`` passes. ``log_model``: the
    model, as `save_pretrained` writes it, is kept in the run's files when training ends. Further keywords are those of `init`,
    where the project is ``huggingface`` unless given. In launches of several processes the first one logs.
    """

    def __init__(self, watch: str | None = None, watch_freq: int = 100, log_model: bool = False, **init: Any) -> None:
        super().__init__()
        self._watch, self._watch_freq, self._log_model, self._init = watch, watch_freq, log_model, init
        self._run: Run | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **_: Any
    ) -> None:
        """Begin: settings into `config`, histograms if they are asked for."""
        del control
        if state.is_world_process_zero:
            run = self._running(args, state)
            several: tuple[Any, ...] = getattr(model, "config", None), args
            for settings in several:
                if hasattr(settings, "to_dict"):
                    run.config.update(settings.to_dict(), allow_val_change=True)
            if hasattr(model, "num_parameters"):
                run.config.update({"model/num_parameters": model.num_parameters()}, allow_val_change=True)
            if self._watch is not None:
                run.unwatch(model)  # the trainer may train it again
                run.watch(model, log=self._watch, log_freq=self._watch_freq, idx=0)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Log a report."""
        del control
        if state.is_world_process_zero and logs:
            run = self._running(args, state)
            for name in logs.keys() & _OF_THE_WHOLE:
                run.summary[name] = logs[name]
            row = {_named(name): value for name, value in logs.items() if name not in _OF_THE_WHOLE}
            run.log({**row, _STEP: state.global_step})

    def on_predict(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, Any],
        **_: Any,
    ) -> None:
        """Log the metrics of a prediction."""
        del control
        if state.is_world_process_zero:
            self._running(args, state).log({_named(name): value for name, value in metrics.items()})

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **_: Any
    ) -> None:
        """Keep the model, if that is asked for."""
        del control
        if state.is_world_process_zero and self._log_model and hasattr(model, "save_pretrained"):
            run = self._running(args, state)
            path = place(run, "model")
            if path is not None:
                model.save_pretrained(path)
                keep_model(run, path, f"model-{run.id}")

    def _running(self, args: TrainingArguments, state: TrainerState) -> Run:
        if self._run is None or self._run is not ongoing.current:
            name = state.trial_name or (args.run_name if args.run_name != args.output_dir else None)
            self._run = ongoing.current or session.init(**{"project": "huggingface", "name": name, **self._init})
            self._run.define_metric(_STEP)
            self._run.define_metric("*", step_metric=_STEP, step_sync=True)
        return self._run


def _named(name: str) -> str:
    """Return a report's name with its section: ``eval_loss`` is ``eval/loss``, ``loss`` is ``train/loss``."""
    for begin, section in _PARTS.items():
        if name.startswith(begin):
            return section + name.removeprefix(begin)
    return f"train/{name}"
