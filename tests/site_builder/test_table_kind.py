"""What the page reads of a table is what was logged; of a damaged one, what is whole, and a sentence about the rest."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tracklog
from site_builder import kinds
from site_builder.items import TableItem
from site_builder.model import BLOCK_ROWS
from site_builder.pictures.media import Media
from site_builder.series.pack import unpacked
from site_builder.series.parts import Blocks
from tracklog.store.files import inside

if TYPE_CHECKING:
    from pathlib import Path

    from tracklog.media.base import FileRef


class Run:
    """Takes a table's files, and reads it as the page does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.blocks = folder, Blocks()
        self.media = Media(partial(inside, folder), self.blocks.payload)

    def put_bytes(self, kind: str, data: bytes, ext: str) -> FileRef:
        digest = hashlib.sha256(data).hexdigest()
        path = f"{kind}-{digest[:20]}.{ext}"
        (self.folder / path).write_bytes(data)
        return {"path": path, "sha256": digest, "size": len(data)}

    def put_path(self, kind: str, path: Path, ext: str) -> FileRef:
        return self.put_bytes(kind, path.read_bytes(), ext)

    def item(self, record: dict[str, Any]) -> TableItem:
        (item,) = kinds.load("table", record, self.media).items
        assert isinstance(item, TableItem)
        return item

    def logged(self, table: Any) -> TableItem:
        return self.item(table.to_record(self))

    def file(self, content: Any) -> TableItem:
        """Read a table of the given content."""
        data = content if isinstance(content, bytes) else orjson.dumps(content)
        return self.item({"_type": "table-file", **self.put_bytes("table", data, "table.json")})

    def columns(self, item: TableItem) -> list[list[Any]]:
        """Return the cells of each column, from its blocks."""
        found: list[list[Any]] = [[] for _ in item.columns]
        _, data = self.blocks.layout()
        numbers, _ = self.blocks.layout()
        for n in item.blocks:
            block = zlib.decompress(data[numbers[self.blocks.payloads[n]]], 31)
            sections = []
            while block:
                (length,) = struct.unpack_from("<I", block)
                sections.append(block[4 : 4 + length])
                block = block[4 + length :]
            described = orjson.loads(sections[0])
            packed = [column for section in sections[1:] for column in unpacked(section)]
            for cells, one in zip(found, described, strict=True):
                values: list[Any] = one["cells"] if "cells" in one else packed[one["at"]].tolist()
                for row in one.get("null", ()):
                    values[row] = None
                for row, text in one.get("exact", ()):
                    values[row] = int(text)
                cells.extend(values)
        return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def same(found: list[Any], expected: list[Any]) -> bool:
    return len(found) == len(expected) and all(
        a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))
        for a, b in zip(found, expected, strict=True)
    )


NUMBERS = st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint64, np.int8, np.uint8])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hnp.arrays(NUMBERS, st.integers(1, 60)), st.lists(st.integers(0, 59), max_size=5))
def test_numbers_of_every_dtype_come_back(run: Run, array: np.ndarray, gaps: list[int]) -> None:
    cells = [None if n in gaps else value for n, value in enumerate(array.tolist())]
    item = run.logged(tracklog.Table(columns=["a"], data=[[cell] for cell in cells]))
    assert item.columns[0].type == ("number" if any(cell is not None for cell in cells) else "string")
    assert same(run.columns(item)[0], cells)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [
            ("string", st.one_of(st.none(), st.text())),
            ("bool", st.one_of(st.none(), st.booleans())),
            ("date", st.one_of(st.none(), st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)))),  # noqa: DTZ001
            ("mixed", st.one_of(st.lists(st.integers(0, 9)), st.dictionaries(st.text(), st.booleans()))),
        ]
    ).flatmap(lambda kind: st.tuples(st.just(kind[0]), st.lists(kind[1], min_size=1, max_size=30)))
)
def test_other_cells_come_back(run: Run, column: tuple[str, list[Any]]) -> None:
    kind, cells = column
    item = run.logged(tracklog.Table(columns=["a"], data=[[cell] for cell in cells], allow_mixed_types=kind == "mixed"))
    if any(cell is not None for cell in cells):
        assert item.columns[0].type == kind
    (found,) = run.columns(item)
    epoch = dt.datetime(1970, 1, 1)  # noqa: DTZ001
    expected = [
        (cell - epoch) / dt.timedelta(milliseconds=1) if isinstance(cell, dt.datetime) else cell for cell in cells
    ]
    assert found == [
        str(text).encode("utf-8", "replace").decode() if isinstance(text, str) else text for text in expected
    ]


def test_a_long_table_comes_in_blocks(run: Run) -> None:
    rows = [[n, n / 7, f"row {n}", None if n % 3 else n % 2 == 0] for n in range(2 * BLOCK_ROWS + 5)]
    item = run.logged(tracklog.Table(columns=["n", "x", "s", "b"], data=rows))
    assert (item.rows, len(item.blocks)) == (len(rows), 3)
    assert [column.type for column in item.columns] == ["number", "number", "string", "bool"]
    assert run.columns(item) == [list(column) for column in zip(*rows, strict=True)]


def test_a_wide_table_has_all_its_columns(run: Run) -> None:
    rows = [[n * k if n % 9 else f"{n} {k}" for n in range(700)] for k in range(2)]
    item = run.logged(tracklog.Table(columns=[f"{n}" for n in range(700)], data=rows))
    assert run.columns(item) == [list(column) for column in zip(*rows, strict=True)]


