"""Builds: exactly what is written when something changes, and what is said of input that is damaged."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

from site_builder import Builder, Options, Wanted, build, builder, templates, typescript
from site_builder import options as options_module
from site_builder.lock import locked
from tests.site_builder.logs import grow, write_run
from tracklog.errors import UsageError

SITE = Path("site")
SHARED = {"data/p.js", "data/site.js", "p/index.html", "p/table.html", "index.html", "version.js"}
ROWS = [{"loss": 1 / (n + 1), "acc": n / 10} for n in range(10)]


def options(**more: Any) -> Options:
    return Options(**{"roots": (Path("logs"),), "site": SITE, "jobs": 1, **more})


def files() -> dict[str, bytes]:
    """Return the site's own files but the manifest."""
    return {
        p.relative_to(SITE).as_posix(): p.read_bytes()
        for p in sorted(SITE.rglob("*"))
        if p.is_file() and ".tracklog" not in p.parts
    }


def entry(name: str) -> Any:
    """Return a JSON entry from the data files, as the page reads it."""
    for file in sorted((SITE / "data").rglob("*.js")):
        text = file.read_text(encoding="utf-8")
        for found, literal in re.findall(r"\['([^']*)',0,'((?:[^'\\]|\\.)*)'\]", text):
            if found == name:
                json = re.sub(
                    r"\\(x3c|u2028|u2029|.)",
                    lambda m: {"x3c": "<", "n": "\n", "u2028": "\u2028", "u2029": "\u2029"}.get(m[1], m[1]),
                    literal,
                )
                return orjson.loads(json)
    raise KeyError(name)


@pytest.fixture(autouse=True)
def _logs() -> None:
    for n in range(3):
        write_run(Path("logs"), f"r{n}", ROWS, config={"lr": n})


def test_a_second_build_writes_nothing() -> None:
    build(options())
    before = files()
    report = build(options())
    assert (report.written, report.removed, report.read) == ([], [], 0)
    assert files() == before


def test_a_run_that_grew_rewrites_what_shows_it_and_nothing_else() -> None:
    build(options())
    grow(Path("logs/p/r1"), [{"loss": 0.01, "acc": 2.0}])
    report = build(options())
    # The first page lists when a project was last heard of, and the workspace and the table print the summary.
    assert set(report.written) == {"data/p/r1.0.js", "p/runs/r1.html", *SHARED}
    assert report.read == 1


def test_an_output_that_was_deleted_comes_back() -> None:
    build(options())
    before = files()
    for path in ("p/runs/r2.html", "data/p/r0.0.js", "p/table.html", "data/p.js"):
        (SITE / path).unlink()
    report = build(options())
    assert set(report.written) == {"p/runs/r2.html", "data/p/r0.0.js", "p/table.html", "data/p.js", "version.js"}
    assert {k: v for k, v in files().items() if k != "version.js"} == {
        k: v for k, v in before.items() if k != "version.js"
    }


def test_a_run_that_was_deleted_leaves_the_site() -> None:
    build(options())
    shutil.rmtree("logs/p/r0")
    report = build(options())
    assert set(report.removed) == {"data/p/r0.0.js", "p/runs/r0.html"}
    assert set(report.written) == {"p/compare.html", *SHARED}
    assert [row["id"] for row in entry("p/p")["runs"]] == ["r1", "r2"]


def test_code_that_runs_have_in_common_is_in_the_site_once() -> None:
    for run in ("r0", "r1", "r2"):
        code = Path(f"logs/p/{run}/files/code")
        code.mkdir(parents=True)
        (code / "train.py").write_text("import model\n")
        (code / "model.py").write_text(f"width = {3 if run == 'r2' else 2}\n")
    build(options())
    contents = {name for name in files() if name.startswith("data/media/")}
    assert len(contents) == 3
    assert [{f["content"] for f in entry(f"r/p/{run}")["files"]} for run in ("r0", "r1")] == [
        {f["content"] for f in entry("r/p/r0")["files"]}
    ] * 2
    Path("logs/p/r0/files/code/model.py").write_text("width = 4\n")
    report = build(options())
    new = {name for name in files() if name.startswith("data/media/")} - contents
    assert len(new) == 1
    assert {name for name in report.written if name.startswith("data/")} == {"data/p/r0.0.js", "data/p.js", *new}
    assert report.removed == []
    shutil.rmtree("logs/p/r0")
    assert set(build(options()).removed) == {"data/p/r0.0.js", "p/runs/r0.html", *new}
    assert {name for name in files() if name.startswith("data/media/")} == contents


