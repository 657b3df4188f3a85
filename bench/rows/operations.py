"""What is run from CI: a smoke run of many models, and the doctor."""

from pathlib import Path

from comparison import Bar, Count, Row, compare, process
from installation import IMPORT_TYPER, KEY, LITECTL, floor, logged_in
from proxy import answers
from proxy.chat import CHAT
from proxy.server import serve
from readings import Command, fail, output

MODELS = 100
THREADS = 16

_SMOKE: Command = (LITECTL, "smoke", "--prompt", "--concurrency", str(THREADS), "--quiet")
_DOCTOR: Command = (LITECTL, "doctor", "--quiet")


def rows(home: Path, count: Count) -> list[Row]:
    """Return the rows of both."""
    asked: list[str] = []
    root = serve(answers.healthy(MODELS), asked)
    environment = logged_in(home, root)
    del asked[:]
    answered = output(_SMOKE, environment).count("passed\tanswers\t")
    paths = [path for path in asked if path != CHAT]
    if answered != MODELS or asked.count(CHAT) != MODELS:
        fail(_SMOKE, f"{answered} of {MODELS} models answered {asked.count(CHAT)} requests", b"")
    smoke = process(f"smoke --prompt, {MODELS} models", _SMOKE, environment)
    bare = floor("smoke", root, KEY, str(THREADS), *paths)
    doctor = process("doctor", _DOCTOR, environment)
    typer = process("import typer", IMPORT_TYPER, environment)
    return [
        compare(smoke, process(f"bare httpx, {THREADS} threads", bare, environment), count, Bar(1.43)),
        compare(doctor, typer, count, Bar(1000, unit="ms")),
    ]
