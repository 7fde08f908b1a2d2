"""Where the site's pages of runs and projects are, once a build has written them."""

from __future__ import annotations

from pathlib import Path

from tracklog.store import layout


def of_run(folder: Path) -> str | None:
    """Return the file URL of a run's page in the site beside its log folder or in the working folder.

    None until there is a site; one that was built before the run began gets the page with its next build.
    """
    return _address(folder.parent.parent, f"{folder.parent.name}/runs/{folder.name}.html")


def show(card: str) -> bool:
    """Show HTML in a notebook; return whether this is one."""
    try:
        from IPython import get_ipython
        from IPython.display import HTML, display
    except ImportError:
        return False
    if get_ipython() is None:
        return False
    display(HTML(card))
    return True


def of_project(folder: Path) -> str | None:
    """Return the file URL of a project's page, as `of_run` does."""
    return _address(folder.parent, f"{folder.name}/index.html")


def _address(root: Path, page: str) -> str | None:
    sites = [site for site in (root.with_name("site"), Path("site")) if layout.is_site(site)]
    pages = [site / page for site in sites]
    found = next((page for page in pages if page.is_file()), pages[0] if pages else None)
    return None if found is None else found.resolve().as_uri()
