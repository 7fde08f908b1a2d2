"""`Api`: what was recorded comes back equal, and what is edited holds."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
import yaml

import tracklog
from site_builder import Builder, Options
from tests.site_builder.logs import write_run
from tests.tracklog.test_log import QUIET, begin
from tracklog import cli, recording
from tracklog.errors import CommError, UsageError
from tracklog.public_api import Api
from tracklog.store import reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracklog.public_api import Run

ROOT = Path("tracklogs")


@pytest.fixture(autouse=True)
def _own_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget where the tests before this one have recorded."""
    monkeypatch.setattr(recording, "roots", {})


def again(run: Run) -> Run:
    """Return the run as another process would read it."""
    return Api().run(f"{run.project}/{run.id}")


def recorded(run_id: str = "r", **config: Any) -> Run:
    with begin(ROOT, id=run_id, config={"lr": 0.1, "net": {"layers": 2}, **config}) as live:
        for n in range(5):
            live.log({"loss": 1 / (n + 1), "val": {"acc": n / 10}, "a.b": n})
    return Api().run(f"p/{run_id}")


def log_of(run: Run) -> reader.RunLog:
    return reader.read_run(Path(run.dir).parent)


# -- finding runs


@pytest.mark.parametrize(
    "path",
    ["ada/p/r", "p/r", "r", "/ada/p/runs/r", "ada/p/runs/r", "https://wandb.ai/ada/p/runs/r?workspace=user-ada"],
)
def test_every_way_to_name_a_run(path: str) -> None:
    recorded()
    run = Api().run(path)
    assert (run.project, run.id, run.state) == ("p", "r", "finished")
    assert run.path == ["ada" if "ada" in path else Api().default_entity, "p", "r"]


@pytest.mark.parametrize("path", ["p/none", "none/r", "none", "a/b/p/r/x", ""])
def test_a_run_that_is_not_there_is_an_error_of_both_kinds(path: str) -> None:
    recorded()
    with pytest.raises(ValueError, match="run"):
        Api().run(path)
    if path == "p/none":
        with pytest.raises(CommError, match=r"no run 'p/none' in .*tracklogs"):
            Api().run(path)


def test_an_id_alone_is_that_of_the_default_project_or_of_the_only_one() -> None:
    for project in ("p", "q"):
        write_run(ROOT, "r", [], project=project)
    with pytest.raises(CommError, match=r"several runs 'r': .*p/r, .*q/r"):
        Api().run("r")
    assert Api({"project": "q"}).run("r").project == "q"


def test_runs_are_looked_for_where_this_process_has_recorded(tmp_path: Path) -> None:
    with begin(tmp_path / "elsewhere", id="x") as live:
        live.log({"loss": 1})
        assert Api().run(live.path).state == "running"
    assert [run.id for run in Api().runs("p")] == ["x"]
    with pytest.raises(CommError, match="no project 'p'"):
        Api({"dir": str(tmp_path / "other")}).runs("p")


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(Path("far"), "r", [], entity="them")
    monkeypatch.setenv("WANDB_DIR", "far")
    monkeypatch.setenv("WANDB_ENTITY", "me")
    assert Api().run("p/r").path == ["them", "p", "r"]
    assert Api().default_entity == "me"
    assert [(project.name, project.path) for project in Api().projects()] == [("p", ["me", "p"])]
    assert not ROOT.exists()


def test_names_that_are_not_there_say_what_to_do() -> None:
    run = recorded()
    for owner, name in ((Api(), "registry"), (Api(), "create_custom_chart"), (run, "stop")):
        with pytest.raises(AttributeError, match="is not there yet; instead: "):
            getattr(owner, name)
    with pytest.raises(AttributeError, match="'run' object has no attribute 'nonsense'"):
        _ = run.nonsense
    with pytest.raises(UsageError, match=r"delete the folder .*tracklogs/p/r yourself"):
        run.delete()


# -- what was logged


def test_values_come_back_as_they_were_logged() -> None:
    values = {
        "nan": math.nan, "inf": -math.inf, "big": 2**100, "text": "NaN", "flag": True, "none": None, "one": 1, "half": 0.5,
        "list": [1, math.nan, "x"], "nested": {"deep": {"x": 1}},
    }  # fmt: skip
    with begin(ROOT, id="v", config=values) as live:
        live.log(values)
        live.summary["own"] = values
    run = Api().run("p/v")
    (row,) = run.scan_history()
    flat = {key: value for key, value in values.items() if key != "nested"} | {"nested.deep.x": 1}
    for found, expected in ((run.config, values), (run.summary["own"], values), (row, flat)):
        # repr tells 1 from True and 1.0, and says that NaN is NaN.
        assert {key: repr(found[key]) for key in expected} == {key: repr(expected[key]) for key in expected}


