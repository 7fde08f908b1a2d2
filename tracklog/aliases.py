"""Where scripts and libraries look for wandb's names: submodules that are imported by name, found here.

``tracklog.keras`` and ``tracklog.integration.keras`` are `tracklog.integrations.keras`; ``tracklog.sdk.wandb_run`` has
`Run`. Where tracklog stands in for wandb, ``wandb.…`` is ``tracklog.…``, module by module the same.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tracklog import missing

INTEGRATIONS = (
    "catboost", "gym", "keras", "lightgbm", "lightning", "profiler", "sb3", "sklearn", "tensorboard", "torch", "transformers",
    "xgboost",
)  # fmt: skip
"""Frameworks whose modules are reached as ``tracklog.NAME`` and ``tracklog.integration.NAME``."""

_RUN = {"Run": "tracklog.run:Run"}
_MEDIA = {
    "audio": ("Audio",), "histogram": ("Histogram",), "html": ("Html",), "image": ("Image",), "molecule": ("Molecule",),
    "object_3d": ("Object3D",), "plotly": ("Plotly",), "table": ("JoinedTable", "Table"), "video": ("Video",),
}  # fmt: skip
_DISABLED = {"RunDisabled": "tracklog.disabled:DisabledRun"}

NAMESPACES: dict[str, dict[str, str]] = {
    "apis": {
        "InternalApi": "tracklog.account:Account",
        "PublicApi": "tracklog.public_api:Api",
        "public": "tracklog.public_api",
    },
    "apis.internal": {"Api": "tracklog.account:Account"},
    "helper": {"parse_config": "tracklog.configs:parse"},
    "sdk": {"Config": "tracklog.config:Config", "Settings": "tracklog.settings:Settings", **_RUN},
    "sdk.artifacts": {},
    "sdk.artifacts.artifact": {"Artifact": "tracklog:Artifact"},
    "sdk.artifacts.exceptions": {
        name: f"tracklog.errors:{name}"
        for name in ("ArtifactFinalizedError", "ArtifactNotLoggedError", "ArtifactStatusError", "WaitTimeoutError")
    },
    "sdk.data_types": {},
    "sdk.data_types.base_types": {},
    "sdk.data_types.base_types.media": {"Media": "tracklog.media.base:Media"},
    "sdk.data_types.base_types.wb_value": {"WBValue": "tracklog.media.base:Media"},
    **{f"sdk.data_types.{module}": {n: f"tracklog:{n}" for n in names} for module, names in _MEDIA.items()},
    "sdk.lib": {**_DISABLED, "ConfigError": "tracklog.errors:ConfigError"},
    "sdk.lib.config_util": {"ConfigError": "tracklog.errors:ConfigError"},
    "sdk.lib.disabled": _DISABLED,
    "sdk.lib.printer": {"new_printer": "tracklog.terminal:new_printer"},
    "sdk.lib.runid": {"generate_id": "tracklog.names:generate_id"},
    "sdk.lib.telemetry": {"context": "tracklog.telemetry:context"},
    "sdk.wandb_alerts": {"AlertLevel": "tracklog.alerts:AlertLevel"},
    "sdk.wandb_config": {"Config": "tracklog.config:Config"},
    "sdk.wandb_init": {"init": "tracklog.session:init"},
    "sdk.wandb_login": {"login": "tracklog:login"},
    "sdk.wandb_metric": {"Metric": "tracklog.metrics:Metric"},
    "sdk.wandb_run": _RUN,
    "sdk.wandb_setup": {"setup": "tracklog.session:setup"},
    "sdk.wandb_settings": {"Settings": "tracklog.settings:Settings"},
    "sdk.wandb_summary": {"Summary": "tracklog.summary:Summary"},
    "sdk.wandb_sweep": {"sweep": "tracklog:sweep"},
    "util": {
        "generate_id": "tracklog.names:generate_id",
        "get_module": "tracklog.modules:get_module",
        "json_dumps_safer": "tracklog.store.encoding:dumps_text",
        "make_artifact_name_safe": "tracklog.names:make_artifact_name_safe",
    },
    "wandb_agent": {"agent": "tracklog:agent"},
    "wandb_run": _RUN,
}
"""Modules of wandb's that only hold names: where each of them lives here, as ``module:name`` or as a module."""

_RENAMED = {"integration": "integrations", "apis.public": "public_api"}


def find_spec(name: str) -> ModuleSpec | None:
    """Return how to import ``tracklog.…`` or ``wandb.…`` where no file has that name; None when it means nothing here.

    Raises ModuleNotFoundError for a name of wandb's that is not there yet, with what to do instead.
    """
    root, _, rest = name.partition(".")
    if not rest or (root == "wandb" and not getattr(sys.modules.get(root), "__stands_in__", False)):
        return None
    if rest in NAMESPACES:
        inner = any(other.startswith(f"{rest}.") for other in (*NAMESPACES, *_RENAMED))
        return ModuleSpec(name, _Names(), is_package=inner)
    target = f"tracklog.{_target(rest)}"
    if target == name or not _is_module(target):
        said = missing.of_module(rest.removeprefix("integration."))
        if said:
            # Without its name: `from wandb import Artifact` would put up with that, and say less.
            raise ModuleNotFoundError(said)
        return None
    return ModuleSpec(name, _Other(target), is_package=True)


def has(name: str) -> bool:
    """Tell whether ``tracklog.NAME`` is one of these modules."""
    return name in NAMESPACES or name in _RENAMED or (name in INTEGRATIONS and _is_module(f"tracklog.{_target(name)}"))


def _target(rest: str) -> str:
    first, _, more = rest.partition(".")
    if rest in _RENAMED or first in _RENAMED:
        return _RENAMED.get(rest) or f"{_RENAMED[first]}.{more}"
    return f"integrations.{rest}" if first in INTEGRATIONS else rest


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


class _Other(Loader):
    """Gives a module that has another name, as it is."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 - as loaders are asked
        module = importlib.import_module(self._target)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has just given it that of its second name


class _Names(Loader):
    """Makes a module that only holds names."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Namespace(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it: its names are looked up when they are asked for."""


class _Namespace(ModuleType):
    def __getattr__(self, name: str) -> Any:
        root, _, rest = self.__name__.partition(".")
        names = NAMESPACES[rest]
        if name in names:
            module, _, attribute = names[name].partition(":")
            value: Any = importlib.import_module(module)
            value = getattr(value, attribute) if attribute else value
        elif f"{rest}.{name}" in NAMESPACES:
            value = importlib.import_module(f"{root}.{rest}.{name}")
        else:
            inner = [other.rpartition(".")[2] for other in NAMESPACES if other.rpartition(".")[0] == rest]
            msg = f"module {self.__name__!r} has no attribute {name!r}"
            if not name.startswith("__"):
                msg += f"; tracklog has there: {', '.join(sorted({*names, *inner}))}"
            raise AttributeError(msg)
        setattr(self, name, value)
        return value


def stand_in(name: str, package: ModuleType) -> None:
    """Make the module `name` give what `package` gives, attribute by attribute."""
    module = sys.modules[name]
    module.__class__ = type(package)
    module.__dict__["__stands_in__"] = True
    module.__dict__["__all__"] = list(package.__all__)
    module.__dict__["__getattr__"] = lambda attribute: _of(package, attribute)
    module.__dict__["__dir__"] = lambda: [*package.__all__, *module.__dict__]


def _of(package: ModuleType, attribute: str) -> Any:
    if attribute.startswith("__"):
        msg = f"module 'wandb' has no attribute {attribute!r}"
        raise AttributeError(msg)
    return getattr(package, attribute)
