"""Log folders of realistic runs, written through the store as recorders write them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from tracklog.store import fold, layout, writer

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = 1_790_000_000.0
METRICS = (
    "train/loss",
    "train/accuracy",
    "train/grad_norm",
    "train/lr",
    "train/epoch",
    "val/loss",
    "val/accuracy",
    "val/f1",
    "perf/samples_per_s",
    "perf/step_ms",
)


def write(root: Path, runs: int, rows: int, metrics: tuple[str, ...] = METRICS, *, live: int = 0) -> None:
    """Write `runs` runs of a project; the first `live` of them are going on."""
    columns = curves(rows, len(metrics))
    for n in range(runs):
        one(root, n, metrics, columns, ended=n >= live)


def curves(rows: int, metrics: int) -> list[list[float]]:
    """Return columns as training gives them: float32 from a device, float64, a schedule, whole numbers, shares."""
    noise = np.random.default_rng(0)
    step = np.arange(rows)
    falling = np.exp(-step / (rows / 4)) + 0.05
    kinds = (
        lambda: (falling * noise.lognormal(0, 0.1, rows)).astype(np.float32).astype(float),
        lambda: np.round((1 - falling / 1.1) * 512) / 512,
        lambda: falling * noise.lognormal(0, 0.5, rows),
        lambda: 3e-4 * 0.5 * (1 + np.cos(np.pi * step / rows)),
        lambda: (step // max(1, rows // 20)).astype(float),
    )
    return [kinds[k % len(kinds)]().tolist() for k in range(metrics)]


def one(root: Path, n: int, metrics: tuple[str, ...], columns: list[list[float]], *, ended: bool) -> None:
    """Write one run."""
    chance = random.Random(n)
    folder = layout.run_folder(root, "bench", f"run{n:04}")
    created = f"2026-09-{1 + n // 96 % 28:02}T{n // 4 % 24:02}:{n % 4 * 15:02}:00+00:00"
    record = {"id": f"run{n:04}", "project": "bench", "name": f"model-{n % 13}-lr{n % 7}-s{n}", "created": created}
    writer.create_run(folder, record)  # type: ignore[arg-type]
    lines = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place()}, lambda: CLOCK)
    lines.start()
    config = {"lr": 10 ** -(1 + n % 7), "model": f"m{n % 13}", "seed": n, "optimizer": {"name": "adam", "wd": n % 3}}
    lines.event("config", set=config)
    scale = chance.uniform(0.5, 1.5)
    floats = [column if k % 5 in (3, 4) else [value * scale for value in column] for k, column in enumerate(columns)]
    for step, values in enumerate(zip(*floats, strict=True)):
        lines.history.append(row(step, metrics, values))
    if ended:
        lines.event("finish", exit_code=0)
    lines.close()


def ranks(root: Path, rows: int, count: int = 2) -> None:
    """Write one run that is going on, of several ranks that all log the same metrics."""
    folder = layout.run_folder(root, "bench", "run0000")
    record = {"id": "run0000", "project": "bench", "name": "ranks", "created": "2026-09-01T00:00:00+00:00"}
    writer.create_run(folder, record)  # type: ignore[arg-type]
    columns = curves(rows, len(METRICS))
    for rank in range(count):
        session = {"start_step": 0, "after": [], "rank": rank, **fold.this_place()}
        lines = writer.Writer(folder, session, lambda: CLOCK)
        lines.start()
        for step, values in enumerate(zip(*columns, strict=True)):
            lines.history.append(row(step, METRICS, values))
        lines.close()


def row(step: int, metrics: tuple[str, ...], values: tuple[float, ...]) -> bytes:
    """Return one line of history."""
    clocks = {"_step": step, "_runtime": step * 0.125, "_timestamp": CLOCK + step * 0.125}
    return writer.encode({**clocks, **dict(zip(metrics, values, strict=True))})


def grow(folder: Path, rows: int) -> None:
    """Append rows to a run, after those it has."""
    (file,) = folder.glob("history-*.jsonl")
    first = file.read_bytes().count(b"\n")
    with file.open("ab") as growing:
        for step in range(first, first + rows):
            growing.write(row(step, METRICS, tuple(1 / (step + k + 1) for k in range(len(METRICS)))))


def language_keys() -> tuple[str, ...]:
    """Return the 10,000 names under which a training of a language model logs: a few large sections, many small ones."""
    modules = ("attn/q_proj", "attn/k_proj", "attn/v_proj", "attn/o_proj", "mlp/up", "mlp/gate", "mlp/down", "norm")
    statistics = ("grad_norm", "weight_norm", "update_ratio", "act_mean", "act_std", "act_max", "dead", "rms")
    tasks = ("mmlu", "gsm8k", "arc", "hellaswag", "boolq", "piqa", "truthful", "winogrande")
    names = [*METRICS, *(f"val/domain_{n:02}/{of}" for n in range(30) for of in ("loss", "perplexity"))]
    names += [f"layers/{n}/{module}/{of}" for n in range(48) for module in modules for of in statistics]
    names += [f"experts/{n}/{expert:02}/load" for n in range(24) for expert in range(64)]
    names += [f"eval/{task}/{n:02}/{of}" for task in tasks for n in range(60) for of in ("acc", "loss", "calibration")]
    names += [f"block_{n:03}/{of}" for n in range(240) for of in (*statistics, "lr", "wd")]
    names += [f"vocab/token_{n:05}/loss" for n in range(10_000 - len(names))]
    return tuple(names)


def keyed(root: Path, runs: int = 3, rows: int = 12) -> None:
    """Write a few runs of a project with 10,000 keys each, in few rows."""
    names = language_keys()
    noise = np.random.default_rng(0)
    for n in range(runs):
        start = noise.uniform(0.1, 2, len(names))
        columns = [np.round(start / (1 + step / 4), 6) for step in range(rows)]
        one(root, n, names, np.stack(columns, 1).tolist(), ended=True)


def swept(root: Path, runs: int = 2000, rows: int = 40) -> None:
    """Write a sweep of many short runs with a few metrics."""
    write(root, runs, rows, METRICS[:4])