def test_attributes_of_a_run() -> None:
    with begin(ROOT, id="r", name="n", notes="why", tags=["a", "b"], group="g", job_type="train", entity="e") as live:
        live.log({"loss": 1})
        live.log({"loss": 2})
    run = Api().run("p/r")
    assert (run.name, run.notes, run.tags, run.group, run.job_type) == ("n", "why", ["a", "b"], "g", "train")
    assert (run.lastHistoryStep, run.last_history_step, run.storage_id, run.entity) == (1, 1, "r", "e")
    assert run.user.username == run.username == run.metadata["username"]
    assert run.metadata["os"] == sys.platform
    assert (run.summary_metrics, run.history_keys["keys"]["loss"]["typeCounts"]) == (
        {"loss": 2}, [{"type": "number", "count": 2}],
    )  # fmt: skip
    assert run.created_at <= run.heartbeat_at
    assert run.created_at.endswith("Z")
    assert yaml.safe_load(run.json_config) == {}
    assert run.url is None
    assert "n (e/p/r, finished)" in run.to_html()


def test_history_samples_evenly_and_the_same_each_time() -> None:
    with begin(ROOT, id="r") as live:
        for n in range(1000):
            live.log({"loss": n} | ({"val": {"acc": n}} if n % 10 == 0 else {}))
    run = Api().run("p/r")
    assert len(run.history()) == 500
    frame = run.history(samples=11)
    assert frame["_step"].tolist() == [n * 999 // 10 for n in range(11)]
    assert frame.equals(run.history(samples=11))
    rows = run.history(keys=["val.acc", "loss"], pandas=False)
    assert rows == [{"_step": n, "val.acc": n, "loss": n} for n in range(0, 1000, 10)]
    assert run.history(keys=["loss"], x_axis="val.acc", samples=1, pandas=False) == [{"val.acc": 990, "loss": 990}]
    assert [row["loss"] for row in run.scan_history()] == list(range(1000))
    assert list(run.scan_history(keys=["val.acc"], min_step=10, max_step=30)) == [{"val.acc": 10}, {"val.acc": 20}]
    for wrong in ({"stream": "events"}, {"samples": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            run.history(**wrong)
    with pytest.raises(TypeError, match=r"pass a list of keys, as \['loss'\]"):
        run.scan_history(keys="loss")


def test_without_pandas_there_are_lists() -> None:
    write_run(ROOT, "r", [{"loss": 1}])
    code = (
        "import sys; sys.modules['pandas'] = None\nfrom tracklog.public_api import Api\n"
        "print([row['loss'] for row in Api().run('p/r').history()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[1]\n"
    assert "pandas is not installed" in done.stderr


def test_media_are_their_records_and_ranks_are_told_apart() -> None:
    with begin(ROOT, id="r") as live:
        live.log({"image": tracklog.Image(np.zeros((4, 4, 3), np.uint8))})
    (row,) = Api().run("p/r").scan_history()
    assert (row["image"]["_type"], row["image"]["width"]) == ("image-file", 4)


def test_system_metrics() -> None:
    with begin(ROOT, id="r") as live:
        live._recording.system({"cpu": 10.0})
        live._recording.system({"cpu": 20.0, "memory": 5.0})
    run = Api().run("p/r")
    assert run.system_metrics == run.systemMetrics == {"system.cpu": 20.0, "system.memory": 5.0}
    assert [row["system.cpu"] for row in run.history(stream="system", pandas=False)] == [10.0, 20.0]


def test_reading_writes_nothing_and_a_newer_format_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    recorded()
    write_run(ROOT, "new", [], format=99)
    before = {path: path.stat().st_mtime_ns for path in ROOT.rglob("*")}
    api = Api()
    assert [run.id for run in api.runs("p")] == ["r"]
    assert "has format 99" in capfd.readouterr().err
    run = api.run("r")
    _ = run.summary, run.history(), list(run.files()), run.history_keys
    assert {path: path.stat().st_mtime_ns for path in ROOT.rglob("*")} == before


# -- many runs


def some_runs() -> None:
    for n in range(5):
        tags = ["even"] if n % 2 == 0 else []
        write_run(
            ROOT, f"r{n}", [{"loss": float(n)}] if n else [], config={"lr": 10.0**-n, "net": {"layers": n}},
            exit_code=n % 2, name=f"run-{n}", tags=tags, group="g" if n > 2 else "", created=f"2026-01-0{5 - n}T00:00:00Z",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, "01234"),
        ({"state": "failed"}, "13"),
        ({"config.lr": {"$lt": 0.05}}, "234"),
        ({"config.net.layers": {"$in": [1, 4]}}, "14"),
        ({"config.lr.value": 1.0}, "0"),
        ({"tags": "even", "display_name": {"$ne": "run-0"}}, "24"),
        ({"tags": {"$nin": ["even"]}}, "13"),
        ({"name": {"$regex": "[34]$"}}, "34"),
        ({"$or": [{"group": "g"}, {"summary_metrics.loss": {"$lte": 1}}]}, "134"),
        ({"summary.loss": {"$exists": False}}, "0"),
        ({"group": None}, "012"),
        ({"createdAt": {"$gte": "2026-01-03"}}, "012"),
        ({"$and": [{"state": "finished"}, {"$nor": [{"name": "r0"}, {"name": "r4"}]}]}, "2"),
        ({"config.lr": {"$not": {"$lt": 0.05}}}, "01"),
        ({"jobType": {"$exists": True}}, ""),
    ],
)
def test_filters(filters: dict[str, Any], expected: str) -> None:
    some_runs()
    assert "".join(sorted(run.id[1:] for run in Api().runs("me/p", filters))) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("+created_at", "43210"), ("-created_at", "01234"), ("created_at", "43210"), ("-config.lr", "01234"),
        ("+summary_metrics.loss", "12340"), ("-summary_metrics.loss", "43210"), ("-config.net.layers.value", "43210"),
    ],
)  # fmt: skip
def test_orders(order: str, expected: str) -> None:
    some_runs()
    assert "".join(run.id[1:] for run in Api().runs("p", order=order)) == expected


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"filters": {"config.lr": {"$near": 1}}}, r"'\$near' is no operator of a filter; there are \$and"),
        ({"filters": {"$where": 1}}, r"'\$where' is no operator"),
        ({"filters": {"colour": "red"}}, "runs have no column 'colour'"),
        ({"filters": {"name": {"$regex": "("}}}, r"\$regex takes a regular expression"),
        ({"filters": {"tags": {"$in": "best"}}}, r"\$in takes a list, not 'best'"),
        ({"filters": {"createdAt": {"$gt": "yesterday"}}}, "createdAt is compared with a time"),
        ({"filters": {"config.lr": {"$gt": []}}}, r"\$gt compares with a number"),
        ({"filters": ["x"]}, "a filter is a dict"),
        ({"order": "-colour"}, "runs have no column 'colour'"),
    ],
)
def test_filters_that_cannot_be_read_are_refused_at_once(given: dict[str, Any], sentence: str) -> None:
    some_runs()
    with pytest.raises(ValueError, match=sentence):
        Api().runs("p", **given)


