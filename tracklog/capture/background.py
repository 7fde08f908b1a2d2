"""What is recorded beside the training: one daemon thread for system metrics and heartbeat, one for the environment.

Neither is waited for by `init`; `stop` waits a bounded time for the environment, so that short runs have theirs.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.errors import warn
from tracklog.store import layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracklog.capture.code import Code
    from tracklog.recording import Recording
    from tracklog.settings import Settings

HEARTBEAT = 15.0
"""Seconds without a line after which a writer shows that it lives."""
PATIENCE = 5.0
"""Seconds that `stop` waits for git, packages and hardware."""


class Background:
    """The recorders of one run that need a thread."""

    def __init__(self, recording: Recording, settings: Settings) -> None:
        """Start them."""
        self._recording = recording
        self._settings = settings
        self._ended = threading.Event()
        self._code: Code | None = None
        self._pid = os.getpid()
        self._pulse = threading.Thread(target=self._beat, name="tracklog-pulse", daemon=True)
        self._survey = threading.Thread(target=self._describe, name="tracklog-environment", daemon=True)
        self._pulse.start()
        self._survey.start()

    def stop(self) -> None:
        """End the threads; does nothing in a forked child, which has none."""
        if os.getpid() != self._pid:
            return
        self._ended.set()
        self._survey.join(PATIENCE)
        if self._code is not None:
            self._code.end()
        if self._pulse is not threading.current_thread():
            self._pulse.join(PATIENCE)

    def _beat(self) -> None:
        sample = self._sampler()
        interval = self._settings.stats_interval if sample is not None else HEARTBEAT
        ending = False
        # Once at the start, every interval, and once at the end: the shortest run shows how much it used.
        while True:
            metrics = sample() if sample is not None else {}
            if metrics:
                self._recording.system(metrics)
            if ending:
                return
            ending = self._ended.wait(interval)
            self._recording.flush_console()
            self._recording.save_changed(at_end=False)
            self._recording.heartbeat(HEARTBEAT)

    def _sampler(self) -> Callable[[], dict[str, float]] | None:
        if self._settings.disable_stats:
            return None
        try:
            from tracklog.capture.system import SystemSampler

            return SystemSampler(os.getpid(), self._recording.writer.folder).sample
        except Exception as error:
            warn("system-metrics", f"no system metrics: {error}")
            return None

    def _describe(self) -> None:
        try:
            self._environment()
        except Exception as error:
            warn("environment", f"the environment could not be recorded: {error}")

    def _environment(self) -> None:
        found: dict[str, Any] = {}
        if self._settings.keeps_code:
            from tracklog.capture.code import Code

            self._code = Code(self._recording)
            self._code.begin()
        if not self._settings.disable_git:
            found |= self._git()
        if not self._settings.disable_meta:
            from tracklog.capture import host, packages

            found["hardware"] = host.describe()
            self._recording.put_file(layout.REQUIREMENTS, packages.requirements().encode())
        self._notebook()
        if found:
            self._recording.event("environment", **found)

    def _notebook(self) -> None:
        from tracklog.capture import notebook

        if self._settings.keeps_code and notebook.is_here():
            notebook.keep(self._recording, self._settings.notebook_name)

    def _git(self) -> dict[str, Any]:
        from tracklog.capture import git, redact

        info = git.describe(Path.cwd())
        if info is None:
            return {}
        diff = git.diff(Path(info["root"]))
        if diff:
            info["files_changed"] = git.count(diff)
            self._recording.put_file(layout.PATCH, diff)
        if self._settings.git_commit:
            info["commit"] = self._settings.git_commit
        if self._settings.git_remote_url:
            info["remote"] = redact.redact_url(self._settings.git_remote_url)
        return {"git": {key: value for key, value in info.items() if key != "root"}}
