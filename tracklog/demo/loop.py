"""The training loop that both projects share: batches, what is logged when, and what is printed."""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

import tracklog
from tracklog.demo.network import Network, Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracklog.demo.network import Activation, Floats, Step, Task
    from tracklog.disabled import DisabledRun
    from tracklog.run import Run

PATIENCE = 25
"""Steps whose loss is NaN after which a training gives up."""


class DivergedError(ArithmeticError):
    """The loss is no number any more."""


@dataclass(frozen=True)
class Split:
    """Inputs (rows × features) and targets (one-hot rows or a column) for training and validation."""

    x: Floats
    y: Floats
    x_val: Floats
    y_val: Floats


@dataclass(frozen=True)
class Training:
    """One run of the demo: settings, data, and the functions that look at the model on the way."""

    project: str
    name: str
    group: str
    tags: list[str]
    notes: str
    seed: int
    hidden: list[int]
    activation: Activation
    optimizer: str
    lr: float
    steps: int
    task: Task
    split: Split
    measure: Callable[[Network], dict[str, Any]]
    picture: Callable[[Network], dict[str, Any]]
    data: dict[str, Any] = field(default_factory=dict)
    batch: int = 16

    def start(self, root: Path) -> None:
        """Train and record one run below ``root``; raise `DivergedError` when the loss stops being a number."""
        with tracklog.init(
            project=self.project,
            name=self.name,
            group=self.group,
            job_type="train",
            tags=self.tags,
            notes=self.notes,
            config=self.config(),
            dir=root,
        ) as run:
            _train(self, run)

    def config(self) -> dict[str, Any]:
        """Return the settings as users nest them."""
        return {
            "seed": self.seed,
            "batch": self.batch,
            "steps": self.steps,
            "model": {"hidden": self.hidden, "activation": self.activation},
            "optimizer": {"name": self.optimizer, "lr": self.lr, "schedule": "cosine"},
            "data": self.data,
        }


def _train(training: Training, run: Run | DisabledRun) -> None:
    rng = np.random.default_rng(training.seed)
    split = training.split
    sizes = [split.x.shape[1], *training.hidden, split.y.shape[1]]
    network = Network(sizes, training.activation, training.task, rng)
    optimizer = Optimizer("adam" if training.optimizer == "adam" else "sgd", training.lr, training.steps)
    run.summary["parameters"] = sum(one.size for one in network.parameters)
    print(f"\033[1m{training.name}\033[0m  {' → '.join(map(str, sizes))}, {len(split.x)} rows, seed {training.seed}")
    drawn = set(np.unique(np.geomspace(1, training.steps, 18).astype(int)) - 1)
    lost = 0
    began = time.perf_counter()
    for step, (x, y) in enumerate(_batches(training, rng)):
        with np.errstate(all="ignore"):  # a training that diverges is part of the demo
            looked = network.step(x, y)
            row = _numbers(looked, optimizer)
            if step % 10 == 0 or step == training.steps - 1:
                row.update(training.measure(network))
            if step in drawn:
                row.update(training.picture(network))
                row.update(_histograms(network, looked))
            run.log(row)
            optimizer.update(network.parameters, looked.gradients)
        lost = lost + 1 if math.isnan(looked.loss) else 0
        if lost == PATIENCE:
            sys.stderr.write("\n")  # leaves the bar's line, as bars do when they are closed
            raise DivergedError(f"The loss is NaN since {PATIENCE} steps: a learning rate of {training.lr} is too high")
        _tell(training, step, row, began)


def _batches(training: Training, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
    """Go through the training rows in a new order each epoch, until the steps are done."""
    rows = len(training.split.x)
    done = 0
    while True:
        order = rng.permutation(rows)
        for start in range(0, rows - training.batch + 1, training.batch):
            chosen = order[start : start + training.batch]
            yield training.split.x[chosen], training.split.y[chosen]
            done += 1
            if done == training.steps:
                return


def _numbers(looked: Step, optimizer: Optimizer) -> dict[str, Any]:
    norm = math.sqrt(sum(float((one**2).sum()) for one in looked.gradients))
    return {"train/loss": looked.loss, "optim/lr": optimizer.rate, "optim/grad_norm": norm}


def _histograms(network: Network, looked: Step) -> dict[str, Any]:
    """Return the distribution of weights and gradients, layer by layer, where they are numbers."""
    found: dict[str, Any] = {}
    for layer, (weight, gradient) in enumerate(zip(network.parameters[::2], looked.gradients[::2], strict=True)):
        if np.isfinite(weight).all() and np.isfinite(gradient).all():
            found[f"weights/layer{layer}"] = tracklog.Histogram(weight)
            found[f"gradients/layer{layer}"] = tracklog.Histogram(gradient)
    return found


def _tell(training: Training, step: int, row: dict[str, Any], began: float) -> None:
    """Print as training scripts do: a line now and then on stdout, a bar that repaints itself on stderr."""
    done = step + 1
    if done % (training.steps // 5) == 0:
        numbers = "  ".join(f"{key} \033[32m{value:.4f}\033[0m" for key, value in row.items() if _is_told(key, value))
        print(f"step {done:>5}  {numbers}")
    if done % (training.steps // 40) == 0 or done == training.steps:
        share = done / training.steps
        speed = done / (time.perf_counter() - began)
        bar = "█" * round(20 * share)
        end = "\n" if done == training.steps else ""
        sys.stderr.write(f"\r{share:4.0%}|{bar:<20}| {done}/{training.steps} [{speed:.0f} steps/s]{end}")
        sys.stderr.flush()


def _is_told(key: str, value: object) -> bool:
    return isinstance(value, float) and key.startswith(("train/", "val/"))