def test_a_run_that_falls_silent_changes_its_state_without_a_file() -> None:
    elsewhere = {"host": "another-machine", "pid": 1}
    folder = write_run(Path("logs"), "away", ROWS, exit_code=None, session=elsewhere)
    builder_ = Builder(options())

    def state_at(now: float) -> tuple[str, list[str]]:
        with locked(SITE):
            report = builder_._build(options_module.silent, now)
        return next(row["state"] for row in entry("p/p")["runs"] if row["id"] == "away"), report.written

    last = 1_790_000_000.9
    assert state_at(last + 60)[0] == "running"
    assert state_at(last + 70) == ("running", [])
    state, written = state_at(last + 200)
    assert state == "silent"
    assert set(written) == {"p/runs/away.html", "p/compare.html", "version.js", *SHARED} - {
        "data/site.js",
        "index.html",
    }
    assert state_at(last + 4000)[0] == "crashed"
    assert folder.exists()


def test_another_version_of_the_tool_rewrites_all(monkeypatch: pytest.MonkeyPatch) -> None:
    build(options())
    monkeypatch.setattr(builder, "tool", lambda: "99.0")
    assert set(build(options()).written) == set(files())


def test_a_replaced_asset_stays_one_build_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    build(options())
    (old,) = (path for path in files() if path.startswith("assets/main."))
    content = templates.asset_bytes(Path(old).name)
    newer = {**templates.assets(), "main": "main.newer.js"}
    monkeypatch.setattr(templates, "assets", lambda: newer)
    monkeypatch.setattr(templates, "asset_bytes", lambda _: content)
    monkeypatch.setattr(templates, "digest", lambda: "newer")
    build(options())
    assert {old, "assets/main.newer.js"} <= set(files())
    assert build(options()).removed == []
    grow(Path("logs/p/r1"), [{"loss": 0.01}])
    assert build(options()).removed == [old]


def test_files_that_are_not_ours_are_never_touched() -> None:
    build(options())
    (SITE / "CNAME").write_text("example.org")
    (SITE / "p/runs/notes.txt").write_text("mine")
    shutil.rmtree("logs/p/r0")
    build(options())
    assert (SITE / "CNAME").read_text() == "example.org"
    assert (SITE / "p/runs/notes.txt").read_text() == "mine"


def test_a_folder_that_is_not_ours_is_refused() -> None:
    SITE.mkdir()
    (SITE / "thesis.tex").touch()
    with pytest.raises(UsageError, match="is not empty and was not made by tracklog build"):
        build(options())
    assert [p.name for p in SITE.iterdir()] == ["thesis.tex"]


def test_other_roots_may_not_make_runs_leave_unasked() -> None:
    build(options())
    write_run(Path("others"), "x", ROWS)
    with pytest.raises(UsageError, match="would lose 3 runs: logs/p/r0, logs/p/r1, logs/p/r2"):
        build(options(roots=(Path("others"),)))
    assert build(options(roots=(Path("others"),), roots_changed=True)).runs == 1


def test_a_moved_log_folder_changes_nothing() -> None:
    build(options())
    Path("elsewhere").mkdir()
    shutil.move("logs", "elsewhere/logs")
    assert build(options(roots=(Path("elsewhere/logs"),))).written == []


