"""The command line: results on stdout, everything else on stderr, and what the exit code says."""

from __future__ import annotations

import csv
import fcntl
import http.client
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tracklog as recorder
from site_builder.pictures import pictures
from tests.site_builder.logs import write_run
from tracklog import demo, listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tracklog.conftest import Said

LOGS, SITE = Path("tracklogs"), Path("site")
ROWS = [{"loss": 1 / (n + 1), "net": {"norm": n}, "text": "=1+1"} for n in range(5)]
DONE, FAILED, USAGE, DAMAGED = 0, 1, 2, 3


@pytest.fixture(autouse=True)
def _logs() -> None:
    for n in range(3):
        write_run(LOGS, f"r{n}", ROWS, project="p" if n else "q", config={"lr": 10.0**-n, "net": {"layers": n}})


def damage() -> str:
    (history,) = (LOGS / "p/r1").glob("history-*")
    lines = history.read_bytes().splitlines(keepends=True)
    history.write_bytes(b"".join([lines[0], b"garbage\n", *lines[1:]]))
    return str(history)


def test_build_prints_the_page_and_does_nothing_twice(tracklog: Callable[..., Said]) -> None:
    first = tracklog("build")
    assert (first.code, first.out) == (DONE, "site/index.html\n")
    assert "runs: 3\npages: 1\n" in first.err
    assert (SITE / "index.html").is_file()
    before = {path: path.stat().st_mtime_ns for path in SITE.rglob("*") if path.name != "lock"}
    again = tracklog("build", "tracklogs", "-o", "site")
    assert (again.code, again.out) == (DONE, "site/index.html\n")
    assert "3 runs, 0 read, 0 files written, 0 removed" in again.err
    assert {path: path.stat().st_mtime_ns for path in SITE.rglob("*") if path.name != "lock"} == before


def test_the_default_root_is_where_runs_are_logged(
    tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move("tracklogs", "elsewhere")
    assert tracklog("build").code == USAGE
    monkeypatch.setenv("WANDB_DIR", "nowhere")
    monkeypatch.setenv("TRACKLOG_DIR", "elsewhere")
    assert tracklog("build").code == DONE
    assert tracklog("runs").out.count("finished") == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("build", "nowhere"), "no log folder at nowhere; name the folder that init(dir=...) or TRACKLOG_DIR gave"),
        (("build", "--jobs", "-1"), "Invalid value for '--jobs'"),
        (("build", "--no-such-option"), "No such option"),
        (("watch", "--single-file", "x.html"), "--single-file cannot be watched"),
        (("runs", "nowhere"), "no log folder at nowhere"),
        (("runs", "--filter", "lr <"), "a value is missing"),
        (("runs", "--format", "xml"), "Invalid value for '--format'"),
        (("history", "nobody"), "no run in tracklogs for 'nobody'; give the run's folder or id"),
        (("history", "r1", "--keys", "lost,gone"), "no row of r1 has lost or gone; it has loss, net.norm, text"),
        (("history",), "name a run, or choose runs by --filter; not both"),
        (("history", "r1", "--filter", "lr<1"), "name a run, or choose runs by --filter; not both"),
        (("history", "--filter", "lr>7"), "no run in tracklogs matches 'lr>7'"),
        (("build", "--filter", "lr <"), "a value is missing"),
        (("check", "nowhere"), "no log folder at nowhere"),
        (("frobnicate",), "No such command"),
    ],
)
def test_usage_errors_say_what_to_do_and_exit_2(
    arguments: tuple[str, ...], sentence: str, tracklog: Callable[..., Said]
) -> None:
    said = tracklog(*arguments)
    assert (said.code, said.out) == (USAGE, "")
    assert sentence in said.err
    assert not SITE.exists()


def test_a_folder_of_somebody_else_is_refused(tracklog: Callable[..., Said]) -> None:
    SITE.mkdir()
    (SITE / "thesis.tex").touch()
    said = tracklog("build")
    assert said.code == USAGE
    assert "site is not empty and was not made by tracklog build" in said.err


