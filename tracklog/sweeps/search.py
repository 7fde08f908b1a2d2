"""Which parameters come next: every point of a grid once, by chance, or where a search expects the best."""

from __future__ import annotations

import math
import random
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tracklog.errors import Error
from tracklog.store import sweeps
from tracklog.sweeps.definition import checked, metric_of
from tracklog.sweeps.parameters import Parameter, nested

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tracklog.sweeps.definition import Definition

_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that this agent has taken."""

    number: int
    run: str
    """The id of its run."""
    params: dict[str, Any]
    file: Path


class Search(Protocol):
    """Gives trials, and is told what became of them."""

    def take(self) -> Trial | None:
        """Return a trial of this agent's own; None when there are no more."""

    def tell(self, trial: Trial, value: float | None) -> None:
        """Say what the metric was in the end; None for a trial that failed or has none."""


def search(folder: Path, definition: Definition) -> Search:
    """Return the search of a sweep. Raises SweepError (a ValueError) for a definition that cannot be used, Error without Optuna."""
    found, cap = checked(definition), definition.get("run_cap") or math.inf
    if definition["method"] == "grid":
        return Grid(folder, found, cap)
    return Chance(folder, found, cap) if definition["method"] == "random" else Bayes(folder, found, cap, definition)


def is_done(folder: Path, definition: Definition) -> bool:
    """Tell whether all trials of a sweep were taken. Raises SweepError (a ValueError) for a definition that cannot be used."""
    axes = [parameter.choices() or [] for parameter in checked(definition)]
    points = math.prod(map(len, axes)) if definition["method"] == "grid" else math.inf
    return sweeps.taken(folder) >= min(points, definition.get("run_cap") or math.inf)


class Grid:
    """Every point once, whichever agent takes it; the last parameter changes first."""

    def __init__(self, folder: Path, parameters: list[Parameter], cap: float) -> None:
        """`cap` is the number of trials, at most."""
        self._folder = folder
        self._axes = [(parameter.path, parameter.choices() or []) for parameter in parameters]
        self._end = min(cap, math.prod(len(values) for _, values in self._axes))

    def take(self) -> Trial | None:
        """Return the next point; None after the last."""
        number = sweeps.taken(self._folder)
        while number < self._end:
            if trial := _taken(self._folder, number, self._point(number)):
                return trial
            number += 1
        return None

    def _point(self, number: int) -> dict[str, Any]:
        values = []
        for path, choices in reversed(self._axes):
            number, place = divmod(number, len(choices))
            values.append((path, choices[place]))
        return nested(values[::-1])

    def tell(self, trial: Trial, value: float | None) -> None:
        """Do nothing: a grid does not learn."""


class Chance:
    """Values by chance, with `Source` for a face."""

    def __init__(self, folder: Path, parameters: list[Parameter], cap: float) -> None:
        """`cap` is the number of trials, at most."""
        self._folder, self._parameters, self._end = folder, parameters, cap
        self._random = random.Random()

    def take(self) -> Trial | None:
        """Return new values; None when the cap is reached."""
        values = nested([(parameter.path, parameter.value(self)) for parameter in self._parameters])
        return _next(self._folder, self._end, values)

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """Return a number of ``[low, high]``."""
        del name
        if not log:
            return self._random.uniform(low, high)
        return min(max(math.exp(self._random.uniform(math.log(low), math.log(high))), low), high)

    def suggest_int(self, name: str, low: int, high: int) -> int:
        """Return an integer of ``[low, high]``."""
        del name
        return self._random.randint(low, high)

    def suggest_categorical(self, name: str, choices: Sequence[int]) -> Any:
        """Return one of the choices."""
        del name
        return self._random.choice(choices)

    def tell(self, trial: Trial, value: float | None) -> None:
        """Do nothing: chance does not learn."""


class Bayes:
    """Optuna's search (tree-structured Parzen estimators), which all agents of a sweep share by a journal beside it."""

    def __init__(self, folder: Path, parameters: list[Parameter], cap: float, definition: Definition) -> None:
        """Open the journal. Raises Error when Optuna is not installed."""
        try:
            import optuna
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend
        except ImportError as error:
            msg = "method 'bayes' needs Optuna: pip install 'tracklog[sweeps]'; 'random' and 'grid' need nothing"
            raise Error(msg) from error
        self._folder, self._parameters, self._end = folder, parameters, cap
        self._failed = optuna.trial.TrialState.FAIL
        metric = metric_of(definition)
        optuna.logging.set_verbosity(optuna.logging.WARNING)  # its word on each trial is the agent's to say
        self._study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(sweeps.journal(folder)))),
            sampler=optuna.samplers.TPESampler(),
            study_name="sweep",
            direction="maximize" if metric is not None and metric[1] else "minimize",
            load_if_exists=True,
        )
        self._asked: dict[int, int] = {}
        """Optuna's numbers of this agent's trials, which may differ: two agents ask at once."""

    def take(self) -> Trial | None:
        """Return values that the search proposes; None when the cap is reached."""
        if sweeps.taken(self._folder) >= self._end:
            return None
        asked = self._study.ask()
        values = nested([(parameter.path, parameter.value(asked)) for parameter in self._parameters])
        trial = _next(self._folder, self._end, values)
        if trial is None:  # other agents were faster
            self._study.tell(asked, state=self._failed)
        else:
            self._asked[trial.number] = asked.number
        return trial

    def tell(self, trial: Trial, value: float | None) -> None:
        """Tell Optuna."""
        if value is None:
            self._study.tell(self._asked.pop(trial.number), state=self._failed)
        else:
            self._study.tell(self._asked.pop(trial.number), value)


def _next(folder: Path, end: float, params: dict[str, Any]) -> Trial | None:
    """Take the next free trial below `end`."""
    number = sweeps.taken(folder)
    while number < end:
        if trial := _taken(folder, number, params):
            return trial
        number += 1
    return None


def _taken(folder: Path, number: int, params: dict[str, Any]) -> Trial | None:
    run = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    file = sweeps.take(folder, number, {"run": run, "params": params})
    return None if file is None else Trial(number, run, params, file)
