"""Runs that SwanLab itself writes, value by value."""

from __future__ import annotations

import math
import shutil
import signal
import struct
import zlib
from pathlib import Path

import numpy as np
import orjson
import pytest
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, take
from tracklog.store import layout

ROOT, LOGS = Path("tracklogs"), Path("swanlog")
BEGIN = """
import glob, os, sys, time
import numpy as np
import swanlab
mode = sys.argv[1]
run = swanlab.init(
    project="proj", experiment_name="exp a", description="some notes", tags=["t1", "t2"], group="g", job_type="j", mode=mode,
    id="abc123def", logdir="swanlog", config={"lr": 0.1, "tiny": 1e-5, "net": {"a": 1, "b": [1, 2]}, "nan": float("nan"),
    "inf": -float("inf"), "none": None, "date": "2020-01-01", "on": "on", "yes": True})
def settled(pattern, size):
    while sum(os.path.getsize(path) for path in glob.glob(pattern)) < size: time.sleep(0.02)
"""
WHOLE = """
print("hello")
for n in range(5):
    swanlab.log({"loss": 1 / (n + 1), "train/acc": n})
swanlab.log({"odd": float("nan")}, step=10)
swanlab.log({"odd": float("inf")}, step=7)
swanlab.log({"odd": -float("inf")}, step=7)
swanlab.log({"odd": -1.5}, step=3)
swanlab.log({"zero": 0, "exact": 2**53 - 1, "/trimmed/": True, "nested": {"a": {"b": 2}}}, step=11)
pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
swanlab.log({"pic": swanlab.Image(pixels, caption="c"), "text": swanlab.Text("a text")}, step=12)
swanlab.log({"pics": [swanlab.Image(pixels), swanlab.Image(pixels * 0, caption="black")]}, step=13)
swanlab.log({"cloud": swanlab.Object3D(np.arange(30.0).reshape(10, 3))}, step=14)
table = swanlab.echarts.Table()
table.add(["a", "b"], [[1, 2], [3, 4]])
swanlab.log({"table": table, "bar": swanlab.echarts.Bar(), "page": swanlab.Html("<b>x</b>")}, step=15)
if "fail" in sys.argv:
    raise RuntimeError("no luck")
swanlab.finish()
"""
FOLDER = ROOT / "p/abc123def"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a folder for each of some runs, which write at the same time."""
    home = tmp_path_factory.mktemp("swanlab")
    scripts = {"offline": (WHOLE, "offline"), "local": (WHOLE, "local", "fail")}
    processes = {}
    for name, (code, *arguments) in scripts.items():
        (home / name).mkdir()
        processes[name] = peers.start("trackers", BEGIN + code, home / name, *arguments)
    expected = {"offline": 0, "local": 1}
    for name, process in processes.items():
        _, err = process.communicate()
        assert process.returncode == expected[name], err
    return home


def the_log(home: Path = LOGS) -> Path:
    (path,) = home.glob("run-*/*.swanlab")
    return path


@pytest.mark.parametrize("mode", ["offline", "local"])
def test_a_run_that_ended_is_all_there(mode: str, written: Path) -> None:
    outcome = take(written / mode, ROOT)
    assert outcome.damage == []
    assert series(FOLDER, "loss") == [(n, 1 / (n + 1)) for n in range(5)]
    assert series(FOLDER, "train/acc") == [(n, float(n)) for n in range(5)]
    odd = series(FOLDER, "odd")
    assert [step for step, _ in odd] == [10, 7, 3]
    assert math.isnan(odd[0][1])
    kept = math.inf if mode == "offline" else -math.inf
    assert [value for _, value in odd[1:]] == [kept, -1.5], "each kind of file keeps another one of two at one step"
    (row,) = [row for row in rows(FOLDER) if row["_step"] == 11]
    assert row == {"_step": 11, "zero": 0.0, "exact": 2**53 - 1, "trimmed": 1.0, "nested/a/b": 2.0}
    notes = "\n".join(outcome.notes)
    assert "its sign is lost" in notes
    assert "keeps one value of those logged at one step" in notes
    assert ("lines of local mode, which hold more" in notes) == (mode == "local")
    assert state(FOLDER, 2e9) == ("finished" if mode == "offline" else "failed")
    said = "".join(line["text"] for line in lines(FOLDER, layout.CONSOLE))
    assert said.count("hello\n") == 1
    assert ("RuntimeError: no luck" in said) == (mode == "local")
    media(FOLDER)
    before = everything(ROOT)
    assert take(written / mode, ROOT).changed == []
    assert everything(ROOT) == before


def test_what_a_run_is_comes_along(written: Path) -> None:
    take(written / "offline", ROOT, "swanlab")
    found = config(FOLDER)
    assert math.isnan(found.pop("nan"))
    assert found == {
        "lr": 0.1, "tiny": 1e-5, "net": {"a": 1, "b": [1, 2]}, "inf": math.inf, "none": {}, "date": "2020-01-01",
        "on": "on", "yes": True,
    }  # fmt: skip
    said = about(FOLDER)
    names = ("name", "notes", "tags", "group", "job_type")
    assert [said[key] for key in names] == ["exp a", "some notes", ["t1", "t2"], "g", "j"]
    assert said["python"].startswith("3.")
    assert (FOLDER / "files/requirements.txt").stat().st_size > 0


def media(folder: Path) -> None:
    found = {key: value for line in lines(folder) for key, value in line.items()}
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    assert found["pic"]["caption"] == "c"
    first, second = found["pics"]["items"]
    for picture, expected in ((found["pic"], pixels), (first, pixels), (second, pixels * 0)):
        assert (np.array(Image.open(folder / "files" / picture["path"]).convert("RGB")) == expected).all()
    assert found["text"] == "a text"
    assert found["cloud"]["_type"].startswith("object3D")
    assert orjson.loads((folder / "files" / found["table"]["path"]).read_bytes())["data"] == [[1, 2], [3, 4]]
    assert b"<b>x</b>" in (folder / "files" / found["page"]["path"]).read_bytes()
    assert len(list((folder / "files/echarts").iterdir())) == 1, "a chart that is kept as its file"


def test_a_run_of_local_mode_goes_on_and_is_killed() -> None:
    code = """
