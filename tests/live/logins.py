"""Logins through the real program with a scripted browser, to the end."""

import re

from live.scripted_browser import command, visit
from program import DEADLINE, Program, Result


def with_pkce(client: Program, root: str, *options: str, browser: tuple[str, ...] = ()) -> Result:
    """Log in with `--pkce` and *options*; the program opens the browser, with the options *browser*."""
    variables = {"BROWSER": command(*browser)}
    return client("login", "--pkce", "--base-url", root, *options, variables=variables)


def with_code(client: Program, root: str, *options: str) -> Result:
    """Log in with `--device` and *options*; the code that is shown is typed on the page that is shown."""
    arguments = ("login", "--device", "--no-browser", "--base-url", root, *options)
    with client.started(*arguments) as process:
        assert process.stderr is not None
        shown = ""
        while "Verification code: " not in shown:
            line = process.stderr.readline().decode()
            assert line, f"no code was shown: {shown}"
            shown += line
        page, code = re.findall(r"^    (http\S+)$|^Verification code: (\S+)$", shown, re.MULTILINE)
        visit(page[0], code=code[1])
        out, err = process.communicate(timeout=DEADLINE)
    return Result(process.returncode, out.decode(), shown + err.decode())
