"""Log folders for tests, written through the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.store import fold, layout, writer

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = 1_790_000_000.0


def write_run(
    root: Path,
    run_id: str,
    rows: list[dict[str, Any]],
    *,
    project: str = "p",
    config: dict[str, Any] | None = None,
    exit_code: int | None = 0,
    console: str = "",
    session: dict[str, Any] | None = None,
    **run: Any,
) -> Path:
    """Write a run with one session; ``exit_code=None`` leaves it without an end. Returns its folder."""
    folder = layout.run_folder(root, project, run_id)
    record = {"id": run_id, "project": project, "name": f"run {run_id}", "created": "2026-09-21T12:53:20+00:00", **run}
    assert writer.create_run(folder, record)  # type: ignore[arg-type]
    one = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place(), **(session or {})}, lambda: CLOCK)
    one.start()
    if config:
        one.event("config", set=config)
    for step, row in enumerate(rows):
        one.history.append(
            writer.encode({"_step": step, "_runtime": step / 10, "_timestamp": CLOCK + step / 10, **row})
        )
    if console:
        one.console.append(writer.encode({"_timestamp": CLOCK, "stream": "stdout", "text": console}))
    if exit_code is not None:
        one.event("finish", exit_code=exit_code)
    one.close()
    return folder


def grow(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Append history rows to a run, after those it has."""
    (file,) = folder.glob("history-*.jsonl")
    first = file.read_bytes().count(b"\n")
    with file.open("ab") as growing:
        for n, row in enumerate(rows, start=first):
            growing.write(writer.encode({"_step": n, "_runtime": n / 10, "_timestamp": CLOCK + n / 10, **row}))
