"""How far does a car get on a gallon? A regression in NumPy on the cars of `vega_datasets`.

TRACKLOG_DIR=./tracklogs python examples/cars_numpy.py
"""

from __future__ import annotations

import json

import numpy as np
from PIL import Image, ImageDraw
from vega_datasets import data

import tracklog as wandb

INPUTS = ["Horsepower", "Weight_in_lbs", "Displacement", "Acceleration"]
STEPS = 1500


def load_cars() -> tuple[np.ndarray, np.ndarray]:
    """Return standardized inputs (cars × 4) and miles per gallon of the cars whose numbers are all known."""
    cars = [car for car in json.loads(data.cars.raw()) if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
    x = np.array([[car[name] for name in INPUTS] for car in cars], dtype=float)
    return (x - x.mean(axis=0)) / x.std(axis=0), np.array([car["Miles_per_Gallon"] for car in cars], dtype=float)


def features(x: np.ndarray, degree: int) -> np.ndarray:
    """Return a column of ones and the powers of all inputs."""
    return np.hstack([np.ones((len(x), 1)), *(x**power for power in range(1, degree + 1))])


def picture(truth: np.ndarray, guess: np.ndarray) -> Image.Image:
    """Draw what was guessed over what is true, 0 to 50 miles each; a perfect guess lies on the line."""
    canvas = Image.new("L", (300, 300), 255)
    draw = ImageDraw.Draw(canvas)
    draw.line([(0, 300), (300, 0)], fill=180)
    for x, y in np.stack([truth, guess], axis=1).clip(0, 50) * 6:
        draw.ellipse((x - 2, 298 - y, x + 2, 302 - y), fill=60)
    return canvas


def train(degree: int, lr: float, ridge: float) -> None:
    """Fit the weights by gradient descent; every fifth car is held back."""
    inputs, miles = load_cars()
    x, held_back = features(inputs, degree), np.arange(len(miles)) % 5 == 0
    config = {"degree": degree, "lr": lr, "ridge": ridge, "inputs": INPUTS}
    with wandb.init(project="cars", name=f"degree{degree}-ridge{ridge}", config=config, tags=["numpy"]) as run:
        weights = np.zeros(x.shape[1])
        for step in range(STEPS):
            error = x @ weights - miles
            gradient = x[~held_back].T @ error[~held_back] / (~held_back).sum() + ridge * weights
            row = {
                "train/rmse": np.sqrt((error[~held_back] ** 2).mean()),
                "val/rmse": np.sqrt((error[held_back] ** 2).mean()),
                "gradient/norm": np.linalg.norm(gradient),
            }
            if step % 125 == 0:
                row["fit"] = wandb.Image(picture(miles[held_back], (x @ weights)[held_back]), caption=f"step {step}")
                row["gradient/all"] = wandb.Histogram(gradient)
            run.log(row)
            weights -= lr * gradient
        run.summary["weights"] = dict(zip(INPUTS, weights[1:], strict=False))
        print(f"degree {degree}, ridge {ridge}: {run.summary['val/rmse']:.2f} miles per gallon off")


if __name__ == "__main__":
    for degree, lr in [(1, 0.1), (2, 0.05), (3, 0.01)]:
        for ridge in [0, 0.01]:
            train(degree, lr, ridge)
