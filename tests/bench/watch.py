"""What `watch` adds to a training step, on one model that is watched and unwatched in turns, and beside wandb's own."""

from __future__ import annotations

import importlib.util
import os
import time
from typing import TYPE_CHECKING, Any

from tests.bench.measure import Figure, World, median

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY = 100
LAYERS, WIDTH, TOKENS = 6, 384, 16
QUIET = {"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True}


def watch(world: World) -> Iterator[Figure]:
    """A training step of 10 million parameters, histograms of gradients each 100 steps."""
    import tracklog
    from tracklog.integrations import torch as integration

    run = tracklog.init(project="bench", dir=world.home / "watch", settings=QUIET)
    model, step = _training()
    others: dict[str, tuple[Callable[[], Any], Callable[[], Any], Any]] = {
        "plain": (lambda: None, lambda: None, lambda _: None),
        "watch()": (
            lambda: integration.watch(run, model, log_freq=EVERY),
            lambda: integration.unwatch(run, model),
            run.log,
        ),
    }
    if importlib.util.find_spec("wandb"):
        others["wandb's watch()"] = _wandb(world, model)
    costs: dict[str, list[float]] = {name: [] for name in others}
    for _ in range(1 + world.repeats):
        for name, (begin, end, log) in others.items():
            begin()
            costs[name].append(_cycle(step, log))
            end()
    run.finish()
    plain = costs.pop("plain")[1:]  # the first turn warms up
    for name, cost in costs.items():
        extra = [(b / a - 1) * 100 for a, b in zip(plain, cost[1:], strict=True)]
        note = f"a step takes {median(plain) * 1000:.0f} ms"
        yield Figure(f"{name} of 10 M parameters", median(extra), 5 if name == "watch()" else None, "%", extra, note)


def _cycle(step: Callable[[Any], float], log: Any) -> float:
    """Return the seconds of a step: the median of those between, and a share of the one that makes the histograms."""
    *between, last = (step(log) for _ in range(EVERY))
    usual = median(between)
    return usual + (last - usual) / EVERY


def _training() -> tuple[Any, Callable[[Any], float]]:
    """Return a model of 10 million parameters, and what trains it by a step, logs, and returns the seconds."""
    import torch

    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(WIDTH, 8, 4 * WIDTH, dropout=0.0, batch_first=True)
    model = torch.nn.TransformerEncoder(layer, LAYERS)
    optimizer = torch.optim.SGD(model.parameters(), 1e-4)
    given = torch.randn(8, TOKENS, WIDTH)

    def step(log: Any) -> float:
        began = time.perf_counter()
        optimizer.zero_grad()
        loss: Any = model(given).square().mean()
        loss.backward()
        optimizer.step()
        log({"loss": loss.item()})
        return time.perf_counter() - began

    return model, step


def _wandb(world: World, model: Any) -> tuple[Callable[[], Any], Callable[[], Any], Any]:
    import wandb

    os.environ["WANDB_SILENT"] = "true"
    run = wandb.init(mode="offline", dir=str(world.home))
    return lambda: run.watch(model, log_freq=EVERY), lambda: run.unwatch(model), run.log