def test_what_the_environment_refuses_is_one_sentence_and_exit_1(tracklog: Callable[..., Said]) -> None:
    Path("file").touch()
    for arguments in (("build", "-o", "file/site"), ("build", "--single-file", "file/one.html")):
        said = tracklog(*arguments)
        assert (said.code, said.out) == (FAILED, "")
        assert said.err.splitlines()[-1].startswith("tracklog: ")
        assert "Traceback" not in said.err


def test_damage_is_named_and_exits_3_or_1_when_strict(tracklog: Callable[..., Said]) -> None:
    damage()
    said = tracklog("build")
    assert (said.code, said.out) == (DAMAGED, "site/index.html\n")
    assert "damaged: tracklogs/p/r1: history-" in said.err
    assert tracklog("build").code == DAMAGED
    assert tracklog("build", "--strict").code == FAILED
    assert tracklog("build", "--single-file", "one.html").code == DAMAGED
    (LOGS / "p/r2/run.json").write_text('{"format": 99}')
    assert "99" in tracklog("build").err


def pictured() -> list[Path]:
    """Log pictures; return their files."""
    with recorder.init(project="q", id="seen", dir=LOGS, settings={"silent": True, "console": "off"}) as run:
        for n in range(3):
            noise = np.random.default_rng(n).integers(0, 255, (16, 16), np.uint8)
            run.log({"picture": recorder.Image(noise), "loss": n})
    return sorted((LOGS / "q/seen/files/media").rglob("*.png"))


def test_media_that_are_not_as_they_were_logged_are_named(tracklog: Callable[..., Said]) -> None:
    gone, cut, swapped = pictured()
    assert tracklog("check").code == tracklog("build", "-o", "before").code == DONE
    other = swapped.read_bytes()
    kept = {file: file.read_bytes() for file in (gone, cut)}
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:150])
    said = tracklog("build")
    assert said.code == DAMAGED
    assert f"damaged: tracklogs/q/seen: picture: media/images/{gone.name} is not in this folder" in said.err
    assert f"picture: media/images/{cut.name} is damaged" in said.err
    assert tracklog("build").err.count("damaged: tracklogs") == 2  # nothing was read again, and nothing is forgotten
    assert tracklog("build", "--strict").code == FAILED
    assert tracklog("build", "--single-file", "one.html").code == DAMAGED
    swapped.write_bytes(other + b"\0")
    said = tracklog("check")
    assert said.code == DAMAGED
    for file, wrong in ((gone, "is missing"), (cut, "is not what was logged"), (swapped, "is not what was logged")):
        (line,) = (line for line in said.out.splitlines() if file.name in line)
        assert wrong in line
    assert said.err == "4 runs checked, 3 problems\n"
    for file, content in kept.items():
        file.write_bytes(content)
    said = tracklog("build")
    assert (said.code, "1 read" in said.err) == (DONE, True)  # what is repaired is looked at again


def test_check_looks_into_tables_and_at_the_summary(tracklog: Callable[..., Said]) -> None:
    with recorder.init(project="q", id="deep", dir=LOGS, settings={"silent": True, "console": "off"}) as run:
        table = recorder.Table(columns=["picture"], data=[[recorder.Image(np.zeros((4, 4)))]])
        run.log({"table": table})
        run.summary["weights"] = np.arange(100)
    assert tracklog("check").code == DONE
    files = LOGS / "q/deep/files/media"
    gone = [*files.rglob("*.png"), *files.rglob("*.npy")]
    assert len(gone) == 2
    for file in gone:
        file.unlink()
    said = tracklog("check")
    assert said.code == DAMAGED
    assert all(any(file.name in line and "is missing" in line for line in said.out.splitlines()) for file in gone)


