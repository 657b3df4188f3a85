"""
Every shell block of the documentation is run, against a real proxy.

How a page is written so that it can be run:

* ```` ```console ```` is a terminal: each line that begins with `$ ` is typed, and what is seen has to be
  what stands below it; nothing below it means that nothing is seen. A command goes on in lines that begin
  with `> `, after a backslash or a pipe. `echo $?` shows an exit code.
* ```` ```sh ```` is a script with an empty stdin and no terminal: each command of it has to end with 0, or
  with the code that a comment in its line states, as `# exit 7`. What it prints is not compared.
* `...` on a line of its own stands for any number of lines, ` ...` at the end of one for the rest of it.
* What differs from run to run is not compared: the port and the host of the proxy, ids, keys, seconds,
  times, the patch level of the proxy, and how wide a gap between columns is (`shell_blocks.steady`).
* `https://litellm.example.com` is the proxy, and any other host of example.com is the same one under another
  address, which the program takes for another proxy. `--jitter` waits for nothing.
* A page is followed from top to bottom in one bash: variables, functions, files and directories of a block
  are there for those below it. It begins logged in, with `gpt-5.2` as the model of the profile and a fresh
  list, and with two more profiles, `lab` and `production`, of the other address; with
  `<!-- begins logged out -->` on the page nothing is stored.
* `/home/me/work` is where it begins, a checkout of git with a change. What lies there, and which models,
  tools and stand-ins for other programs there are, says `live.documented`. `$PROXY_KEY` and the file `key`
  have the key of the proxy.
* `<!-- not run: reason -->` directly above a block says why it cannot be run here.

The examples of `--help`, which the page of the commands repeats, are no page to be followed: see
`tests/test_help.py`.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from litectl.sandbox.sandbox import RunningProxy, Sandbox
from live.documented import (
    DEFAULT_MODEL,
    REPOSITORY,
    SKILL,
    configuration,
    furnish,
    other_address,
    settings,
    variables,
)
from live.skill_account import SkillAccount
from live.upstream import Upstream
from shell_blocks import (
    MISNOMERS,
    SCREEN,
    SCRIPT,
    Block,
    blocks_of,
    exits_of,
    is_as_shown,
    steady,
    typed_in,
)
from shell_page import PageShell

_LOGGED_OUT = "<!-- begins logged out -->"
_LOGIN = f"""
litectl login --profile lab --base-url "$OTHER" --api-key-file key -m {DEFAULT_MODEL}
litectl login --profile production --base-url "$OTHER" --api-key-file key -m {DEFAULT_MODEL}
litectl login --base-url "$PROXY" --api-key-file key -m {DEFAULT_MODEL}
litectl models refresh --all-profiles
"""
_HOST = re.compile(r"https?://([\w-]+\.)*example\.(com|org)\b")
_JITTER = re.compile(r"--jitter \d+")
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
_ALL = [(page, block) for page in PAGES for block in blocks_of(page.read_text())]
_EXAMPLES = REPOSITORY / "docs/reference/commands.md"
_RUN = [(page, block) for page, block in _ALL if block.language in (SCREEN, SCRIPT) and page != _EXAMPLES]


def _name(page: Path, block: Block) -> str:
    return f"{page.relative_to(REPOSITORY)}:{block.number}"


def _parameters(page: Path, block: Block) -> object:
    name = _name(page, block)
    reason = f"{name} is not run: {block.not_run}"
    return pytest.param(page, block, id=name, marks=[pytest.mark.skip(reason)] if block.not_run else [])


class Page:
    """A page that is being followed; what came of each block is kept, None for a good end."""

    def __init__(self, path: Path, shell: PageShell, root: str, places: dict[str, str]) -> None:
        self._waiting = [block for page, block in _RUN if page == path]
        self._shell, self._root, self._places = shell, root, places
        self._ends: dict[int, str | None] = {}

    def end_of(self, block: Block) -> str | None:
        """Return what is wrong with *block*, after those above it; None when nothing is."""
        while block.number not in self._ends:
            following = self._waiting.pop(0)
            self._ends[following.number] = None if following.not_run else self._problem(following)
        return self._ends[block.number]

    def _problem(self, block: Block) -> str | None:
        try:
            return self._seen(block) if block.language == SCREEN else self._ran(block)
        except (TimeoutError, ValueError) as error:
            return str(error)

    def _seen(self, block: Block) -> str | None:
        typed = typed_in(block)
        for one, seen in zip(
            typed, self._shell.type([self._real(one.command) for one in typed]), strict=True
        ):
            expected = steady("\n".join(one.seen), self._places)
            if not is_as_shown(expected, steady(seen, self._places)):
                return f"$ {one.command}\nshows:\n{seen}"
        return None

    def _ran(self, block: Block) -> str | None:
        ran = self._shell.run(self._real(block.text))
        stated = {place: code for place, code in exits_of(block).items() if code}
        if ran.failures == stated and ran.is_whole:
            return None
        return f"failures by line {dict(ran.failures)}, stated {stated}, whole: {ran.is_whole}\n{ran.output}"

    def _real(self, text: str) -> str:
        """Return *text* with what stands for this proxy, and without waits."""
        other = other_address(self._root)
        text = _HOST.sub(lambda host: self._root if "litellm." in host[0] else other, text)
        return _JITTER.sub("--jitter 0", text)


class World(NamedTuple):
    """The proxy of the documentation, its providers, and where the sandbox is installed."""

    proxy: RunningProxy
    providers: Upstream
    sandbox: Path


@pytest.fixture(scope="module")
def world(
    sandbox_directory: Path, providers: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Give the proxy that the pages speak of."""
    sandbox = Sandbox(sandbox_directory)
    config = configuration(tmp_path_factory.mktemp("documented"), providers.root, sandbox.installation.python)
    with sandbox.running(dict(os.environ), config, settings(providers.root)) as proxy:
        yield World(proxy, providers, sandbox_directory)


@pytest.fixture(scope="module")
def pages() -> Iterator[dict[Path, Page]]:
    """Give the pages that are being followed, and end their shells."""
    opened: dict[Path, Page] = {}
    yield opened
    for page in opened.values():
        page._shell.__exit__()


def _opened(path: Path, world: World, home: Path) -> Page:
    """Return the page at *path*, ready to be followed from its top."""
    world.providers.skills = SkillAccount()
    world.providers.skills.keep(SKILL)
    environ = variables(home, world.proxy.root, world.proxy.key)
    directory = furnish(home, environ, world.sandbox)
    shell = PageShell(directory, environ)
    if _LOGGED_OUT not in path.read_text():
        login = shell.run(_LOGIN)
        assert not login.failures, login.output
    return Page(path, shell, world.proxy.root, {str(home): "/home/me"})


@pytest.mark.live
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("path", "block"), [_parameters(*each) for each in _RUN])
def test_a_block_does_what_stands_there(
    path: Path, block: Block, world: World, pages: dict[Path, Page], isolated: Path
) -> None:
    """After the blocks above it on the page, it can be typed, and shows what is said."""
    if path not in pages:
        pages[path] = _opened(path, world, isolated)

    problem = pages[path].end_of(block)

    if problem is not None:
        pytest.fail(f"{_name(path, block)}\n{problem}", pytrace=False)


def test_no_block_escapes_by_its_language() -> None:
    """A shell block is called `console` or `sh`."""
    assert [_name(*each) for each in _ALL if each[1].language in MISNOMERS] == []
