"""A real LiteLLM proxy for the live tests, started once."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from litectl.paths import Paths
from litectl.sandbox import RunningProxy, Sandbox
from program import Program


@pytest.fixture(scope="session")
def sandbox_directory() -> Path:
    """Return the user's own sandbox; found before any test gets a home of its own."""
    directory = Paths().sandbox
    if not Sandbox(directory).is_installed:
        pytest.skip("the sandbox is not installed: run `litectl sandbox install`")
    return directory


@pytest.fixture(scope="session")
def real_proxy(sandbox_directory: Path) -> Iterator[RunningProxy]:
    """Give a real proxy with the mock models of the sandbox."""
    with Sandbox(sandbox_directory).running(dict(os.environ)) as proxy:
        yield proxy


@pytest.fixture
def real(real_proxy: RunningProxy) -> Program:
    """Run the real program against the real proxy."""
    variables = {"LITECTL_BASE_URL": real_proxy.root, "LITECTL_API_KEY": real_proxy.key}
    return Program([sys.executable, "-m", "litectl"], variables)


@pytest.fixture
def with_sandbox(sandbox_directory: Path) -> Program:
    """Run the real program where it finds the installed sandbox, and nothing else of the user's."""
    variables = {"XDG_DATA_HOME": str(sandbox_directory.parent.parent)}
    return Program([sys.executable, "-m", "litectl"], variables)
