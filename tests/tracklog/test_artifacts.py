"""`Artifact` so far: what callbacks do when they save a model ends well, and the files are the run's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tracklog
from tests.tracklog.test_log import begin


def kept(run: Any) -> dict[str, str]:
    home = Path(run.dir)
    return {path.relative_to(home).as_posix(): path.read_text() for path in sorted(home.rglob("*")) if path.is_file()}


def test_files_of_an_artifact_are_the_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("model.bin").write_text("weights")
    Path("folder/deep").mkdir(parents=True)
    Path("folder/deep/a.txt").write_text("a")
    with begin(tmp_path, id="r") as run:
        for text in ("first", "second"):
            artifact = tracklog.Artifact(f"model-{run.id}", type="model", metadata={"acc": 0.5})
            artifact.add_file(Path("model.bin"), name="model.ckpt", policy="mutable")
            artifact.add_dir("folder", name="data")
            with artifact.new_file("notes.txt", mode="w") as file:
                file.write(text)
            assert run.log_artifact(artifact, aliases=["latest", "best"]).wait() is artifact
        assert tracklog.log_model("model.bin", name="plain").type == "model"
        assert run.log_artifact("folder", type="dataset").name == "run-r-folder"
    assert kept(run) == {
        **{f"artifacts/model-r/v{n}/model.ckpt": "weights" for n in range(2)},
        **{f"artifacts/model-r/v{n}/data/deep/a.txt": "a" for n in range(2)},
        **{f"artifacts/model-r/v{n}/notes.txt": text for n, text in enumerate(("first", "second"))},
        "artifacts/plain/v0/model.bin": "weights",
        "artifacts/run-r-folder/v0/deep/a.txt": "a",
    }
    assert capfd.readouterr().err.count("are not there yet") == 1


def test_what_an_artifact_refuses(tmp_path: Path) -> None:
    Path("a").write_text("1")
    Path("b").write_text("2")
    for name in ("a/b", "", "x" * 129):
        with pytest.raises(ValueError, match="cannot be an artifact's"):
            tracklog.Artifact(name, "t")
    artifact = tracklog.Artifact("x", "t")
    artifact.add_file("a", name="f")
    with pytest.raises(ValueError, match="no such file"):
        artifact.add_file("none")
    with pytest.raises(ValueError, match="no such folder"):
        artifact.add_dir("none")
    with pytest.raises(ValueError, match="another file"):
        artifact.add_file("b", "f")
    for outside in ("../x", "/x", ""):
        with pytest.raises(ValueError, match="leads outside"), artifact.new_file(outside):
            pass
    with pytest.raises(AttributeError, match=r"artifact\.digest is not there yet; instead"):
        artifact.digest  # noqa: B018
    with begin(tmp_path) as run, pytest.raises(ValueError, match="no such file"):
        run.log_artifact("nowhere")
