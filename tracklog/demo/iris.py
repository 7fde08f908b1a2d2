"""Iris, the species of 150 flowers: a classifier whose decision regions form while one watches."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from vega_datasets import data

import tracklog
from tracklog.demo.loop import Split, Training
from tracklog.demo.picture import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.demo.network import Activation, Floats, Network

SPECIES = ("setosa", "versicolor", "virginica")
COLOURS = np.array([[0, 114, 178], [230, 159, 0], [0, 158, 115]], dtype=float)
PETAL = ("petalLength", "petalWidth")
ALL = (*PETAL, "sepalLength", "sepalWidth")
STEPS = 1500

NOTES = """\
Which species is it? A small network looks at **{inputs}** of 150 flowers
([Fisher 1936](https://doi.org/10.1111/j.1469-1809.1936.tb02137.x)), 100 to learn from, 50 to validate.

- hidden layers: `{hidden}`, {activation}
- optimizer: {optimizer}, learning rate {lr} falling to zero along a cosine
"""


class Setting(NamedTuple):
    """One line of the experiment; every line is trained with two seeds."""

    hidden: list[int]
    activation: Activation
    optimizer: str
    lr: float
    features: tuple[str, ...] = PETAL
    tags: tuple[str, ...] = ()


SETTINGS = (
    Setting([], "tanh", "sgd", 0.05, tags=("baseline",)),
    Setting([8], "tanh", "sgd", 0.05),
    Setting([8], "relu", "adam", 0.01),
    Setting([16, 16], "tanh", "adam", 0.01),
    Setting([16, 16], "relu", "adam", 0.01, tags=("deep",)),
    Setting([16, 16], "relu", "adam", 0.01, ALL, ("deep", "all-inputs")),
    Setting([32, 32, 32], "relu", "adam", 0.05, tags=("deep", "overfit")),
)


def runs() -> Iterator[Training]:
    """Yield every setting with two seeds."""
    for setting in SETTINGS:
        for seed in (0, 1):
            yield _training(setting, seed)


def _training(setting: Setting, seed: int) -> Training:
    split, shown = _data(setting.features)
    shape = "x".join(map(str, setting.hidden)) or "linear"
    group = f"{shape}-{setting.activation}-{setting.optimizer}" + ("-all" if setting.features == ALL else "")
    return Training(
        project="iris",
        name=f"{group}-s{seed}",
        group=group,
        tags=["demo", *setting.tags],
        notes=NOTES.format(inputs=", ".join(setting.features), **setting._asdict()),
        seed=seed,
        hidden=setting.hidden,
        activation=setting.activation,
        optimizer=setting.optimizer,
        lr=setting.lr,
        steps=STEPS,
        task="classes",
        split=split,
        measure=partial(_measure, split),
        picture=partial(_picture, split, shown),
        data={"name": "iris", "inputs": list(setting.features), "train": 100, "val": 50},
    )


@cache
def _data(features: tuple[str, ...]) -> tuple[Split, Frame]:
    """Read the flowers, standardize their inputs and hold back every third one of each species."""
    flowers = json.loads(data.iris.raw())
    raw = np.array([[flower[name] for name in features] for flower in flowers], dtype=float)
    x = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    y = np.eye(3)[[SPECIES.index(flower["species"]) for flower in flowers]]
    held_back = np.arange(len(x)) % 3 == 2
    frame = Frame((-1.8, 2.0), (-1.8, 2.0), "petal length", "petal width")
    return Split(x[~held_back], y[~held_back], x[held_back], y[held_back]), frame


def _measure(split: Split, network: Network) -> dict[str, Any]:
    """Return how well the validation flowers are told apart, all in all and species by species."""
    output = network(split.x_val)
    right = output.argmax(axis=1) == split.y_val.argmax(axis=1)
    recall = {name: float(right[split.y_val[:, index] == 1].mean()) for index, name in enumerate(SPECIES)}
    train_right = network(split.x).argmax(axis=1) == split.y.argmax(axis=1)
    return {
        "train/accuracy": float(train_right.mean()),
        "val/loss": network.loss(output, split.y_val),
        "val/accuracy": float(right.mean()),
        "val/recall": recall,
    }


def _picture(split: Split, frame: Frame, network: Network) -> dict[str, Any]:
    """Paint what the network would answer over the petal plane; further inputs are held at their mean, zero."""
    plane = frame.grid()
    inputs = np.zeros((len(plane), split.x.shape[1]))
    inputs[:, :2] = plane
    canvas = frame.paint(_tint(network(inputs)))
    for x, y, radius in ((split.x, split.y, 2.5), (split.x_val, split.y_val, 4)):
        wrong = network(x).argmax(axis=1) != y.argmax(axis=1)
        frame.points(canvas, x[:, :2], COLOURS[y.argmax(axis=1)], radius, wrong)
    rate = float((network(split.x_val).argmax(axis=1) == split.y_val.argmax(axis=1)).mean())
    return {"regions": tracklog.Image(np.asarray(canvas), caption=f"val accuracy {rate:.3f}; wrong ones ringed")}


def _tint(probabilities: Floats) -> Floats:
    """Mix the species' colours by probability, made lighter so that the flowers stand out."""
    known = np.nan_to_num(probabilities, nan=1 / 3)
    mixed: Floats = known @ COLOURS
    return 255 - 0.45 * (255 - mixed)
