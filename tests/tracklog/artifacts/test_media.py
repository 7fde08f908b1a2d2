"""Tables and media in artifacts: what was added comes back as the object it was."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracklog
from tests.tracklog.test_log import begin
from tracklog import Artifact
from tracklog.data_types import Bokeh, BoundingBoxes2D, ImageMask, JoinedTable, PartitionedTable
from tracklog.public_api import Api
from tracklog.store import reader

LOGS = Path("logs")
PIXELS = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def back(obj: Any, run: Any) -> Any:
    artifact = Artifact("x", "t")
    artifact.add(obj, "it")
    run.log_artifact(artifact)
    return run.use_artifact("x").get("it")


def picture() -> tracklog.Image:
    return tracklog.Image(
        PIXELS, caption="c", classes=tracklog.Classes([{"id": 1, "name": "road"}]),
        masks={"m": {"mask_data": np.ones((2, 2), int)}},
        boxes={"b": {"box_data": [{"position": {"middle": [0, 1], "width": 1, "height": 2}, "class_id": 1}]}},
    )  # fmt: skip


def test_media_come_back() -> None:
    with begin(LOGS) as run:
        image = back(picture(), run)
        assert (image, image.caption, image.format) == (tracklog.Image(PIXELS), "c", "png")
        assert image.masks["m"].classes == image.boxes["b"].classes == tracklog.Classes([{"id": 1, "name": "road"}])
        assert image.boxes["b"].boxes == picture().boxes["b"].boxes
        assert image.masks["m"].data == picture().masks["m"].data
        sound = back(tracklog.Audio(np.zeros(80), 8000, "a"), run)
        assert (sound.sample_rate, sound.duration, sound.caption) == (8000, 0.01, "a")
        film = back(tracklog.Video(np.arange(216, dtype=np.uint8).reshape(3, 3, 4, 6), "v", fps=2), run)
        assert (film.width, film.height, film.frames, film.fps, film.caption) == (6, 4, 3, 2.0, "v")
        assert back(tracklog.Html("<b>x", inject=False), run).html == "<b>x"
        assert back(tracklog.Molecule(io.StringIO("ATOM"), "m", "pdb"), run).file.content == b"ATOM"
        points = np.arange(6.0, dtype=np.float32).reshape(2, 3)
        assert back(tracklog.Object3D(points, "p"), run).points.tolist() == points.tolist()
        scene = {
            "type": "lidar/beta",
            "points": points,
            "boxes": [],
            "vectors": [{"start": [0, 0, 0], "end": [1, 0, 0]}],
        }
        assert back(tracklog.Object3D(scene), run).scene == tracklog.Object3D(scene).scene
        assert back(tracklog.Object3D(io.StringIO("v 0 0 0"), file_type="obj"), run).file.content == b"v 0 0 0"
        assert back(tracklog.Histogram([1, 2, 2]), run).histogram == tracklog.Histogram([1, 2, 2]).histogram
        classes = tracklog.Classes([{"id": 0, "name": "sky"}])
        assert back(classes, run) == classes
        assert back(ImageMask({"mask_data": np.eye(2, dtype=int)}, "m"), run).width == 2
        boxes = picture().boxes["b"]
        assert isinstance(back(boxes, run), BoundingBoxes2D)
        figure = {"data": [{"type": "scatter", "y": [1]}], "layout": {}}
        assert b"scatter" in back(tracklog.Plotly(figure), run).figure
        bokeh = Bokeh.of_html("<p>", ["1"])
        assert (back(bokeh, run).html, back(bokeh, run).scripts) == ("<p>", ["1"])
        with pytest.raises(TypeError, match="takes tables, media and classes, not int"):
            Artifact("x", "t").add(3, "x")
        assert run.use_artifact("x").get("nothing") is None


def test_a_table_comes_back_with_all_that_is_in_its_cells() -> None:
    moment = dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc)
    table = tracklog.Table(
        columns=["n", "text", "when", "array", "image", "many", 7],
        data=[
            [1, "NaN", moment, np.arange(3), picture(), [picture(), picture()], None],
            [float("nan"), "b", None, np.ones((3, 3)), None, None, True],
        ],
    )
    with begin(LOGS) as run:
        found = back(table, run)
        assert found.columns == table.columns
        assert found == table
        assert found.data[0][4].masks["m"].data == picture().masks["m"].data
        assert isinstance(found.data[0][3], np.ndarray)
        entries = run.use_artifact("x").manifest.entries
        assert "it.table.json" in entries
        assert sum(name.startswith("media/images/") for name in entries) == 1  # equal pictures are one
        again = Artifact("again", "t")
        again["it"] = found
        run.log_artifact(again)
        assert again["it"] == table
        run.log({"table": table})
        table.add_data(2, "c", None, None, None, None, None)
        assert len(back(table, run).data) == 3


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.integers(-5, 5), max_size=3),
)  # fmt: skip


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_table_comes_back(rows: list[tuple[Any, Any]]) -> None:
    with begin(LOGS) as run:
        table = tracklog.Table(columns=["a", "b"], data=[list(row) for row in rows], allow_mixed_types=True)
        assert back(table, run) == table


def test_tables_of_tables() -> None:
    left = tracklog.Table(columns=["id", "a"], data=[["x", 1], ["y", 2]])
    right = tracklog.Table(columns=["id", "b"], data=[["y", 3]])
    with begin(LOGS) as run:
        artifact = Artifact("x", "t")
        artifact.add(left, "parts/left")
        artifact.add(right, "parts/right")
        artifact.add(JoinedTable(left, right, "id"), "joined")
        artifact.add(PartitionedTable("parts"), "whole")
        run.log_artifact(artifact)
        joined = artifact.get("joined")
        assert (joined.tables, joined.join_key) == ((left, right), ["id", "id"])
        whole = artifact.get("whole")
        assert [row for _, row in whole.iterrows()] == [["x", 1], ["y", 2], ["y", 3]]
        assert whole.columns == ["id", "a"]
        by_entry = JoinedTable(artifact.get_path("parts/left.table.json"), artifact.get("parts/right"), "id")
        run.log({"joined": by_entry})


def test_a_logged_table_is_an_artifact_without_a_copy() -> None:
    table = tracklog.Table(columns=["n", "image"], data=[[1, picture()]], log_mode="MUTABLE")
    with begin(LOGS, id="r") as run:
        run.log({"val/table": table})
        table.add_data(2, None)
        run.log({"val/table": table})
        found = run.use_artifact("run-r-val_table:latest")
        assert (found.type, found.version) == ("run_table", "v1")
        assert found.get("val/table") == table
        assert len(run.use_artifact("run-r-val_table:v0").get("val/table").data) == 1
        assert sorted(path.suffix for path in Path(found.download()).rglob("*.*")) == [
            ".json",
            ".json",
            ".json",
            ".png",
            ".png",
        ]
        assert found.logged_by().id == "r"
    assert not (LOGS / "p/artifacts").exists()
    assert Api({"dir": LOGS}).artifact("p/run-r-val_table", type="run_table").get("val/table") == table
    events = [event for writer in reader.read_run(LOGS / "p/r").writers.values() for event in writer.events]
    assert [event["name"] for event in events if event["event"] == "artifact"] == ["run-r-val_table"] * 2


def is_nothing_or_said(artifact: Artifact, name: str) -> bool:
    try:
        return artifact.get(name) is None
    except ValueError as error:
        return "is damaged" in str(error)


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"columns":["a"],"data":[1]}', b'{"columns":3}', b"[", b"\x00"])
def test_a_damaged_object_costs_itself_alone(damage: bytes) -> None:
    with begin(LOGS) as run:
        artifact = Artifact("x", "t")
        for name in ("it.table.json", "it.image-file.json", "it.joined-table.json"):
            with artifact.new_file(name, "wb") as file:
                file.write(damage)
        artifact.add(tracklog.Html("x"), "whole")
        run.log_artifact(artifact)
        with pytest.raises(ValueError, match="it"):
            artifact.get("it.table.json")
        for kind in ("image-file", "joined-table"):
            assert is_nothing_or_said(artifact, f"it.{kind}.json")
        assert artifact.get("whole").html
