"""Files to a static site: `build` brings it up to date once, `watch` keeps it so."""

from __future__ import annotations

from site_builder.builder import Builder
from site_builder.options import Options, Report
from site_builder.sources import Wanted

__all__ = ["Builder", "Options", "Report", "Wanted", "build"]


def build(options: Options) -> Report:
    """Build a site once. Raises `tracklog.errors.UsageError` when it must not be written."""
    return Builder(options).build()
