"""Records with right checksums and wrong contents, as only a stranger writes them: nothing stops, what is whole is taken."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.utils.tensorboard import SummaryWriter

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import rows, take
from tests.tracklog.importers.test_framings import framed, logged, unframed, unlogged
from tests.tracklog.importers.test_wandb import BEGIN, MEDIA
from tracklog.store import layout, reader

CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True), st.integers(0, 255)),
                   min_size=1, max_size=4)  # fmt: skip


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the records of an event file with values of all kinds."""
    folder = tmp_path_factory.mktemp("events")
    writer = SummaryWriter(str(folder))
    for step in range(12):
        writer.add_scalar("loss", step, step)
    writer.add_scalar("new", 1, 1, new_style=True)
    writer.add_histogram("h", np.arange(50.0), 1)
    writer.add_image("i", np.zeros((3, 2, 2), np.uint8), 1)
    writer.add_audio("a", torch.zeros(1, 20), 1)
    writer.add_text("t", "x", 1)
    writer.add_pr_curve("p", np.array([0, 1]), np.array([0.2, 0.8]), 1, num_thresholds=5)
    writer.add_mesh("m", torch.rand(1, 5, 3), faces=torch.randint(0, 5, (1, 2, 3)), global_step=1)
    writer.add_hparams({"lr": 0.1}, {"score": 1}, run_name=".")
    writer.close()
    return [record for file in sorted(folder.iterdir()) for record in unframed(file.read_bytes())[0]]


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an offline run with media."""
    folder = tmp_path_factory.mktemp("offline")
    peers.run("wandb", BEGIN + MEDIA, folder)
    return next(folder.glob("wandb/offline-run-*"))


def changed(records: list[bytes], changes: list[tuple[float, float, int]]) -> list[bytes]:
    found = [bytearray(record) for record in records]
    for which, where, byte in changes:
        record = found[int(which * len(found))]
        if record:
            record[int(where * len(record))] = byte
    return [bytes(record) for record in found]


def checked(source: Path, root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    take(source, root)
    assert take(source, root).changed == []
    for folder in reader.projects(root).get("p", []):
        log = reader.read_run(folder)
        assert log.damage == []
        assert all(isinstance(row[layout.STEP], int) for row in rows(folder))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_events_of_any_content(events: list[bytes], changes: list[tuple[float, float, int]]) -> None:
    Path("logs").mkdir(exist_ok=True)
    Path("logs/events.out.tfevents.1700000000.host.1.0").write_bytes(framed(changed(events, changes)))
    checked(Path("logs"), Path("tracklogs"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_records_of_wandb_of_any_content(offline: Path, changes: list[tuple[float, float, int]]) -> None:
    source = Path("wandb") / offline.name
    if not source.exists():
        shutil.copytree(offline, source, symlinks=True)
    (original,) = offline.glob("*.wandb")
    records = unlogged(original.read_bytes())[0]
    (source / original.name).write_bytes(b":W&B\xe1\xbe\x00" + logged(changed(records, changes))[7:])
    checked(Path("wandb"), Path("tracklogs"))
