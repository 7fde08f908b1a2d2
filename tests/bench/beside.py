"""Rows beside peers: a call of `log`, an import, a whole process; of those of wandb, Trackio, tensorboardX that are installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.bench.measure import Figure, World, interleaved, median, python, world_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CALLS = 3_000
ROW = "{'loss': n * 0.1, 'acc': n * 0.2, 'lr': n * 0.3, 'norm': n * 0.4, 'time': n * 0.5}"
QUIET = "{'silent': True, 'console': 'off', 'disable_stats': True, 'disable_git': True, 'disable_meta': True}"
WANDB = "{'silent': True, 'console': 'off', 'x_disable_stats': True, 'disable_git': True, 'x_disable_meta': True}"
BEGIN = {
    "tracklog": f"import tracklog\nrun = tracklog.init(project='b', dir='ours', settings={QUIET})\nlog = run.log\nend = run.finish",
    "wandb": f"import wandb\nrun = wandb.init(project='b', mode='offline', settings={WANDB})\nlog = run.log\nend = run.finish",
    "trackio": "import trackio\ntrackio.init(project='b')\nlog = trackio.log\nend = trackio.finish",
    "tensorboardX": (
        "import tensorboardX\nwriter = tensorboardX.SummaryWriter('x')\nend = writer.close\n"
        "def log(row):\n    for key, value in row.items():\n        writer.add_scalar(key, value, n)"
    ),
}
BOUNDS = {"wandb": (0.1, 0.2)}
"""By peer: the greatest share of its CPU for a call, and of its time from start to finish, that is ours."""


def calls(world: World) -> Iterator[Figure]:
    """CPU of the caller for a call of `log` with five floats, against that of peers."""
    yield from _shares(world, "CPU of log()", _cpu, 0, 1e6, "µs")


def processes(world: World) -> Iterator[Figure]:
    """A process from start to finish, five rows, over bare Python, against that of peers."""
    yield from _shares(world, "start to finish", _process, 1, 1e3, "ms")


def _shares(
    world: World, what: str, cost: Callable[[str, Path], float], which: int, per_second: float, unit: str
) -> Iterator[Figure]:
    for name, [theirs, ours] in _paired(world, cost, _here()):
        ratios = [b / a for a, b in zip(theirs, ours, strict=True)]
        note = f"{median(ours) * per_second:.1f} {unit} against {median(theirs) * per_second:.1f} {unit}"
        yield Figure(
            f"{what} over that of {name}", median(ratios), BOUNDS.get(name, (None, None))[which], "×", ratios, note
        )


def imports(world: World) -> Iterator[Figure]:
    """Importing peers, over bare Python."""
    for name in _here():
        bare, full = interleaved(world.repeats, partial(python, "-c", "pass"), partial(python, "-c", f"import {name}"))
        extra = [(b - a) * 1000 for a, b in zip(bare, full, strict=True)]
        yield Figure(f"import {name} over bare Python", median(extra), None, "ms", extra)


def _here() -> list[str]:
    return [name for name in BEGIN if name != "tracklog" and importlib.util.find_spec(name)]


def _paired(
    world: World, cost: Callable[[str, Path], float], names: list[str]
) -> Iterator[tuple[str, list[list[float]]]]:
    for name in names:
        home = world.home / f"beside-{name}-{cost.__name__}"
        home.mkdir()
        work = [partial(cost, one, home) for one in (name, "tracklog")]
        yield name, interleaved(world.repeats, *work)


def _cpu(name: str, home: Path) -> float:
    """Return CPU seconds of the calling process for a call."""
    code = (
        f"import time\nn = 0\n{BEGIN[name]}\nlog({ROW})\nbegan = time.process_time()\n"
        f"for n in range(1, {CALLS}):\n    log({ROW})\nprint('cpu', (time.process_time() - began) / {CALLS})\nend()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=home, env=world_of(), capture_output=True, text=True
    )
    return float(next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("cpu ")))


def _process(name: str, home: Path) -> float:
    """Return seconds of a process that logs five rows, over those of one that does nothing."""
    code = f"n = 0\n{BEGIN[name]}\nfor n in range(5):\n    log({ROW})\nend()"
    return python("-c", code, cwd=home) - python("-c", "pass", cwd=home)


def loader(world: World) -> Iterator[Figure]:
    """Starting 20 workers of PyTorch's DataLoader, with a run that goes on and without."""
    if importlib.util.find_spec("torch") is None:
        return
    begin = f"import tracklog\nrun = tracklog.init(project='b', dir='logs', settings={QUIET})\n"

    def started(before: str) -> float:
        code = (
            f"import time, torch\n{before}data = torch.utils.data.DataLoader(list(range(40)), num_workers=20)\n"
            "began = time.perf_counter()\nnext(iter(data))\nprint(time.perf_counter() - began)"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            check=True,
            cwd=world.home,
            env=world_of(),
            capture_output=True,
            text=True,
        )
        return float(done.stdout.split()[-1])

    plain, ours = interleaved(3 * world.repeats, lambda: started(""), lambda: started(begin))
    ratios = [b / a for a, b in zip(plain, ours, strict=True)]
    cost = f"{median(ours) * 1000:.0f} ms against {median(plain) * 1000:.0f} ms"
    yield Figure("first batch of 20 forked workers, with a run over without", median(ratios), 1.1, "×", ratios, cost)


def keys(world: World) -> Iterator[Figure]:
    """CPU of `log` with five floats in a run of 10,000 other keys, over that in a fresh one; and with definitions."""
    import tracklog

    quiet = {"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True}

    def begun(name: str) -> tracklog.Run:
        return tracklog.init(project="b", id=name, dir=world.home / "keys", reinit="create_new", settings=quiet)

    fresh, full, defined = begun("fresh"), begun("full"), begun("defined")
    for start in range(0, 10_000, 100):
        full.log({f"key{n}": 0.5 for n in range(start, start + 100)})
    defined.config.update({"lr": 0.1})
    defined.define_metric("*", step_metric="time")
    defined.define_metric("loss", summary="min", goal="minimize")

    def logged(run: tracklog.Run) -> float:
        began = time.process_time()
        for n in range(20_000):
            run.log({"loss": n * 0.1, "acc": n * 0.2, "lr": n * 0.3, "norm": n * 0.4, "time": n * 0.5})
        return time.process_time() - began

    handle = os.open(world.home / "bare-keys.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def bare() -> float:
        import orjson

        began = time.process_time()
        for n in range(20_000):
            row = {"loss": n * 0.1, "acc": n * 0.2, "lr": n * 0.3, "norm": n * 0.4, "time": n * 0.5}
            os.write(handle, orjson.dumps(row) + b"\n")
        return time.process_time() - began

    work = (lambda: logged(fresh), lambda: logged(full), lambda: logged(defined), bare)
    interleaved(1, *work)
    one, many, with_definitions, plain = interleaved(5 * world.repeats, *work)
    for run in (fresh, full, defined):
        run.finish()
    os.close(handle)
    ratios = [b / a for a, b in zip(one, many, strict=True)]
    yield Figure("log() in a run of 10,000 keys over a fresh one", median(ratios), 1.1, "×", ratios)
    ratios = [b / a for a, b in zip(plain, with_definitions, strict=True)]
    yield Figure("log() with config and definitions over os.write(orjson)", median(ratios), 2, "×", ratios)
