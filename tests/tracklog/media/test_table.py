"""Tables hold what was put into them, and refuse what does not fit their columns."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PILImage

import tracklog
from tracklog import data_types
from tracklog.media.table import Table
from tracklog.media.table_unions import JoinedTable, PartitionedTable

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import MediaDoor


def written(table: Any, door: Any) -> dict[str, Any]:
    record = table.to_record(door)
    content: dict[str, Any] = orjson.loads(door.files[record["path"]])
    assert record["ncols"] == len(content["columns"])
    assert min(record["nrows"], Table.MAX_ROWS) == len(content["data"])
    return content


def test_the_record_names_the_file_and_the_size_of_the_table(door: MediaDoor) -> None:
    table = Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])
    record = table.to_record(door)
    assert record["_type"] == "table-file"
    assert str(record["path"]).startswith("media/table/")
    assert str(record["path"]).endswith(".table.json")
    content = written(table, door)
    assert content == {"columns": ["a", "b"], "types": ["number", "string"], "data": [[1, "x"], [2, "y"]]}


def test_columns_are_w_and_bs_without_any() -> None:
    table = Table()
    assert table.columns == ["Input", "Output", "Expected"]
    table.add_data("a", "b", "c")
    table.add_row("d", None, "f")
    assert table.data == [["a", "b", "c"], ["d", None, "f"]]


def test_rows_may_be_named_so() -> None:
    assert Table(columns=["a"], rows=[[1], [2]]) == Table(columns=["a"], data=[[1], [2]])


def test_rows_in_place_of_columns_are_refused() -> None:
    with pytest.raises(AssertionError, match="columns"):
        Table([[1, 2], [3, 4]])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("column", "bad"),
    [([1, 2.5], "x"), (["x"], 1), ([True], 1), ([1], True), ([[1]], 1), ([dt.date(2026, 1, 1)], "2026-01-01")],
)
def test_a_cell_of_another_type_is_refused_with_the_column_and_the_value(column: list[Any], bad: Any) -> None:
    table = Table(columns=["what"], data=[[value] for value in column])
    with pytest.raises(TypeError, match="incompatible types: column 'what'"):
        table.add_data(bad)
    assert len(table.data) == len(column)
    Table(columns=["what"], data=[[value] for value in [*column, bad]], allow_mixed_types=True)


def test_a_row_of_another_length_is_refused() -> None:
    table = Table(columns=["a", "b"])
    with pytest.raises(ValueError, match="2 columns"):
        table.add_data(1)
    with pytest.raises(ValueError, match="2 columns"):
        Table(columns=["a", "b"], data=[[1, 2], [1, 2, 3]])


def test_missing_cells_are_taken_unless_said_otherwise() -> None:
    assert Table(columns=["a"], data=[[None], [1], [None]]).data == [[None], [1], [None]]
    table = Table(columns=["a", "b"], optional=[False, True])
    table.add_data(1, None)
    with pytest.raises(TypeError, match="'a' takes no missing values"):
        table.add_data(None, 1)


def test_types_can_be_declared() -> None:
    table = Table(columns=["a", "b"], dtype=[str, "any"])
    table.add_data("x", 1)
    table.add_data("y", "z")
    with pytest.raises(TypeError, match="'a' holds string"):
        table.add_data(1, 1)
    with pytest.raises(TypeError, match="dtype is"):
        Table(columns=["a"], dtype="colour")
    with pytest.raises(ValueError, match="one for each column"):
        Table(columns=["a"], dtype=[int, int])


def test_a_cast_checks_the_cells() -> None:
    table = Table(columns=["a"], data=[[1], ["x"]], allow_mixed_types=True)
    with pytest.raises(TypeError, match="'a' holds number"):
        table.cast("a", int)
    table.data[1] = [2]
    table.cast("a", int)
    with pytest.raises(TypeError, match="'a' holds number"):
        table.add_data("x")


def test_columns_are_added_with_a_value_for_each_row() -> None:
    table = Table(columns=["a"], data=[[1], [2]])
    table.add_column("b", np.array([0.5, 1.5]))
    table.add_column("c", ["x", "y"])
    assert table.data == [[1, 0.5, "x"], [2, 1.5, "y"]]
    with pytest.raises(AssertionError, match="2 rows"):
        table.add_column("d", [1, 2, 3])
    with pytest.raises(AssertionError, match="name of its own"):
        table.add_column("a", [1, 2])
    with pytest.raises(TypeError, match="'d'"):
        table.add_column("d", [1, "x"])
    assert table.columns == ["a", "b", "c"]


def test_the_first_column_of_an_empty_table_makes_the_rows() -> None:
    table = Table(columns=[])
    table.add_column("a", [1, 2, 3])
    assert table.data == [[1], [2], [3]]


def test_columns_are_computed_from_rows() -> None:
    table = Table(columns=["a"], data=[[1], [2]])
    table.add_computed_columns(lambda index, row: {"twice": 2 * row["a"], "index": int(index)})
    assert table.columns == ["a", "twice", "index"]
    assert table.data == [[1, 2, 0], [2, 4, 1]]
    with pytest.raises(AssertionError, match="dict"):
        table.add_computed_columns(lambda index, row: [index])  # type: ignore[arg-type, return-value]  # noqa: ARG005


def test_columns_come_as_lists_and_as_arrays() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    table = Table(columns=["n", "image"], data=[[1, tracklog.Image(picture)], [2, tracklog.Image(picture)]])
    assert table.get_column("n") == [1, 2]
    assert table.get_column("n", convert_to="numpy").tolist() == [1, 2]
    assert (table.get_column("image", convert_to="numpy")[0] == picture).all()
    with pytest.raises(AssertionError, match="no column 'x'"):
        table.get_column("x")
    with pytest.raises(AssertionError, match="convert_to"):
        table.get_column("n", convert_to="torch")


def test_references_know_their_rows() -> None:
    table = Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])
    assert [int(index) for index in table.get_index()] == [0, 1]
    assert table.index_ref(1).get_row() == {"a": 2, "b": "y"}
    assert [(index.get_row()["a"], row) for index, row in table.iterrows()] == [(1, [1, "x"]), (2, [2, "y"])]
    with pytest.raises(AssertionError, match="no row 2"):
        table.index_ref(2)


def test_keys_lead_to_rows_of_another_table(door: MediaDoor) -> None:
    words = Table(columns=["id", "word"], data=[["a", "apple"], ["b", "bread"]])
    words.set_pk("id")
    other = Table(columns=["n", "which"], data=[[1, "b"], [2, "z"], [3, None]])
    other.set_fk("which", words, "id")
    assert [key.get_row() for key in other.get_column("which")[:2]] == [{"id": "b", "word": "bread"}, {}]
    assert written(other, door)["data"] == [[1, "b"], [2, "z"], [3, None]]
    with pytest.raises(TypeError, match="keys are text"):
        other.set_pk("n")
    with pytest.raises(AssertionError, match="own key"):
        words.set_fk("id", other, "which")


def test_frames_become_tables_and_come_back() -> None:
    frame = pd.DataFrame(
        {"n": [1, 2], "x": [0.5, math.nan], "s": ["a", None], "t": pd.to_datetime(["2026-01-01", None])}
    )
    for table in (Table(dataframe=frame), Table(data=frame), Table(frame.columns.tolist(), frame)):
        assert table.columns == ["n", "x", "s", "t"]
        assert table.data[0] == [1, 0.5, "a", pd.Timestamp("2026-01-01")]
        assert table.data[1][0] == 2
        assert math.isnan(table.data[1][1])
        assert table.data[1][2] is None
    back = Table(dataframe=frame[["n", "x"]]).get_dataframe()
    pd.testing.assert_frame_equal(back, frame[["n", "x"]])


def test_a_frame_that_is_logged_is_a_table_whatever_it_holds(tmp_path: Path) -> None:
    frame = pd.DataFrame({"mixed": [1, "x", None]})
    with tracklog.init(project="p", dir=tmp_path) as run:
        run.log({"frame": frame})
    (file,) = tmp_path.rglob("*.table.json")
    assert orjson.loads(file.read_bytes())["data"] == [[1], ["x"], [None]]


NOON = dt.datetime(2026, 7, 1, 12, 0, 0, 250_000)  # noqa: DTZ001 - columns without a zone hold such
POLARS: dict[str, tuple[pl.Series, str, list[Any]]] = {
    "int8": (pl.Series([1, None, -3], dtype=pl.Int8), "number", [1, None, -3]),
    "uint64": (pl.Series([2**64 - 1, 0], dtype=pl.UInt64), "number", [2**64 - 1, 0]),
    "float32": (pl.Series([0.5, None, math.nan], dtype=pl.Float32), "number", [0.5, None, "NaN"]),
    "float64": (pl.Series([0.1, -math.inf]), "number", [0.1, "-Infinity"]),
    "decimal": (pl.Series([Decimal("1.50"), None, Decimal("-2.25")]), "number", [1.5, None, -2.25]),
    "string": (pl.Series(["a", None, "NaN"]), "string", ["a", None, {"_type": "string", "value": "NaN"}]),
    "boolean": (pl.Series([True, None, False]), "boolean", [True, None, False]),
    "categorical": (pl.Series(["x", None, "y"], dtype=pl.Categorical), "string", ["x", None, "y"]),
    "enum": (pl.Series(["x", None], dtype=pl.Enum(["y", "x"])), "string", ["x", None]),
    "date": (pl.Series([dt.date(2026, 1, 1), None]), "timestamp", ["2026-01-01", None]),
    "moment": (pl.Series([NOON, None]), "timestamp", ["2026-07-01T12:00:00.250000", None]),
    "moment of a zone": (
        pl.Series([NOON, None]).dt.replace_time_zone("Europe/Berlin"),
        "timestamp",
        ["2026-07-01T12:00:00.250000+02:00", None],
    ),
    "moment in ns": (pl.Series([NOON], dtype=pl.Datetime("ns")), "timestamp", ["2026-07-01T12:00:00.250000"]),
    "time": (pl.Series([dt.time(1, 2, 3), None]), "time", ["01:02:03", None]),
    "list": (pl.Series([[1, None], None, []]), "list", [[1, None], None, []]),
    "list of decimals": (pl.Series([[Decimal("1.5")], None]), "list", [[1.5], None]),
    "array": (pl.Series([[1.0, 2.0], None], dtype=pl.Array(pl.Float64, 2)), "list", [[1.0, 2.0], None]),
    "struct": (pl.Series([{"a": 1, "b": "x"}]), "dictionary", [{"a": 1, "b": "x"}]),
    "null": (pl.Series([None, None]), "none", [None, None]),
    "binary": (pl.Series([b"ab", None]), "bytes", ["ab", None]),
    "object": (pl.Series([{1, 2}, None], dtype=pl.Object), "list", [[1, 2], None]),
}


@pytest.mark.parametrize("name", POLARS)
def test_a_column_of_polars_holds_its_values(name: str, door: MediaDoor) -> None:
    series, kind, expected = POLARS[name]
    frame = series.alias("what").to_frame()
    content = written(Table(dataframe=frame), door)
    assert content == {"columns": ["what"], "types": [kind], "data": [[value] for value in expected]}
    assert Table(data=frame) == Table(["ignored"], frame) == Table(dataframe=frame)
    column = Table(columns=["n"], data=[[n] for n in range(len(series))])
    column.add_column("what", series, optional=True)
    assert [row[1:] for row in written(column, door)["data"]] == content["data"]


def test_frames_of_polars_have_all_their_columns(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1, 2], "mixed": pl.Series([1, "x"], dtype=pl.Object), "s": ["a", None]})
    with pytest.raises(TypeError, match="column 'mixed'"):
        Table(dataframe=frame)
    with tracklog.init(project="p", dir=tmp_path) as run:
        run.log({"frame": frame})
        run.log({"frame": frame.clear()})
    found = [orjson.loads(file.read_bytes()) for file in tmp_path.rglob("*.table.json")]
    assert sorted((content["columns"], content["data"]) for content in found) == [
        (["n", "mixed", "s"], []),
        (["n", "mixed", "s"], [[1, 1, "a"], [2, "x", None]]),
    ]


def test_a_lazy_frame_is_refused_until_it_is_collected() -> None:
    lazy = pl.DataFrame({"n": [1]}).lazy()
    with pytest.raises(TypeError, match=r"not LazyFrame: pass what its collect\(\) returns"):
        Table(dataframe=lazy)
    assert Table(dataframe=lazy.collect()).data == [[1]]


def test_series_of_polars_are_logged_as_lists_and_histograms(tmp_path: Path) -> None:
    values = {name: series for name, (series, _, _) in POLARS.items() if name not in {"null", "object"}}
    numbers, price, long = pl.Series([1, None, 3]), pl.Series([Decimal("1.25")]), pl.Series([*range(999), None])
    single = {"sum": numbers.sum(), "mean": numbers.mean(), "price": price.sum(), "one": price, "none": numbers.clear()}
    large = {"long": long, "decimals": long.cast(pl.Decimal(10, 2)), "switches": long > 9}
    with tracklog.init(
        project="p", dir=tmp_path, config={"layers": pl.Series([1, 2]), "names": pl.Series(["a"])}
    ) as run:
        assert dict(run.config) == {"layers": [1, 2], "names": ["a"]}
        run.log({"values": values} | single | large)
    (history,) = tmp_path.rglob("history*.jsonl")
    row = orjson.loads(history.read_bytes())
    for name in values:
        kind, expected = POLARS[name][1:]
        missing = "NaN" if kind == "number" else None  # arrays of numbers have no other word for it
        assert row["values"][name] == [missing if value is None else value for value in expected]
    assert {name: row[name] for name in single} == {"sum": 4, "mean": 2.0, "price": 1.25, "one": 1.25, "none": []}
    for name in ("long", "decimals"):
        assert row[name]["_type"] == "histogram"
        assert sum(row[name]["counts"]) == 999
    assert row["switches"] == [False] * 10 + [True] * 989 + [None]


@given(st.lists(st.one_of(st.none(), st.decimals(-(10**6), 10**6, places=4)), min_size=1))
def test_decimals_are_numbers(cells: list[Decimal | None]) -> None:
    from tests.tracklog.media.conftest import Door

    frame = pl.DataFrame({"d": pl.Series(cells, dtype=pl.Decimal(12, 4))})
    content = written(Table(dataframe=frame), Door())
    assert content["data"] == [[None if cell is None else float(cell)] for cell in cells]


def test_arrays_have_two_dimensions() -> None:
    assert Table(columns=["a", "b"], data=np.eye(2)).data == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(ValueError, match="2-D"):
        Table(columns=["a"], data=np.zeros(3))
    with pytest.raises(TypeError, match="list of rows"):
        Table(columns=["a"], data="abc")
    with pytest.raises(TypeError, match="a row is a list"):
        Table(columns=["a"], data=["abc"])


def test_tables_are_equal_by_their_cells() -> None:
    one = Table(columns=["a", "b"], data=[[math.nan, np.arange(3)]])
    assert one == Table(columns=["a", "b"], data=[[math.nan, np.arange(3)]])
    assert one != Table(columns=["a", "b"], data=[[math.nan, np.arange(4)]])
    assert one != Table(columns=["a", "c"], data=[[math.nan, np.arange(3)]])
    assert one != Table(columns=["a", "b"])


def test_an_immutable_table_is_what_it_was_when_first_logged(
    door: MediaDoor, capfd: pytest.CaptureFixture[str]
) -> None:
    table = Table(columns=["a"], data=[[1]])
    first = table.to_record(door)
    table.add_data(2)
    assert table.to_record(door) == first
    assert "log_mode='MUTABLE'" in capfd.readouterr().err


def test_a_mutable_table_is_logged_whole_each_time(door: MediaDoor) -> None:
    table = Table(columns=["a"], data=[[1]], log_mode="MUTABLE")
    assert written(table, door)["data"] == [[1]]
    table.add_data(2)
    assert written(table, door)["data"] == [[1], [2]]
    assert table.to_record(door)["log_mode"] == "MUTABLE"


def test_an_incremental_table_is_logged_in_parts(door: MediaDoor) -> None:
    table = Table(columns=["a"], data=[[1], [2]], log_mode="INCREMENTAL")
    parts = []
    for n in range(3):
        record: Any = table.to_record(door)
        parts.append((record["increment"], record["row"], orjson.loads(door.files[record["path"]])["data"]))  # type: ignore[attr-defined]
        table.add_data(10 + n)
    assert parts == [(0, 0, [[1], [2]]), (1, 2, [[10]]), (2, 3, [[11]])]


def test_other_modes_are_refused() -> None:
    with pytest.raises(ValueError, match="IMMUTABLE, MUTABLE, INCREMENTAL"):
        Table(log_mode="ONCE")


def test_more_rows_than_are_kept_are_counted(
    door: MediaDoor, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Table, "MAX_ROWS", 3)
    table = Table(columns=["a"], data=[[n] for n in range(5)])
    assert written(table, door)["data"] == [[0], [1], [2]]
    assert table.to_record(door)["nrows"] == 5  # the site says how many there were
    assert "its first 3 are kept" in capfd.readouterr().err
    assert tracklog.Table(columns=["a"]).MAX_ARTIFACT_ROWS == 200_000


def test_cells_of_every_kind(door: MediaDoor) -> None:
    cells = {
        "nan": (math.nan, "NaN"),
        "infinity": (-math.inf, "-Infinity"),
        "text that looks like it": ("NaN", {"_type": "string", "value": "NaN"}),
        "large": (2**63 + 5, 2**63 + 5),
        "larger": (2**70, str(2**70)),
        "surrogate": ("\ud800", "?"),
        "date": (dt.date(2026, 11, 17), "2026-11-17"),
        "moment": (dt.datetime(2026, 11, 17, 1, 2, 3), "2026-11-17T01:02:03"),  # noqa: DTZ001
        "numpy moment": (np.datetime64("2026-11-17T01:02"), "2026-11-17T01:02"),
        "no moment": (np.datetime64("NaT"), None),
        "no pandas moment": (pd.NaT, None),
        "nothing": (pd.NA, None),
        "float32": (np.float32(0.5), 0.5),
        "int8": (np.int8(-3), -3),
        "numpy bool": (np.bool_(True), True),
        "tensor": (torch.tensor(2.5), 2.5),
        "list": ([1, [2, math.inf]], [1, [2, "Infinity"]]),
        "dict": ({"a": {"b": 1}}, {"a": {"b": 1}}),
        "short array": (np.arange(3), [0, 1, 2]),
    }
    table = Table(columns=list(cells), data=[[value for value, _ in cells.values()]])
    assert written(table, door)["data"] == [[expected for _, expected in cells.values()]]


def test_media_and_arrays_in_cells_are_files_of_their_own(door: Any) -> None:
    array = np.random.default_rng(0).random((4, 5)).astype(np.float32)
    picture = PILImage.new("RGB", (3, 2))
    table = Table(columns=["image", "pil", "array"], data=[[tracklog.Image(picture, caption="black"), picture, array]])
    ((image, pil, kept),) = written(table, door)["data"]
    assert image["_type"] == pil["_type"] == "image-file"
    assert image["caption"] == "black"
    assert image["path"] in door.files
    assert kept["_type"] == "ndarray-file"
    assert (kept["shape"], kept["dtype"]) == ([4, 5], "float32")
    from io import BytesIO

    assert (np.load(BytesIO(door.files[kept["path"]]), allow_pickle=False) == array).all()


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=20))
def test_plain_cells_come_back_as_they_were(rows: list[tuple[Any, Any]]) -> None:
    from tests.tracklog.media.conftest import Door

    door = Door()
    content = written(Table(columns=["a", "b"], data=rows, allow_mixed_types=True), door)
    guarded = {"NaN", "Infinity", "-Infinity"}
    expected = [[{"_type": "string", "value": c} if c in guarded else c for c in row] for row in rows]
    assert content["data"] == expected


@given(
    st.sampled_from(["x", "y", "k", "1"]),
    st.lists(st.integers(0, 3), max_size=8),
    st.lists(st.integers(0, 3), max_size=8),
)
def test_joined_tables_have_each_row_once(name: str, left: list[int], right: list[int]) -> None:
    from tests.tracklog.media.conftest import Door

    one = Table(columns=["k", name], data=[[k, f"l{n}"] for n, k in enumerate(left)])
    two = Table(columns=["key", "y"], data=[[k, f"r{n}"] for n, k in enumerate(right)])
    content = written(JoinedTable(one, two, ["k", "key"]), Door())
    assert content["columns"] == ["k", f"0.{name}", "1.y"]
    assert [row[1] for row in content["data"] if row[1] is not None] == [row[1] for row in one.data]
    assert sorted(row[2] for row in content["data"] if row[2] is not None) == sorted(row[1] for row in two.data)
    for k in range(4):
        assert sum(row[0] == k for row in content["data"]) == max(left.count(k), right.count(k))


def test_what_tables_cannot_be_joined() -> None:
    one = Table(columns=["a"])
    with pytest.raises(TypeError, match="two tables"):
        JoinedTable(one, "artifact/table", "a")
    with pytest.raises(ValueError, match="list of two"):
        JoinedTable(one, one, ["a"])
    with pytest.raises(ValueError, match="no column 'b'"):
        JoinedTable(one, one, "b")


def test_a_partitioned_table_lives_in_an_artifact(door: MediaDoor) -> None:
    with pytest.raises(ValueError, match="artifact"):
        PartitionedTable("parts").to_record(door)


def test_scripts_find_tables_under_the_names_of_the_reference() -> None:
    assert data_types.Table is tracklog.Table is Table
    assert data_types.JoinedTable is JoinedTable
    assert data_types.PartitionedTable is PartitionedTable