def test_runs_are_a_sequence_that_reads_when_it_is_looked_at() -> None:
    some_runs()
    runs = Api().runs("p")
    write_run(ROOT, "late", [], created="2027-01-01T00:00:00Z")
    assert len(runs) == 6
    assert runs[-1].id == "late"
    assert [run.id for run in runs[:2]] == ["r4", "r3"]
    assert next(iter(runs)).id == "r4"
    with pytest.raises(IndexError):
        runs[6]


# -- edits


def test_the_examples_of_the_documents() -> None:
    recorded()
    api = Api()
    run = api.run("username/p/r")
    run.config["foo"] = 32
    run.update()
    tensor = np.random.default_rng(0).random(1000)
    run.summary["tensor"] = tensor
    run.summary.update()
    run = api.run("username/p/r")
    assert run.config == {"lr": 0.1, "net": {"layers": 2}, "foo": 32}
    assert np.array_equal(run.summary["tensor"], tensor)
    record = run.summary_metrics["tensor"]
    assert (record["_type"], record["95%"]) == ("numpy.ndarray", pytest.approx(np.percentile(tensor, 95)))
    assert yaml.safe_load(Path(ROOT, "p/r/config.yaml").read_text())["foo"] == 32
    assert "tensor" in yaml.safe_load(Path(ROOT, "p/r/summary.json").read_text())


