"""The files of a run: what a script saves, brings back, and logs as artifacts. A part of `Run`."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from tracklog import saving
from tracklog.errors import warn
from tracklog.identity import Identity
from tracklog.store import layout

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from tracklog.artifacts.artifact import Artifact
    from tracklog.recording import Recording


class FileKeeping(Identity):
    """What runs do with files."""

    _recording: Recording

    def save(
        self,
        glob_str: str | os.PathLike[str] | None = None,
        base_path: str | os.PathLike[str] | None = None,
        policy: str = "live",
        glob: bool = True,
    ) -> list[str]:
        """Copy the files that match into the run; return where they are.

        The folders below `base_path` (default: the working folder) are kept. With the `policy` ``live`` files that
        change are copied again while the run goes on, with ``end`` when it ends, with ``now`` they are not. Without
        `glob` the name is taken as it is. Raises ValueError for an unknown policy or a path outside `base_path`,
        TypeError for what is no path, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("save files into")
        return saving.save(self._recording, glob_str, base_path, policy, glob=glob)

    def restore(
        self, name: str, run_path: str | None = None, replace: bool = False, root: str | None = None
    ) -> IO[str] | None:
        """Return a file of the run, open for reading; None when there is none.

        With ``run_path="project/id"`` it is that run's, copied below `root` (default: the working folder), over a file
        that is there only with `replace`. Raises ValueError for a name or path that leads outside.
        """
        if run_path is None:
            return saving.restore(Path(self.dir), name, replace=replace, root=root)
        folder = saving.folder_of(self._folder.parent.parent, run_path)
        return saving.restore(folder, name, replace=replace, root=root or ".")

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Callable[..., bool] | None = None,
        exclude_fn: Callable[..., bool] | None = None,
    ) -> None:
        """Say that code is not kept yet, with what to do instead. Raises UsageError after `finish`."""
        if self._finished:
            self._refuse("log the code of")
        del root, name, include_fn, exclude_fn
        warn(
            "log-code",
            "log_code() keeps nothing yet; instead: copy the code into the run by run.save('*.py'). The git commit and its "
            "diff are recorded anyway",
        )

    def log_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,  # noqa: A002 - the name scripts use
        aliases: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Artifact:
        """Keep the files of an artifact, or a file or folder, with the run, as ``artifacts/<name>/v<n>/…``.

        They have no versions across runs yet; aliases and tags are said to have no effect. Raises ValueError for a path
        that is not there, UsageError after `finish`.
        """
        if self._finished:
            self._refuse("log artifacts of")
        from tracklog.artifacts import artifact

        made = artifact_or_path
        if not isinstance(made, artifact.Artifact):
            made = artifact.of_path(made, name, type, self.id)
        warn(
            "artifacts",
            f"log_artifact({made.name!r}): its files are kept with the run, in {layout.ARTIFACTS}/{made.name}; versions, "
            "aliases and use_artifact are not there yet",
        )
        del aliases, tags
        self._recording.save_artifact(made.name, made.files)
        return made

    def log_model(
        self, path: str | os.PathLike[str], name: str | None = None, aliases: Sequence[str] | None = None
    ) -> Artifact:
        """As `log_artifact`, with the type ``model``."""
        return self.log_artifact(path, name, "model", aliases)
