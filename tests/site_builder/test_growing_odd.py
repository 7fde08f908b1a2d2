"""What may go wrong while a run grows: the site is that of a cold build, or stays as it was, with a sentence."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from site_builder import Builder, Options
from site_builder.model import BLOCK_ROWS
from tests.site_builder.logs import CLOCK, grow, write_run
from tracklog.store import ranks as store_ranks

ROOT, SITE = Path("logs"), Path("site")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("site_builder.manifest.secrets.token_hex", lambda _: "0" * 12)


def rows(count: int) -> list[dict[str, Any]]:
    values = np.random.default_rng(0).normal(size=count).tolist()
    return [{"loss": value, "epoch": n // 100} for n, value in enumerate(values)]


def shown(site: Path) -> dict[str, bytes]:
    but = ("version.js", "manifest.json", "lock")
    files = (path for path in site.rglob("*") if path.is_file() and path.name not in but)
    return {str(path.relative_to(site)): path.read_bytes() for path in files}


def same_as_cold() -> None:
    """Make sure that the site is what a build from nothing gives."""
    shutil.rmtree("cold", ignore_errors=True)
    Builder(Options((ROOT,), Path("cold"))).build()
    assert shown(SITE) == shown(Path("cold"))


def watcher() -> Builder:
    builder = Builder(Options((ROOT,), SITE, live=True))
    builder.build()
    return builder


def history() -> Path:
    (file,) = ROOT.glob("*/*/history-*.jsonl")
    return file


def full_files() -> dict[str, int]:
    """Return the files of finished blocks, and when each was written."""
    return {str(path): path.stat().st_mtime_ns for path in SITE.glob("data/*/*.full/*.js")}


def test_what_is_finished_is_never_written_again() -> None:
    folder = write_run(ROOT, "r", rows(2 * BLOCK_ROWS + 100), exit_code=None)
    builder = watcher()
    before = full_files()
    assert before
    grow(folder, rows(10))
    report = builder.build()
    assert full_files() == before
    assert not [path for path in report.written if ".full/" in path]
    grow(folder, rows(3 * BLOCK_ROWS))
    builder.build()
    after = full_files()
    assert len(after) > len(before)
    assert {name: after[name] for name in before} == before
    same_as_cold()


def ranks(count: int, *more: dict[str, Any]) -> list[Path]:
    """Write a run of two ranks that are going on and log the same keys; the first logs `lr` beside them."""
    folder = write_run(ROOT, "r", [row | {"lr": 0.5} for row in rows(count)], exit_code=None, session={"rank": 0})
    events = orjson.loads(next(folder.glob("events-*.jsonl")).read_bytes().splitlines()[0]) | {"rank": 1}
    (folder / "events-z-2-abcd.jsonl").write_bytes(orjson.dumps(events) + b"\n")
    files = [next(folder.glob("history-*.jsonl")), folder / "history-z-2-abcd.jsonl"]
    log(files[1], 0, [*rows(count), *more])
    return files


def log(file: Path, first: int, values: list[dict[str, Any]]) -> None:
    """Append rows from a step on to a process's file."""
    with file.open("ab") as growing:
        for n, row in enumerate(values, start=first):
            clocks = {"_step": n, "_runtime": n / 10, "_timestamp": CLOCK + n / 10}
            growing.write(orjson.dumps({**clocks, **row}) + b"\n")


def test_what_is_finished_of_ranks_is_never_written_again() -> None:
    count = 2 * BLOCK_ROWS + 100
    _, other = ranks(count)
    builder = watcher()
    before = full_files()
    assert len(before) == 2  # of each rank; what one of them logs alone packs too well to fill one
    (reading,) = builder._readings.values()
    log(other, count, rows(1))
    report = builder.build()
    assert full_files() == before
    assert list(builder._readings.values()) == [reading]  # it was read on, and not afresh
    run = ["data/p.js", "data/p/r.0.js", "data/p/r.2.js", "p/runs/r.html"]
    assert sorted(report.written) == [*run[:3], "data/site.js", "index.html", run[3], "version.js"]
    same_as_cold()


