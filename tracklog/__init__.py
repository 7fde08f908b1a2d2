"""Experiment tracking in plain files: `import tracklog as wandb`, train, `tracklog build`.

Importing this package loads nothing else: public names are resolved when they are first used (PEP 562).
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # as typing's own, without the milliseconds that importing typing takes
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any

    from tracklog.config import Config as Config
    from tracklog.errors import CommError as CommError
    from tracklog.errors import Error as Error
    from tracklog.errors import UsageError as UsageError
    from tracklog.media.audio import Audio as Audio
    from tracklog.media.classes import Classes as Classes
    from tracklog.media.figure import Altair as Altair
    from tracklog.media.figure import Bokeh as Bokeh
    from tracklog.media.figure import Plotly as Plotly
    from tracklog.media.histogram import Histogram as Histogram
    from tracklog.media.html import Html as Html
    from tracklog.media.image import Image as Image
    from tracklog.media.molecule import Molecule as Molecule
    from tracklog.media.object3d import Object3D as Object3D
    from tracklog.media.object3d import box3d as box3d
    from tracklog.media.table import Table as Table
    from tracklog.media.video import Video as Video
    from tracklog.plot import plot_table as plot_table
    from tracklog.plot import visualize as visualize
    from tracklog.run import Run as Run
    from tracklog.session import finish as finish
    from tracklog.session import init as init
    from tracklog.session import setup as setup
    from tracklog.settings import Settings as Settings

    run: Run | None
    config: Config
    summary: Any
    log: Any
    save: Any
    alert: Any
    define_metric: Any

__version__ = "0.1.0"

_NAMES = {
    "init": "tracklog.session",
    "finish": "tracklog.session",
    "setup": "tracklog.session",
    "Run": "tracklog.run",
    "Config": "tracklog.config",
    "Settings": "tracklog.settings",
    "Altair": "tracklog.media.figure",
    "Audio": "tracklog.media.audio",
    "Bokeh": "tracklog.media.figure",
    "Classes": "tracklog.media.classes",
    "Histogram": "tracklog.media.histogram",
    "Html": "tracklog.media.html",
    "Image": "tracklog.media.image",
    "Molecule": "tracklog.media.molecule",
    "Object3D": "tracklog.media.object3d",
    "box3d": "tracklog.media.object3d",
    "Plotly": "tracklog.media.figure",
    "Table": "tracklog.media.table",
    "Video": "tracklog.media.video",
    "plot_table": "tracklog.plot",
    "visualize": "tracklog.plot",
    "Error": "tracklog.errors",
    "UsageError": "tracklog.errors",
    "CommError": "tracklog.errors",
}
"""Where each public name lives."""

_MODULES = ("data_types", "errors", "plot", "plots")
"""Modules that scripts reach as attributes: `tracklog.plot.line`."""

_OF_THE_RUN = ("log", "save", "alert", "define_metric", "summary", "config", "run")

__all__ = list(_NAMES)
__all__ += [*_OF_THE_RUN, *_MODULES, "join", "login"]  # noqa: PLE0604 - they are strings, in a tuple


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        from importlib import import_module

        value = getattr(import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        from importlib import import_module

        return import_module(f"tracklog.{name}")
    if name == "join":
        return __getattr__("finish")
    if not name.startswith("_"):
        from importlib import import_module

        if import_module("tracklog.aliases").has(name):
            return import_module(f"tracklog.{name}")
    msg = f"module 'tracklog' has no attribute {name!r}"
    if not name.startswith("_"):
        from importlib import import_module

        # Not `from tracklog import missing`, which would ask this function for `missing` first.
        missing = import_module("tracklog.missing")
        msg = missing.of_module(name) or f"{msg}; of wandb's names there are {', '.join(sorted(__all__))}"
    raise AttributeError(msg)


def _of_the_run(name: str) -> property:
    def get(_: ModuleType) -> Any:
        from tracklog import current

        return current.attribute(name)

    def put(_: ModuleType, value: object) -> None:
        # The import system stores a submodule under its name, which three of these share; that name stays the run's.
        if not isinstance(value, ModuleType):
            msg = f"tracklog.{name} cannot be replaced; use tracklog.{name}.update(...) or init({name}=...)"
            raise AttributeError(msg)  # noqa: TRY004 - as for any read-only attribute

    return property(get, put)


class _Package(ModuleType):
    """This package's own type: properties come before submodules of the same name."""

    log = _of_the_run("log")
    save = _of_the_run("save")
    alert = _of_the_run("alert")
    define_metric = _of_the_run("define_metric")
    summary = _of_the_run("summary")
    config = _of_the_run("config")
    run = _of_the_run("run")


sys.modules[__name__].__class__ = _Package


class _Finder:
    """Finds the modules that have another name in tracklog than in wandb, when nobody else has found them."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG004
        if name.startswith(("tracklog.", "wandb.")):
            from tracklog.aliases import find_spec

            return find_spec(name)
        return None


sys.meta_path.append(_Finder)


def login(*_: object, **__: object) -> bool:
    """Return True: there is no account to log in to."""
    return True


def __dir__() -> list[str]:
    return __all__
