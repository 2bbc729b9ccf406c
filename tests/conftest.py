"""What all tests share: a quiet environment, and no silent skip in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from itertools import count
from pathlib import Path

import hypothesis
import pytest

IN_CI = os.environ.get("CI") == "true"

hypothesis.settings.register_profile("wakagitops", deadline=None, print_blob=True)
hypothesis.settings.load_profile("wakagitops")


def pytest_configure() -> None:
    """Take out of the environment what would change the tool's, git's or a terminal's behaviour."""
    for name in list(os.environ):
        if name.startswith(("WAKAGITOPS_", "GIT_", "GITHUB_", "LC_", "LANG")):
            del os.environ[name]
    for name in ("NO_COLOR", "FORCE_COLOR"):
        os.environ.pop(name, None)
    os.environ.update(
        LC_ALL="C.UTF-8",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_AUTHOR_NAME="Test",
        GIT_AUTHOR_EMAIL="test@imprenta-sol.es",
        GIT_COMMITTER_NAME="Test",
        GIT_COMMITTER_EMAIL="test@imprenta-sol.es",
    )


_NUMBERS = count()


@pytest.fixture(autouse=True)
def cache_root(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give each test a cache of its own, which no earlier test has filled."""
    folder = tmp_path_factory.getbasetemp() / f"cache-{next(_NUMBERS)}"
    monkeypatch.setenv("WAKAGITOPS_CACHE_DIR", str(folder))
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test in CI, where every consumer of our output must be there."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself whole."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report
