"""The artifacts of a run: what a script logs for others to use, and uses of theirs. A part of `Run`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.filekeeping import FileKeeping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracklog.artifacts.artifact import Artifact
    from tracklog.artifacts.home import Home


class ArtifactKeeping(FileKeeping):
    """What runs do with artifacts."""

    def log_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,  # noqa: A002 - the name scripts use
        aliases: Sequence[str] | str | None = None,
        tags: Sequence[str] | str | None = None,
    ) -> Artifact:
        """Log an artifact as an output of the run: a draft, a file, a folder, or an address as ``s3://bucket/key``.

        Content that its name has not had is a new version; ``latest`` and the `aliases` are this version's from now on. Paths
        are logged as ``run-<id>-<file name>`` of the type ``unspecified`` unless `name` and `type` say otherwise. What cannot
        be kept (a full disk) is said, and the artifact stays a draft.

        Raises ValueError for a path that is not there, aliases with ``/`` or ``:``, tags that cannot be, a type that is not that
        of earlier versions; TypeError for anything but an artifact or a path; UsageError after `finish`.
        """
        if self._finished:
            self._refuse("log artifacts of")
        from tracklog.artifacts import exchange

        return exchange.log(
            self._artifact_home(), self._recording, self.id, artifact_or_path, name, type, aliases, tags
        )

    def use_artifact(
        self,
        artifact_or_name: Artifact | str,
        type: str | None = None,  # noqa: A002 - the name scripts use
        aliases: Sequence[str] | str | None = None,
        use_as: str | None = None,
    ) -> Artifact:
        """Take a version as an input of the run: ``[project/]name[:alias]`` (``latest`` unless one is given) or an artifact.

        A draft is logged first, with `aliases`. Raises NotFoundError (a ValueError) for what is not in the log folder,
        ValueError for another type than that asked for, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("use artifacts in")
        from tracklog.artifacts import exchange

        given = artifact_or_name
        if not isinstance(given, str) and given.is_draft():
            given = self.log_artifact(given, aliases=aliases).wait()
        elif aliases:
            warn(
                "no-effect-use-aliases", f"use_artifact(aliases={aliases!r:.80}) has no effect: drafts alone are logged"
            )
        return exchange.use(self._artifact_home(), self._recording, given, type, use_as)

    def log_model(
        self, path: str | os.PathLike[str], name: str | None = None, aliases: Sequence[str] | str | None = None
    ) -> Artifact:
        """Log a file or folder as an artifact of the type ``model``. Raises as `log_artifact`."""
        return self.log_artifact(path, name, "model", aliases)

    def use_model(self, name: str) -> str:
        """Use an artifact whose type holds ``model``, download it, and return its file, or its folder where it has several.

        Raises as `use_artifact`, AssertionError for another type.
        """
        found = self.use_artifact(name)
        if "model" not in found.type.lower():
            raise AssertionError(
                f"use_model({name!r:.200}): its type is {found.type!r}, and no model's; call use_artifact()"
            )
        folder = found.download()
        paths = list(found.manifest.entries)
        return os.path.join(folder, paths[0]) if len(paths) == 1 else folder  # noqa: PTH118 - a text comes back

    def link_model(
        self,
        path: str | os.PathLike[str],
        registered_model_name: str,
        name: str | None = None,
        aliases: Sequence[str] | str | None = None,
    ) -> Artifact:
        """`log_model`; that there is no registry is said."""
        warn(
            "no-effect-link",
            f"link_model(…, {registered_model_name!r:.80}): there is no registry; it is logged here alone",
        )
        return self.log_model(path, name, aliases)

    def link_artifact(
        self, artifact: Artifact, target_path: str, aliases: Sequence[str] | str | None = None
    ) -> Artifact:
        """Say that there is no registry; a draft is logged, and the aliases are given to the version here."""
        warn("no-effect-link", f"link_artifact(…, {target_path!r:.80}): there is no registry; it is logged here alone")
        return self.log_artifact(artifact, aliases=aliases)

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] | None = None,
        exclude_fn: Callable[..., bool] | None = None,
    ) -> Artifact | None:
        """Log the code below `root` as an artifact of the type ``code``; None, with a warning, when there is none.

        `include_fn` and `exclude_fn` are asked with the path, or with path and root; without them these are files of Python,
        Dockerfiles and requirements.txt, and log folders, sites and environments are left out. Its name is
        ``source-<project>-<program>`` unless one is given. Raises UsageError after `finish`.
        """
        if self._finished:
            self._refuse("log the code of")
        from tracklog.artifacts import code
        from tracklog.capture import host

        base = Path(root or ".").resolve()
        own = name or code.name(self.project, self._settings.program or host.program()[0], base)
        artifact = code.gathered(own, base, include_fn, exclude_fn, leave_out=self._folder.parents[1])
        return None if artifact is None else self.log_artifact(artifact)

    def _artifact_home(self) -> Home:
        from tracklog.artifacts.home import Home

        def open_run(folder: Path) -> Any:
            from tracklog.public_api.run import Run

            return Run(folder, self.entity)

        return Home(self._folder.parent, open_run, lambda: self._recording.writer.name, self.log_artifact)
