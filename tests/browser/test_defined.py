"""What a script says of its metrics and of itself shows in the page: axes, hidden charts, joints, alerts; and how to edit."""

from __future__ import annotations

import math
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

import tracklog
from tests.browser.conftest import built
from tests.browser.support import hash_of, settle, show, window
from tests.tracklog.test_log import QUIET

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.support import Site


@pytest.fixture(scope="module")
def defined(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a project of runs with definitions, one of which was resumed, and alerts."""
    home = tmp_path_factory.mktemp("defined")

    def begin(run_id: str, **more: Any) -> tracklog.Run:
        return tracklog.init(project="p", id=run_id, dir=home / "logs", settings=QUIET, **more)

    for number in range(2):
        with begin(f"r{number}", name=f"run {number}", tags=["old"]) as run:
            run.define_metric("val/*", step_metric="epoch", summary="max", goal="maximize")
            run.define_metric("secret", hidden=True)
            for step in range(40):
                run.log({"train/loss": math.exp(-step / 20), "secret": step})
                if step % 10 == 9:
                    run.log({"val/wobble": step / 40 + number / 10, "epoch": 100 * (step // 10)})
            if not number:
                run.alert("disk <b>full</b>", "3 MB left", level="ERROR")
    with begin("r0", resume="must") as run:
        for step in range(20):
            run.log({"train/loss": 0.1 + step / 100})
    return built(home)


def panel(page: Page, key: str) -> Any:
    return page.locator(f"[data-panel='{key}']")


def label(page: Page, key: str) -> str:
    """Return what a chart is called for those who do not see it."""
    return str(panel(page, key).get_attribute("aria-label"))


def test_charts_stand_on_the_axis_that_was_defined(browser: Browser, defined: Site) -> None:
    with window(browser) as page:
        show(page, defined.url("p/index.html"))
        assert "by epoch, " in label(page, "val/wobble")
        assert "by step, " in label(page, "train/loss")
        assert panel(page, "secret").count() == 0
        axis = page.get_by_role("radiogroup", name="X axis").or_(page.get_by_role("group", name="X axis")).first
        axis.get_by_text("Step", exact=True).click()
        settle(page)
        assert "x=step" in hash_of(page)
        assert "by step, " in label(page, "val/wobble")
        axis.get_by_text("Auto", exact=True).click()
        settle(page)
        assert "x=" not in hash_of(page).replace("max=", "")
        assert "by epoch, " in label(page, "val/wobble")


def test_a_zoom_is_of_the_charts_with_its_axis(browser: Browser, defined: Site) -> None:
    with window(browser) as page:
        show(page, defined.url("p/index.html", "zoom=0..150@epoch"))
        # "All … points in view" is said of charts that are zoomed.
        panel(page, "val/wobble").get_by_text("in view are drawn").wait_for()
        assert panel(page, "train/loss").get_by_text("in view are drawn").count() == 0
        page.get_by_role("button", name="Reset zoom").click()
        settle(page)
        assert "zoom" not in hash_of(page)


def test_the_goal_says_which_value_is_the_best(browser: Browser, defined: Site) -> None:
    with window(browser) as page:
        show(page, defined.url("p/index.html"))
        # "wobble" tells nobody, the script did: the list shows it, and the greater one is bold.
        row = page.locator(".run[data-run]", has_text="run 1")
        assert page.locator("[role=columnheader]", has_text="wobble").count() == 1
        assert row.locator("b, .best").filter(has_text="1.075").count() == 1


def test_joints_and_alerts_are_told(browser: Browser, defined: Site) -> None:
    with window(browser) as page:
        show(page, defined.url("p/index.html"))
        assert "bars: a later session goes on" in panel(page, "train/loss").inner_text()
        mark = page.locator(".run[data-run]", has_text="run 0").get_by_role(
            "img", name="ERROR disk <b>full</b>: 3 MB left"
        )
        assert mark.is_visible()
        assert page.locator(".alertmark").count() == 1
        show(page, defined.url("p/runs/r0.html"))
        note = page.get_by_role("note").filter(has_text="1 alert")
        assert "disk <b>full</b>: 3 MB left" in note.inner_text()


def test_the_edit_menu_writes_a_command_that_works(browser: Browser, defined: Site) -> None:
    with window(browser) as page:
        show(page, defined.url("p/runs/r1.html"))
        page.get_by_role("button", name="Edit this run").click()
        page.get_by_label("Name").fill("it's better")
        page.get_by_label("Tags").fill("new one")
        command = page.locator(".edit-form code").inner_text()
    assert command == "tracklog edit --name='it'\\''s better' --tag='+new one' --tag=-old -- r1"
    subprocess.run(f"{command} --root {defined.logs}".replace(" -- r1 ", " r1 "), shell=True, check=True)  # noqa: S602 - the page's own
    (run,) = tracklog.Api({"dir": str(defined.logs)}).runs("p", {"name": "r1"})
    assert (run.name, run.tags) == ("it's better", ["new one"])
