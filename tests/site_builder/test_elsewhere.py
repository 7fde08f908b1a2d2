"""Runs that are read elsewhere: on a Dask cluster, from another machine, and copied to one."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_builder import Builder, Options, packs, upload
from site_builder.mirror import Mirror
from tests.site_builder.logs import grow, write_run
from tracklog.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = 40


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("site_builder.manifest.secrets.token_hex", lambda _: "0" * 12)


def log(root: Path, runs: int = RUNS, rows: int = 50) -> None:
    for n in range(runs):
        write_run(root, f"r{n:02}", [{"loss": (n + 1) / (step + 1)} for step in range(rows)], console=f"run {n}\n")


def content(site: Path, *but: str) -> dict[str, bytes]:
    """Return the files of a site."""
    files = (path for path in site.rglob("*") if path.is_file() and path.name not in ("lock", *but))
    return {str(path.relative_to(site)): path.read_bytes() for path in files}


def shown(site: str) -> dict[str, bytes]:
    """Return the files of a site without version.js, which says when it was written, and what knows of that."""
    return content(Path(site), "version.js", "manifest.json")


def test_a_cluster_of_which_a_worker_dies_gives_the_same_bytes() -> None:
    from distributed import LocalCluster

    log(Path("logs"))
    for jobs in (1, 2):
        Builder(Options((Path("logs"),), Path(f"site{jobs}"), jobs=jobs)).build()
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:

        def kill(phase: str, done: int, _total: int) -> None:
            if phase == "runs" and done == 3:
                nanny: Any = next(iter(cluster.workers.values()))
                os.kill(nanny.pid, signal.SIGKILL)
                killed.append(nanny.pid)

        options = Options((Path("logs"),), Path("cluster"), scheduler=cluster.scheduler_address)
        report = Builder(options).build(kill)
    assert killed
    assert report.read == RUNS
    assert shown("cluster") == shown("site1") == shown("site2")


def test_no_cluster_is_said() -> None:
    log(Path("logs"), 1)
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:9 is no Dask scheduler that answers"):
        Builder(Options((Path("logs"),), Path("site"), scheduler="tcp://127.0.0.1:9")).build()


@pytest.fixture(params=["memory", "s3"])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the URL of a place that holds nothing yet."""
    import fsspec

    if request.param == "memory":
        system = fsspec.filesystem("memory")
        yield "memory://place"
        if system.exists("/place"):
            system.rm("/place", recursive=True)
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    bucket = f"place-{port}"
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir(bucket)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    yield f"s3://{bucket}"
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    server.stop()


def put(url: str, folder: Path) -> None:
    from fsspec.core import url_to_fs

    system, path = url_to_fs(url)
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            system.pipe_file(f"{path}/{file.relative_to(folder)}", file.read_bytes())


def test_of_a_root_at_a_url_only_new_bytes_travel(url: str) -> None:
    log(Path("logs"), 3, 2000)
    put(f"{url}/logs", Path("logs"))
    mirror = Mirror(f"{url}/logs")
    site = Options((mirror.folder,), Path("away"), mirrors=(mirror,))
    Builder(site).build()
    Builder(Options((Path("logs"),), Path("here"))).build()
    assert shown("away") == shown("here")
    assert mirror.refresh() == 0
    grow(Path("logs/p/r00"), [{"loss": 0.5}] * 10)
    put(f"{url}/logs/p/r00", Path("logs/p/r00"))
    assert 0 < mirror.refresh() < 10_000
    Builder(site).build()
    Builder(Options((Path("logs"),), Path("here"))).build()
    assert shown("away") == shown("here")
    (history,) = Path("logs/p/r01").glob("history-*.jsonl")
    history.write_bytes(history.read_bytes()[200:])  # it is another file now, and shorter
    put(f"{url}/logs", Path("logs"))
    Builder(site).build()
    Builder(Options((Path("logs"),), Path("here"))).build()
    assert shown("away") == shown("here")


def test_what_changed_is_copied_to_a_url_and_version_js_last(url: str) -> None:
    from fsspec.core import url_to_fs

    log(Path("logs"), 3)
    options = Options((Path("logs"),), Path("site"))
    Builder(options).build()
    first = upload.copy(Path("site"), f"{url}/site")
    system, path = url_to_fs(f"{url}/site")

    def copied() -> dict[str, bytes]:
        system.invalidate_cache()
        return {name.removeprefix(path).strip("/"): system.cat_file(name) for name in system.find(path)}

    assert copied() == content(Path("site"))
    assert first.files == len(copied())
    grow(Path("logs/p/r00"), [{"loss": 0.5}])
    report = Builder(options).build()
    second = upload.copy(Path("site"), f"{url}/site")
    assert second.files == len(report.written) + 1  # and the manifest
    assert copied() == content(Path("site"))


def test_packs_are_copied_once_and_go_with_their_runs(url: str) -> None:
    from fsspec.core import url_to_fs

    log(Path("logs"), packs.FEWEST)
    options = Options((Path("logs"),), Path("site"))
    Builder(options).build()
    upload.copy(Path("site"), f"{url}/site")
    assert list(Path("site/data/p/packs").iterdir())
    assert upload.copy(Path("site"), f"{url}/site").files == 2  # version.js and the manifest
    shutil.rmtree("logs/p/r00")
    Builder(options).build()
    upload.copy(Path("site"), f"{url}/site")
    system, path = url_to_fs(f"{url}/site")
    system.invalidate_cache()
    assert not [name for name in system.find(path) if "/packs/" in name]


def test_a_copy_goes_to_no_place_of_others(url: str) -> None:
    log(Path("logs"), 1)
    put(f"{url}/site", Path("logs"))
    Builder(Options((Path("logs"),), Path("site"))).build()
    with pytest.raises(UsageError, match="is not empty and holds no site of tracklog"):
        upload.copy(Path("site"), f"{url}/site")


def test_a_url_that_nothing_opens_is_said() -> None:
    with pytest.raises(UsageError, match="nowhere://x cannot be opened"):
        Mirror("nowhere://x")
