"""Lines of numbers: read without dicts, and in nothing else than that unlike others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder import kinds
from site_builder.series import columns
from tracklog.store import layout, numeric, reader
from tracklog.store.numeric import Numeric

if TYPE_CHECKING:
    from pathlib import Path

STREAMS = (layout.HISTORY, layout.SYSTEM)
NUMBER = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**63), 2**64 - 1))
KEYS = st.lists(
    st.one_of(st.sampled_from(["", "__proto__", "f0", 'a"b', "a.b", "é\n"]), st.text(max_size=4)), max_size=4
)
ODD = (
    b'{"_step":1',
    b"",
    b"\0\0",
    b"null",
    b"[]",
    b"1",
    b'{"_step":1}{"_step":1}',
    b'{"_step":1.0}',
    b'{"_step":true}',
    b'{"_step":9007199254740993}',
    b'{"_step":36893488147419103232}',
    b' {"_step":7}\r',
    b'{"_step":"7"}',
    b'{"_step":8,"_step":9}',
    b'{"_step":1,"x":"NaN"}',
    b'{"_step":1,"x":{"y":2}}',
    b'{"_step":1,"x":1e400}',
    b'{"_step":1,"x":01}',
    b'{"_step":1,"x":-0}',
    b'{"_step":1,"x":-0.0}',
    b'{"_step":1,"x":123456789012345678901234567890}',
    b'{"x":4,"_step":1}',
    b'{"_step":1,"x":4,"x":5}',
    b'{"_step":1,"\\u0078":5}',
    b'{"_step":1,"x":null}',
    b'{"_step":1,"x":false}',
    b'{"_step":1,"x":NaN}',
    b'{"_step":1,"\xff":1}',
)


@st.composite
def files(draw: st.DrawFn) -> list[bytes]:
    """Lines of a history: many of one shape, with a few others among them."""
    keys = [
        draw(st.sampled_from(["_step", "_at"])),
        *dict.fromkeys(draw(KEYS)),
        *draw(st.sampled_from([[], ["x"], ["_runtime", "_timestamp", "x"]])),
    ]
    rows = draw(st.lists(st.lists(NUMBER, min_size=len(keys), max_size=len(keys)), min_size=1, max_size=4))
    steps = range(draw(st.integers(55, 75)))
    sizes = draw(st.lists(st.integers(1, len(keys)), min_size=1, max_size=3))  # some rows have not all keys
    lines = [
        orjson.dumps({**dict(list(zip(keys, rows[n % len(rows)], strict=True))[: sizes[n % len(sizes)]]), keys[0]: n})
        for n in steps
    ]
    for line in draw(st.lists(st.sampled_from(ODD), max_size=3)):
        lines.insert(draw(st.integers(0, len(lines))), line)
    return lines


def read(folder: Path, stream: str, *, columnar: bool) -> tuple[list[Any], reader.RunLog]:
    log = reader.RunLog(folder)
    log.look()
    found = log.columnar if columnar else log.batches
    return list(found(stream, "w")), log


def same(one: Any, other: Any) -> bool:
    return bool(np.array_equal(np.asarray(one).view(np.int64), np.asarray(other).view(np.int64)))


@given(lines=files(), end=st.sampled_from([b"\n", b"", b'\n{"_st']), stream=st.sampled_from(STREAMS))
def test_lines_come_to_the_same_whichever_way_they_are_read(
    lines: list[bytes], end: bytes, stream: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / layout.writer_file(stream, "w")).write_bytes(b"\n".join(lines) + end)
    (rows, log), (plain, by_dicts) = read(folder, stream, columnar=True), read(folder, stream, columnar=False)
    assert repr([list(batch) for batch in rows]) == repr(plain)
    assert (log.damage, log.writers, log.unfinished()) == (by_dicts.damage, by_dicts.writers, by_dicts.unfinished())
    for batch, dicts in zip(rows, plain, strict=True):
        clocks, found = columns.of_rows(batch, kinds.kind_of)
        clocks_of_dicts, found_in_dicts = columns.of_rows(dicts, kinds.kind_of)
        assert all(map(same, clocks, clocks_of_dicts))
        for one, other in zip(found, found_in_dicts, strict=True):
            assert (one.path, one.kind, one.rows.tolist()) == (other.path, other.kind, other.rows.tolist())
            assert same(one.values, other.values) if one.kind in ("number", "bool") else one.values == other.values


def training(count: int, **more: float) -> list[bytes]:
    return [orjson.dumps({"_step": n, "loss": 1 / (n + 1), "epoch": n // 10, **more}) for n in range(count)]


def test_what_a_training_writes_is_read_without_dicts() -> None:
    found = numeric.read(training(100), stepped=True)
    assert found is not None
    assert (len(found), found.keys, found.steps) == (100, ("_step", "loss", "epoch"), list(range(100)))
    assert found[-1] == {"_step": 99, "loss": 0.01, "epoch": 9}
    assert type(found[-1]["epoch"]) is int  # as it was written
    part = found[10:20]
    assert (list(part), part.steps) == ([orjson.loads(line) for line in training(100)[10:20]], list(range(10, 20)))


def test_an_evaluation_among_lines_of_training_is_read_with_them() -> None:
    lines = []
    for n, line in enumerate(training(100)):
        lines += [line, orjson.dumps({"_step": n, "val/loss": n, "epoch": n / 2})] if n in (10, 40, 99) else [line]
    found = numeric.read(lines, stepped=True)
    assert found is not None
    assert sorted(found.keys) == ["_step", "epoch", "loss", "val/loss"]
    assert list(found) == [orjson.loads(line) for line in lines]
    assert [row["_step"] for row in found.lasting()] == [99, 99]
    assert [row["_step"] for row in found[:60].lasting()] == [40, 57]
    assert found[:60].lasting()[0] == {"_step": 40, "val/loss": 40, "epoch": 20.0}
    together, ends = found.by_step()
    assert ends == [*range(1, 11), 12, *range(13, 42), 43, *range(44, 102), 103]
    assert (len(together), together[10]) == (100, {"_step": 10, "loss": 1 / 11, "val/loss": 10, "epoch": 5.0})
    assert together.table == b"".join(map(found.shape.packed, together))


@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_is_none_or_holds_no_number_makes_all_of_them_dicts(odd: bytes) -> None:
    row: Any = None
    try:
        row = orjson.loads(odd)
        is_numeric = type(row["_step"]) is int and all(type(value) in (int, float) for value in row.values())
    except (orjson.JSONDecodeError, TypeError, KeyError, IndexError):
        is_numeric = False
    lines = training(100, x=1)
    found = numeric.read([*lines[:50], odd, *lines[50:]], stepped=True)
    assert (found is not None) is (is_numeric and abs(row["_step"]) < 2**53)


def test_rows_without_much_in_common_are_no_table() -> None:
    lines = [orjson.dumps({"_step": n, f"key{n // 10}": n}) for n in range(100)]
    assert numeric.read(lines, stepped=True) is None


def test_rows_are_put_together_as_a_table_where_they_can_be_one() -> None:
    found = numeric.read(training(100), stepped=True)
    assert found is not None
    last: dict[str, Any] = {"_step": 100, "epoch": 10}
    together = numeric.joined([found[:60], [], found[60:], [last]])
    assert isinstance(together, Numeric)
    assert list(together) == [*found, last]
    assert same(np.frombuffer(together.table), [*np.frombuffer(found.table), 100, np.nan, 10])
    odd: tuple[dict[str, Any], ...] = ({**last, "x": 2.5}, {**last, "epoch": "NaN"}, {**last, "epoch": True})
    for row in odd:
        assert numeric.joined([found, [row]]) == [*found, row]
    assert numeric.joined([[], [last]]) == [last]
    assert numeric.joined([]) == []
    other = numeric.read(training(100, more=1.5), stepped=True)
    assert other is not None
    assert numeric.joined([found, other]) == [*found, *other]
