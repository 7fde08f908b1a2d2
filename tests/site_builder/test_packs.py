"""Project packs: what stands in them, which of them a build writes, and that their bytes do not depend on how they came."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from site_builder import Builder, Options, build, output, packs, shares
from tests.site_builder.logs import grow, write_run
from tracklog.store import fold, layout, writer

RUNS = 210
SHARED = {"data/p.js", "data/site.js", "p/index.html", "p/table.html", "p/compare.html", "index.html", "version.js"}


def options(site: str = "site", **more: Any) -> Options:
    return Options(**{"roots": (Path("logs"),), "site": Path(site), "jobs": 1, **more})


def start(n: int) -> str:
    """Return when a run began: in the order of the numbers."""
    return f"2026-09-{1 + n // 24:02}T{n % 24:02}:00:00+00:00"


def write(n: int, *, rows: int = 20, exit_code: int | None = 0, name: str | None = None) -> Path:
    history = [{"loss": n + 1 / (step + 1), "val": {"acc": step / 7}} for step in range(rows)]
    return write_run(
        Path("logs"), name or f"r{n:03}", history, created=start(n), exit_code=exit_code, config={"n": n % 5}
    )


def files(site: str = "site") -> dict[str, bytes]:
    """Return the data of a site, and so all that its packs and their versions are."""
    root = Path(site, "data")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.js"))}


def packed(site: str = "site") -> list[tuple[list[str], list[shares.Share]]]:
    """Return the packs of a site as the page finds them: the ids of their runs, and what each gives."""
    script = Path(site, "data/p.js").read_bytes()
    index = orjson.loads(next(iter(output.entries_of(script))).data)
    result = []
    for pack in index["packs"]:
        entries: dict[str, bytes] = {}
        for part in pack["parts"]:
            file, _, version = part.partition("?v=")
            script = Path(site, "data", file).read_bytes()
            assert script.startswith(f"tracklog.put('{file}','{version}',".encode())
            entries |= {entry.name: entry.data for entry in output.entries_of(script) if isinstance(entry.data, bytes)}
        assert list(entries) == sorted(entries, key=shares.utf16)
        assert set(pack["first"]) <= set(entries)
        result.append(([index["runs"][n]["id"] for n in pack["runs"]], shares.decoded(entries, len(pack["runs"]))))
    return result


def members(pack: int) -> list[str]:
    return packed()[pack][0]


def files_of(first: str) -> set[str]:
    """Return the files of the pack whose first run has this id."""
    return {f"data/p/packs/{path.name}" for path in Path("site/data/p/packs").glob(f"{first}.*.js")}


@pytest.fixture
def project() -> None:
    for n in range(RUNS):
        write(n)
    build(options())


def test_a_project_of_few_runs_has_no_packs() -> None:
    for n in range(packs.FEWEST - 1):
        write(n)
    build(options())
    assert packed() == []
    write(packs.FEWEST)
    report = build(options())
    assert [len(runs) for runs, _ in packed()] == [packs.FEWEST]
    assert files_of("r000") <= set(report.written)
    assert list(Path("site/assets").glob("packs.*.js"))


@pytest.mark.usefixtures("project")
def test_every_ended_run_stands_in_one_pack_in_the_order_of_time() -> None:
    together = [runs for runs, _ in packed()]
    assert [run for runs in together for run in runs] == [f"r{n:03}" for n in range(RUNS)]
    assert len(together) > 1
    assert all(packs.LEAST <= len(runs) <= packs.MOST for runs in together[:-1])


@pytest.mark.usefixtures("project")
def test_a_build_without_news_leaves_packs_alone() -> None:
    before = files()
    assert build(options()).written == []
    assert files() == before


@pytest.mark.usefixtures("project")
def test_a_new_run_rewrites_the_last_pack() -> None:
    last = members(-1)
    write(RUNS)
    report = build(options())
    assert members(-1) == [*last, f"r{RUNS}"]
    assert set(report.written) == {f"data/p/r{RUNS}.0.js", f"p/runs/r{RUNS}.html", *files_of(last[0]), *SHARED}
    assert report.read == 1


@pytest.mark.usefixtures("project")
def test_a_run_that_grew_rewrites_its_pack() -> None:
    first = members(0)
    grow(Path("logs/p", first[3]), [{"loss": 0.5}])
    report = build(options())
    assert set(report.written) == {
        f"data/p/{first[3]}.0.js",
        f"p/runs/{first[3]}.html",
        *files_of(first[0]),
        *SHARED - {"p/compare.html", "p/index.html", "p/table.html"},  # which print the newest 200
    }
    assert packed()[0][1][3].lines["loss"].last == 0.5  # type: ignore[union-attr]


@pytest.mark.usefixtures("project")
def test_an_edit_that_changes_no_number_rewrites_no_pack() -> None:
    folder = Path("logs/p/r005")
    one = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place()}, lambda: 1_790_000_100.0)
    one.event("edit", name="another name")
    one.close()
    report = build(options())
    assert "data/p.js" in report.written
    assert not [path for path in report.written if "/packs/" in path]


@pytest.mark.usefixtures("project")
def test_a_deleted_run_leaves_its_pack() -> None:
    first = members(0)
    others = files_of(members(1)[0])
    shutil.rmtree(Path("logs/p", first[7]))
    report = build(options())
    assert members(0)[:7] == first[:7]
    assert first[7] not in members(0)
    assert {path for path in report.written if "/packs/" in path} == files_of(first[0])
    assert set(report.removed) == {f"data/p/{first[7]}.0.js", f"p/runs/{first[7]}.html"}
    assert not others & set(report.written)


@pytest.mark.usefixtures("project")
def test_a_run_that_goes_on_joins_when_it_ends() -> None:
    folder = write(40, exit_code=None, name="live")
    report = build(options())
    assert not [path for path in report.written if "/packs/" in path]
    assert not [runs for runs, _ in packed() if "live" in runs]
    (events,) = folder.glob("events-*.jsonl")
    with events.open("ab") as growing:
        growing.write(writer.encode({"event": "finish", "_timestamp": 1_790_000_050.0, "row": 20, "exit_code": 0}))
    report = build(options())
    (there,) = [runs for runs, _ in packed() if "live" in runs]
    assert there[there.index("live") - 1] == "r039" or there[there.index("live") + 1] == "r040"
    assert {path for path in report.written if "/packs/" in path} == files_of(there[0])


def test_packs_are_the_same_however_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(0, RUNS, 2):
        write(n, rows=1 + n * 7 % 300)
    build(options())
    for n in range(1, RUNS, 2):
        write(n, rows=1 + n * 7 % 300)
        if n in (31, 33, 151):
            build(options())
    shutil.rmtree("logs/p/r050")
    build(options())
    build(options("once"))
    build(options("two", jobs=2))
    monkeypatch.setattr(packs.Fresh, "add", lambda *_: None)
    build(options("unheld"))
    assert files() == files("once") == files("two") == files("unheld")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("harm", ["deleted", "cut", "other"])
def test_a_pack_that_is_lost_is_made_again(harm: str) -> None:
    first = members(0)[0]
    before = files()
    file = min(Path("site/data/p/packs").glob(f"{first}.*.js"))
    if harm == "deleted":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    else:
        file.write_bytes(file.read_bytes().replace(b"A", b"B"))
    grow(Path("logs/p", first), [{"loss": 1.0}])
    report = build(options())
    assert report.read == 1
    build(options("once"))
    assert files() == files("once")
    assert files() != before


def line_of(values: list[Any], **more: Any) -> shares.Line | None:
    """Return what the last of many runs gives for the key `x`, after it logged these values."""
    for n in range(packs.FEWEST):
        write(n, rows=2)
    write_run(Path("logs"), "z", [{"x": value} for value in values], created=start(RUNS), **more)
    build(options())
    runs, found = packed()[-1]
    return found[runs.index("z")].lines.get("x")


@pytest.mark.parametrize("size", [1, 128, 129, 2048, 2049, 20_000])
def test_a_share_says_of_its_rows_what_is_so(size: int) -> None:
    rng = np.random.default_rng(size)
    values = rng.lognormal(0, 3, size)
    values[rng.random(size) < 0.1] = np.nan
    values[rng.random(size) < 0.05] = -np.inf
    said = ["NaN" if math.isnan(v) else "-Infinity" if math.isinf(v) else v for v in values.tolist()]
    line = line_of(said)
    assert line is not None
    assert len(line.means) <= shares.BUCKETS
    assert line.rows == size
    assert -(-size // line.stride) == len(line.means)
    assert line.last == values[-1] or math.isnan(line.last)
    for n in range(len(line.means)):
        rows = values[n * line.stride : (n + 1) * line.stride]
        finite = rows[np.isfinite(rows)]
        nan, above, below = (one[n] for one in line.odd) if line.odd else (0, 0, 0)
        assert (nan, above, below) == (np.isnan(rows).sum(), 0, np.isneginf(rows).sum())
        if not len(finite):
            assert np.isnan([line.means[n], line.low[n], line.high[n]]).all()
            continue
        assert line.means[n] == pytest.approx(finite.mean(), rel=1e-6)
        assert line.low[n] <= finite.min() <= line.low[n] + abs(line.low[n]) * 2e-7
        assert line.high[n] >= finite.max() >= line.high[n] - abs(line.high[n]) * 2e-7
        if line.stride == 1:
            assert line.means[n] == line.low[n] == line.high[n] == rows[0]


def test_the_largest_numbers_stay_finite() -> None:
    line = line_of([1.7e308, -1.7e308, 1e-310, 1e39, -1e39] * 100)
    assert line is not None
    assert np.isfinite([line.means, line.low, line.high]).all()


def test_what_a_pack_cannot_tell_is_left_to_the_run() -> None:
    line = line_of([1, True, 2.5, False])
    assert line is None
    runs, found = packed()[-1]
    assert found[runs.index("z")].lines == {"x": None}
    assert "x" not in found[0].lines


def test_keys_of_every_kind_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "FILE_BYTES", 2000)
    keys = ["", "__proto__", "a.b", "é", "\U0001f600", "\uffff", "'\\<", "v", "t1", *(f"k{n}" for n in range(40))]
    for n in range(packs.FEWEST):
        write_run(Path("logs"), f"r{n:03}", [dict.fromkeys(keys, n + step) for step in range(3)], created=start(n))
    build(options())
    ((_, found),) = packed()
    names = {layout.join_path((key,)) for key in keys}
    assert all(set(share.lines) == names for share in found)
    assert len(files_of("r000")) > 3


@pytest.mark.usefixtures("project")
def test_a_file_of_a_run_that_is_damaged_in_the_site_costs_its_place_in_the_pack() -> None:
    first = members(0)
    Path(f"site/data/p/{first[4]}.0.js").write_bytes(b"tracklog.put('p/x.0.js','1',[]);\n")
    for path in files_of(first[0]):
        Path("site", path).write_bytes(b"")
    grow(Path("logs/p", first[0]), [{"loss": 1.0}])
    build(options())
    assert members(0) == [run for run in first if run != first[4]]


@pytest.mark.usefixtures("project")
def test_a_live_builder_packs_what_ends() -> None:
    builder = Builder(options(live=True))
    folder = write(RUNS, exit_code=None)
    builder.build()
    assert f"r{RUNS}" not in members(-1)
    (events,) = folder.glob("events-*.jsonl")
    with events.open("ab") as growing:
        growing.write(writer.encode({"event": "finish", "_timestamp": 1_790_000_050.0, "row": 20, "exit_code": 0}))
    builder.build()
    assert members(-1)[-1] == f"r{RUNS}"
