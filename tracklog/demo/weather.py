"""Seattle's weather, 2012 to 2015: the year's temperature curve, fitted ever closer."""

from __future__ import annotations

import csv
import datetime as dt
import io
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from vega_datasets import data

import tracklog
from tracklog.demo.loop import Split, Training
from tracklog.demo.picture import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracklog.demo.network import Floats, Network

STEPS = 1200
DAYS = 366
TRAIN_COLOUR = np.array([150.0, 160.0, 175.0])
VAL_COLOUR = np.array([230.0, 159.0, 0.0])
CURVE_COLOUR = (0, 90, 160)

NOTES = """\
How warm does a day get in Seattle? Fitted to 2012, 2013 and 2014, validated on **2015**.

| inputs | hidden layers | learning rate |
|---|---|---|
| {basis}, {degree} | `{hidden}` | {lr} |
"""


class Setting(NamedTuple):
    """One line of the experiment; every line is trained with two seeds."""

    basis: str
    degree: int
    hidden: list[int]
    optimizer: str
    lr: float
    tags: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0, 1)


SETTINGS = (
    Setting("polynomial", 1, [], "sgd", 0.02, ("baseline",)),
    Setting("polynomial", 5, [], "sgd", 0.02),
    Setting("fourier", 2, [], "sgd", 0.02),
    Setting("fourier", 1, [24], "adam", 0.01, ("network",)),
    # Honestly too fast: the loss leaves the numbers, the training gives up, the run is recorded as failed.
    Setting("polynomial", 5, [], "sgd", 10.0, ("too-fast",), seeds=(0,)),
)


def runs() -> Iterator[Training]:
    """Yield every setting with its seeds."""
    for setting in SETTINGS:
        for seed in setting.seeds:
            yield _training(setting, seed)


def _training(setting: Setting, seed: int) -> Training:
    split = _data(setting.basis, setting.degree)
    group = f"{setting.basis}{setting.degree}" + "".join(f"-{size}" for size in setting.hidden)
    name = f"{group}-lr{setting.lr}-s{seed}"
    return Training(
        project="seattle-temperature",
        name=name,
        group=group,
        tags=["demo", *setting.tags],
        notes=NOTES.format(**setting._asdict()),
        seed=seed,
        hidden=setting.hidden,
        activation="tanh",
        optimizer=setting.optimizer,
        lr=setting.lr,
        steps=STEPS,
        task="value",
        split=split,
        measure=partial(_measure, split),
        picture=partial(_picture, setting),
        data={"name": "seattle-weather", "basis": setting.basis, "degree": setting.degree, "val": 2015},
        batch=64,
    )


@cache
def _days() -> tuple[Floats, Floats, Floats]:
    """Read day of the year, year and highest temperature (°C) of all days."""
    rows = list(csv.DictReader(io.StringIO(data.seattle_weather.raw().decode())))
    dates = [dt.date(*map(int, row["date"].split("/"))) for row in rows]
    day = np.array([date.timetuple().tm_yday for date in dates], dtype=float)
    return day, np.array([float(date.year) for date in dates]), np.array([float(row["temp_max"]) for row in rows])


def _inputs(day: Floats, basis: str, degree: int) -> Floats:
    """Return the day of the year in a basis: powers of -1…1, or sines and cosines of the year's harmonics."""
    if basis == "polynomial":
        place = day / DAYS * 2 - 1
        return np.stack([place**power for power in range(1, degree + 1)], axis=1)
    turn = 2 * np.pi * day / DAYS
    waves = [wave(turn * harmonic) for harmonic in range(1, degree + 1) for wave in (np.sin, np.cos)]
    return np.stack(waves, axis=1)


@cache
def _data(basis: str, degree: int) -> Split:
    day, year, temperature = _days()
    x, y = _inputs(day, basis, degree), _scaled(temperature)[:, None]
    return Split(x[year < 2015], y[year < 2015], x[year == 2015], y[year == 2015])


def _scaled(celsius: Floats) -> Floats:
    return (celsius - 16) / 8


def _celsius(scaled: Floats) -> Floats:
    return scaled * 8 + 16


def _measure(split: Split, network: Network) -> dict[str, Any]:
    """Return root mean square errors in °C, for the years learned from and for the one held back."""
    errors = {"train": network(split.x) - split.y, "val": network(split.x_val) - split.y_val}
    found: dict[str, Any] = {f"{part}/rmse": 8 * float(np.sqrt((error**2).mean())) for part, error in errors.items()}
    found["val/bias"] = 8 * float(errors["val"].mean())
    return found


def _picture(setting: Setting, network: Network) -> dict[str, Any]:
    """Draw all days and the curve as it is now."""
    day, year, temperature = _days()
    frame = Frame((1, DAYS), (-5, 40), "day of the year", "°C", ticks=((1, 91, 182, 274, 366), (0, 10, 20, 30)))
    canvas = frame.paint()
    for chosen, colour in ((year < 2015, TRAIN_COLOUR), (year == 2015, VAL_COLOUR)):
        frame.points(canvas, np.stack([day, temperature], axis=1)[chosen], colour, 1.2)
    along = np.arange(1, DAYS + 1, dtype=float)
    curve = _celsius(network(_inputs(along, setting.basis, setting.degree))[:, 0])
    frame.line(canvas, np.stack([along, curve], axis=1), CURVE_COLOUR)
    caption = f"{setting.basis} {setting.degree}, July the 1st: {curve[181]:.1f} °C"
    return {"fit": tracklog.Image(np.asarray(canvas), caption=caption)}
