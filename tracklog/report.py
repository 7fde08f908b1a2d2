"""What a run says on a terminal: one line when it begins, a short summary when it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.store import layout

if TYPE_CHECKING:
    from tracklog.run import Run

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 24
_METRICS = 12


def say_begin(run: Run) -> None:
    """Print name and folder."""
    verb = "goes on" if run.resumed else "logs"
    _say(f"tracklog: run {run.name} {verb} in {_short(Path(run.sync_dir))}")


def say_end(run: Run, exit_code: int) -> None:
    """Print the last values with sparklines, and the command that shows the run."""
    if not _on_terminal():
        return
    folder = Path(run.sync_dir)
    lines = [f"tracklog: run {run.name} " + ("finished" if exit_code == 0 else f"failed with exit code {exit_code}")]
    lines += _metrics(run._recording.writer.history.path, run._history.last)  # noqa: SLF001 - its own report
    root = _short(folder.parent.parent)
    lines.append(f"  look: tracklog watch {root} --project {_quoted(run.project)} --run {_quoted(run.id)} --open")
    _say("\n".join(lines))


def _metrics(history: Path, last: dict[str, Any]) -> list[str]:
    numbers = {k: v for k, v in last.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    shown = dict(list(numbers.items())[:_METRICS])
    if not shown:
        return []
    rows = _sample(history)
    width = max(map(len, shown))
    lines = [
        f"  {key:{width}}  {_sparkline([row.get(key) for row in rows]):{_WIDTH}}  {value:.5g}"
        for key, value in shown.items()
    ]
    if len(numbers) > len(shown):
        lines.append(f"  and {len(numbers) - len(shown)} more metrics")
    return lines


def _sample(path: Path) -> list[dict[str, Any]]:
    """Return at most 240 rows, evenly spread over the file by bytes, so that a long history costs no more."""
    rows: list[dict[str, Any]] = []
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            for n in range(240):
                file.seek(size * n // 240)
                if n:
                    file.readline()
                line = file.readline()
                if line.endswith(b"\n"):
                    rows.append(orjson.loads(line))
    except (OSError, orjson.JSONDecodeError):
        return rows
    return sorted({row.get(layout.STEP, 0): row for row in rows}.values(), key=lambda row: row.get(layout.STEP, 0))


def _sparkline(values: list[Any]) -> str:
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) < 2:  # noqa: PLR2004 - a line needs two points
        return ""
    picked = [numbers[n * len(numbers) // _WIDTH] for n in range(_WIDTH)] if len(numbers) > _WIDTH else numbers
    low, span = min(picked), max(picked) - min(picked)
    return "".join(_BARS[int((value - low) / span * (len(_BARS) - 1))] if span else _BARS[0] for value in picked)


def _short(path: Path) -> str:
    try:
        return _quoted(str(path.relative_to(Path.cwd())))
    except (ValueError, OSError):
        return _quoted(str(path))


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _on_terminal() -> bool:
    stream = sys.__stderr__
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _say(text: str) -> None:
    stream = sys.__stderr__
    if stream is not None and _on_terminal():
        stream.write(text + "\n")
        stream.flush()