def test_what_looks_like_a_number_stays_what_it_was(run: Run) -> None:
    item = run.logged(
        tracklog.Table(
            columns=["numbers", "text", "digits", "both"],
            data=[[math.nan, "NaN", "1", 1], [math.inf, "Infinity", "22", "one"], [None, None, None, math.nan]],
            allow_mixed_types=True,
        )
    )
    assert [column.type for column in item.columns] == ["number", "string", "string", "mixed"]
    numbers, text, digits, both = run.columns(item)
    assert same(numbers, [math.nan, math.inf, None])
    assert text == ["NaN", "Infinity", None]
    assert digits == ["1", "22", None]
    assert both == [1, "one", "NaN"]


def test_dates_with_a_zone_are_utc(run: Run) -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    item = run.logged(tracklog.Table(columns=["t"], data=[[dt.datetime(1970, 1, 1, 3, tzinfo=zone)]]))
    assert (item.columns[0].type, item.columns[0].zone) == ("date", True)
    assert run.columns(item) == [[3_600_000.0]]


def test_media_are_loaded_by_their_kinds_and_damage_stays_in_its_cell(run: Run) -> None:
    picture = np.zeros((2, 3), np.uint8)
    rows = [[tracklog.Image(picture, caption=f"{n}"), tracklog.Html(f"<p>{n}</p>")] for n in range(3)]
    record = tracklog.Table(columns=["image", "html"], data=rows).to_record(run)
    content = orjson.loads((run.folder / str(record["path"])).read_bytes())
    content["data"][1][0]["path"] = "gone.png"
    item = run.file(content)
    assert [column.type for column in item.columns] == ["media:image", "media:html"]
    assert run.media.kinds == {"table", "image", "html"}
    images, documents = run.columns(item)
    assert [cell[0]["caption"] for cell in images] == ["0", "1", "2"]
    assert [bool(cell[0]["error"]) for cell in images] == [False, True, False]
    assert images[0][0]["width"] == 3
    assert len({cell[0]["payload"] for cell in documents}) == 3


def test_a_table_in_a_table_is_not_followed(run: Run) -> None:
    (run.folder / "loop.json").write_bytes(
        orjson.dumps({"columns": ["a"], "data": [[{"_type": "table-file", "path": "loop.json"}]] * 3})
    )
    item = run.item({"_type": "table-file", "path": "loop.json"})
    assert (item.rows, item.columns[0].type) == (3, "mixed")


def test_ragged_rows_are_filled_and_counted(run: Run) -> None:
    item = run.file({"columns": ["a", "b"], "data": [[1, 2], [3], [4, 5, 6], 7, None]})
    assert [column.name for column in item.columns] == ["a", "b", "column 3"]
    assert run.columns(item) == [[1, 3, 4], [2, None, 5], [None, None, 6]]
    assert "2 of 5 rows are no lists" in item.note
    assert "2 of 3 rows have another number of cells than the 2 columns" in item.note


@pytest.mark.parametrize("names", [None, 3, "ab", []])
def test_columns_without_names_are_numbered(run: Run, names: object) -> None:
    item = run.file({"columns": names, "data": [[1, "x"]]})
    assert [column.name for column in item.columns] == ["column 1", "column 2"]
    assert run.columns(item) == [[1], ["x"]]


def test_a_file_that_is_cut_off_shows_its_whole_rows(run: Run) -> None:
    data = orjson.dumps(
        {"columns": ["a", "b"], "types": ["number", "string"], "data": [[n, f"[{n}],"] for n in range(9)]}
    )
    item = run.file(data)
    for end in range(data.index(b"[0,") + 1, len(data) - 1):
        item = run.file(data[:end])
        assert not item.error
        assert "the file is cut off" in item.note
        a, b = run.columns(item)
        assert a == list(range(len(a)))
        assert b == [f"[{n}]," for n in range(len(a))]
    assert item.rows == 9


@pytest.mark.parametrize("data", [b"", b"{", b'{"columns": [', b"\x00\xff", b'{"data": ', b"[" * 100_000])
def test_a_file_without_a_whole_row_says_so(run: Run, data: bytes) -> None:
    item = run.file(data)
    assert "damaged" in item.error or "cut off" in item.note


@pytest.mark.parametrize("content", [[], 3, None, {}, {"columns": ["a"]}, {"data": {"a": 1}}])
def test_a_file_that_holds_something_else_says_so(run: Run, content: object) -> None:
    assert run.file(content).error == "the file of this table holds no rows"


def test_rows_that_are_missing_are_told(run: Run) -> None:
    record = tracklog.Table(columns=["a"], data=[[1]]).to_record(run)
    assert run.item({**record, "nrows": 5}).note == "1 of 5 rows are in its file"


def test_parts_of_a_table_know_their_number(run: Run) -> None:
    table = tracklog.Table(columns=["a"], data=[[1]], log_mode="INCREMENTAL")
    items = []
    for n in range(3):
        items.append(run.logged(table))
        table.add_data(n)
    assert [(item.increment, item.rows) for item in items] == [(0, 1), (1, 1), (2, 1)]
    assert run.file({"columns": ["a"], "data": []}).increment == -1


def test_an_empty_table_has_columns_and_no_rows(run: Run) -> None:
    item = run.logged(tracklog.Table(columns=["a", "b"]))
    assert (item.rows, item.blocks, len(item.columns), item.error, item.note) == (0, (), 2, "", "")
