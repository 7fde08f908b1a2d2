"""Pictures, masks and boxes as the site has them: what is damaged says so, what is large is refused before it is decoded."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from site_builder import Options, build
from site_builder.items import BoxSet, ImageItem, MaskSet
from site_builder.kinds import image
from site_builder.pictures import masks, pictures
from site_builder.pictures.media import Media
from site_builder.series.parts import Blocks
from tests.site_builder.logs import grow, write_run
from tracklog.store.files import inside

FILES = Path("files")


class Opened:
    """A run's files with their door."""

    def __init__(self) -> None:
        FILES.mkdir(exist_ok=True)
        self.blocks = Blocks()
        self.door = Media(partial(inside, FILES.resolve()), self.blocks.payload)

    def load(self, record: dict[str, Any]) -> ImageItem:
        (item,) = image.load({"_type": "image-file", **record}, self.door).items
        assert isinstance(item, ImageItem)
        return item

    def payload(self, n: int) -> bytes:
        return gzip.decompress(self.blocks.layout()[1][self.blocks.layout()[0][self.blocks.payloads[n]]])


@pytest.fixture
def opened() -> Opened:
    return Opened()


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a PNG with a true header and whatever pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def saved(name: str, picture: Image.Image, **how: Any) -> str:
    FILES.mkdir(exist_ok=True)
    picture.save(FILES / name, **how)
    return name


def written(name: str, data: bytes) -> str:
    FILES.mkdir(exist_ok=True)
    (FILES / name).write_bytes(data)
    return name


PHOTO = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8))


def jpeg(keep: int) -> bytes:
    out = io.BytesIO()
    PHOTO.save(out, "JPEG")
    return out.getvalue()[:keep]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.png", b"", "empty.png is empty: it has 0 bytes"),
        ("zero.png", png(0, 5), "zero.png"),
        ("text.png", b"hello", "text.png is no image of a kind that is shown"),
        ("half.jpg", jpeg(4000), "half.jpg is damaged: image file is truncated"),
        ("bomb.png", png(20_000, 20_000), "bomb.png has"),
        ("wide.png", png(70_000, 2_000), "wide.png has 70000 × 2000 pixels; images up to 120,000,000 pixels are shown"),
        ("vector.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "vector.svg is no image of a kind"),
        ("short.png", png(50, 50, b"\0" * 10), "short.png is damaged"),
    ],
)
def test_what_cannot_be_shown_names_the_file_and_why(opened: Opened, name: str, data: bytes, says: str) -> None:
    item = opened.load({"path": written(name, data), "caption": "c"})
    assert item.error.startswith(says)
    assert (item.src, item.caption) == ("", "c")
    assert str(FILES.resolve()) not in item.error
    assert opened.door.found == {}


