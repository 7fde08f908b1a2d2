"""A run that printed 200,000 lines: how long its build takes and what it holds, beside a script that only reads them."""

from __future__ import annotations

import functools
import shutil
from typing import TYPE_CHECKING

from tests.bench import corpus
from tests.bench.measure import Figure, World, interleaved, median, peak, python
from tracklog.store import fold, layout, writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES = 200_000
BARE = """
import sys, orjson
from pathlib import Path
(file,) = Path(sys.argv[1]).glob("*/*/console-*.jsonl")
rows = [orjson.loads(line) for line in file.open("rb")]
Path(sys.argv[2]).write_bytes(orjson.dumps(rows))
"""


def _plain(n: int) -> str:
    return f"[2026-09-01 12:00:00] epoch {n // 100} step {n} loss {1 / (n + 1):.6f} lr 3.0e-04 tokens/s {n % 977}\n"


def _bar(n: int) -> str:
    return f"\r\x1b[2K\x1b[36mtrain\x1b[0m {n % 101:3}%|{'█' * (n % 60):60}| {n}/{LINES} [00:10<00:10]"


def _write(root: Path, text: str) -> None:
    folder = layout.run_folder(root, "bench", "run0000")
    record = {"id": "run0000", "project": "bench", "name": "prints", "created": "2026-09-01T00:00:00+00:00"}
    writer.create_run(folder, record)  # type: ignore[arg-type]
    lines = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place()}, lambda: corpus.CLOCK)
    lines.start()
    make = _bar if text == "repaints" else _plain
    for n in range(LINES):
        line = {"_timestamp": corpus.CLOCK + n / 10, "stream": "stdout", "text": make(n)}
        lines.console.append(writer.encode(line))
    lines.event("finish", exit_code=0)
    lines.close()


def console(world: World) -> Iterator[Figure]:
    """Build 200,000 plain lines, and as many repaints of one line."""
    target, page = world.home / "console-site", world.home / "console.json"

    def ours(source: Path) -> tuple[str, ...]:
        shutil.rmtree(target, ignore_errors=True)
        return ("-m", "tracklog", "build", str(source), "-o", str(target))

    def build(source: Path) -> float:
        return python(*ours(source))

    for text in ("lines", "repaints"):
        source = world.folder(f"console-{text}", functools.partial(_write, text=text))
        bare = ("-c", BARE, str(source), str(page))
        plain, built = interleaved(world.repeats, functools.partial(python, *bare), functools.partial(build, source))
        ratios = [b / a for a, b in zip(plain, built, strict=True)]
        note = f"{median(built):.1f} s against {median(plain):.1f} s"
        yield Figure(f"build of {LINES:,} {text} over reading them", median(ratios), None, "×", ratios, note)
        held = peak(*ours(source), cwd=world.home)
        note = f"{peak(*bare, cwd=world.home):.0f} MB for reading them"
        yield Figure(f"build of {LINES:,} {text}, memory", held, 200, "MB", (), note)
