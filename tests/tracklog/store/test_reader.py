"""Reading what was written whole, whatever happened to the rest."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklog.errors import FormatError
from tracklog.store import files, fold, layout, reader, writer

ROWS = st.lists(
    st.dictionaries(
        st.text(max_size=5),
        st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=9)),
        max_size=3,
    ),
    max_size=8,
)


def make(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a run with one writer; return its history file."""
    writer.create_run(folder, {"id": folder.name, "project": "p"})
    one = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place()}, lambda: 1.0)
    one.start()
    for step, row in enumerate(rows):
        one.history.append(writer.encode({"_step": step, "_runtime": 0.0, "_timestamp": 1.0, **row}))
    one.event("finish", exit_code=0)
    one.close()
    return folder / layout.writer_file(layout.HISTORY, one.name)


def history(log: reader.RunLog) -> list[dict[str, Any]]:
    return [row for one in log.writers.values() for row in one.history]


@given(rows=ROWS, data=st.data())
def test_any_cut_leaves_what_had_been_written_whole(
    rows: list[dict[str, Any]], data: st.DataObject, tmp_path_factory: Any
) -> None:
    file = make(tmp_path_factory.mktemp("run"), [{"x": 1}, *rows])
    whole = file.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    file.write_bytes(whole[:cut])
    log = reader.read_run(file.parent)
    assert history(log) == [orjson.loads(line) for line in whole[:cut].split(b"\n")[:-1]]
    assert log.damage == []


@given(rows=ROWS, data=st.data())
def test_reading_in_pieces_equals_reading_at_once(
    rows: list[dict[str, Any]], data: st.DataObject, tmp_path_factory: Any
) -> None:
    file = make(tmp_path_factory.mktemp("run"), [{"x": 1}, *rows])
    whole = file.read_bytes()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    file.write_bytes(b"")
    log = reader.RunLog(file.parent)
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        with file.open("ab") as growing:
            growing.write(whole[start:end])
        assert log.update()
    assert history(log) == history(reader.read_run(file.parent))


def test_a_damaged_line_is_skipped_and_named(tmp_path: Path) -> None:
    file = make(tmp_path / "r", [{"x": n} for n in range(4)])
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + b'{"_step": 1, "x\n' + b"".join(lines[2:]))
    log = reader.read_run(file.parent)
    assert [row["x"] for row in history(log)] == [0, 2, 3]
    (damage,) = log.damage
    assert (damage.file, damage.line, damage.offset) == (file.name, 2, len(lines[0]))


@pytest.mark.parametrize("line", [b"{}", b'{"_step": "1"}', b'{"_step": 1.5}', b'{"_step": true}', b"[1]", b"3"])
def test_a_line_that_is_no_row_is_damage(tmp_path: Path, line: bytes) -> None:
    file = make(tmp_path / "r", [{"x": 0}])
    with file.open("ab") as growing:
        growing.write(line + b"\n" + writer.encode({"_step": 2, "x": 5}))
    log = reader.read_run(file.parent)
    assert [row["x"] for row in history(log)] == [0, 5]
    assert [damage.line for damage in log.damage] == [2]


def test_two_broken_lines_that_join_to_a_whole_are_not_taken_for_one(tmp_path: Path) -> None:
    file = make(tmp_path / "r", [{"x": 0}])
    with file.open("ab") as growing:
        growing.write(b'{"_step":1,"x":[1\n2]}\n' + writer.encode({"_step": 2, "x": 5}))
    log = reader.read_run(file.parent)
    assert [row["x"] for row in history(log)] == [0, 5]
    assert [damage.line for damage in log.damage] == [2, 3]


@pytest.mark.parametrize("tail", [b"\0" * 40 + b"\n", b'{"_step": 9, "x\n', b'{"_step": 9'])
def test_a_last_line_that_cannot_be_read_is_not_read_past(tmp_path: Path, tail: bytes) -> None:
    file = make(tmp_path / "r", [{"x": 0}])
    size = file.stat().st_size
    with file.open("ab") as growing:
        growing.write(tail)
    log = reader.read_run(file.parent)
    assert len(history(log)) == 1
    assert log.damage == []
    assert [(damage.line, damage.offset) for damage in log.unfinished()] == [(2, size)]
    with file.open("r+b") as repaired:
        repaired.seek(size)
        repaired.truncate()
        repaired.write(writer.encode({"_step": 1, "x": 1}))
    assert log.update()
    assert [row["x"] for row in history(log)] == [0, 1]


def test_a_file_that_was_replaced_or_cut_is_noticed(tmp_path: Path) -> None:
    file = make(tmp_path / "r", [{"x": n} for n in range(50)])
    log = reader.read_run(file.parent)
    file.write_bytes(file.read_bytes()[:-100])
    assert not log.update()


def test_a_newer_format_is_refused_with_a_sentence(tmp_path: Path) -> None:
    file = make(tmp_path / "r", [])
    (file.parent / layout.RUN_FILE).write_bytes(b'{"format": 99}')
    with pytest.raises(FormatError, match=r"format 99.*Install a newer tracklog"):
        reader.read_run(file.parent)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"format": "x"}'])
def test_a_damaged_run_file_costs_no_row(tmp_path: Path, content: bytes) -> None:
    file = make(tmp_path / "r", [{"x": 0}])
    (file.parent / layout.RUN_FILE).write_bytes(content)
    log = reader.read_run(file.parent)
    assert len(history(log)) == 1
    assert [damage.file for damage in log.damage] == [layout.RUN_FILE]


def test_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    file = make(tmp_path / "root" / "p" / "r", [{"x": 0}])
    (tmp_path / "root" / "p" / "other").symlink_to(file.parent)
    (file.parent / "history-stranger.jsonl").symlink_to(file)
    assert [folder.name for folder in reader.run_folders(tmp_path / "root" / "p")] == ["r"]
    assert len(reader.read_run(file.parent).writers) == 1


@pytest.mark.parametrize("more", [b"", b'\n{"_step": 1, "x": 1}\n'])
def test_a_disk_full_of_nuls_is_told_in_megabytes(tmp_path: Path, more: bytes) -> None:
    file = make(tmp_path / "r", [{"x": 0}])
    size = file.stat().st_size
    os.truncate(file, size + 1_000_000_000)
    with file.open("ab") as end:
        end.write(more)
    tracemalloc.start()
    log = reader.read_run(file.parent)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    told = log.damage if more else log.unfinished()
    assert [(damage.line, damage.offset) for damage in told] == [(2, size)]
    assert len(history(log)) == (2 if more else 1)


def test_pieces_of_a_file_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make(tmp_path / "r", [{"x": n, "text": "ä" * n} for n in range(60)])
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(
        b"".join([*lines[:20], b"\0\0broken\0\n", *lines[20:25], b"broken\n", *lines[25:], b'{"_step": 99'])
    )
    at_once = reader.read_run(file.parent)
    for size in (1, 7, 100, 1000):
        monkeypatch.setattr(reader, "_PIECE", size)
        in_pieces = reader.read_run(file.parent)
        assert history(in_pieces) == history(at_once)
        assert in_pieces.damage == at_once.damage
        assert in_pieces.unfinished() == at_once.unfinished()


def test_a_run_that_may_not_be_looked_into_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make(tmp_path / "p" / "r", []).parent

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    # The tests may run as root, to whom no mode denies anything.
    monkeypatch.setattr(Path, "stat", denied)
    monkeypatch.setattr(files, "content", denied)
    assert reader.projects(tmp_path) == {"p": [folder]}
    assert [found.reason for found in reader.read_run(folder).damage] == ["run.json cannot be read: Permission denied"]
