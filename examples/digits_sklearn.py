"""Handwritten digits with scikit-learn: a linear classifier and a network, epoch by epoch.

TRACKLOG_DIR=./tracklogs python examples/digits_sklearn.py
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import tracklog as wandb

MODELS = {
    "linear": SGDClassifier(loss="log_loss", alpha=1e-3, random_state=0),
    "network": MLPClassifier(hidden_layer_sizes=(64,), learning_rate_init=1e-3, random_state=0),
}
EPOCHS = 25


def train(name: str, model: SGDClassifier | MLPClassifier) -> None:
    """Fit one model, an epoch at a time, and log what it can do after each."""
    digits = load_digits()
    x, x_val, y, y_val = train_test_split(
        digits.data / 16, digits.target, test_size=0.3, random_state=0, stratify=digits.target
    )
    config = {"model": name, "epochs": EPOCHS, "parameters": model.get_params()}
    with wandb.init(project="digits", name=f"sklearn-{name}", group="sklearn", config=config) as run:
        rng = np.random.default_rng(0)
        best = 0.0
        for epoch in range(EPOCHS):
            order = rng.permutation(len(x))
            for batch in np.array_split(order, 20):
                model.partial_fit(x[batch], y[batch], classes=range(10))
            chances = model.predict_proba(x_val)
            weights = model.coefs_[0] if name == "network" else model.coef_
            row = {
                "epoch": epoch,
                "train/accuracy": model.score(x, y),
                "val/accuracy": model.score(x_val, y_val),
                "val/loss": log_loss(y_val, chances),
                "weights": wandb.Histogram(weights),
            }
            if epoch % 5 == 4:
                row["confusion"] = wandb.Image(
                    confusion_picture(y_val, chances.argmax(axis=1)), caption=f"epoch {epoch}"
                )
                row["mistakes"] = mistakes(x_val, y_val, chances)
            run.log(row)
            best = max(best, row["val/accuracy"])
            print(f"{name} epoch {epoch:>2}  val accuracy {row['val/accuracy']:.3f}")
        run.summary["best/val_accuracy"] = best


def confusion_picture(truth: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Draw how often each digit (row) was taken for each (column): white is never, dark is often."""
    counts = confusion_matrix(truth, guess, normalize="true")
    return np.kron(255 * (1 - np.sqrt(counts)), np.ones((24, 24))).astype(np.uint8)


def mistakes(x: np.ndarray, truth: np.ndarray, chances: np.ndarray) -> list[wandb.Image]:
    """Return the four digits that the model gets most surely wrong."""
    guess = chances.argmax(axis=1)
    surest = np.argsort(np.where(guess == truth, 0, chances.max(axis=1)))[::-1][:4]
    return [
        wandb.Image(np.kron(x[i].reshape(8, 8), np.ones((8, 8))), caption=f"{truth[i]}, taken for {guess[i]}")
        for i in surest
    ]


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    for name, model in MODELS.items():
        train(name, model)
