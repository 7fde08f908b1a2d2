"""Rows of pictures: logging one, building ten thousand, rebuilding, opening the page that shows them."""

from __future__ import annotations

import hashlib
import io
import shutil
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from site_builder import Builder, Options
from tests.bench import corpus, pages
from tests.bench.measure import Figure, World, interleaved, median
from tracklog.store import fold, layout, writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGES, STEPS, DIFFERENT = 10_000, 100, 100
LOGGED = 200
SIZE = (900, 600)
OPENED = """async () => {
  const images = () => [...document.querySelectorAll('.media img')].filter(bench.seen);
  await bench.until(() => images().some((i) => i.complete && i.naturalWidth));
  return [performance.now(), document.querySelectorAll('.media img').length];
}"""


def picture(n: int) -> Image.Image:
    """Return a picture with the detail of a photograph: noise at several scales."""
    noise = np.random.default_rng(n)
    total = np.zeros((SIZE[1], SIZE[0], 3))
    for cell in (150, 50, 10, 2):
        coarse = noise.normal(0, cell**0.5, (SIZE[1] // cell, SIZE[0] // cell, 3))
        total += np.kron(coarse, np.ones((cell, cell, 1)))
    return Image.fromarray(np.clip(128 + 6 * total, 0, 255).astype(np.uint8))


def write(root: Path, images: int = IMAGES, steps: int = STEPS) -> None:
    """Write a run with lists of JPEG files; each has bytes behind its end that make it another one."""
    encoded = []
    for n in range(DIFFERENT):
        out = io.BytesIO()
        picture(n).save(out, "JPEG", quality=70)
        encoded.append(out.getvalue())
    folder = layout.run_folder(root, "pictures", "run0000")
    record = {"id": "run0000", "project": "pictures", "name": "pictures", "created": "2026-09-01T00:00:00+00:00"}
    writer.create_run(folder, record)  # type: ignore[arg-type]
    lines = writer.Writer(folder, {"start_step": 0, "after": [], **fold.this_place()}, lambda: corpus.CLOCK)
    lines.start()
    each = images // steps
    for step in range(steps):
        items = [_item(folder, encoded[n % DIFFERENT] + str(n).encode()) for n in range(step * each, (step + 1) * each)]
        lines.history.append(_row(step, items))
    lines.event("finish", exit_code=0)
    lines.close()


def _item(folder: Path, data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    path = f"media/images/{digest[:20]}.jpg"
    target = folder / layout.FILES / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return {"_type": "image-file", "path": path, "sha256": digest, "size": len(data)}


def _row(step: int, items: list[dict[str, Any]]) -> bytes:
    clocks = {"_step": step, "_runtime": step * 0.125, "_timestamp": corpus.CLOCK + step * 0.125}
    return writer.encode({**clocks, "samples": {"_type": "images", "count": len(items), "items": items}})


def _logs(world: World) -> Path:
    return world.folder("pictures", write)


def _site(world: World) -> Path:
    source = _logs(world)

    def make(path: Path) -> None:
        _build(source, path / "site", 0)

    return world.folder("pictures-site", make) / "site"


def _build(source: Path, target: Path, jobs: int) -> float:
    began = time.perf_counter()
    Builder(Options((source,), target, jobs=jobs)).build()
    return time.perf_counter() - began


def image(world: World) -> Iterator[Figure]:
    """Log an image of 256 × 256 pixels, over encoding and writing the same PNG."""
    import tracklog

    run = tracklog.init(
        project="bench",
        dir=world.home / "image",
        settings={"silent": True, "console": "off", "disable_stats": True, "disable_git": True, "disable_meta": True},
    )
    arrays = [np.asarray(picture(n).crop((0, 0, 256, 256))) for n in range(8)]
    counter = iter(range(10**9))

    def logged() -> float:
        began = time.perf_counter()
        for _ in range(LOGGED):
            n = next(counter)
            array = arrays[n % 8].copy()
            array[0, :8] = np.frombuffer(n.to_bytes(24, "little"), np.uint8).reshape(8, 3)
            run.log({"sample": tracklog.Image(array)})
        return (time.perf_counter() - began) / LOGGED * 1000

    def bare() -> float:
        folder = world.home / "bare-images"
        folder.mkdir(exist_ok=True)
        began = time.perf_counter()
        for n in range(LOGGED):
            Image.fromarray(arrays[n % 8]).save(folder / f"{n}.png")
        return (time.perf_counter() - began) / LOGGED * 1000

    plain, ours = interleaved(3 * world.repeats, bare, logged)
    run.finish()
    note = f"{median(plain):.1f} ms for writing the PNG with Pillow"
    yield Figure("log() of a 256x256 image", median(ours), None, "ms", ours, note)


def pictures(world: World) -> Iterator[Figure]:
    """Build ten thousand pictures of one run; build again after it grew by 100."""
    source = _logs(world)
    target = world.home / "pictures-cold"
    for jobs in (1, 0):
        shutil.rmtree(target, ignore_errors=True)
        taken = _build(source, target, jobs)
        name = "one process" if jobs else "default jobs"
        yield Figure(f"build {IMAGES:,} images of one run, {name}", taken, None, "s", (), f"{SIZE[0]}x{SIZE[1]} JPEG")
    folder = source / "pictures/run0000"
    (history,) = folder.glob("history-*.jsonl")
    before = history.read_bytes()
    with history.open("ab") as growing:
        data = io.BytesIO()
        picture(0).save(data, "JPEG", quality=70)
        growing.write(_row(STEPS, [_item(folder, data.getvalue() + f"new {n}".encode()) for n in range(100)]))
    taken = _build(source, target, 0)
    history.write_bytes(before)
    yield Figure(f"rebuild after 100 of {IMAGES:,} images came", taken, None, "s")
    shutil.rmtree(target)


def gallery(world: World) -> Iterator[Figure]:
    """Open the page of a run with ten thousand images, and the page that compares media."""
    site = _site(world)
    with pages.chromium() as browser:
        for name, path in (("run page", "runs/run0000.html#tab=media"), ("media page", "media.html")):
            samples, drawn = [], 0
            for _ in range(1 + world.repeats):
                with pages.page(browser, f"{(site / 'pictures').as_uri()}/{path}") as opened:
                    taken, drawn = opened.evaluate(OPENED)
                    samples.append(taken)
            note = f"{drawn} images in the page"
            yield Figure(f"{IMAGES:,} images: {name} shows the first", median(samples[1:]), None, "ms", samples, note)
