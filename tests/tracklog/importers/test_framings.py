"""The framings of records: what was written comes back, whatever is cut or damaged costs only itself."""

from __future__ import annotations

import io
import struct
import zlib

from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

from tracklog.importers.leveldb import BLOCK, Log
from tracklog.importers.protobuf import Message, WireError
from tracklog.importers.tfrecords import Reading

RECORDS = st.lists(st.one_of(st.binary(max_size=80), st.binary(min_size=700, max_size=1500)), max_size=40)
LONG = st.lists(st.integers(0, 3 * BLOCK), max_size=6)


def framed(records: list[bytes]) -> bytes:
    """Frame records as TensorBoard does, by its own checksums."""
    return b"".join(
        (length := struct.pack("<Q", len(record)))
        + struct.pack("<I", masked_crc32c(length))
        + record
        + struct.pack("<I", masked_crc32c(record))
        for record in records
    )


def unframed(data: bytes, offset: int = 0) -> tuple[list[bytes], Reading]:
    reading = Reading(io.BytesIO(data), offset)
    found = [
        batch.data[start : start + size]
        for batch in reading.batches()
        for start, size in zip(batch.starts.tolist(), batch.sizes.tolist(), strict=True)
    ]
    return found, reading


@given(RECORDS)
def test_event_files_come_back(records: list[bytes]) -> None:
    data = framed(records)
    found, reading = unframed(data)
    assert (found, reading.offset, reading.damage) == (records, len(data), [])


def test_many_records_of_one_length_come_back() -> None:
    records = [bytes([n % 251, *range(n % 7, n % 7 + size)]) for size in (3, 40, 41) for n in range(60)]
    found, reading = unframed(framed(records))
    assert (found, reading.damage) == (records, [])


@given(RECORDS, st.data())
def test_a_cut_event_file_gives_what_is_whole_and_goes_on(records: list[bytes], data: st.DataObject) -> None:
    whole = framed(records)
    cut = data.draw(st.integers(0, len(whole)))
    first, reading = unframed(whole[:cut])
    assert reading.damage == []
    rest, after = unframed(whole, reading.offset)
    assert (first + rest, after.damage) == (records, [])


@given(RECORDS.filter(len), st.data())
def test_a_flipped_bit_costs_one_record(records: list[bytes], data: st.DataObject) -> None:
    whole = bytearray(framed(records))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    found, reading = unframed(bytes(whole))
    left = [n for n in range(len(records)) if records[:n] + records[n + 1 :] == found]
    assert left
    assert reading.damage


def test_numbers_of_any_bytes_are_read_or_refused() -> None:
    assert Message(b"\x08\x96\x01").integer(1) == 150
    assert Message(b"\x08" + b"\xff" * 9 + b"\x01").integer(1) == -1
    assert Message(b"\x1a\x03\x01\x02\x03\x18\x04").ints(3) == [1, 2, 3, 4]


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_none(data: bytes) -> None:
    try:
        message = Message(data)
    except WireError:
        return
    for number in message.fields:
        message.text(number)
        message.integer(number)
        message.double(number)
        message.doubles(number)


def logged(records: list[bytes]) -> bytes:
    """Frame records as LevelDB does, behind a header of 7 bytes."""
    data = bytearray(b":HEADER")
    for record in records:
        left, is_first = record, True
        while True:
            room = BLOCK - len(data) % BLOCK
            if room < 7:
                data += bytes(room)
                room = BLOCK
            chunk, left = left[: room - 7], left[room - 7 :]
            kind = (1 if not left else 2) if is_first else (4 if not left else 3)
            data += struct.pack("<IHB", zlib.crc32(chunk, zlib.crc32(bytes([kind]))), len(chunk), kind) + chunk
            is_first = False
            if not left:
                break
    return bytes(data)


def unlogged(data: bytes, offset: int = 7) -> tuple[list[bytes], Log]:
    log = Log(io.BytesIO(data), offset)
    return list(log.records()), log


def of_sizes(sizes: list[int]) -> list[bytes]:
    return [bytes([n + 1]) * size for n, size in enumerate(sizes)]


@given(LONG)
def test_logs_come_back(sizes: list[int]) -> None:
    records = of_sizes(sizes)
    found, log = unlogged(logged(records))
    assert (found, log.damage) == (records, [])


@given(LONG, st.data())
def test_a_cut_log_gives_what_is_whole_and_goes_on(sizes: list[int], data: st.DataObject) -> None:
    records = of_sizes(sizes)
    whole = logged(records)
    cut = data.draw(st.integers(7, len(whole)))
    first, log = unlogged(whole[:cut])
    assert log.damage == []
    rest, after = unlogged(whole, log.offset)
    assert (first + rest, after.damage) == (records, [])


@given(LONG.filter(len), st.data())
def test_a_flipped_bit_never_stops_a_log(sizes: list[int], data: st.DataObject) -> None:
    records = of_sizes(sizes)
    whole = bytearray(logged(records))
    place = data.draw(st.integers(7, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    found, _ = unlogged(bytes(whole))
    assert all(record in records for record in found)
    assert found[: (before := _whole_before(records, place))] == records[:before]


def _whole_before(records: list[bytes], place: int) -> int:
    """Return how many records end before a place."""
    return sum(len(logged(records[: n + 1])) <= place for n in range(len(records)))