def test_a_bomb_is_refused_before_it_is_decoded(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(_self: Image.Image) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(Image.Image, "load", decoded)
    for width, height in ((13_000, 13_000), (60_000, 60_000)):
        assert "pixels" in opened.load({"path": written("bomb.png", png(width, height))}).error
    with pytest.raises(ValueError, match=r"bomb.mask.png has 9000 × 9000 pixels; masks up to"):
        opened.door.mask(written("bomb.mask.png", png(9000, 9000)))


def test_a_long_picture_has_a_small_copy(opened: Opened) -> None:
    item = opened.load({"path": saved("long.png", Image.new("RGB", (70_000, 10), "red"))})
    assert (item.width, item.height, item.error) == (70_000, 10, "")
    small = opened.door.found[item.thumb]
    assert Image.open(io.BytesIO(small.data or b"")).size == (512, 1)
    assert opened.door.found[item.src].data is None


def test_deep_pictures_are_shown_by_their_own_range(opened: Opened) -> None:
    values = np.linspace(1000, 3000, 30 * 20).reshape(20, 30).astype(np.uint16)
    item = opened.load({"path": saved("deep.png", Image.fromarray(values))})
    shown = np.asarray(Image.open(io.BytesIO(opened.door.found[item.src].data or b"")))
    assert (shown.min(), shown.max(), shown.shape) == (0, 255, (20, 30))
    assert item.note == "values from 1000 to 3000 are shown from black to white"


def test_palettes_are_shown_as_they_are(opened: Opened) -> None:
    small = opened.load({"path": saved("small.png", PHOTO.quantize(16))})
    assert small.src == small.thumb
    large = opened.load({"path": saved("large.png", PHOTO.resize((1600, 1200)).quantize(16))})
    data = opened.door.found[large.thumb].data
    assert Image.open(io.BytesIO(data or b"")).mode == "RGB"


@given(hnp.arrays(st.sampled_from([np.uint8, np.uint16]), hnp.array_shapes(min_dims=2, max_dims=2, max_side=30)))
def test_runs_give_the_ids_back(ids: np.ndarray) -> None:
    assert np.array_equal(unrolled(masks.encode(ids)), ids.ravel())


def test_long_runs_and_high_ids() -> None:
    ids = np.zeros((3000, 3000), np.uint16)
    ids[-1, -1] = 65_535
    data = masks.encode(ids)
    assert len(data) < 12
    assert np.array_equal(unrolled(data), ids.ravel())


def unrolled(data: bytes) -> np.ndarray:
    """Read runs as the page does."""
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
    return np.repeat(numbers[::2], numbers[1::2])


def mask_of(item: ImageItem) -> MaskSet:
    (found,) = item.masks
    return found


def with_mask(name: str, classes: str = "") -> dict[str, Any]:
    record: dict[str, Any] = {"path": saved("photo.png", Image.new("L", (6, 4)))}
    return {**record, "masks": {"truth": {"_type": "mask", "path": name, **({"classes": classes} if classes else {})}}}


IDS = np.arange(24, dtype=np.uint8).reshape(4, 6) % 3


def test_a_mask_counts_its_pixels(opened: Opened) -> None:
    classes = written("c.json", orjson.dumps({"class_set": [{"id": 1, "name": "road", "color": "#102030"}]}))
    found = mask_of(opened.load(with_mask(saved("m.png", Image.fromarray(IDS)), classes)))
    assert [(c.id, c.label, c.colour, c.count) for c in found.classes] == [
        (0, "class_0", "", 8),
        (1, "road", "#102030", 8),
        (2, "class_2", "", 8),
    ]
    assert (found.width, found.height, found.note, found.error) == (6, 4, "", "")
    assert np.array_equal(unrolled(opened.payload(found.payload)).reshape(4, 6), IDS)


def test_a_mask_of_another_size_is_stretched_and_named(opened: Opened) -> None:
    found = mask_of(opened.load(with_mask(saved("m.png", Image.fromarray(IDS[:2, :3])))))
    assert found.note == "the mask truth has 3 × 2 pixels and its image 6 × 4: it is stretched"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: "gone.png", "gone.png is not in this folder"),
        (lambda: "../outside.png", "../outside.png is not in this folder"),
        (lambda: saved("rgb.png", PHOTO), "rgb.png is a picture of mode RGB, which holds no class ids"),
        (lambda: written("bad.png", b"no"), "bad.png is damaged"),
        (lambda: written("none.png", b""), "none.png is empty"),
        (lambda: 3, "the record of truth is damaged"),
    ],
)
def test_a_damaged_mask_costs_itself_alone(opened: Opened, make: Any, says: str) -> None:
    Path("outside.png").touch()
    item = opened.load(with_mask(make()))
    assert item.error == ""
    assert mask_of(item).error.startswith(says)


def with_boxes(boxes: list[Any], **more: Any) -> dict[str, Any]:
    path = written("b.json", orjson.dumps({"box_data": boxes}))
    record: dict[str, Any] = {"path": saved("photo.png", Image.new("L", (200, 100)))}
    return {**record, "boxes": {"found": {"_type": "boxes2D", "path": path, **more}}}


def test_boxes_in_all_forms(opened: Opened) -> None:
    item = opened.load(
        with_boxes(
            [
                {"position": {"minX": 0.1, "maxX": 0.5, "minY": 0, "maxY": 1}, "class_id": 2, "scores": {"acc": 0.25}},
                {"position": {"middle": [100, 50], "width": 20, "height": 10}, "domain": "pixel", "box_caption": "mid"},
                {"position": {"minX": -0.5, "maxX": 0.5, "minY": 0.2, "maxY": 3}, "class_id": 2, "scores": {"acc": 1}},
                {"position": {"minX": 2, "maxX": 3, "minY": 0, "maxY": 1}},
            ]
        )
    )
    (found,) = item.boxes
    assert orjson.loads(opened.payload(found.payload)) == [
        [2, "", {"acc": 0.25}, 0.1, 0.0, 0.5, 1.0, False],
        [-1, "mid", {}, 0.45, 0.45, 0.55, 0.55, False],
        [2, "", {"acc": 1.0}, 0.0, 0.2, 0.5, 1.0, True],
        [-1, "", {}, 1.0, 0.0, 1.0, 1.0, True],
    ]
    assert [(c.id, c.label, c.count) for c in found.classes] == [(-1, "no class", 2), (2, "class_2", 2)]
    assert [(s.name, s.min, s.max) for s in found.scores] == [("acc", 0.25, 1.0)]
    assert found.note == "2 boxes reach beyond the image: drawn up to its edge"


@pytest.mark.parametrize("boxes", [[3], [{"position": {}}], [{"position": {"minX": "a"}}], "x", [{}]])
def test_damaged_boxes_cost_themselves_alone(opened: Opened, boxes: Any) -> None:
    item = opened.load(with_boxes(boxes))
    (found,) = item.boxes
    assert isinstance(found, BoxSet)
    assert (item.error, found.error.startswith("the record of found is damaged")) == ("", True)