@pytest.mark.parametrize("late", [{"lr": 1.0}, {"new": 1}, {"loss": {"inner": 1}}])
def test_a_rank_that_logs_what_was_another_s_alone(late: dict[str, Any]) -> None:
    count = BLOCK_ROWS + 100
    _, other = ranks(count)
    builder = watcher()
    log(other, count, [late])
    builder.build()
    log(other, count + 1, [late])
    builder.build()
    same_as_cold()


def test_a_rank_that_is_too_far_behind_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_ranks, "MOST_HELD", 50)
    first, other = ranks(300)
    builder = watcher()
    log(first, 300, [row | {"lr": 0.25} for row in rows(200)])
    builder.build()
    same_as_cold()
    log(other, 300, [{"loss": 1.5}, {"loss": 2.5, "mine": 1}])
    builder.build()
    log(other, 301, [{"mine": 2}])
    builder.build()
    same_as_cold()


@pytest.mark.parametrize("both", [True, False])
def test_files_that_ranks_log(both: bool) -> None:
    """Bulk data of several tracks are numbered together: which come first must not hang on when they came."""
    files = ranks(30)
    folder = files[0].parent / "files"
    folder.mkdir(exist_ok=True)
    for n in range(4):
        (folder / f"{n}.html").write_text(f"<p>{n}</p>")

    def page(n: int) -> dict[str, Any]:
        return {"page": {"_type": "html-file", "path": f"{n}.html"}}

    missing = {"shot": {"_type": "image-file", "path": "gone.png"}}
    builder = watcher()
    for n in range(3):
        log(files[1], 30 + n, [page(n)])
        builder.build()
        log(files[0], 30 + n, [page(n + 1) if both else missing])
        builder.build()
        same_as_cold()
    log(files[1], 40, [missing])
    builder.build()
    same_as_cold()


@pytest.mark.parametrize("change", ["cut", "other", "inside"])
def test_a_file_that_is_not_what_it_was_is_read_afresh(change: str) -> None:
    folder = write_run(ROOT, "r", rows(BLOCK_ROWS + 500), exit_code=None)
    builder = watcher()
    before = full_files()
    lines = history().read_bytes().splitlines(keepends=True)
    if change == "cut":
        history().write_bytes(b"".join(lines[:-700]))
    elif change == "other":
        history().unlink()
        history_of = folder / "history-other-1-abcd.jsonl"
        history_of.write_bytes(b"".join(lines[300:]))
    else:
        changed = [*lines[:-20], lines[-20].replace(b'"epoch":', b'"later":'), *lines[-19:]]
        history().write_bytes(b"".join(changed))
    builder.build()
    same_as_cold()
    assert change == "inside" or full_files() != before


def test_a_line_of_20_mb_is_a_line() -> None:
    folder = write_run(ROOT, "r", rows(100), exit_code=None)
    builder = watcher()
    grow(folder, [{"text": "x" * 20_000_000, "loss": 1.0}])
    builder.build()
    grow(folder, rows(100))
    builder.build()
    same_as_cold()


def test_many_keys_of_which_each_row_has_three() -> None:
    chance = random.Random(1)
    keys = [f"layer/{n}/norm" for n in range(5000)]
    folder = write_run(ROOT, "r", [dict.fromkeys(chance.sample(keys, 3), n) for n in range(700)], exit_code=None)
    builder = watcher()
    grow(folder, [dict.fromkeys(chance.sample(keys, 3), 0.5) for n in range(20)])
    builder.build()
    same_as_cold()


def test_a_key_that_comes_late_and_kinds_that_change() -> None:
    folder = write_run(ROOT, "r", rows(BLOCK_ROWS + 100), exit_code=None)
    builder = watcher()
    grow(folder, [{"late": 1.5, "epoch": "one"}, {"late": True, "loss": "NaN"}, {"epoch": None, "late": [1]}])
    builder.build()
    grow(folder, rows(BLOCK_ROWS))
    builder.build()
    same_as_cold()


