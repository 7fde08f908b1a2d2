"""Stable-Baselines3: ``model.learn(..., callback=WandbCallback())``, beside ``init(sync_tensorboard=True)``."""

from __future__ import annotations

from pathlib import Path

from stable_baselines3.common.callbacks import BaseCallback

from tracklog.integrations.running import running


class WandbCallback(BaseCallback):
    """Puts a model's settings into `config`, and logs and keeps what is asked for.

    ``model_save_path``: the folder in which ``model.zip`` is saved every ``model_save_freq`` steps and at the end; the run's
    files have a copy. ``gradient_save_freq``: histograms of the policy every so many passes, of what ``log`` names:
    ``gradients``, ``parameters``, ``all`` or None. What the model reports reaches the run by TensorBoard's writers, see
    `init(sync_tensorboard=True)`. Raises Error without a run, ValueError for a frequency without a folder and for another ``log``.
    """

    def __init__(
        self,
        verbose: int = 0,
        model_save_path: str | None = None,
        model_save_freq: int = 0,
        gradient_save_freq: int = 0,
        log: str | None = "all",
    ) -> None:
        super().__init__(verbose)
        running("WandbCallback")
        if model_save_freq and model_save_path is None:
            raise ValueError(f"model_save_freq={model_save_freq} needs model_save_path, the folder to save in")
        if log not in ("gradients", "parameters", "all", None):
            raise ValueError(f"log={log!r} does not exist; choose 'gradients', 'parameters', 'all' or None")
        self.model_save_path, self.model_save_freq = model_save_path, model_save_freq
        self.gradient_save_freq, self.log = gradient_save_freq, log

    def _init_callback(self) -> None:
        run = running("WandbCallback")
        settings = {key: value for key, value in vars(self.model).items() if key not in run.config}
        plain = {key: value if type(value) in (float, int, str) else str(value) for key, value in settings.items()}
        run.config.setdefaults({"algo": type(self.model).__name__, **plain})
        if self.gradient_save_freq > 0:
            run.unwatch(self.model.policy)  # learn() may be called again
            run.watch(self.model.policy, log=self.log, log_freq=self.gradient_save_freq, idx=0)

    def _on_step(self) -> bool:
        if self.model_save_freq > 0 and self.n_calls % self.model_save_freq == 0:
            self.save_model()
        return True

    def _on_training_end(self) -> None:
        if self.model_save_path is not None:
            self.save_model()

    def save_model(self) -> None:
        """Save the model, and copy it into the run."""
        if self.model_save_path is None:
            return
        path = Path(self.model_save_path) / "model.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.model.save(path)
        running("WandbCallback").save(str(path), base_path=self.model_save_path, policy="now", glob=False)
