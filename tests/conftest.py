"""Markers that are true: a test names the witnesses that it calls from outside; the others are ``core`` or ``runs``."""

from __future__ import annotations

import io
import sys
from collections.abc import Generator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from factories import browser
from factories.witnesses import WITNESSES, Guard

TESTS = Path(__file__).parent
#: The forms that are shipped.
FORMS = sorted(path.parent.name for path in (TESTS.parent / "workbook_templates").glob("*/form.toml"))
#: The rooms that see all the others, and the winter: their tests are whole runs over files, folders and rounds.
RUNS = {"pipeline", "cli", "samples", "winter"}
_GUARD = Guard()
#: What a fixture called while it was set up holds for every test that uses it.
_CALLED: dict[object, frozenset[str]] = {}
sys.addaudithook(_GUARD)


def marked(item: pytest.Item) -> frozenset[str]:
    """The witnesses that a test's markers name."""
    return frozenset(mark.name for mark in item.iter_markers()) & WITNESSES


def pytest_cmdline_main(config: pytest.Config) -> None:
    """On several processors a file goes to one of them, in our order: what its tests share is set up once."""
    if getattr(config.option, "dist", "") == "load":
        config.option.dist, config.option.loadscopereorder = "loadfile", False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What names no witness is core, or a run in the rooms that are whole runs; before pytest chooses by marker.

    Files that are more than core take longest and come first: no processor is left with one of them at the end.
    """
    for item in items:
        if not marked(item) and item.path.relative_to(TESTS).parts[0] in RUNS:
            item.add_marker("runs")
        elif not marked(item) and not item.get_closest_marker("runs"):
            item.add_marker("core")
    slow = {item.path for item in items if not item.get_closest_marker("core")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Remember what a fixture calls."""
    before, _GUARD.called = _GUARD.called, set()
    try:
        return (yield)
    finally:
        _CALLED[fixturedef] = frozenset(_GUARD.called)
        _GUARD.called |= before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Let a test call the witnesses that its markers name, and no other."""
    _GUARD.allowed, _GUARD.called = marked(item), set()
    try:
        return (yield)
    finally:
        _GUARD.allowed = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test that passes without the witness it names, itself or by a fixture, is core and says so."""
    yield
    called = _GUARD.called.union(*(_CALLED.get(one, ()) for one in fixtures(item)))
    # A full disk or a dead worker can be played without a call that could be heard of.
    idle = marked(item) - called - {"faults"}
    assert not idle, f"this test calls no {'、'.join(idle)}: take the marker away"
    assert called <= marked(item), f"a fixture of this test calls {'、'.join(called)}: mark the test"


def fixtures(item: pytest.Item) -> list[object]:
    """All fixtures that a test uses, those of its fixtures too."""
    found: dict[str, Any] = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return [one for several in found.values() for one in several]


@pytest.fixture
def processes() -> None:
    """For a test in which strangers' files are looked at in processes of their own, as they are outside of tests."""


@pytest.fixture(autouse=True)
def in_this_process(request: pytest.FixtureRequest) -> Generator[None]:
    """All others look at every file here, where a test can make a part of the program fail, and start no process."""
    from toolkit.cli import console  # noqa: PLC0415 - a mutant is made before any of the program is loaded
    from toolkit.io import workers  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        # On a busy machine any stage may take long enough to be told of.
        patch.setattr(console, "_LONG", 600.0)
        if "processes" not in request.fixturenames:
            patch.setattr(workers, "HERE", sys.maxsize)
            patch.setattr(workers, "SMALL", sys.maxsize)
        yield


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Any:
    """Each of the forms that are shipped."""
    from toolkit.instrument.catalogue import load  # noqa: PLC0415 - a mutant is made before any of the program is loaded

    return load(request.param)


@pytest.fixture(scope="session")
def axe() -> str:
    """What axe-core is, to be run in a page."""
    return browser.axe().read_text(encoding="utf-8")


class Demonstrated(NamedTuple):
    """What came of the demo's command."""

    folder: Path
    code: int
    printed: str


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    """The demo, run once for all tests that look at its results; none of them changes a file."""
    from toolkit.cli.run import run  # noqa: PLC0415 - a mutant is made before any of the program is loaded

    folder = tmp_path_factory.mktemp("demo") / "演示"
    with redirect_stdout(io.StringIO()) as printed:
        code = run(["demo", str(folder)])
    return Demonstrated(folder, code, printed.getvalue())
