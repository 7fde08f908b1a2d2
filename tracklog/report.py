"""What a run says on stderr: one line when it begins; its last values and the next command when it ends."""

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import orjson

from tracklog import launcher
from tracklog.errors import visible
from tracklog.store import fold, layout

if TYPE_CHECKING:
    from tracklog.recording import End, Recording
    from tracklog.run import Run

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 24
_METRICS = 12
_PLAIN = (1e-4, 1e15)
"""Sizes that are written without an exponent."""


def attend(run: Run, recording: Recording) -> None:
    """Say where the run is kept, and at its end what became of it; of several ranks the first one speaks."""
    if recording.writer.session.get("rank"):
        return
    if not run.settings.quiet:
        verb = "goes on" if run.resumed else "logs"
        say(f"tracklog: run {visible(run.name)} {verb} in {_short(Path(run.sync_dir))}")
    recording.watchers.append(lambda end: None if end.quiet else _say_end(run, recording, end))


def _say_end(run: Run, recording: Recording, end: End) -> None:
    how = "finished" if end.exit_code == 0 else f"failed with exit code {end.exit_code}"
    root = Path(run.sync_dir).parent.parent
    lines = [f"tracklog: run {visible(run.name)} {how}, kept in {_short(Path(run.sync_dir))}"]
    lines += _metrics(recording.writer.history.path, end)
    lines.append(f"  look: {_program()} build {_short(root)} --open")
    say("\n".join(lines))


def _program() -> str:
    """Return what calls the command line from this shell."""
    return "tracklog" if shutil.which("tracklog") else f"{_quoted(sys.executable)} -m tracklog"


def _metrics(history: Path, end: End) -> list[str]:
    numbers = {
        visible(layout.plain_path(key)): number
        for key, value in fold.flatten(end.last).items()
        if key not in end.hidden and (number := _number(value)) is not None
    }
    shown = dict(list(numbers.items())[:_METRICS])
    if not shown:
        return []
    rows = [{visible(layout.plain_path(k)): v for k, v in fold.flatten(row).items()} for row in _sample(history)]
    width = max(map(len, shown))
    lines = [
        f"  {key:{width}}  {sparkline([row.get(key) for row in rows]):{_WIDTH}}  {digits(value)}"
        for key, value in shown.items()
    ]
    if len(numbers) > len(shown):
        lines.append(f"  and {len(numbers) - len(shown)} more metrics")
    return lines


def _number(value: Any) -> float | None:
    """Return a metric's value; non-finite ones are kept as texts. None when it is no number."""
    if isinstance(value, str):
        return layout.NON_FINITE.get(value)
    return value if isinstance(value, int | float) else None


def digits(value: float) -> str:
    """Return a number in five significant digits; whole ones, bools among them, as they are."""
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    if _PLAIN[0] <= abs(value) < _PLAIN[1]:
        decimals = max(0, 4 - math.floor(math.log10(abs(value))))
        return f"{value:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:.0f}"
    return f"{value:.5g}"


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


def sparkline(values: list[Any]) -> str:
    """Return at most 24 bars, from the least to the greatest of the finite numbers among some values."""
    numbers = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
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


def say(text: str) -> None:
    """Write a text on what people read; one that cannot be written is dropped."""
    stream = _stream()
    if stream is None:
        return
    try:
        stream.write(text + "\n")
        stream.flush()
    except (OSError, ValueError):  # a closed or broken stderr is no reason to end a training
        return


def _stream() -> TextIO | None:
    """Return what people read: in a notebook the cell's own stderr, elsewhere the process's."""
    return sys.stderr if launcher.in_kernel() else sys.__stderr__
