"""The files of a run: what a script saves and brings back. A part of `Run`."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

from tracklog import saving
from tracklog.identity import Identity

if TYPE_CHECKING:
    import os

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