def test_one_run_in_two_roots_is_united_and_others_are_labelled() -> None:
    shutil.copytree("logs", "copy")
    grow(Path("copy/p/r0"), [{"loss": 5.0}])
    shutil.rmtree("copy/p/r1")
    write_run(Path("copy"), "r1", [{"loss": 9.0}], name="another r1")
    build(options(roots=(Path("logs"), Path("copy"))))
    rows = {(row["name"], row["root"]): row["rows"] for row in entry("p/p")["runs"]}
    assert rows == {("run r0", "logs"): 11, ("run r1", "logs"): 10, ("another r1", "copy"): 1, ("run r2", "logs"): 10}


def test_several_processes_write_the_same_bytes() -> None:
    for n in range(3, 20):
        write_run(Path("logs"), f"r{n}", ROWS)
    build(options())
    alone = files()
    build(options(site=Path("other"), jobs=2))
    together = {p.relative_to("other").as_posix(): p.read_bytes() for p in Path("other").rglob("*") if p.is_file()}
    ids = r'"site":"\w+"|"written":[\d.]+'
    for path, data in alone.items():
        assert re.sub(ids, "", data.decode("latin-1")) == re.sub(ids, "", together[path].decode("latin-1"))


def test_damage_costs_only_what_is_damaged() -> None:
    (history,) = Path("logs/p/r1").glob("history-*")
    lines = history.read_bytes().splitlines(keepends=True)
    history.write_bytes(b"".join([*lines[:4], b"\x00garbage\n", *lines[5:]]))
    Path("logs/p/r2/run.json").write_text('{"format": 99}')
    report = build(options())
    assert len(report.damage) == 2
    rows = {row["id"]: (row["rows"], row["damaged"]) for row in entry("p/p")["runs"]}
    assert rows == {"r0": (10, 0), "r1": (9, 1)}
    head = entry("r/p/r1")
    assert head["damage"][0] | {"reason": ""} == {
        "file": history.name,
        "line": 5,
        "offset": sum(map(len, lines[:4])),
        "reason": "",
    }


def test_hostile_names_stay_text() -> None:
    evil = "</script><img src=x onerror=alert(1)>'\"\\\u2028"
    names: dict[str, Any] = {"name": evil, "notes": f"[x](javascript:alert(1)) {evil}", "tags": [evil]}
    write_run(Path("logs"), "evil", [{evil: 1.0, "t": evil}], config={evil: evil}, console=evil, **names)
    build(options())
    for path, data in files().items():
        if not path.startswith("assets/"):
            text = data.decode()
            assert "<img src=x" not in text, path
            assert text.count("</script>") == text.count("<script"), path
            assert 'href="javascript:' not in text, path
    row = next(row for row in entry("p/p")["runs"] if row["id"] == "evil")
    assert (row["name"], row["tags"]) == (evil, [evil])