def test_only_what_changed_is_written() -> None:
    run = recorded(big=2**80, nan=math.nan, text="NaN", many=[1, {"x": math.nan}])
    run.summary.update()
    run.update()
    assert len(log_of(run).writers) == 1
    run.config["net"]["layers"] = 3
    run.config["lr"] = 1
    run.tags.append("best")
    run.name = "renamed"
    run.update()
    run.save()
    (editor,) = (w for w in log_of(run).writers.values() if not w.history)
    fields = [{k: v for k, v in event.items() if k not in ("_timestamp", "row")} for event in editor.events]
    assert fields == [
        {"event": "edit", "name": "renamed", "tags": ["best"]},
        {"event": "config", "set": {"net": {"layers": 3}, "lr": 1}},
    ]


def test_every_kind_of_edit_is_kept() -> None:
    run = recorded(gone=1)
    run.summary["own"] = {"a": {"b": 1}}
    run.summary.update({"loss": 7, "more": {"x": [1, 2]}})
    run.summary["own"]["a"]["c"] = 2
    del run.summary["val"]["acc"]
    del run.config["gone"]
    run.config["layers"] = (1, 2)
    run.notes = "*why*"
    run.tags = ("a", "b")
    run.update()
    found = again(run)
    expected = {"own": {"a": {"b": 1, "c": 2}}, "loss": 7, "more": {"x": [1, 2]}, "val": {}, "a.b": 4}
    assert found.summary_metrics == expected
    assert (found.config, found.notes, found.tags) == (
        {"lr": 0.1, "net": {"layers": 2}, "layers": (1, 2)}, "*why*", ["a", "b"],
    )  # fmt: skip
    assert found.summary.own.a.c == 2
    found.summary = {"all": 1}
    found.config = {"k": 1}
    found.update()
    assert (again(run).summary_metrics, again(run).config) == ({"all": 1}, {"k": 1})


def test_an_edit_of_the_summary_keeps_other_changes_for_later() -> None:
    run = recorded()
    run.config["x"] = 1
    run.summary.update({"y": 1})
    assert "x" not in again(run).config
    run.update()
    assert again(run).config["x"] == 1


def test_tensors_of_torch_and_nested_ones_come_back() -> None:
    run = recorded()
    weights = torch.arange(60.0).reshape(3, 20)
    run.summary.update({"layers": {"first": weights, "flag": True}})
    found = again(run).summary["layers"]
    assert np.array_equal(found["first"], weights.numpy())
    assert found["flag"] is True


def test_a_tensor_whose_file_is_damaged_or_leads_outside_is_its_record() -> None:
    run = recorded()
    run.summary.update({"w": np.arange(100.0)})
    record = run.summary_metrics["w"]
    np.save("outside.npy", np.arange(100.0))
    place = Path(run.dir, record["path"])
    place.unlink()
    place.symlink_to(Path("outside.npy").absolute())
    assert again(run).summary["w"] == record
    place.unlink()
    np.save(place, np.array([{"a": object}] * 40), allow_pickle=True)
    assert again(run).summary["w"] == record
    place.write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }\n")
    assert again(run).summary["w"] == record


def test_values_and_tags_that_cannot_be_kept_are_refused() -> None:
    run = recorded()
    run.config["x"] = {"deep": [object()]}
    with pytest.raises(TypeError, match=r"config\['x.deep'\] cannot keep a value of type object"):
        run.update()
    run.load(force=True)
    run.config["image"] = tracklog.Image(np.zeros((2, 2)))
    with pytest.raises(TypeError, match="cannot keep a value of type Image"):
        run.update()
    with pytest.raises(ValueError, match="a tag has 1 to 64"):
        run.tags = ["x" * 65]
    assert len(log_of(run).writers) == 1


def test_a_resumed_session_goes_on_from_the_edits_and_what_it_records_wins() -> None:
    run = recorded()
    run.config["lr"] = 5
    run.summary.update({"loss": "edited", "kept": 1})
    run.name = "better"
    run.update()
    with begin(ROOT, id="r", resume="must") as live:
        assert (live.config["lr"], live.name, live.summary["loss"], live.summary["kept"]) == (5, "better", "edited", 1)
        live.log({"loss": 0.25})
    assert (again(run).summary["loss"], again(run).summary["kept"], again(run).config["lr"]) == (0.25, 1, 5)
    with begin(ROOT, id="r", resume="must") as live:
        live.config.update({"lr": 6}, allow_val_change=True)
    assert again(run).config["lr"] == 6