def test_what_is_whole_and_not_shown_is_no_damage(
    tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh = Path("scene.babylon")
    mesh.write_text("{}")
    with recorder.init(project="q", id="limits", dir=LOGS, settings={"silent": True, "console": "off"}) as run:
        run.log({"mesh": recorder.Object3D(str(mesh)), "picture": recorder.Image(np.zeros((64, 64)))})
    monkeypatch.setattr("site_builder.pictures.thumbnails.LARGEST", 50)
    (picture,) = (LOGS / "q/limits/files/media").rglob("*.png")
    assert pictures.look(str(picture)).error == "has 0 MB; pictures up to 5e-05 MB are shown"
    assert tracklog("build").code == tracklog("check").code == DONE


def test_check_lists_damage_on_stdout(tracklog: Callable[..., Said]) -> None:
    assert tracklog("check") == (DONE, "", "3 runs checked, 0 problems\n")
    file = damage()
    (LOGS / "p/r2/run.json").write_text('{"format": 99}')
    said = tracklog("check", "tracklogs")
    assert said.code == DAMAGED
    assert len(said.out.splitlines()) == 2
    assert f"{file}: line 2, byte" in said.out
    assert said.err == "3 runs checked, 2 problems\n"


def test_runs_are_listed_filtered_and_given_as_json(tracklog: Callable[..., Said]) -> None:
    table = tracklog("runs")
    head, *lines = table.out.splitlines()
    assert (table.code, table.err) == (DONE, "")
    columns = ["project", "id", "name", "state", "created", "duration", "steps", "lr", "net.layers"]
    assert head.split() == columns  # what is equal, as the summary, is no column
    assert lines[0].split()[-2:] == ["0.1", "1"]
    assert [line.split()[1] for line in lines] == ["r1", "r2", "r0"]
    assert [line.split()[1] for line in tracklog("runs", "--project", "q").out.splitlines()[1:]] == ["r0"]
    said = tracklog("runs", "--filter", "lr<0.5 and net.layers>1", "--format", "jsonl")
    (row,) = map(json.loads, said.out.splitlines())
    assert (row["id"], row["config"]["lr"], row["summary"]["net.norm"]) == ("r2", 0.01, 4)


def test_runs_are_chosen_by_when_they_were_made(tracklog: Callable[..., Said]) -> None:
    write_run(LOGS, "new", ROWS, created="2026-12-01T02:00:00+09:00")
    write_run(LOGS, "lost", ROWS, created="one day")

    def found(condition: str) -> list[str]:
        return [line.split()[1] for line in tracklog("runs", "--filter", condition).out.splitlines()[1:]]

    assert found("created>=2026-10-01") == ["new"]
    assert found("created>=2026-12-01") == []  # days are those of UTC
    assert found("created<2026-10-01") == ["r1", "r2", "r0"]
    assert "2026-11-30T17:00:00" in tracklog("runs").out


def test_runs_are_listed_with_the_newest_first(tracklog: Callable[..., Said]) -> None:
    write_run(LOGS, "new", [{"loss": 5000.123456, "text": "x" * 99}], created="2026-12-01T02:00:00+09:00")
    write_run(LOGS, "lost", [{"loss": "NaN", "lr": 3}], created="one day")
    head, *lines = tracklog("runs").out.splitlines()
    assert [line.split()[1] for line in lines] == ["new", "r1", "r2", "r0", "lost"]
    assert head.split()[7:] == ["loss", "text", "net.norm", "lr", "config.lr", "net.layers"]
    assert " 5000  x" in lines[0]  # four significant digits
    assert len(lines[0]) < 200  # long texts are cut
    assert "NaN" in lines[-1]


def test_a_narrow_terminal_gets_the_first_columns_and_a_word_about_the_others() -> None:
    rows = listing.runs(LOGS)
    *lines, last = listing.table(rows, 75).splitlines()
    assert lines[0].split()[-1] == "lr"
    assert last == "1 more columns: a wider terminal or --format jsonl has them"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("--run", "r1", "--run", "run r2"), {"r1", "r2"}),
        (("--filter", "lr<0.5"), {"r1", "r2"}),
        (("--filter", "lr<0.5", "--run", "r1"), {"r1"}),
        (("--filter", "duration>=0 and step=4"), {"r0", "r1", "r2"}),
    ],
)
def test_a_selection_is_built_as_a_folder_and_as_one_file(
    tracklog: Callable[..., Said], asked: tuple[str, ...], found: set[str]
) -> None:
    assert tracklog("build", *asked).code == DONE
    assert {page.stem for page in SITE.glob("*/runs/*.html")} == found
    assert tracklog("build", *asked, "--single-file", "one.html").code == DONE
    text = Path("one.html").read_text()
    assert {run for run in ("r0", "r1", "r2") if f"runs/{run}.html" in text} == found


