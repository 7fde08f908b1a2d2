"""What scripts ask of an account: there is none, so that whoever asks goes on at once."""

from __future__ import annotations

from typing import Any

from tracklog.errors import UsageError, warn


class Account:
    """Stands for ``wandb.api``, which libraries ask for a key before they begin."""

    api_key = "no-key-needed"

    def settings(self, key: str | None = None, section: str | None = None) -> Any:
        """Return the settings that scripts look up, or one of them: the entity and the project of the environment."""
        del section
        from tracklog import env

        known = {"entity": env.get_entity(), "project": env.get_project(), "base_url": ""}
        return known if key is None else known.get(key)

    def viewer(self) -> dict[str, Any]:
        """Return whose account it is: nobody's."""
        return {"entity": "", "username": ""}

    @property
    def default_entity(self) -> str:
        """The entity of the environment, "" without one."""
        from tracklog import env

        return env.get_entity() or ""


api = Account()


def login(*_: object, **__: object) -> bool:
    """Return True: there is no account to log in to."""
    return True


def ensure_configured() -> None:
    """Return: there is nothing to configure."""


def require(requirement: str | list[str] | None = None, experiment: str | list[str] | None = None) -> None:
    """Say once that nothing has to be opted into; what scripts require of wandb is either here or is not.

    Raises UsageError for what is no name.
    """
    wanted = requirement if requirement is not None else experiment
    names = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"require({wanted!r}): give the name of a feature")
    for name in names:
        if name not in ("service", "core", "legacy-service"):  # how wandb works inside, of which nothing is here
            warn(f"require-{name}", f"require({name!r}) has no effect: there is nothing to opt into")


def set_trace() -> None:
    """Stop in the debugger, where the call stands."""
    import pdb  # noqa: T100 - what it is for
    import sys

    pdb.Pdb().set_trace(sys._getframe(1))  # noqa: SLF001 - as pdb does itself