def test_an_edit_holds_though_the_clock_of_the_run_is_ahead() -> None:
    folder = write_run(ROOT, "r", [{"loss": 1}], config={"lr": 1})  # its clock is that of a day in 2026
    for path in folder.glob("*.jsonl"):
        path.write_text(path.read_text().replace("17900", "99900"))
    run = Api().run("p/r")
    run.config["lr"] = 2
    run.summary["loss"] = 2
    run.update()
    assert (again(run).config["lr"], again(run).summary["loss"]) == (2, 2)


def test_what_define_metric_keeps_is_edited_like_any_value() -> None:
    with begin(ROOT, id="r") as live:
        for name in ("loss", "val.acc", "x"):
            live.define_metric(name, summary="min,max")
        for n in range(4):
            live.log({"loss": n, "val": {"acc": n}, "x": n})
    run = Api().run("p/r")
    assert run.summary["loss"] == {"min": 0, "max": 3}
    run.summary["loss"]["min"] = -1
    run.summary["x"] = "by hand"
    run.summary.update({"val": {"acc": 7}})
    run.update()
    assert again(run).summary_metrics == {"loss": {"min": -1, "max": 3}, "val": {"acc": 7}, "x": "by hand"}
    with begin(ROOT, id="r", resume="must") as live:
        live.log({"loss": 5, "x": 5})
    assert again(run).summary_metrics["val"] == {"acc": 7}
    assert again(run).summary_metrics["x"] == {"min": 5, "max": 5}