def test_series_stand_in_the_head_with_their_statistics() -> None:
    write_run(Path("logs"), "s", [{"x": v} for v in (3.0, "NaN", "Infinity", -2.0)])
    build(options())
    (series,) = entry("r/p/s")["series"]
    expected = {"key": "x", "kind": "number", "size": 4, "finite": 2, "nan": 1, "posinf": 1, "neginf": 0}
    expected |= {"min": -2.0, "max": 3.0, "argmin": 3, "argmax": 0}
    assert {key: series[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("logged", "what", "since", "good"),
    [
        ([2.5, 2.25, "NaN", "NaN"], "NaN", 2, 2.25),
        ([2.5, "NaN", 2.25], None, -1, None),
        (["NaN", "NaN"], "NaN", 0, None),
        ([1, "Infinity", "Infinity"], "+Inf", 1, 1.0),
        ([1, "-Infinity"], "−Inf", 1, 1.0),
        ([1, 2, "Infinity", "NaN"], "NaN or Inf", 2, 2.0),
    ],
)
def test_a_metric_that_was_lost_is_told_from_when_on_and_what_was_good(
    logged: list[Any], what: str | None, since: int, good: float | None
) -> None:
    write_run(Path("logs"), "s", [{"a/x": value, "b": 1.5} for value in logged])
    build(options())
    series = {one["key"]: one for one in entry("r/p/s")["series"]}
    lost = {"since": since, "what": what, "good": good} if what else None
    assert (series["a/x"]["lost"], series["b"]["lost"]) == (lost, None)
    index = entry("p/p")
    (row,) = (row for row in index["runs"] if row["id"] == "s")
    assert row["diverged"] == ([["a/x", lost]] if lost else [])
    finite = [value for value in logged if not isinstance(value, str)]
    assert [c["values"] for c in index["least"] if c["key"] == "a/x"] == ([[min(finite)]] if finite else [])
    assert [c["values"] for c in index["greatest"] if c["key"] == "a/x"] == ([[max(finite)]] if finite else [])
    page = (SITE / "p/runs/s.html").read_text()
    assert (f"{what} since step {since}, " in page) == bool(lost)


def test_no_data_file_grows_beyond_its_limit() -> None:
    write_run(
        Path("logs"), "big", [{f"k{k}": float((n * 7919 + k) % 1013) / 7 for k in range(40)} for n in range(3000)]
    )
    build(options())
    parts = sorted((SITE / "data/p").glob("big.*.js"))
    assert len(parts) > 1
    assert max(part.stat().st_size for part in parts) < 300_000


KILLED = "from site_builder import build, Options; from pathlib import Path; build(Options((Path('logs'),), Path('site'), jobs=1))"


def whole(path: Path) -> bool:
    """Return whether an output ends as it should."""
    text = path.read_bytes()
    return text.endswith((b"</html>", b"</html>\n")) if path.suffix == ".html" else text.endswith(b");\n")


def test_kill_9_of_a_build_leaves_a_whole_site(pytestconfig: pytest.Config, checkout: Path) -> None:
    moments = random.Random(0)
    build(options())
    for trial in range(pytestconfig.getoption("--build-kills")):
        for n in range(3):
            grow(Path(f"logs/p/r{n}"), ROWS)
        with subprocess.Popen(
            [sys.executable, "-c", KILLED], cwd=Path.cwd(), env={"PYTHONPATH": str(checkout)}
        ) as process:
            began = time.monotonic()
            # Where in the build it is hit differs from trial to trial; that is all the time is for.
            while process.poll() is None and time.monotonic() - began < 0.2 + moments.random() * 0.25:
                pass
            process.kill()
        ours = [p for p in SITE.rglob("*") if p.suffix in (".html", ".js") and "assets" not in p.parts]
        assert all(whole(path) for path in ours), trial
        version = orjson.loads((SITE / "version.js").read_text().removeprefix("tracklog.version(").removesuffix(");\n"))
        for _, file in version["files"]:
            assert (SITE / "data" / file.partition("?")[0]).is_file()
    build(options())
    leftovers = [path for path in files() if "tracklog-part" in path]
    assert leftovers == []
    assert {row["rows"] for row in entry("p/p")["runs"]} == {10 + 10 * pytestconfig.getoption("--build-kills")}


def test_the_contract_of_the_page_is_that_of_the_builder(checkout: Path) -> None:
    assert (checkout / "templates/src/model.ts").read_text(encoding="utf-8") == typescript.text()


def test_a_narrower_look_leaves_what_the_site_has() -> None:
    build(options())
    for n in range(3):
        grow(Path(f"logs/p/r{n}"), [{"loss": 0.5}])
    write_run(Path("logs"), "new", ROWS)
    build(options(wanted=Wanted("p", ("run r1",))))
    assert {row["id"]: row["rows"] for row in entry("p/p")["runs"]} == {"r0": 11, "r1": 11, "r2": 11}


def test_only_what_is_asked_for_enters_a_new_site() -> None:
    write_run(Path("logs"), "x", ROWS, project="Other Project")
    build(options(wanted=Wanted("Other Project")))
    assert [row["project"] for row in entry("site")["projects"]] == ["Other Project"]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"_type": "histogram"}, "a histogram is damaged"),
        ({"_type": "histogram", "counts": "x"}, "a histogram is damaged"),
        ({"_type": "image-file"}, "the image is not in this folder"),
        ({"_type": "images", "items": [3]}, "the record of this item is damaged (AttributeError)"),
    ],
)
def test_a_media_record_that_is_broken_costs_its_own_value(record: dict[str, Any], says: str) -> None:
    write_run(Path("logs"), "broken", [{"m": record, "loss": 1.0}])
    assert build(options()).damage == [f"logs/p/broken: m: {says}"]
    assert {series["kind"] for series in entry("r/p/broken")["series"]} >= {"number"}