def test_a_session_that_begins_far_below() -> None:
    folder = write_run(ROOT, "r", rows(BLOCK_ROWS + 100), exit_code=0)
    builder = watcher()
    (events,) = folder.glob("events-*.jsonl")
    session = orjson.loads(events.read_bytes().splitlines()[0])
    first = events.name.removeprefix("events-").removesuffix(".jsonl")
    session |= {"after": [first], "start_step": 50, "_timestamp": CLOCK + 90_000}
    (folder / "events-second-2-abcd.jsonl").write_bytes(orjson.dumps(session) + b"\n")
    second = folder / "history-second-2-abcd.jsonl"
    for step in range(50, 90):
        with second.open("ab") as file:
            clocks = {"_step": step, "_runtime": step / 10, "_timestamp": CLOCK + 90_000 + step}
            file.write(orjson.dumps({**clocks, "loss": 7.0}) + b"\n")
        if step in (50, 60):
            builder.build()
    builder.build()
    same_as_cold()


def test_clocks_that_go_back() -> None:
    folder = write_run(ROOT, "r", rows(50), exit_code=None, console="a line\n" * 300)
    builder = watcher()
    (console,) = folder.glob("console-*.jsonl")
    for n, back in enumerate((0, 500, 0, 900)):
        grow(folder, [{"loss": 0.5, "_timestamp": CLOCK - back}])
        with console.open("ab") as file:
            for stream in ("stdout", "stderr"):
                text = f"{n} {stream}\n" * 150
                file.write(orjson.dumps({"_timestamp": CLOCK + n - back, "stream": stream, "text": text}) + b"\n")
        builder.build()
    same_as_cold()


def test_a_run_that_goes_and_comes_back_while_it_is_watched() -> None:
    folder = write_run(ROOT, "r", rows(BLOCK_ROWS + 10), exit_code=None)
    write_run(ROOT, "other", rows(10))
    builder = watcher()
    before = shown(SITE)
    folder.rename("away")
    report = builder.build()
    assert "p/runs/r.html" in report.removed
    assert not full_files()
    same_as_cold()
    Path("away").rename(folder)
    builder.build()
    assert shown(SITE) == before
    grow(folder, rows(5))
    builder.build()
    same_as_cold()
    shutil.rmtree(folder)
    builder.build()
    same_as_cold()


def test_a_file_of_finished_blocks_that_was_deleted_comes_back() -> None:
    folder = write_run(ROOT, "r", rows(2 * BLOCK_ROWS), exit_code=None)
    builder = watcher()
    Path(next(iter(full_files()))).unlink()
    grow(folder, rows(5))
    builder.build()
    same_as_cold()


SEALING = """
import resource, signal, sys
from pathlib import Path
from site_builder import Options
from site_builder.watch import Watch
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
watch = Watch(Options((Path("logs"),), Path("site"), jobs=1, live=True))
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
for line in sys.stdin:
    if line == "room\\n":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    report = watch._build()
    print("built" if report else "failed", flush=True)
"""


def test_a_site_that_cannot_grow_while_blocks_are_finished_stays_and_says_so() -> None:
    """The system refuses files over some size, as a full disk would: those of finished blocks are the first."""
    folder = write_run(ROOT, "r", rows(500), exit_code=None)
    watcher()
    before = shown(SITE)
    grow(folder, rows(3 * BLOCK_ROWS))
    with subprocess.Popen(
        [sys.executable, "-c", SEALING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("full\n")
        process.stdin.flush()
        assert process.stdout.readline() == "failed\n"
        assert {name: data for name, data in shown(SITE).items() if name in before} == before
        process.stdin.write("room\n")
        process.stdin.close()
        assert process.stdout.readline() == "built\n"
        assert process.stderr is not None
        assert "the site could not be built" in process.stderr.read()
    same_as_cold()


def test_what_a_killed_build_left_of_finished_blocks_goes() -> None:
    folder = write_run(ROOT, "r", rows(2 * BLOCK_ROWS), exit_code=None)
    builder = watcher()
    stray = Path(next(iter(full_files()))).with_name("0123456789abcdef.js")
    stray.write_bytes(b"half")
    grow(folder, rows(5))
    builder.build()
    assert not stray.exists()
    same_as_cold()
