"""`trainer_state.json` of transformers: one object that is written anew with every checkpoint."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from tracklog.importers import folders, told
from tracklog.importers.agreeing import Agreeing
from tracklog.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "trainer_state.json"
_CHECKPOINT = re.compile(r"checkpoint-\d+")
_TOTALS = ("train_runtime", "train_samples_per_second", "train_steps_per_second", "total_flos", "train_loss")
_FACTS = (
    "max_steps",
    "num_train_epochs",
    "train_batch_size",
    "logging_steps",
    "eval_steps",
    "save_steps",
    "is_hyper_param_search",
)
_BEST = ("best_metric", "best_global_step", "best_model_checkpoint")


def latest(source: Path) -> Iterator[tuple[str, Path]]:
    """Yield the way to each training in a source, and its latest state: checkpoints are states of the folder above them."""
    base = source if source.is_dir() else source.parent
    found: dict[str, tuple[tuple[int, bool], Path]] = {}
    for folder, _, names in folders.walk(source):
        if FILE not in names:
            continue
        path = folder / FILE
        home = folder.parent if _CHECKPOINT.fullmatch(folder.name) and folder != base else folder
        place = folders.below(base, home)
        rank = (_step(path), folder == home)  # what is saved last of all lies above the checkpoints
        if place not in found or rank > found[place][0]:
            found[place] = rank, path
    yield from ((place, path) for place, (_, path) in found.items())


def _step(path: Path) -> int:
    try:
        state = json.loads(files.content(path))
    except (OSError, ValueError, RecursionError):
        return 0
    step = state.get("global_step") if isinstance(state, dict) else 0
    return step if isinstance(step, int) else 0


def read(path: Path, position: Any) -> Iterator[told.Told]:
    """Yield what a state says: entries of one step are one row, totals of the training its summary."""
    try:
        state = json.loads(files.content(path))
        history = state["log_history"]
    except (OSError, ValueError, RecursionError, TypeError, KeyError) as error:
        raise told.UnreadableError(f"{path.name} is no state of a trainer: {type(error).__name__}") from error
    if not isinstance(history, list):
        raise told.UnreadableError(f"{path.name} is no state of a trainer: its log_history is no list")
    done = _done(history, position)
    if position is None:
        yield told.Config({key: state[key] for key in _FACTS if state.get(key) is not None})
    new = [entry for entry in history[done:] if isinstance(entry, dict)]
    agreeing = Agreeing.after(position.get("last") if isinstance(position, dict) else None)
    yield from agreeing.rows(row for entry in new if (row := _row(entry)) is not None)
    for entry in new:
        yield from (told.Summary((key,), entry[key]) for key in entry if key in _totals(entry))
    yield from (told.Summary((key,), state[key]) for key in _BEST if state.get(key) is not None and len(history) > done)
    yield told.Position({"entries": len(history), "sign": _sign(history), "last": agreeing.kept()})


def _done(history: list[Any], position: Any) -> int:
    if position is None:
        return 0
    count = position.get("entries") if isinstance(position, dict) else None
    if not isinstance(count, int) or count > len(history) or _sign(history[:count]) != position.get("sign"):
        raise told.ReplacedError
    return count


def _sign(history: list[Any]) -> str:
    return hashlib.sha256(json.dumps(history, sort_keys=True).encode()).hexdigest()[:20]


def _row(entry: dict[str, Any]) -> told.Row | None:
    step = entry.get("step")
    is_step = isinstance(step, int | float) and not isinstance(step, bool)
    values = {key: value for key, value in entry.items() if key != "step" and key not in _totals(entry)}
    if _totals(entry) and set(values) <= {"epoch"}:
        return None
    return told.Row(step if is_step else None, None, values)


def _totals(entry: dict[str, Any]) -> tuple[str, ...]:
    """Return which of an entry's keys are about the whole training: its last entry has some."""
    return _TOTALS if "train_runtime" in entry else ()
