"""`agent`: takes trials of a sweep one after the other, and runs them."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog import names, recording, report, session
from tracklog.errors import FormatError, NotFoundError, UsageError, visible, warn
from tracklog.public_api import address, facts
from tracklog.settings import resolve, root_folder
from tracklog.store import encoding, fold, layout, sweeps
from tracklog.sweeps.assignment import PARAMS, SWEEP
from tracklog.sweeps.command import command
from tracklog.sweeps.definition import metric_of
from tracklog.sweeps.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracklog.sweeps.search import Trial

FIRST_FAILURES = 5
"""Trials that may fail before any has succeeded; ``WANDB_AGENT_MAX_INITIAL_FAILURES`` is another number."""


def agent(
    sweep_id: str,
    function: Callable[[], Any] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
    forward_signals: bool = False,
    term_timeout: int | None = None,
    max_consecutive_failed_runs: int | None = None,
) -> bool:
    """Run trials of a sweep: up to `count`, else until the sweep has no more; tell whether one went well, or none was left.

    Each trial calls `function` in this process, or starts the program that the sweep names; `init` takes the trial's
    parameters into the config. Any number of agents, here or elsewhere, share a sweep. An exception is printed, the trial
    failed, and the agent goes on, unless the first 5 trials all failed, or `max_consecutive_failed_runs` in a row.

    Raises NotFoundError for a sweep that is not there, SweepError for a definition that cannot be used (both are
    ValueErrors), Error for ``bayes`` without Optuna.
    """
    del entity  # a label: the sweep has its own
    if forward_signals or term_timeout is not None:
        warn("agent-signals", "forward_signals and term_timeout have no effect: a program is ended when its agent is")
    folder = find(sweep_id, project)
    return Agent(folder, function, max_consecutive_failed_runs).work(math.inf if count is None else count)


def find(sweep_id: str, project: str | None = None) -> Path:
    """Return the folder of a sweep, by ``entity/project/id``, ``project/id`` or ``id``. Raises NotFoundError."""
    wanted = address.of_run(sweep_id)
    settings = resolve({"project": wanted.project or project}, None, {})
    roots = dict.fromkeys([root_folder(settings).absolute(), *recording.roots])
    folder = sweeps.find(list(roots), settings.project or names.default_project(Path.cwd()), wanted.run)
    if folder is None:
        msg = f"no sweep {sweep_id!r} in {', '.join(map(str, roots))}; call sweep() first, or name the folder by TRACKLOG_DIR"
        raise NotFoundError(msg)
    return folder


class Agent:
    """One agent of a sweep."""

    def __init__(self, folder: Path, function: Callable[[], Any] | None, most_failures: int | None) -> None:
        """`folder` is the sweep's; `most_failures` of trials in a row end the agent. Raises as `agent` does."""
        self._folder = folder
        self._sweep = sweeps.read(folder)
        self._definition = self._sweep["definition"]
        self._search = search(folder, self._definition)
        self._metric = metric_of(self._definition)
        self._function = function
        if function is None:
            command(self._definition, {})
        if most_failures is not None and most_failures < 1:
            msg = f"max_consecutive_failed_runs={most_failures!r}; give at least 1"
            raise ValueError(msg)
        self._most_failures = most_failures or math.inf
        given = os.environ.get("WANDB_AGENT_MAX_INITIAL_FAILURES", "")
        self._first_failures = int(given) if given.isdecimal() else FIRST_FAILURES
        self._quiet = resolve({}, None, {}).quiet

    def work(self, count: float) -> bool:
        """Run trials; tell whether one went well, or there was none to run."""
        done = failed = 0
        any_succeeded = False
        while done < count:
            trial = self._search.take()
            if trial is None:
                self._say(f"sweep {self._sweep['id']} has no more trials")
                break
            done += 1
            try:
                success = self._run(trial)
            except KeyboardInterrupt:
                self._search.tell(trial, None)
                self._say("interrupted; the sweep can be gone on with")
                break
            self._search.tell(trial, self._value(trial) if success else None)
            any_succeeded = any_succeeded or success
            failed = 0 if success else failed + 1
            if failed >= self._most_failures or (not any_succeeded and failed >= self._first_failures):
                report.say(f"tracklog: {failed} trials in a row have failed; the agent ends")
                break
        return any_succeeded or not done

    def _say(self, text: str) -> None:
        if not self._quiet:
            report.say(f"tracklog: {text}")

    def _run(self, trial: Trial) -> bool:
        """Run a trial; return whether it went well."""
        params = ", ".join(f"{key}={value!r:.40}" for key, value in trial.params.items())
        self._say(f"sweep {self._sweep['id']}, trial {trial.number}: {visible(params)}")
        given = {SWEEP: self._sweep["id"], PARAMS: str(trial.file)}
        if self._function is None:
            return _run_program(command(self._definition, trial.params), os.environ | given)
        session.finish()
        with _environment(given):
            return _call(self._function)

    def _value(self, trial: Trial) -> float | None:
        """Return what the summary of the trial's run has of the metric; None for nothing, or no finite number."""
        if self._metric is None:
            return None
        name, is_more_better = self._metric
        try:
            flat = fold.flatten(facts.read(self._place(trial)).summary)
        except (OSError, FormatError):
            flat = {}
        known = {layout.plain_path(key): value for key, value in flat.items()}
        # `define_metric` may keep several numbers of it.
        kept = (name, f"{name}.{'max' if is_more_better else 'min'}", f"{name}.best", f"{name}.last")
        found = next((known[key] for key in kept if key in known), None)
        if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
            shown = encoding.written(found) if found is not None else "nothing"
            warn(
                f"sweep-metric-{trial.run}",
                f"the summary of run {trial.run} has {shown} for the sweep's metric {name!r}",
            )
            return None
        return float(found)

    def _place(self, trial: Trial) -> Path:
        # <root>/<project>/sweeps/<id>
        return layout.run_folder(self._folder.parents[2], self._sweep["project"], trial.run)


@contextlib.contextmanager
def _environment(given: dict[str, str]) -> Iterator[None]:
    """Set variables for this process and those that it starts meanwhile."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _call(function: Callable[[], Any]) -> bool:
    """Call a function, and end the run that it leaves open; return whether it went well."""
    code = 0
    try:
        function()
    except KeyboardInterrupt:
        session.finish(255)
        raise
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except Exception:
        # Whatever a trial raises ends the trial, not the sweep.
        traceback.print_exc()
        code = 1
    session.finish(code)
    return code == 0


def _run_program(words: list[str], environment: dict[str, str]) -> bool:
    """Run a program to its end; return whether it went well. Raises UsageError when it cannot be started."""
    sys.stdout.flush()
    try:
        process = subprocess.Popen(words, env=environment)
    except OSError as error:
        msg = f"the sweep's program cannot be started: {error}; its command is {words}"
        raise UsageError(msg) from error
    try:
        return process.wait() == 0
    except BaseException:
        process.terminate()
        process.wait()
        raise
