"""`Artifact`: files under a name, in versions. A draft gathers them; a version gives them back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.artifacts import bringing, home, naming
from tracklog.artifacts.entry import ManifestEntry
from tracklog.artifacts.files import ArtifactFile
from tracklog.artifacts.gathering import Gathering
from tracklog.artifacts.held import Held
from tracklog.artifacts.manifest import ArtifactManifest
from tracklog.errors import UsageError, warn
from tracklog.store import layout, lineage, manifests, versions
from tracklog.store.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracklog.artifacts.home import Home
    from tracklog.store.manifests import Entry

_FOLDER_VARIABLES = ("TRACKLOG_ARTIFACT_DIR", "WANDB_ARTIFACT_DIR")


class Artifact(Gathering):
    """Files under a name: ``artifact = Artifact("model", "model"); artifact.add_file("m.pt"); run.log_artifact(artifact)``.

    Each content that is logged under a name is a version, ``v0``, ``v1``, …; equal content is the same version.
    """

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 - the name scripts use
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        storage_region: str | None = None,
        digest_algorithm: str = "MD5",
    ) -> None:
        """Begin an empty one. With `incremental` the entries of the version before are taken over.

        Raises ValueError for a name or type that cannot be one, or over 100 keys of metadata, TypeError for metadata that is
        no dict. The other arguments are taken for scripts that pass them.
        """
        for argument, value in (("use_as", use_as), ("storage_region", storage_region)):
            if value is not None:
                warn(f"no-effect-artifact-{argument}", f"Artifact({argument}={value!r:.80}) has no effect")
        if digest_algorithm != "MD5":
            warn(
                "no-effect-digest",
                f"Artifact(digest_algorithm={digest_algorithm!r:.80}) has no effect: digests are MD5",
            )
        super().__init__(naming.check_name(name), naming.check_type(type), description, metadata, None)
        self._incremental = bool(incremental)
        self._begin(finalized=False)

    @classmethod
    def of_version(cls, held: Held) -> Artifact:
        """Return the artifact of a version that was logged."""
        made = cls.__new__(cls)
        version = held.version
        Gathering.__init__(made, version.name, version.type, None, None, held)
        made._begin(finalized=True)  # noqa: SLF001 - a second way to make one
        return made

    def is_draft(self) -> bool:
        """Return whether it is not logged yet."""
        return self._held is None

    def new_draft(self) -> Artifact:
        """Return a draft of the same name with the same content, to be changed and logged. Raises ArtifactNotLoggedError."""
        held = self._version("new_draft")
        made = Artifact(self._name, self._type, self._description, dict(self._metadata))
        objects = Objects(held.home.project)
        for path, entry in held.entries.items():
            made._draft.take_over(path, entry, objects)
        return made

    # -- logging

    def save(self, project: str | None = None, settings: Any = None) -> None:
        """Keep changes of aliases, tags, metadata and description; log a draft to the run that goes on.

        Raises UsageError for a draft while there is no run. The arguments are taken for scripts that pass them.
        """
        del project, settings
        if self._held is not None:
            self._keep_changes(self._held)
        elif home.current is not None and home.current.log is not None:
            home.current.log(self)
        else:
            raise UsageError(f"artifact.save() of {self._name!r}: call init() first, or run.log_artifact(artifact)")

    def wait(self, timeout: int | None = None) -> Artifact:
        """Return it: what was logged is there. Raises ArtifactNotLoggedError for a draft."""
        del timeout
        if not self._dismissed:
            self._version("wait")
            self._settled = True
        return self

    def dismiss(self) -> None:
        """Take note that nobody keeps it: scripts that wait for it go on."""
        self._dismissed = True

    def log_to(self, where: Home, run: str, aliases: Sequence[str], tags: Sequence[str]) -> None:
        """Become a version in a project, logged by a run. Raises ValueError, and OSError when nothing can be kept."""
        folder = versions.folder_of(where.project, self._name)
        if self._held is None or self._held.home.project != where.project:
            entries = self._entries_to_log(where, folder)
        else:
            entries = dict(self._held.entries)
        known = versions.read(folder)
        if known.versions and known.type != self._type:
            raise ValueError(versions.other_type(self._name, known.type, self._type))
        digest = manifests.write(folder, self._name, entries)
        said = {"name": self._name, "type": self._type, "run": run, "aliases": list(aliases), **self._words()}
        said |= {"tags": list(tags)} if tags else {}
        said |= {"size": sum(entry.size or 0 for entry in entries.values()), "files": len(entries)}
        version = versions.claim(folder, where.writer(), digest, said)
        self._finalized = True
        self._take(Held(where, version, entries))

    def _entries_to_log(self, where: Home, folder: Path) -> dict[str, Entry]:
        if self._held is not None:  # of another project
            objects = Objects(self._held.home.project)
            for path, entry in self._held.entries.items():
                self._draft.take_over(path, entry, objects)
        entries = self._draft.keep(where.project)
        if not self._incremental:
            return entries
        before = versions.read(folder).find(versions.LATEST)
        return entries if before is None else {**before.manifest().entries, **entries}

    # -- what it holds

    @property
    def digest(self) -> str:
        """What tells its content from another: as wandb computes it, in hex."""
        return self._held.version.digest if self._held is not None else manifests.digest(self._draft.entries().values())

    @property
    def size(self) -> int:
        """Bytes of all entries."""
        entries = self._held.entries if self._held is not None else self._draft.entries()
        return sum(entry.size or 0 for entry in entries.values())

    @property
    def manifest(self) -> ArtifactManifest:
        """Its entries."""
        if self._held is None:
            return ArtifactManifest({path: self._entry_of_draft(path) for path in self._draft.items}, self.digest)
        return ArtifactManifest({path: self._entry(path) for path in self._held.entries}, self.digest)

    def _entry(self, path: str) -> ManifestEntry:
        held = self._version("get_path")
        return ManifestEntry(path, lambda: held.entry(path), self)

    def get_path(self, name: str | os.PathLike[str]) -> ManifestEntry:
        """Return an entry. Raises KeyError when there is none, ArtifactNotLoggedError."""
        held = self._version("get_path")
        text = os.fspath(name)
        path = text if text in held.entries else naming.inside(text)
        held.entry(path)
        return self._entry(path)

    get_entry = get_path

    def get(self, name: str) -> Any:
        """Return the object that was added by this name; None when there is none, or it is a file.

        Raises ArtifactNotLoggedError, and ValueError for a damaged one.
        """
        from tracklog.artifacts import holding

        path = holding.find(self._version("get").entries, naming.inside(name))
        return None if path is None else self.media(path)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def files(
        self, names: Sequence[str] | None = None, per_page: int = 50, start: str | None = None
    ) -> list[ArtifactFile]:
        """Return its entries as files, all or those of some names. Raises ArtifactNotLoggedError."""
        del per_page, start
        held = self._version("files")
        wanted = None if names is None else set(names)
        return [ArtifactFile(self._entry(path)) for path in sorted(held.entries) if wanted is None or path in wanted]

    def download(
        self,
        root: str | os.PathLike[str] | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool | None = None,
        path_prefix: str | os.PathLike[str] | None = None,
        multipart: bool | None = None,
    ) -> str:
        """Copy its files below `root`, those of `path_prefix` if that is given, and return it.

        The default is ``./artifacts/<name>:<version>``, or below TRACKLOG_ARTIFACT_DIR. Files that are as they should be stay. The
        other arguments are taken for scripts that pass them. Raises ArtifactNotLoggedError, ValueError for contents that are
        damaged or have changed, OSError.
        """
        del skip_cache, multipart
        held = self._version("download")
        target = self._folder(root)
        prefix = os.fspath(path_prefix) if path_prefix is not None else ""
        chosen = [entry for path, entry in held.entries.items() if path.startswith(prefix)]
        bringing.bring_all(chosen, held.place, target, allow_missing=allow_missing_references)
        return str(target)

    def checkout(self, root: str | os.PathLike[str] | None = None) -> str:
        """Make `root` hold what the version does and nothing else: other files in it are deleted. Raises as `download`."""
        held = self._version("checkout")
        target = Path(self.download(root))
        bringing.remove_strangers(held.entries, target)
        return str(target)

    def verify(self, root: str | os.PathLike[str] | None = None) -> None:
        """Compare a folder that was downloaded with the version. Raises ValueError for what differs."""
        held = self._version("verify")
        bringing.verify(held.entries, self._folder(root))

    def file(self, root: str | os.PathLike[str] | None = None) -> str:
        """Copy its only file, and return where it is. Raises ValueError when it has another number of files."""
        held = self._version("file")
        if len(held.entries) != 1:
            msg = f"{self.name} has {len(held.entries)} files; file() is for one with a single file, download() for all"
            raise ValueError(msg)
        return str(self.fetch(next(iter(held.entries)), root))

    def _folder(self, root: str | os.PathLike[str] | None) -> Path:
        if root is not None:
            return Path(root)
        parent = next((os.environ[name] for name in _FOLDER_VARIABLES if os.environ.get(name)), "artifacts")
        return Path(parent, f"{self._name}:{self.version}")

    def logged_by(self) -> Any:
        """Return the run that logged it first; None when that is not here. Raises ArtifactNotLoggedError."""
        held = self._version("logged_by")
        folders = (
            held.home.project / layout.file_name(run, layout.RESERVED_RUNS) for run, _ in held.version.logged if run
        )
        found = next((folder for folder in folders if folder.is_dir()), None)
        return None if found is None else held.home.open_run(found)

    def used_by(self) -> list[Any]:
        """Return the runs of the log folder that used it. Raises ArtifactNotLoggedError."""
        held = self._version("used_by")
        found = lineage.users(held.home.project, self._name, held.version.digest)
        return [held.home.open_run(folder) for folder in found]

    def delete(self, delete_aliases: bool = False) -> None:
        """Raise UsageError: nothing is ever deleted by tracklog."""
        del delete_aliases
        folder = self._version("delete").version.folder
        raise UsageError(f"nothing is ever deleted by tracklog; delete the folder {folder} yourself")

    def link(self, target_path: str, aliases: Sequence[str] | None = None) -> Artifact:
        """Say that there is no registry; the aliases are given to the version here."""
        self._version("link")
        warn(
            "no-effect-link",
            f"artifact.link({target_path!r:.80}) has no effect: there is no registry; aliases are kept here",
        )
        self._aliases = list(dict.fromkeys([*self._aliases, *naming.aliases(aliases)]))
        self.save()
        return self

    # -- as its entries know it

    @property
    def address(self) -> tuple[str, str, str]:
        """Project, name and digest. Raises ArtifactNotLoggedError."""
        return self.project, self._name, self.digest

    def place(self, path: str) -> Path | None:
        """Return where the content of an entry is kept; None when it is elsewhere. Raises ArtifactNotLoggedError."""
        held = self._version("place")
        return held.place(held.entry(path))

    def fetch(self, path: str, root: str | os.PathLike[str] | None) -> Path:
        """Copy an entry below `root`, and return where it is. Raises as `download`, FileNotFoundError for what is far away."""
        held = self._version("download")
        entry = held.entry(path)
        found = bringing.bring(entry, held.place(entry), self._folder(root))
        if found is None:
            raise FileNotFoundError(2, f"{path!r} is a reference to what is not on this machine", entry.ref)
        return found

    def media(self, path: str) -> Any:
        """Return the object in an entry; None for a file. Raises ArtifactNotLoggedError, ValueError for a damaged one."""
        from tracklog.artifacts import holding

        held = self._version("get")
        return holding.read(held.entries, path, held.readable)

    def __repr__(self) -> str:
        return f"<Artifact {self._name if self._held is None else f'{self._name}:{self.version}'}>"
