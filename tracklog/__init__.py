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

    from tracklog import plot as plot
    from tracklog.account import Account as Account
    from tracklog.account import api as api
    from tracklog.account import ensure_configured as ensure_configured
    from tracklog.account import login as login
    from tracklog.account import require as require
    from tracklog.account import set_trace as set_trace
    from tracklog.alerts import AlertLevel as AlertLevel
    from tracklog.artifacts.artifact import Artifact as Artifact
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
    from tracklog.media.table_unions import JoinedTable as JoinedTable
    from tracklog.media.video import Video as Video
    from tracklog.plot import plot_table as plot_table
    from tracklog.plot import visualize as visualize
    from tracklog.public_api import Api as Api
    from tracklog.run import Run as Run
    from tracklog.session import finish as finish
    from tracklog.session import init as init
    from tracklog.session import restore as restore
    from tracklog.session import setup as setup
    from tracklog.session import teardown as teardown
    from tracklog.settings import Settings as Settings
    from tracklog.standin import as_wandb as as_wandb
    from tracklog.summary import Summary
    from tracklog.terminal import termerror as termerror
    from tracklog.terminal import termlog as termlog
    from tracklog.terminal import termsetup as termsetup
    from tracklog.terminal import termwarn as termwarn

    def _the_run() -> Run: ...

    InternalApi = Account
    PublicApi = Api
    join = finish
    run: Run | None
    config: Config
    summary: Summary
    _current = _the_run()
    alert = _current.alert
    define_metric = _current.define_metric
    log = _current.log
    log_artifact = _current.log_artifact
    log_model = _current.log_model
    link_model = _current.link_model
    mark_preempting = _current.mark_preempting
    pin_config_keys = _current.pin_config_keys
    save = _current.save
    unwatch = _current.unwatch
    use_artifact = _current.use_artifact
    use_model = _current.use_model
    watch = _current.watch

__version__ = "0.1.0"

_NAMES = {
    "AlertLevel": "tracklog.alerts",
    "Altair": "tracklog.media.figure",
    "Api": "tracklog.public_api",
    "Artifact": "tracklog.artifacts.artifact",
    "Audio": "tracklog.media.audio",
    "Bokeh": "tracklog.media.figure",
    "Classes": "tracklog.media.classes",
    "CommError": "tracklog.errors",
    "Config": "tracklog.config",
    "Error": "tracklog.errors",
    "Histogram": "tracklog.media.histogram",
    "Html": "tracklog.media.html",
    "Image": "tracklog.media.image",
    "InternalApi": "tracklog.account:Account",
    "JoinedTable": "tracklog.media.table_unions",
    "Molecule": "tracklog.media.molecule",
    "Object3D": "tracklog.media.object3d",
    "Plotly": "tracklog.media.figure",
    "PublicApi": "tracklog.public_api:Api",
    "Run": "tracklog.run",
    "Settings": "tracklog.settings",
    "Table": "tracklog.media.table",
    "UsageError": "tracklog.errors",
    "Video": "tracklog.media.video",
    "_attach": "tracklog.session:attach",
    "api": "tracklog.account",
    "as_wandb": "tracklog.standin",
    "box3d": "tracklog.media.object3d",
    "ensure_configured": "tracklog.account",
    "finish": "tracklog.session",
    "init": "tracklog.session",
    "join": "tracklog.session:finish",
    "login": "tracklog.account",
    "plot_table": "tracklog.plot",
    "require": "tracklog.account",
    "restore": "tracklog.session",
    "set_trace": "tracklog.account",
    "sweep": "tracklog.sweeps.definition",
    "agent": "tracklog.sweeps.agent",
    "setup": "tracklog.session",
    "teardown": "tracklog.session",
    "termerror": "tracklog.terminal",
    "termlog": "tracklog.terminal",
    "termsetup": "tracklog.terminal",
    "termwarn": "tracklog.terminal",
    "visualize": "tracklog.plot",
}
"""Where each public name lives, as a module, or ``module:name`` where it has another name there."""

_MODULES = ("data_types", "env", "errors", "plot", "plots")
"""Modules that scripts reach as attributes: `tracklog.plot.line`."""

_OF_THE_RUN = (
    "alert", "config", "define_metric", "link_model", "log", "log_artifact", "log_model", "mark_preempting", "pin_config_keys",
    "run", "save", "summary", "unwatch", "use_artifact", "use_model", "watch",
)  # fmt: skip

__all__ = [name for name in _NAMES if not name.startswith("_")]
__all__ += [*_OF_THE_RUN, *_MODULES]  # noqa: PLE0604 - they are strings, in a tuple


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _NAMES:
        module, _, attribute = _NAMES[name].partition(":")
        value = getattr(import_module(module), attribute or name)
        globals()[name] = value
        if name == "init":
            __getattr__("finish")  # which a __del__ may call when nothing can be imported any more
        return value
    # Not `from tracklog import …`, which would ask this function for the module first.
    if name in _MODULES or (not name.startswith("_") and import_module("tracklog.aliases").has(name)):
        return import_module(f"tracklog.{name}")
    msg = f"module 'tracklog' has no attribute {name!r}"
    if not name.startswith("_"):
        missing = import_module("tracklog.missing")
        msg = missing.of_module(name) or f"{msg}; of wandb's names there are {', '.join(sorted(__all__))}"
    raise AttributeError(msg)


def _of_the_run(name: str) -> property:
    def get(_: ModuleType) -> Any:
        try:
            from tracklog import current
        except ImportError:
            if sys.meta_path is None:  # Python is leaving, all runs have ended: a __del__ that looks sees none
                return None
            raise
        return current.attribute(name)

    def put(_: ModuleType, value: object) -> None:
        # The import system stores a submodule under its name, which three of these share; that name stays the run's.
        if not isinstance(value, ModuleType):
            from tracklog import current

            current.replace(name, value)

    def restore(_: ModuleType) -> None:
        from tracklog import ongoing

        ongoing.replaced.pop(name, None)

    return property(get, put, restore)


class _Package(ModuleType):
    """This package's own type: properties come before submodules of the same name."""

    alert = _of_the_run("alert")
    config = _of_the_run("config")
    define_metric = _of_the_run("define_metric")
    link_model = _of_the_run("link_model")
    log = _of_the_run("log")
    log_artifact = _of_the_run("log_artifact")
    log_model = _of_the_run("log_model")
    mark_preempting = _of_the_run("mark_preempting")
    pin_config_keys = _of_the_run("pin_config_keys")
    run = _of_the_run("run")
    save = _of_the_run("save")
    summary = _of_the_run("summary")
    unwatch = _of_the_run("unwatch")
    use_artifact = _of_the_run("use_artifact")
    use_model = _of_the_run("use_model")
    watch = _of_the_run("watch")


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


def _offer_magics() -> None:
    """Have a notebook find `%%tracklog` and `%%wandb`, which are looked up before any run begins."""
    shell = sys.modules["IPython"].get_ipython()
    if shell is not None:
        for name in ("tracklog", "wandb"):
            shell.magics_manager.register_lazy(name, "tracklog.magics")


if "ipykernel" in sys.modules and "IPython" in sys.modules:
    _offer_magics()


def __dir__() -> list[str]:
    return __all__