def log(first, end):
    for n in range(first, end):
        swanlab.log({"loss": n, "acc": -n})
    while sum(open(path).read().count("\\n") for path in glob.glob("swanlog/run-*/logs/2/*.log")) < end: time.sleep(0.02)
print("words")
settled("swanlog/run-*/console/*.log", 1)
log(0, 10)
print("ready", file=sys.__stdout__, flush=True)
sys.stdin.readline()
log(10, 200)
settled("swanlog/run-*/*.swanlab", 8000)
print("ready", file=sys.__stdout__, flush=True)
sys.stdin.readline()
log(200, 300)
print("ready", file=sys.__stdout__, flush=True)
sys.stdin.readline()
swanlab.log({"loss": 7}, step=3)
while '"index": 3, "data": 7.0' not in open(glob.glob("swanlog/run-*/logs/1/1000.log")[0]).read(): time.sleep(0.02)
print("ready", file=sys.__stdout__, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), 9)
"""
    process = peers.start("trackers", BEGIN + code, Path.cwd(), "local")
    assert process.stdin is not None
    assert process.stdout is not None

    def wait() -> None:
        for line in process.stdout or ():
            if line == "ready\n":
                return

    def go_on() -> None:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    wait()
    outcome = take(LOGS, ROOT)
    assert series(FOLDER, "column 1") == [(n, float(n)) for n in range(10)], "its name waits in a buffer"
    assert any("they have their numbers" in note for note in outcome.notes)
    go_on()
    wait()
    (taken,) = take(LOGS, ROOT).changed
    assert taken.is_afresh
    assert series(FOLDER, "loss") == [(n, float(n)) for n in range(200)]
    go_on()
    wait()
    (taken,) = take(LOGS, ROOT).changed
    assert (taken.rows, taken.is_afresh) == (100, False)
    assert series(FOLDER, "acc") == [(n, float(-n)) for n in range(300)]
    assert [line["text"] for line in lines(FOLDER, layout.CONSOLE)].count("words\n") == 1
    go_on()
    wait()
    (taken,) = take(LOGS, ROOT).changed
    assert taken.is_afresh, "SwanLab writes a file anew when a step is logged again"
    assert dict(series(FOLDER, "loss"))[3] == 7
    go_on()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    before = everything(ROOT)
    assert take(LOGS, ROOT).changed == []
    assert everything(ROOT) == before
    assert state(FOLDER, 2e9) == "crashed"


def record(*fields: bytes) -> bytes:
    """Return a record in LevelDB's framing."""
    data = b"".join(fields)
    return struct.pack("<IHB", zlib.crc32(data, zlib.crc32(b"\x01")), len(data), 1) + data


def field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2, len(data)]) + data


def test_foreign_and_damaged_files_are_named_and_the_rest_is_taken(written: Path) -> None:
    shutil.copytree(written / "local/swanlog", LOGS)
    log = the_log()
    data = bytearray(log.read_bytes())
    data[-40] ^= 1
    log.write_bytes(data)
    (lines_of,) = log.parent.glob("logs/1/1000.log")
    lines_of.write_bytes(b'{"index": 0\n[1]\n{"index": null, "data": 1}\n' + lines_of.read_bytes())
    (log.parent / "files/config.yaml").write_text("a: [", encoding="utf-8")
    other = LOGS / "run-20260101_000000-other"
    other.mkdir()
    (other / "run-other.swanlab").write_bytes(b"something else")
    hostile = LOGS / "run-20260101_000000-hostile"
    (hostile / "media/image").mkdir(parents=True)
    shutil.copy(next(log.parent.glob("media/image/*.png")), LOGS / "secret.png")
    item = field(1, b"../../../secret.png")
    media = field(14, field(1, b"pic") + b"\x18\x02" + field(5, field(1, item)))
    (hostile / "run-hostile.swanlab").write_bytes(
        b":SWL\xd6\xe1\x02" + record(media) + record(b"\xff\xff") + b"\0" * 50
    )
    outcome = take(LOGS, ROOT)
    said = "\n".join(outcome.damage)
    assert "run-other.swanlab is no file of SwanLab's" in said
    assert "'../../../secret.png' is not among the run's media" in said
    assert "hostile: a record ends within" in said
    assert "a record is damaged" in said
    assert said.count("logs/1/1000.log has a line that is none of SwanLab's") == 3
    assert "files/config.yaml cannot be read" in said
    assert series(FOLDER, "loss") == [(n, 1 / (n + 1)) for n in range(5)]
    assert not list(ROOT.rglob("secret*"))