def test_a_run_that_is_asked_for_and_not_there_is_told() -> None:
    build(options())
    says = "no run is what --project p --run r8 asks for; tracklog runs lists those that are there"
    with pytest.raises(UsageError, match=says):
        build(options(wanted=Wanted("p", ("r8",))))
    stay = (
        "2 runs that were not asked for are in site already, and stay; -o with a new folder builds the selection alone"
    )
    assert build(options(wanted=Wanted("p", ("r1",)))).warnings == [stay]
    assert len(entry("p/p")["runs"]) == 3


def test_what_hosts_of_pages_refuse_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "LARGE_FILE", 50_000)
    monkeypatch.setattr(builder, "LARGE_SITE", 100_000)
    said = build(options()).warnings
    assert any(text.startswith("assets/main.") and "Git hosts refuse files over" in text for text in said)
    assert any(text.startswith("the site has") for text in said)
    assert build(options()).warnings == []


def test_a_picture_that_goes_while_it_is_copied_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(Path("logs"), "seen", [{"m": {"_type": "image-file", "path": "media/a.png"}}])
    picture = folder / "files/media/a.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(picture)

    def gone(source: Path, _target: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(source))

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", gone)
        assert build(options()).damage == [f"{picture.resolve()}: cannot be copied: No such file or directory"]
    assert build(options()).damage == []
    assert list((SITE / "media").rglob("*.png"))


@pytest.mark.parametrize(
    ("root", "says"),
    [
        ("nowhere", "nowhere is no folder; nothing is read from it"),
        ("logs/p", "logs/p is one project; build {here}/logs with --project p"),
        ("logs/p/r0", "logs/p/r0 is one run; build {here}/logs with --run r0"),
    ],
)
def test_a_root_without_runs_is_told(root: str, says: str) -> None:
    assert build(options(roots=(Path(root),))).warnings == [says.format(here=Path.cwd().resolve())]
    several = build(options(roots=(Path("logs"), Path("gone")), site=Path("other"))).warnings
    assert several == ["gone is no folder; nothing is read from it"]


def test_runs_behind_links_are_named_unless_they_are_there_anyway() -> None:
    for n in range(4):
        write_run(Path("scratch"), f"far{n}", ROWS)
        Path(f"logs/p/far{n}").symlink_to(Path(f"scratch/p/far{n}").resolve())
    Path("logs/other").symlink_to(Path("scratch/p").resolve())
    Path("logs/p/latest").symlink_to("r0")
    Path("logs/p/notes").symlink_to(Path("logs").resolve())
    report = build(options())
    assert report.warnings == [
        "logs: links are not followed: other, p/far0, p/far1 and 2 more; name the root that they lead to, too"
    ]
    assert report.runs == 3
    report = build(options(roots=(Path("logs"), Path("scratch")), site=Path("both")))
    assert (report.warnings, report.runs) == ([], 7)


def test_copies_of_a_run_that_contradict_each_other_are_named() -> None:
    for root in ("one", "two"):
        write_run(Path(root), "r", ROWS)
    (history,) = Path("two/p/r").glob("history-*")
    other = next(Path("one/p/r").glob("history-*"))
    history.rename(history.with_name(other.name))
    for path in Path("two/p/r").glob("events-*"):
        path.unlink()
    history = history.with_name(other.name)
    history.write_bytes(history.read_bytes().replace(b'"loss":', b'"lots":', 1) + b'{"_step":99,"loss":1}\n')
    report = build(options(roots=(Path("one"), Path("two"))))
    assert any("differ; the longer one is shown" in text for text in report.damage), report.damage
    history.write_bytes(other.read_bytes() + b'{"_step":99,"loss":1}\n')
    assert build(options(roots=(Path("one"), Path("two")))).damage == []