WRITES = f"""
import sys
import tracklog
run = tracklog.init(project="p", id="r", config={{"lr": 1, "own": 1}}, settings={QUIET!r})
run.log({{"loss": 1, "kept": 1}})
print("logged", flush=True)
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


@pytest.fixture
def writing() -> Any:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )

    def tell(line: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        if line:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        assert process.stdout.readline().strip() in ("logged", "done")

    tell("")
    yield process, tell
    process.kill()
    process.communicate()


def test_a_run_is_edited_while_it_writes(writing: tuple[subprocess.Popen[str], Callable[[str], None]]) -> None:
    process, tell = writing
    run = Api().run("p/r")
    assert run.state == "running"
    run.config["lr"], run.name = 2, "edited"
    run.summary.update({"loss": "edited", "kept": "edited"})
    run.update()
    tell("run.log({'loss': 3})")
    tell("run.config.update({'own': 3}, allow_val_change=True)")
    found = again(run)
    assert (found.config, found.summary_metrics) == ({"lr": 2, "own": 3}, {"loss": 3, "kept": "edited"})
    assert (found.name, found.state, found.lastHistoryStep) == ("edited", "running", 1)
    process.kill()
    process.communicate()
    found = again(run)
    assert (found.state, found.config, found.name) == ("crashed", {"lr": 2, "own": 3}, "edited")
    run.summary.update({"loss": 4})
    assert again(run).summary["loss"] == 4
    assert not log_of(run).damage


def test_a_run_that_was_edited_meanwhile_ends_with_the_edits() -> None:
    with begin(ROOT, id="r", config={"lr": 1}) as live:
        live.log({"loss": 1, "kept": 1})
        run = Api().run("p/r")
        run.config["lr"] = 2
        run.summary.update({"loss": "edited", "kept": "edited"})
        run.update()
        live.log({"loss": 2})
    assert yaml.safe_load(Path(ROOT, "p/r/config.yaml").read_text()) == {"lr": 2}
    assert yaml.safe_load(Path(ROOT, "p/r/summary.json").read_text()) == {"loss": 2, "kept": "edited"}


def test_a_deleted_folder_is_said() -> None:
    run = recorded()
    _ = run.config
    Path(ROOT, "p/r").rename("away")
    run.name = "x"
    with pytest.raises(OSError, match="events-"):
        run.update()


def test_a_site_that_is_built_after_an_edit_shows_it() -> None:
    run = recorded()
    Builder(Options((ROOT,), Path("site"))).build()
    page = Path("site/p/runs/r.html")
    run.name, run.notes, run.tags = "a better name", "it was **worth** it", ["gold"]
    run.config["momentum"] = 0.875
    run.summary["best"], run.summary["w"] = 0.625, np.arange(100.0)
    run.update()
    report = Builder(Options((ROOT,), Path("site"))).build()
    assert not report.damage
    text = page.read_text()
    for shown in ("a better name", "<strong>worth</strong>", "gold", "momentum", "0.875", "best", "0.625", "mean 49.5"):
        assert shown in text
    assert run.url == page.resolve().as_uri()
    assert Api().project("p").url == Path("site/p/index.html").resolve().as_uri()


def test_the_command_line_edits_and_lists(capsys: pytest.CaptureFixture[str]) -> None:
    recorded()
    recorded("s")
    command = ["edit", "r", "s", "--name", "both", "--tag", "+x", "--tag", "y", "--tag", "-y", "--notes", "n"]
    command += [
        "--config",
        "lr=1e-4",
        "--config",
        "net.layers=7",
        "--summary",
        "best=0.5",
        "--summary",
        "note=good one",
    ]
    cli.main(command, standalone_mode=False)
    for name in ("r", "s"):
        run = Api().run(f"p/{name}")
        assert (run.name, run.tags, run.notes, run.config["lr"], run.config["net"]) == (
            "both",
            ["x"],
            "n",
            1e-4,
            {"layers": 7},
        )
        assert (run.summary["best"], run.summary["note"]) == (0.5, "good one")
    cli.main(["runs"], standalone_mode=False)
    assert capsys.readouterr().out.count("both") == 2
    for wrong, sentence in (
        (["--tag", "-no"], "no tag 'no'"),
        (["--config", "x"], "write key=value"),
        ([], "say what"),
    ):
        with pytest.raises(SystemExit, match="2"):
            cli.main(["edit", "r", *wrong])
        assert sentence in capsys.readouterr().err


# -- files


def test_files_are_listed_downloaded_and_added(tmp_path: Path) -> None:
    Path("notes.txt").write_text("hello")
    with begin(ROOT, id="r") as live:
        live.save("notes.txt")
        live.log({"image": tracklog.Image(np.zeros((4, 4, 3), np.uint8))})
    run = Api().run("p/r")
    names = [file.name for file in run.files()]
    assert names[-1] == "notes.txt"
    assert [file.name for file in run.files(names=["notes.txt", "none"])] == ["notes.txt"]
    assert [file.name for file in run.files(pattern="media/%.png")] == names[:-1]
    with pytest.raises(ValueError, match="by one of them"):
        run.files(names=["x"], pattern="%")
    file = run.file("notes.txt")
    assert (file.size, file.mimetype, file.md5) == (5, "text/plain", "XUFAKrxLKna5cZ2REBfFkg==")
    with file.download(root=tmp_path / "here") as copy:
        assert copy.read() == "hello"
    with pytest.raises(ValueError, match="pass replace=True"):
        file.download(root=tmp_path / "here")
    Path(tmp_path, "here/notes.txt").write_text("mine")
    with file.download(root=tmp_path / "here", exist_ok=True) as copy:
        assert copy.read() == "mine"
    with file.download(root=tmp_path / "here", replace=True) as copy:
        assert copy.read() == "hello"
    Path("sub").mkdir()
    Path("sub/more.txt").write_text("more")
    assert run.upload_file("sub/more.txt").name == "sub/more.txt"
    assert Path(run.dir, "sub/more.txt").read_text() == "more"
    events = [event for writer in log_of(run).writers.values() for event in writer.events]
    assert [event["size"] for event in events if event.get("path") == "sub/more.txt"] == [4]
    with pytest.raises(ValueError, match="lies outside root='sub'"):
        run.upload_file("notes.txt", root="sub")
    with pytest.raises(UsageError, match="nothing of a run is deleted"):
        file.delete()


def test_no_file_is_outside_of_the_run() -> None:
    run = recorded()
    Path("secret").write_text("s")
    Path(run.dir, "link").symlink_to(Path("secret").absolute())
    assert [file.name for file in run.files()] == []
    for name in ("link", "../run.json", "../../../../secret", "none", "", "/etc/passwd"):
        with pytest.raises(CommError, match="has no file"):
            run.file(name)
    Path(run.dir, "x").write_text("x")
    assert run.file("../files/x").name == "x"


def test_waiting_for_a_run_that_has_ended_returns_at_once() -> None:
    run = recorded()
    run.wait_until_finished()
    assert run.state == "finished"


def test_folders_that_were_renamed_are_found_by_their_id() -> None:
    recorded()
    Path(ROOT, "p/r").rename(Path(ROOT, "p/moved"))
    assert Api().run("p/r").id == "r"