def test_lists_as_the_reference_writes_them(opened: Opened) -> None:
    paths = [saved(f"{n}.png", Image.new("L", (6, 4), n)) for n in range(3)]
    mask = {"m": {"_type": "mask", "path": saved("m.png", Image.fromarray(IDS)), "class_labels": {"1": "road"}}}
    value = image.load(
        {
            "_type": "images/separated",
            "filenames": paths,
            "captions": ["a", "b", "c"],
            "all_masks": [mask, None, mask],
            "all_boxes": False,
        },
        opened.door,
    )
    assert [item.caption for item in value.items] == ["a", "b", "c"]
    assert [len(item.masks) for item in value.items if isinstance(item, ImageItem)] == [1, 0, 1]


def options(jobs: int = 1) -> Options:
    return Options((Path("logs"),), Path("site"), jobs=jobs)


def log_pictures(count: int, folder: Path | None = None) -> Path:
    """Write, or let grow, a run with pictures that need a smaller copy and masks."""
    first = 0 if folder is None else 1000
    rows = []
    for n in range(first, first + count):
        name = f"media/images/{n}.png"
        mask = f"media/masks/{n}.mask.png"
        record = {"_type": "image-file", "path": name, "masks": {"m": {"_type": "mask", "path": mask}}}
        rows.append({"sample": record})
    if folder is None:
        folder = write_run(Path("logs"), "r0", rows)
    else:
        grow(folder, rows)
    for n in range(first, first + count):
        picture = folder / f"files/media/images/{n}.png"
        mask_path = folder / f"files/media/masks/{n}.mask.png"
        for path in (picture, mask_path):
            path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (800, 10), (n * 5 % 256, n * 53 % 256, n * 101 % 256)).save(picture)
        Image.fromarray(IDS + np.uint8(n % 50)).save(mask_path)
    return folder


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that takes the names of the pictures that are looked at."""
    names: list[str] = []
    look = pictures.look

    def told(path: str) -> pictures.Picture:
        names.append(Path(path).name)
        return look(path)

    monkeypatch.setattr(pictures, "look", told)
    return names


def content() -> dict[str, bytes]:
    paths = [path for path in Path("site").rglob("*") if path.is_file() and "media" in path.parts]
    return {path.relative_to("site").as_posix(): path.read_bytes() for path in paths}


def test_many_pictures_of_one_run_are_the_same_whoever_looks_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    log_pictures(pictures.MANY + 6)
    build(options(jobs=2))
    several = content(), (Path("site/data/p") / "r0.0.js").read_bytes()
    assert len(several[0]) == 2 * (pictures.MANY + 6)
    monkeypatch.setattr(pictures, "MANY", 10**9)
    shutil.rmtree("site")
    build(options())
    assert (content(), (Path("site/data/p") / "r0.0.js").read_bytes()) == several


def test_a_run_that_grew_has_only_its_new_pictures_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = log_pictures(5)
    build(options())
    before = content()
    log_pictures(2, folder)
    looked = watched(monkeypatch)
    build(options())
    assert looked == ["1000.png", "1001.png"]
    assert before.items() <= content().items()
    assert len(content()) == len(before) + 4


def test_a_picture_that_changed_or_whose_copy_is_gone_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = log_pictures(3)
    build(options())
    Image.new("RGB", (900, 10), "white").save(folder / "files/media/images/1.png")
    gone = min(Path("site/media").rglob("*.webp"))
    gone.unlink()
    looked = watched(monkeypatch)
    report = build(options())
    assert (report.read, len(content())) == (1, 6)
    assert "1.png" in looked
    assert len(looked) <= 2
    assert report.damage == []


def test_pictures_that_no_row_names_leave_nothing_behind() -> None:
    folder = log_pictures(3)
    for n in range(pictures.MANY + 10):
        Image.new("RGB", (800, 9), (n, 255 - n, 1)).save(folder / f"files/media/images/stray{n}.png")
    build(options())
    assert len(content()) == 6
    assert build(options()).written == []


def test_a_project_with_media_has_a_page_for_them() -> None:
    log_pictures(2)
    write_run(Path("logs"), "plain", [{"loss": 1.0}], project="q")
    report = build(options())
    assert "p/media.html" in report.written
    assert "q/media.html" not in report.written
    assert any(path.startswith("assets/media.") for path in report.written)
    page = Path("site/p/media.html").read_text(encoding="utf-8")
    assert '<th scope="row">sample</th><td>image</td>' in page
    for name in ("index.html", "table.html", "runs/r0.html"):
        assert "media.html" in Path("site/p", name).read_text(encoding="utf-8"), name
    assert "media.html" not in Path("site/q/index.html").read_text(encoding="utf-8")


def test_a_run_that_grew_rewrites_the_page_of_media_only_where_it_lists_something_else() -> None:
    folder = log_pictures(2)
    build(options())
    grow(folder, [{"loss": 1.0}])
    assert "p/media.html" not in build(options()).written
    grow(folder, [{"other": {"_type": "image-file", "path": "media/images/0.png"}}])
    assert "p/media.html" in build(options()).written
