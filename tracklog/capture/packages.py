"""The packages that a script could import."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re


def requirements() -> str:
    """Return a ``name==version`` line for each installed distribution, sorted, as ``requirements.txt`` has them."""
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        with contextlib.suppress(Exception):  # damaged metadata of one package costs its line, no more
            name, version = distribution.metadata["Name"], distribution.version
            if name and version:
                # The first one on the path is the one that an import finds.
                found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), f"{name}=={version}")
    return "".join(f"{found[key]}\n" for key in sorted(found))
