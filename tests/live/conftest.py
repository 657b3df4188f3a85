"""
Real LiteLLM proxies for the live tests.

The tests marked `live` start the sandbox themselves, once. Those marked `db`
need a proxy that is running on this machine already: with a database, and with single
sign-on by an identity provider that asks nothing and always names the same user. It is for
tests only: they make users, teams and keys with its master key, and delete those again.

    LITECTL_TEST_DB_URL=http://127.0.0.1:4000 LITECTL_TEST_DB_MASTER_KEY=sk-... pytest -m db
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from database_proxy import DatabaseProxy
from litectl.sandbox.sandbox import RunningProxy, Sandbox
from litectl.storage.paths import Paths
from live.behind import configuration
from live.tooling import configuration as tooling_configuration
from live.tooling import settings as tooling_settings
from live.tooling import tool_servers
from live.upstream import Upstream
from program import Litectl, Program
from stored_profiles import StoredProfiles

URL_VARIABLE, KEY_VARIABLE = "LITECTL_TEST_DB_URL", "LITECTL_TEST_DB_MASTER_KEY"
# Read now: no test has a variable of the developer's.
_DATABASE_URL, _DATABASE_KEY = os.environ.get(URL_VARIABLE), os.environ.get(KEY_VARIABLE)


@pytest.fixture(scope="session")
def sandbox_directory() -> Path:
    """Return the user's own sandbox; found before any test gets a home of its own."""
    directory = Paths().sandbox
    if not Sandbox(directory).installation.is_installed:
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


@pytest.fixture(scope="session")
def providers() -> Iterator[Upstream]:
    """Give the providers of the models of `behind`."""
    with Upstream() as server:
        yield server


@pytest.fixture(scope="session")
def behind(
    sandbox_directory: Path, providers: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningProxy]:
    """Give a real proxy whose models misbehave as their names say."""
    config = tmp_path_factory.mktemp("behind") / "config.yaml"
    config.write_text(json.dumps(configuration(providers.root)))
    with Sandbox(sandbox_directory).running(dict(os.environ), config) as proxy:
        yield proxy


@pytest.fixture
def upstream(providers: Upstream) -> Upstream:
    """Give the providers, whom nobody has asked anything."""
    providers.reset()
    return providers


@pytest.fixture
def asking(behind: RunningProxy, upstream: Upstream) -> Litectl:
    """Run the real `main` in this process against the proxy in front of them."""
    return Litectl({"LITECTL_BASE_URL": behind.root, "LITECTL_API_KEY": behind.key})


@pytest.fixture
def process(behind: RunningProxy, upstream: Upstream) -> Program:
    """Run the real program against it as a process of its own."""
    variables = {"LITECTL_BASE_URL": behind.root, "LITECTL_API_KEY": behind.key}
    return Program([sys.executable, "-m", "litectl"], variables)


@pytest.fixture(scope="session")
def tool_proxy(
    sandbox_directory: Path, providers: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningProxy]:
    """Give a real proxy in front of the MCP servers of `tooling`."""
    config = tmp_path_factory.mktemp("tools") / "config.yaml"
    sandbox = Sandbox(sandbox_directory)
    with tool_servers(sandbox.installation.python) as servers:
        config.write_text(
            json.dumps(tooling_configuration(providers.root, servers, sandbox.installation.python))
        )
        with sandbox.running(dict(os.environ), config, tooling_settings(providers.root)) as proxy:
            yield proxy


@pytest.fixture
def tooling(tool_proxy: RunningProxy, upstream: Upstream) -> Litectl:
    """Run the real `main` in this process against the proxy in front of them."""
    return Litectl({"LITECTL_BASE_URL": tool_proxy.root, "LITECTL_API_KEY": tool_proxy.key})


@pytest.fixture
def with_sandbox(sandbox_directory: Path) -> Program:
    """Run the real program where it finds the installed sandbox, and nothing else of the user's."""
    variables = {"XDG_DATA_HOME": str(sandbox_directory.parent.parent)}
    return Program([sys.executable, "-m", "litectl"], variables)


@pytest.fixture
def database() -> Iterator[DatabaseProxy]:
    """Give the proxy with a database and single sign-on that the developer runs."""
    if not _DATABASE_URL or not _DATABASE_KEY:
        pytest.skip(
            f"no proxy with a database and SSO: run one for tests, then"
            f" `{URL_VARIABLE}=http://127.0.0.1:4000 {KEY_VARIABLE}=sk-... pytest -m db`"
        )
    with DatabaseProxy(_DATABASE_URL.rstrip("/"), _DATABASE_KEY) as proxy:
        yield proxy


@pytest.fixture
def client() -> Program:
    """Run the real program as somebody who has configured nothing."""
    return Program([sys.executable, "-m", "litectl"], {})


@pytest.fixture
def stored(isolated: Path) -> StoredProfiles:
    """Give what the program has stored in the home of this test."""
    return StoredProfiles(isolated)
