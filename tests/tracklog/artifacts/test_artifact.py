"""Artifacts as a script sees them: gathered, logged, used again."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import tracklog
from tests.tracklog.test_log import begin
from tracklog import Artifact
from tracklog.errors import ArtifactFinalizedError, ArtifactNotLoggedError, NotFoundError, UsageError, forget_warnings
from tracklog.public_api import Api

LOGS = Path("logs")


@pytest.fixture(autouse=True)
def _no_warnings_said() -> None:
    forget_warnings()


def files(**texts: str) -> None:
    for name, text in texts.items():
        path = Path(name.replace("__", "/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def held(root: str | Path) -> dict[str, str]:
    home = Path(root)
    return {path.relative_to(home).as_posix(): path.read_text() for path in sorted(home.rglob("*")) if path.is_file()}


def logged(run: Any, name: str, text: str, **more: Any) -> Artifact:
    artifact = Artifact(name, "t")
    with artifact.new_file("a.txt", mode="w") as file:
        file.write(text)
    made: Artifact = run.log_artifact(artifact, **more)
    return made


def test_its_digest_is_that_of_wandb() -> None:
    files(d__a="a", d__sub__b="b", d__sub__deep__c="c")
    artifact = Artifact("x", "t")
    assert artifact.add_file("d/a", "a.txt").digest == "DMF1ucDxtqgxw5niaXcmYQ=="
    artifact.add_file("d/sub/b", "a.txt", overwrite=True)
    artifact.add_file("d/a", "data/a.txt")
    artifact.add_file("d/sub/b", "data/sub/b.txt")
    artifact.add_file("d/sub/deep/c", "data/sub/deep/c")
    artifact.add_file("d/a", "we ird:\nname")
    # What wandb 0.31.0 gives for the same names and contents.
    assert artifact.digest == "9634ac05e76887b5878f4cc4b26a07fe"
    assert (artifact.size, len(artifact.manifest)) == (5, 5)


def test_what_is_logged_comes_back() -> None:
    files(model="weights", data__deep__b="b", data__c="c")
    with begin(LOGS, id="r") as run:
        artifact = Artifact("model", "model", "the best", {"acc": 0.5, "shape": (1, 2), "bad": float("nan")})
        artifact.add_file(Path("model"), name="model.ckpt", policy="mutable")
        artifact.add_dir("data", name="in/")
        with artifact.new_file("notes.txt", mode="w") as file:
            file.write("ä")
        assert run.log_artifact(artifact, aliases=["best", ""]) is artifact
        assert (artifact.name, artifact.wait().name) == ("model", "model:v0")
        assert (artifact.version, artifact.aliases, artifact.state) == ("v0", ["latest", "best"], "COMMITTED")
    with begin(LOGS, id="s") as run:
        used = run.use_artifact("model:best", type="model")
        assert used.download() == str(Path("artifacts/model:v0"))
        whole = {"model.ckpt": "weights", "in/deep/b": "b", "in/c": "c", "notes.txt": "ä"}
        assert held("artifacts/model:v0") == whole
        assert held(used.download("elsewhere", path_prefix="in/")) == {"in/deep/b": "b", "in/c": "c"}
        assert (used.description, used.metadata["acc"], used.metadata["shape"]) == ("the best", 0.5, (1, 2))
        assert used.metadata["bad"] != used.metadata["bad"]
        assert used.get_path("in/c").download("one") == str(Path("one/in/c"))
        assert {file.name: file.size for file in used.files()} == {name: len(t.encode()) for name, t in whole.items()}
        with used.files(["in/c"])[0].download("two") as opened:
            assert opened.read() == "c"
        assert used.logged_by().id == "r"
        assert [user.id for user in used.used_by()] == ["s"]
        assert used.qualified_name == "p/model:v0"
    assert [str(each) for each in Api({"dir": LOGS}).run("p/r").logged_artifacts()] == ["<Artifact model:v0>"]
    assert [each.name for each in Api({"dir": LOGS}).run("p/s").used_artifacts()] == ["model:v0"]


def test_a_file_may_be_written_again_after_it_was_added() -> None:
    files(early="1", late="1")
    with begin(LOGS) as run:
        artifact = Artifact("x", "t")
        artifact.add_file("early")
        artifact.add_file("late", policy="immutable")
        files(early="22", late="22")
        run.log_artifact(artifact)
        assert held(artifact.download()) == {"early": "1", "late": "22"}


def test_without_a_run_files_are_kept_when_they_are_logged_and_a_change_is_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    files(a="1", b="1")
    artifact = Artifact("x", "t")
    artifact.add_file("a")
    artifact.add_file("b")
    files(b="22")
    with begin(LOGS) as run:
        run.log_artifact(artifact)
        assert held(artifact.download()) == {"a": "1", "b": "22"}
    assert capfd.readouterr().err.count("was changed after it was added") == 1


def test_equal_content_is_one_version_and_aliases_move() -> None:
    with begin(LOGS, id="r") as run:
        first = logged(run, "x", "1", aliases="best")
        assert logged(run, "x", "2", aliases=["best", "new"]).version == "v1"
        again = logged(run, "x", "1", aliases=["old"])
        assert again.version == "v0"
        assert again.aliases == ["latest", "old"]
        assert run.use_artifact("x").version == "v0"  # what was logged last
        assert run.use_artifact("x:best").version == run.use_artifact("x:v1").version == "v1"
        assert run.use_artifact(f"p/x:{first.digest}").version == "v0"
        assert run.use_artifact("somebody/p/x:old").version == "v0"
        assert [version.version for version in Api({"dir": LOGS}).artifact_versions("t", "p/x")] == ["v1", "v0"]
    (project,) = LOGS.iterdir()
    assert len(list((project / "artifacts/.objects").glob("??/*"))) == 2


def test_words_of_a_version_can_be_changed() -> None:
    with begin(LOGS) as run:
        artifact = logged(run, "x", "1", aliases=["a", "b"], tags=["one two"])
        artifact.aliases.remove("a")
        artifact.aliases.append("c")
        artifact.metadata = {"n": 1}
        artifact.description = "words"
        artifact.tags = ["three"]
        artifact.save()
        for found in (artifact, run.use_artifact("x:c")):
            assert (found.aliases, found.metadata) == (["latest", "b", "c"], {"n": 1})
            assert (found.description, found.tags) == ("words", ["three"])
        with pytest.raises(NotFoundError, match=r"the artifact 'x' has no 'a'; it has v0, latest, b, c"):
            run.use_artifact("x:a")
        artifact.metadata["n"] = 2
        artifact.save()
        assert run.use_artifact("x").metadata == {"n": 2}
        logged(run, "x", "1")
        assert run.use_artifact("x").metadata == {"n": 2}
    api = Api({"dir": LOGS})
    assert [len(api.artifacts("t", "p/x", tags=[tag])) for tag in ("three", "four")] == [1, 0]


def test_a_draft_has_no_version_and_a_version_is_no_draft() -> None:
    files(a="1")
    artifact = Artifact("x", "t")
    artifact.add_file("a")
    for name in ("version", "aliases", "tags", "project", "created_at", "qualified_name"):
        assert not hasattr(artifact, name)
        with pytest.raises(ArtifactNotLoggedError, match=r"call run\.log_artifact"):
            getattr(artifact, name)
    for call in (
        artifact.wait,
        artifact.download,
        artifact.verify,
        artifact.logged_by,
        artifact.files,
        artifact.delete,
    ):
        with pytest.raises(ArtifactNotLoggedError):
            call()
    with pytest.raises(UsageError, match=r"call init\(\) first"):
        artifact.save()
    assert (artifact.name, artifact.state, artifact.is_draft()) == ("x", "PENDING", True)
    with begin(LOGS) as run:
        artifact.save()
        assert (artifact.version, artifact.is_draft()) == ("v0", False)
        for change in (
            lambda: artifact.add_file("a", "b"),
            lambda: artifact.remove("a"),
            lambda: artifact.add_dir("."),
        ):
            with pytest.raises(ArtifactFinalizedError, match="another content is another version"):
                change()
        with pytest.raises(UsageError, match="delete the folder"):
            artifact.delete()
        draft = artifact.new_draft()
        draft.remove("a")
        with draft.new_file("b", "w") as file:
            file.write("2")
        assert run.log_artifact(draft).version == "v1"
        assert held(draft.download()) == {"b": "2"}


def test_an_incremental_one_takes_over_what_was_there() -> None:
    with begin(LOGS) as run:
        logged(run, "x", "1")
        more = Artifact("x", "t", incremental=True)
        with more.new_file("b.txt", "w") as file:
            file.write("2")
        run.log_artifact(more)
        assert held(more.download()) == {"a.txt": "1", "b.txt": "2"}


def test_what_an_artifact_refuses() -> None:
    files(a="1", b="2", d__x="3")
    for name in ("a/b", "a b", "a:b", "", "x" * 129, 3):
        with pytest.raises(ValueError, match="cannot be an artifact's"):
            Artifact(name, "t")  # type: ignore[arg-type]
    for kind in ("job", "wandb-history", "", None):
        with pytest.raises(ValueError, match="type"):
            Artifact("x", kind)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="101 keys; it may have 100"):
        Artifact("x", "t", metadata={str(n): n for n in range(101)})
    with pytest.raises(TypeError, match="metadata is a dict, not int"):
        Artifact("x", "t", metadata=3)  # type: ignore[arg-type]
    artifact = Artifact("x", "t")
    artifact.add_file("a", name="f")
    artifact.add_file("a", name="f")
    for call, match in (
        (lambda: artifact.add_file("none"), "no such file"),
        (lambda: artifact.add_file("d"), "no such file"),
        (lambda: artifact.add_dir("none"), "no such folder"),
        (lambda: artifact.add_file("b", "f"), "another entry 'f'"),
        (lambda: artifact.add_file("b", policy="never"), "policy='never' does not exist"),
    ):
        with pytest.raises(ValueError, match=match):
            call()
    for outside in ("../x", "/x", "", "a/../../b", "a\0b"):
        with pytest.raises(ValueError, match="leads outside"):
            artifact.add_file("b", outside) if outside else artifact.new_file(outside).__enter__()
    with pytest.raises(FileNotFoundError):
        artifact.remove("none")
    with pytest.raises(ValueError, match="has a file of that name"), artifact.new_file("f"):
        pass
    with pytest.raises(ZeroDivisionError), artifact.new_file("half", "w") as file:
        file.write(str(1 / 0))
    assert list(artifact.manifest.entries) == ["f"]
    artifact.remove("f")
    assert artifact.digest == Artifact("y", "t").digest


def test_what_logging_and_using_refuse() -> None:
    files(a="1", d__x="3")
    with begin(LOGS, id="r") as run:
        for aliases in ("a/b", ["ok", "a:b"]):
            with pytest.raises(ValueError, match="may not contain / or :"):
                run.log_artifact("a", aliases=aliases)
        with pytest.raises(ValueError, match="no such file or folder"):
            run.log_artifact("nowhere")
        with pytest.raises(TypeError, match="takes an Artifact or a path, not int"):
            run.log_artifact(3)
        with pytest.raises(ValueError, match="the tag 'a,b' cannot be one"):
            run.log_artifact("a", tags=["a,b"])
        assert run.log_artifact("d").name == "run-r-d"
        with pytest.raises(ValueError, match="has the type 'unspecified', so it cannot be logged as 'other'"):
            run.log_artifact(Artifact("run-r-d", "other"))
        with pytest.raises(NotFoundError, match=r"no artifact 'x' in .*; there are: run-r-d"):
            run.use_artifact("x:v0")
        with pytest.raises(ValueError, match="has the type 'unspecified', not 'model'"):
            run.use_artifact("run-r-d", type="model")
        with pytest.raises(AssertionError, match="no model's"):
            run.use_model("run-r-d")
        both = Artifact("both", "t")
        both.add_file("a", "x")
        both.add_file("a", "x/y")
        with pytest.raises(ValueError, match="the file 'x' and a folder of that name"):
            run.log_artifact(both)
    for call in (run.log_artifact, run.use_artifact, run.log_model, run.log_code):
        with pytest.raises(UsageError, match="it has finished"):
            call("d")


def test_models_and_module_level_twins() -> None:
    files(m="weights", folder__a="1", folder__b="2")
    with begin(LOGS, id="r"):
        assert tracklog.log_model("m", "best", aliases=["a"]).type == "model"
        assert Path(tracklog.use_model("best:a")).read_text() == "weights"
        tracklog.log_model("folder")
        assert held(tracklog.use_model("run-r-folder")) == {"a": "1", "b": "2"}
        assert tracklog.use_artifact("best").file("here") == str(Path("here/m"))
        assert tracklog.link_model("m", "registry", "best").version == "v0"
        draft = Artifact("draft", "t")
        assert tracklog.use_artifact(draft, aliases=["z"]).aliases == ["latest", "z"]
        assert tracklog.log_artifact("folder", name="named", type="data").type == "data"
    with pytest.raises(tracklog.Error, match=r"You must call wandb.init\(\) before wandb.use_artifact"):
        tracklog.use_artifact("best")


def test_what_has_no_effect_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    with begin(LOGS) as run:
        artifact = logged(run, "x", "1")
        artifact.ttl = 3
        artifact.link("registry/x", aliases=["prod"])
        run.link_artifact(artifact, "registry/x")
        Artifact("y", "t", use_as="z")
        assert artifact.ttl is None
        assert run.use_artifact("x:prod").version == "v0"
    said = capfd.readouterr().err
    assert [said.count(f"[no-effect-{name}]") for name in ("ttl", "link", "artifact-use_as")] == [1, 1, 1]


def test_checkout_and_verify() -> None:
    with begin(LOGS) as run:
        artifact = logged(run, "x", "1")
        artifact.download("here")
        artifact.verify("here")
        Path("here/a.txt").write_text("2")
        with pytest.raises(ValueError, match="it is not what was logged"):
            artifact.verify("here")
        artifact.download("here")
        artifact.verify("here")
        files(here__deep__other="3")
        with pytest.raises(ValueError, match="other is not of the artifact"):
            artifact.verify("here")
        artifact.checkout("here")
        assert held("here") == {"a.txt": "1"}
        assert not Path("here/deep").exists()
        Path("here/a.txt").unlink()
        with pytest.raises(ValueError, match="cannot be read"):
            artifact.verify("here")


def test_downloads_are_copies_and_go_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_ARTIFACT_DIR", "theirs")
    with begin(LOGS) as run:
        artifact = logged(run, "x", "1")
        place = Path(artifact.download(), "a.txt")
        assert place == Path("theirs/x:v0/a.txt")
        place.write_text("changed")
        monkeypatch.setenv("TRACKLOG_ARTIFACT_DIR", "ours")
        assert held(artifact.download()) == {"a.txt": "1"}
        assert artifact.download() == str(Path("ours/x:v0"))


def test_references() -> None:
    files(d__a="1", d__b="2")
    with begin(LOGS) as run:
        artifact = Artifact("refs", "t")
        with pytest.raises(ValueError, match="is no address"):
            artifact.add_reference("d/a")
        with pytest.raises(ValueError, match="there is no such file"):
            artifact.add_reference("file:///nowhere/at/all")
        with pytest.raises(ValueError, match="gives no name"):
            artifact.add_reference("odd://host/x")
        with pytest.raises(ValueError, match="more than max_objects=1"):
            artifact.add_reference(Path("d").resolve().as_uri(), max_objects=1)
        found = artifact.add_reference(Path("d").resolve().as_uri(), name="local")
        assert [(entry.path, entry.size) for entry in found] == [("local/a", 1), ("local/b", 1)]
        assert artifact.add_reference("s3://bucket/key.csv")[0].digest == "s3://bucket/key.csv"
        assert artifact.add_reference("odd://host/x", name="odd")[0].ref == "odd://host/x"
        run.log_artifact(artifact)
        objects = Path(run.sync_dir).parent / "artifacts/.objects"
        assert not list(objects.glob("??/*"))  # nothing of it is kept
        assert held(artifact.download()) == {"local/a": "1", "local/b": "2"}
        artifact.verify()
        assert artifact.get_entry("key.csv").ref_target() == "s3://bucket/key.csv"
        files(d__a="3")
        with pytest.raises(ValueError, match="is not what was logged"):
            artifact.download("again")
        Path("d/a").unlink()
        with pytest.raises(FileNotFoundError):
            artifact.download("again")
        artifact.download("again", allow_missing_references=True)
        assert held("again") == {"local/b": "2"}
        assert run.log_artifact("s3://bucket/key.csv", name="far").get_path("key.csv").ref == "s3://bucket/key.csv"


def test_references_to_other_artifacts() -> None:
    with begin(LOGS) as run:
        first = logged(run, "first", "content")
        second = Artifact("second", "t")
        entry = second.add_reference(first.get_path("a.txt"), name="b.txt")[0]
        assert entry.ref is not None
        assert entry.ref.startswith("wandb-artifact://p/first/")
        second.add_reference(entry.ref, name="c.txt")
        run.log_artifact(second)
        assert held(second.download()) == {"b.txt": "content", "c.txt": "content"}
        assert second.get_path("b.txt").digest == first.get_path("a.txt").digest
    with tracklog.init(project="other", dir=LOGS, settings={"quiet": True}) as run:
        third = Artifact("third", "t")
        third.add_reference(run.use_artifact("p/second").get_path("b.txt"))
        run.log_artifact(third)
        assert held(third.download()) == {"b.txt": "content"}
        assert run.log_artifact(run.use_artifact("p/first")).project == "other"
        (source,) = [
            each for each in Api({"dir": LOGS}).run(f"other/{run.id}").used_artifacts() if each.collection == "first"
        ]
        assert [user.id for user in source.used_by()] == [run.id]


def test_code_is_an_artifact() -> None:
    files(repo__train="no")
    for name in (
        "main.py",
        "sub/deep.py",
        "requirements.txt",
        "notes.md",
        "env/lib/x.py",
        "wandb/y.py",
        "Dockerfile.gpu",
    ):
        files(**{f"repo__{name.replace('/', '__')}": name})
    files(repo__env__pyvenv="x")
    Path("repo/env/pyvenv").rename("repo/env/pyvenv.cfg")
    with begin(LOGS) as run:
        code = run.log_code("repo", name="source")
        assert code.type == "code"
        assert sorted(code.manifest.entries) == ["Dockerfile.gpu", "main.py", "requirements.txt", "sub/deep.py"]
        chosen = run.log_code("repo", include_fn=lambda path, root: path.endswith("md") and root.endswith("repo"))
        assert list(chosen.manifest.entries) == ["notes.md"]
        assert chosen.collection.startswith("source-p-")
        fewer = run.log_code(
            "repo", name="fewer", exclude_fn=lambda path: "sub" in path or "env" in path or "wandb" in path
        )
        assert sorted(fewer.manifest.entries) == ["Dockerfile.gpu", "main.py", "requirements.txt"]
        assert run.log_code("repo", include_fn=lambda _: False) is None


def test_the_api_finds_what_there_is() -> None:
    with begin(LOGS) as run:
        logged(run, "x", "1")
        logged(run, "x", "2")
        run.log_artifact(Artifact("y", "other"))
    api = Api({"dir": LOGS, "project": "p"})
    assert [(kind.name, [each.name for each in kind.collections()]) for kind in api.artifact_types()] == [
        ("other", ["y"]),
        ("t", ["x"]),
    ]
    assert api.artifact("x").version == "v1"
    assert api.artifact("p/x:v0", type="t").version == "v0"
    assert (api.artifact_exists("x:v1"), api.artifact_exists("x:v2"), api.artifact_exists("x", "other")) == (
        True,
        False,
        False,
    )
    assert (api.artifact_collection_exists("x", "t"), api.artifact_collection_exists("x", "z")) == (True, False)
    assert api.artifact_collection("t", "x").aliases == ["latest"]
    assert [each.name for each in api.artifact_collections("p", "t")] == ["x"]
    with pytest.raises(NotFoundError, match="no artifact 'z'"):
        api.artifact("z")
    with pytest.raises(NotFoundError, match="no artifacts of the type 'z'; types that are there: other, t"):
        api.artifacts("z", "x")
    recorded = api.runs()[0]
    artifact = Artifact("late", "t")
    recorded.log_artifact(artifact, aliases=["a"])
    recorded.use_artifact(api.artifact("x:v0"))
    recorded = Api({"dir": LOGS}).runs("p")[0]
    assert [each.name for each in recorded.logged_artifacts()] == ["x:v0", "x:v1", "y:v0", "late:v0"]
    assert [each.name for each in recorded.used_artifacts()] == ["x:v0"]


def test_a_disabled_run_keeps_nothing_and_scripts_go_on() -> None:
    files(a="1")
    run: Any = tracklog.init(mode="disabled")
    artifact = Artifact("x", "t")
    artifact.add_file("a")
    assert run.log_artifact(artifact).wait() is artifact
    assert run.use_artifact("x") is run.use_model("x") is run.log_code() is None
    assert pickle.loads(pickle.dumps(run)).id == run.id  # noqa: S301 - our own
    run.finish()
    assert sorted(path.name for path in Path().iterdir()) == ["a"]
