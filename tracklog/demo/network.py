"""A small fully connected network and its optimizers, in NumPy."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Activation = Literal["tanh", "relu"]
Task = Literal["classes", "value"]


class Step(NamedTuple):
    """What one look at a batch gives: the loss and its gradient by every parameter."""

    loss: float
    gradients: list[Floats]


class Network:
    """Layers of ``sizes`` units, ending in class scores (softmax, cross entropy) or a value (squared error)."""

    def __init__(self, sizes: list[int], activation: Activation, task: Task, rng: np.random.Generator) -> None:
        self.activation = activation
        self.task = task
        self.parameters: list[Floats] = []
        for fan_in, fan_out in itertools.pairwise(sizes):
            spread = np.sqrt((2 if activation == "relu" else 1) / fan_in)
            self.parameters += [rng.normal(0, spread, (fan_in, fan_out)), np.zeros(fan_out)]

    def __call__(self, x: Floats) -> Floats:
        """Return the class probabilities (rows × classes) or values (rows × 1) of ``x`` (rows × inputs)."""
        return self._forward(x)[-1]

    def step(self, x: Floats, y: Floats) -> Step:
        """Return loss and gradients for targets ``y``: one-hot rows, or a column of values."""
        layers = self._forward(x)
        delta = (layers[-1] - y) / len(x)  # the same expression for softmax + cross entropy and for half squares
        gradients: list[Floats] = []
        for index in range(len(layers) - 2, -1, -1):
            gradients[:0] = [layers[index].T @ delta, delta.sum(axis=0)]
            if index:
                delta = (delta @ self.parameters[2 * index].T) * self._slope(layers[index])
        return Step(self.loss(layers[-1], y), gradients)

    def loss(self, output: Floats, y: Floats) -> float:
        """Return the mean loss of what `__call__` returned."""
        if self.task == "classes":
            return float(-np.log(np.maximum((output * y).sum(axis=1), 1e-300)).mean())
        return float(((output - y) ** 2).sum(axis=1).mean() / 2)

    def _forward(self, x: Floats) -> list[Floats]:
        layers = [x]
        for weight, bias in zip(self.parameters[::2], self.parameters[1::2], strict=True):
            layers.append(layers[-1] @ weight + bias)
            if len(layers) <= len(self.parameters) // 2:
                layers[-1] = np.tanh(layers[-1]) if self.activation == "tanh" else np.maximum(layers[-1], 0)
        if self.task == "classes":
            raised = np.exp(layers[-1] - layers[-1].max(axis=1, keepdims=True))
            layers[-1] = raised / raised.sum(axis=1, keepdims=True)
        return layers

    def _slope(self, layer: Floats) -> Floats:
        return 1 - layer**2 if self.activation == "tanh" else (layer > 0).astype(float)


@dataclass
class Optimizer:
    """Gradient descent with momentum, or Adam; the learning rate falls to zero along a cosine."""

    name: Literal["sgd", "adam"]
    lr: float
    steps: int
    _count: int = 0
    _means: list[Floats] = field(default_factory=list)
    _squares: list[Floats] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return the learning rate of the next update."""
        return self.lr * (1 + float(np.cos(np.pi * self._count / self.steps))) / 2

    def update(self, parameters: list[Floats], gradients: list[Floats]) -> None:
        """Change the parameters in place."""
        if not self._means:
            self._means = [np.zeros_like(one) for one in parameters]
            self._squares = [np.zeros_like(one) for one in parameters]
        rate = self.rate
        self._count += 1
        for one, gradient, mean, square in zip(parameters, gradients, self._means, self._squares, strict=True):
            if self.name == "sgd":
                mean *= 0.9
                mean += gradient
                one -= rate * mean
            else:
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient**2 - square)
                corrected = np.sqrt(square / (1 - 0.999**self._count)) + 1e-8
                one -= rate * mean / (1 - 0.9**self._count) / corrected
