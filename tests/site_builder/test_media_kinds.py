"""What loaders make of files that are not as they should be: a sentence on one item, and nothing else suffers."""

from __future__ import annotations

import base64
import io
import math
import struct
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import soundfile
from PIL import Image as PILImage

from site_builder import kinds
from site_builder.items import AudioItem, ChartItem, HtmlItem, MoleculeItem, Object3DItem, VideoItem
from site_builder.pictures import clouds, gltf
from site_builder.pictures.media import Media
from site_builder.series.parts import Blocks
from tracklog import Video
from tracklog.store.files import inside

if TYPE_CHECKING:
    from pathlib import Path

    from site_builder.model import Kind


class Files:
    """A run's files, and what a loader makes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.blocks = folder, Blocks()
        self.media = Media(partial(inside, folder), self.blocks.payload)

    def put(self, name: str, data: bytes | str) -> str:
        (self.folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return name

    def item(self, kind: Kind, record: dict[str, Any]) -> Any:
        (item,) = kinds.load(kind, record, self.media).items
        return item


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def wav(samples: Any, rate: int = 8000) -> bytes:
    written = io.BytesIO()
    soundfile.write(written, samples, rate, format="WAV", subtype="PCM_16")
    return written.getvalue()


def gif(count: int, size: tuple[int, int]) -> bytes:
    first, *rest = [PILImage.new("RGB", size, (40 * n, 0, 0)) for n in range(count)]
    written = io.BytesIO()
    first.save(written, "GIF", save_all=True, append_images=rest, duration=100)
    return written.getvalue()


def test_a_sound(files: Files) -> None:
    tone = np.sin(np.arange(16_000) * 2 * np.pi * 1000 / 8000)
    item = files.item("audio", {"_type": "audio-file", "path": files.put("a.wav", wav(tone)), "caption": "1 kHz"})
    assert isinstance(item, AudioItem)
    assert (item.error, item.duration, item.sample_rate, item.channels) == ("", 2.0, 8000, 1)
    assert (min(item.peaks), max(item.peaks), len(item.peaks)) == (-127, 127, 640)
    spectrum = np.frombuffer(_payload(files, item.payload), np.uint8).reshape(-1, item.bands)
    loudest = spectrum.mean(axis=0).argmax()
    assert loudest == 1000 / 4000 * item.bands  # the band of 1 kHz, of bands up to 4 kHz


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros((500, 2)), np.ones(3)])
def test_silence_and_hardly_anything(files: Files, samples: Any) -> None:
    item = files.item("audio", {"_type": "audio-file", "path": files.put("a.wav", wav(samples))})
    assert item.error == ""
    assert item.duration == len(samples) / 8000


def test_opposite_channels_do_not_cancel(files: Files) -> None:
    tone = np.sin(np.arange(8000) / 5)
    item = files.item(
        "audio", {"_type": "audio-file", "path": files.put("a.wav", wav(np.stack([tone, -tone], axis=1)))}
    )
    assert max(item.peaks) > 120


def test_a_gif_lies_side_by_side(files: Files) -> None:
    item = files.item("video", {"_type": "video-file", "path": files.put("a.gif", gif(5, (30, 20))), "width": 9})
    assert isinstance(item, VideoItem)
    assert (item.error, item.width, item.height, item.frames, item.fps) == ("", 30, 20, 5, 10)
    sheet = PILImage.open(io.BytesIO(files.media.found[item.sheet].data or b""))
    assert sheet.size == (item.columns * 30, math.ceil(5 / item.columns) * 20)


def test_a_gif_shows_equal_frames_as_often_as_they_were_logged(files: Files) -> None:
    still = np.zeros((6, 3, 10, 10), np.uint8)
    still[4:] = 255
    data = Video(still, fps=8).file.read()
    item = files.item("video", {"_type": "video-file", "path": files.put("a.gif", data), "fps": 8})
    assert (item.frames, item.fps) == (6, 8)


def test_scenes(files: Files) -> None:
    scene = {
        "boxes": [{"corners": [[0, 0, n] for n in range(8)], "label": "x", "score": 0.5, "color": [300, 0, 0]}],
        "vectors": [{"start": [0, 0, 0], "end": [1, 1, 1]}],
    }
    written = io.BytesIO()
    np.save(written, np.array([[500_000.25, 0, 0, 1], [500_001.25, 1, 1, 2], [np.nan, 0, 0, 3]]))
    points = files.put("p.npy", written.getvalue())
    record = {
        "_type": "object3D-file",
        "path": files.put("s.pts.json", orjson.dumps(scene)),
        "points": {"path": points},
    }
    item = files.item("object3d", record)
    assert isinstance(item, Object3DItem)
    assert (item.error, item.points, item.total, item.colours) == ("", 2, 3, "category")
    assert item.note == "1 points without a place left out"
    assert item.boxes[0].color == (255, 0, 0)
    data = _payload(files, item.payload)
    places = np.frombuffer(data[:24], "<f4").reshape(2, 3) + item.center
    assert places.tolist() == [[500_000.25, 0, 0], [500_001.25, 1, 1]]
    assert list(data[24:]) == [1, 2]


def test_too_many_points_are_thinned_and_counted() -> None:
    written = io.BytesIO()
    np.save(written, np.zeros((clouds.MOST + 1, 3), np.float32))
    cloud = clouds.of_array(written.getvalue())
    assert (cloud.drawn, cloud.total) == (clouds.MOST // 2 + 1, clouds.MOST + 1)
    assert "every 2th" in cloud.note


def test_lists_of_points_as_others_write_them(files: Files) -> None:
    old = orjson.dumps([[0, 0, 0, 255, 0, 0], [1, 1, 1, 0, 999, 0]])
    item = files.item("object3d", {"_type": "object3D-file", "path": files.put("a.pts.json", old)})
    assert (item.points, item.colours) == (2, "rgb")
    assert list(_payload(files, item.payload)[-6:]) == [255, 0, 0, 0, 255, 0]


def test_a_gltf_becomes_a_glb() -> None:
    content = b"\x01\x02\x03"
    uri = "data:application/octet-stream;base64," + base64.b64encode(content).decode()
    scene = {
        "asset": {"version": "2.0"},
        "buffers": [{"uri": uri, "byteLength": 3}, {"uri": uri, "byteLength": 3}],
        "bufferViews": [{"buffer": 0, "byteLength": 3}, {"buffer": 1, "byteOffset": 1, "byteLength": 2}],
    }
    packed = gltf.packed(orjson.dumps(scene))
    magic, version, length, text = struct.unpack("<4sIII", packed[:16])
    assert (magic, version, length) == (b"glTF", 2, len(packed))
    back = orjson.loads(packed[20 : 20 + text])
    binary = packed[20 + text + 8 :]
    first, second = back["bufferViews"]
    assert binary[first["byteOffset"] :][:3] == content
    assert binary[second["byteOffset"] :][:2] == content[1:]
    assert back["buffers"] == [{"byteLength": len(binary)}]


_NPY_OBJECTS = io.BytesIO()
np.save(_NPY_OBJECTS, np.array([{}], object), allow_pickle=True)
_GLTF = {"buffers": [{"uri": "far.bin", "byteLength": 3}]}
_TABLE = orjson.dumps({"columns": ["a"], "data": [[1], "ragged", ["NaN"]]})

BAD: dict[str, tuple[Kind, str, bytes, str]] = {
    "sound": ("audio", "a.wav", b"RIFF nothing", "cannot be decoded"),
    "sound of another type": ("audio", "a.exe", b"x", "is none of"),
    "truncated gif": ("video", "a.gif", gif(3, (20, 20))[:60], "damaged"),
    "gif that is text": ("video", "a.gif", b"hello", "is no gif"),
    "empty molecule": ("molecule", "a.pdb", b" \n", "is empty"),
    "molecule of another type": ("molecule", "a.txt", b"x", "is none of"),
    "pickled points": ("object3d", "a.npy", _NPY_OBJECTS.getvalue(), "damaged"),
    "mesh without its buffer": ("object3d", "a.gltf", orjson.dumps(_GLTF), "'far.bin', which is not inside of it"),
    "gltf that is text": ("object3d", "a.gltf", b"hello", "damaged"),
    "babylon": ("object3d", "a.babylon", b"{}", "export the scene as glb"),
    "scene that is no JSON": ("object3d", "a.pts.json", b"{", "damaged"),
    "points of another shape": ("object3d", "a.pts.json", b"[[1,2]]", "shape"),
    "figure that is no JSON": ("plotly", "a.json", b"{", "damaged"),
    "figure without data": ("plotly", "a.json", b"{}", "has no data"),
    "chart that is a list": ("vega", "a.json", b"[]", "no object"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_bad_files_are_named_with_a_reason(case: tuple[Kind, str, bytes, str], files: Files) -> None:
    kind, name, data, said = case
    item = files.item(kind, {"_type": "x", "path": files.put(name, data), "caption": "mine"})
    assert said in item.error
    assert item.caption == "mine"
    assert str(files.folder) not in item.error


LISTED: tuple[Kind, ...] = (
    "audio",
    "video",
    "html",
    "molecule",
    "object3d",
    "plotly",
    "vega",
    "chart",
    "image",
    "table",
)


@pytest.mark.parametrize("kind", LISTED)
def test_damage_of_one_item_costs_that_item(kind: Kind, files: Files) -> None:
    hostile: list[Any] = [
        {"path": "../../etc/passwd"},
        {"path": "gone.wav"},
        {"path": 3},
        {},
        None,
        7,
        "text",
        {"path": None},
    ]
    items = kinds.load(kind, {"_type": "x", "items": hostile}, files.media).items
    assert len(items) == len(hostile)
    assert all(item.error for item in items)
    for value in ({"_type": "x", "items": 3}, {"_type": "x", "items": None}, None, 3):
        (item,) = kinds.load(kind, value, files.media).items
        assert item.error


def test_links_never_lead_outside(files: Files, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "a.html"
    outside.write_text("secret")
    (files.folder / "a.html").symlink_to(outside)
    item = files.item("html", {"_type": "html-file", "path": "a.html"})
    assert item.error == "a.html is not in this folder"


def test_html_is_a_payload_and_never_a_file(files: Files) -> None:
    item = files.item("html", {"_type": "html-file", "path": files.put("a.html", b"<script>1</script>\xff")})
    assert isinstance(item, HtmlItem)
    assert _payload(files, item.payload).decode() == "<script>1</script>�"
    assert not files.media.found
    assert files.media.kinds == {"html"}


def test_a_chart_keeps_what_can_be_drawn(files: Files) -> None:
    record = {
        "_type": "custom-chart",
        "spec_name": "mine",
        "fields": {"x": "a", "none": None},
        "table": {"path": files.put("t.json", _TABLE)},
        "preset": {"path": files.put("p.json", b"[")},
    }
    item = files.item("chart", record)
    assert isinstance(item, ChartItem)
    data = orjson.loads(_payload(files, item.payload))
    assert (item.preset, data["columns"], data["rows"]) == ("mine", ["a"], [[1], [None]])
    assert data["fields"] == [["x", "a"]]
    assert (data["spec"], data["refused"][:25]) == (None, "its preset is no JSON: un")


def test_equal_payloads_are_kept_once(files: Files) -> None:
    one, two = (
        files.item("molecule", {"_type": "molecule-file", "path": files.put(f"{n}.pdb", "ATOM")}) for n in range(2)
    )
    assert isinstance(one, MoleculeItem)
    assert one.payload == two.payload
    assert len(files.blocks.payloads) == 1


def _payload(files: Files, n: int) -> bytes:
    import gzip

    return gzip.decompress(files.blocks._data[files.blocks.payloads[n]])