def test_a_selection_that_finds_nothing_says_so(tracklog: Callable[..., Said]) -> None:
    said = tracklog("build", "--filter", "lr>7", "--run", "r1")
    assert said.code == USAGE
    assert not list(SITE.glob("*.html"))
    assert "no run is what --run r1 --filter 'lr>7' asks for" in said.err


def test_the_history_of_a_selection_names_its_runs(tracklog: Callable[..., Said]) -> None:
    rows = list(csv.DictReader(io.StringIO(tracklog("history", "--filter", "lr<0.5", "--keys", "loss").out)))
    assert [row["_run"] for row in rows] == ["r1"] * 5 + ["r2"] * 5
    assert rows[5]["loss"] == "1.0"


def test_a_csv_has_plain_names_and_flat_cells(tracklog: Callable[..., Said]) -> None:
    picture = {"_type": "image-file", "path": "media/images/a.png", "sha256": "0", "size": 1}
    both = {"a.b": 1, "a": {"b": 2}}
    write_run(LOGS, "flat", [{"val.acc": 0.5, "n": {"x": [1, 2]}, "picture": picture, "=odd": 1, **both}])
    said = tracklog("history", "flat")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert (row["val.acc"], row["n.x"], row["picture"], row["'=odd"]) == ("0.5", "[1,2]", "media/images/a.png", "1")
    # Two names that read alike keep what tells them apart.
    assert (row["a\\.b"], row["a.b"]) == ("1", "2")
    assert tracklog("history", "flat", "--keys", "val.acc").code == DONE


def test_a_run_is_found_by_its_id_whatever_its_folder_is_called(tracklog: Callable[..., Said]) -> None:
    before = tracklog("history", "r1").out
    (LOGS / "p/r1").rename(LOGS / "p/elsewhere")
    assert tracklog("history", "r1").out == tracklog("history", "elsewhere").out == before


def test_names_cannot_steer_a_terminal(tracklog: Callable[..., Said]) -> None:
    write_run(LOGS, "r9", ROWS, name="\x1b[2Jgone\nr8  really ünïcode")
    said = tracklog("runs", "--filter", "id=r9")
    assert len(said.out.splitlines()) == 2
    assert "\\x1b[2Jgone\\nr8  really ünïcode" in said.out
    assert json.loads(tracklog("runs", "--filter", "id=r9", "--format", "jsonl").out)["name"].startswith("\x1b[2J")


def test_a_reader_that_has_seen_enough_is_no_error(checkout: Path) -> None:
    write_run(LOGS, "long", [{"loss": n} for n in range(20_000)])
    command = f"{sys.executable} -m tracklog history long | head -1"
    done = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("_step,_runtime,_timestamp,loss\n", "")


def test_a_run_of_a_newer_version_hides_no_other(tracklog: Callable[..., Said]) -> None:
    (LOGS / "p/r2/run.json").write_text('{"format": 99}')
    assert tracklog("history", "run r1").code == DONE


def test_a_text_that_looks_like_no_number_is_a_text(tracklog: Callable[..., Said]) -> None:
    write_run(LOGS, "texts", [{"said": {"_type": "string", "value": "NaN"}}])
    (row,) = csv.DictReader(io.StringIO(tracklog("history", "texts").out))
    assert row["said"] == "NaN"


def test_history_has_values_as_they_were_logged(tracklog: Callable[..., Said]) -> None:
    wrapped = {"_type": "string", "value": "NaN"}
    write_run(
        LOGS,
        "odd",
        [{"n": 6687881544318117707, "t": "-5", "l": [1, "1", "NaN", wrapped], "o": None, "e": ""}, {"n": 1}],
    )
    first, second = csv.DictReader(io.StringIO(tracklog("history", "odd").out))
    assert [first[key] for key in "ntloe"] == ["6687881544318117707", "-5", '[1,"1",NaN,"NaN"]', "null", ""]
    assert [second[key] for key in "no"] == ["1", ""]


def test_the_list_of_runs_tells_numbers_from_texts(tracklog: Callable[..., Said]) -> None:
    values = {"number": 1, "text": "1", "none": None, "empty": "", "list": [1, "NaN"], "wide": 2**63 + 1}
    for name, value in values.items():
        write_run(LOGS, name, [{}], project="odd", name=name, config={"x": value})
    lines = tracklog("runs", "--project", "odd").out.splitlines()
    found = {line.split()[2]: line.split()[-1] for line in lines[1:]}
    assert found == {
        "number": "1", "text": '"1"', "none": "null", "empty": '""', "list": "[1,NaN]", "wide": "9223372036854775809"
    }  # fmt: skip


def test_history_prints_folded_rows(tracklog: Callable[..., Said]) -> None:
    said = tracklog("history", "r1")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert (said.code, said.err) == (DONE, "")
    assert [float(row["loss"]) for row in rows] == [row["loss"] for row in ROWS]
    assert {row["text"] for row in rows} == {"'=1+1"}
    lines = tracklog("history", "run r1", "--keys", "net.norm", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["net.norm"] for line in lines] == [0, 1, 2, 3, 4]
    assert set(json.loads(lines[0])) == {"_step", "_runtime", "_timestamp", "net.norm"}
    assert tracklog("history", "tracklogs/p/r1").out == said.out
    shutil.copytree(LOGS, "copy")
    assert tracklog("history", "r1", "--root", "copy").out == said.out


def test_project_and_run_choose_what_is_built(tracklog: Callable[..., Said]) -> None:
    assert "1 run, 1 read" in tracklog("build", "--project", "q").err
    assert sorted(p.name for p in SITE.iterdir() if p.is_dir() and p.name not in (".tracklog", "assets")) == [
        "data",
        "q",
    ]
    assert tracklog("build", "-o", "one", "--project", "p", "--run", "run r2").code == DONE
    assert [path.name for path in Path("one/p/runs").iterdir()] == ["r2.html"]


def test_open_opens_the_page(tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def one_browser(url: str) -> bool:
        opened.append(url)
        return len(opened) == 1

    monkeypatch.setattr(webbrowser, "open", one_browser)
    assert tracklog("build", "--open").code == DONE
    assert opened == [Path("site/index.html").resolve().as_uri()]
    assert f"no browser found; open {opened[0]}" in tracklog("build", "--open").err


def test_demo_trains_and_builds(tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "train", lambda root, **_: write_run(root, "small", ROWS))
    said = tracklog("demo", "there")
    assert (said.code, said.out) == (DONE, "there/site/index.html\n")
    assert Path("there/site/p/runs/small.html").is_file()


def start(*arguments: str) -> subprocess.Popen[str]:
    world = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen(
        [sys.executable, "-m", "tracklog", *arguments],
        env=world,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_build_waits_for_another_one_and_says_who_it_is(tracklog: Callable[..., Said]) -> None:
    tracklog("build")
    with (SITE / ".tracklog/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate()
        lock.write("process 4711 since 12:00:00\n")
        lock.flush()
        with start("build") as waiting:
            assert waiting.stderr is not None
            assert waiting.stdout is not None
            sentence = waiting.stderr.readline()
            assert waiting.poll() is None
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert waiting.stdout.read() == "site/index.html\n"
            assert waiting.wait() == DONE
    assert "another build writes site (process 4711 since 12:00:00); waiting for it" in sentence


def test_watch_serves_until_it_is_interrupted() -> None:
    with start("watch", "--serve", "0") as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert watching.stdout.readline() == "site/index.html\n"
        url = watching.stdout.readline().removeprefix("serving ").strip()
        port = int(url.removeprefix("http://127.0.0.1:").removesuffix("/index.html"))
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/index.html")
        assert b"tracklog" in connection.getresponse().read()
        connection.close()
        for line in watching.stderr:
            if "Ctrl-C ends" in line:
                break
        watching.send_signal(signal.SIGINT)
        assert watching.wait() == DONE
        assert "Traceback" not in watching.stderr.read()


def test_help_names_every_command_and_version_is_that_of_the_package(tracklog: Callable[..., Said]) -> None:
    import tracklog as package

    assert package.__version__ in tracklog("--version").out
    for command in ("build", "watch", "demo", "runs", "history", "check"):
        assert command in tracklog("--help").out
        assert tracklog(command, "-h").code == DONE
