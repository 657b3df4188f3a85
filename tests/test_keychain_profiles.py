"""Profiles whose secrets lie in the OS keychain, through the real program from login to removal."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fake_proxy import Answer, FakeProxy, Request, error_answer, json_answer, model_info
from login_shapes import PKCE, SingleSignOn, store_login
from program import Program, Result
from stored_profiles import StoredProfiles

KEY, OTHER_KEY = "sk-good-key-1234", "sk-other-key-5678"
UNAVAILABLE = {
    "locked": "the OS keychain is locked",
    "hangs": "the OS keychain did not answer within 3 s",
    "missing": "the OS keychain needs the package `keyring`",
    "none": "there is no OS keychain on this machine",
}


class Keychain:
    """The keychain of the processes of a test: what is in it, and the variables that make it fail."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "keychain.json"
        self._without = directory / "without"
        self._without.mkdir()
        (self._without / "keyring.py").write_text("raise ModuleNotFoundError('keyring')\n")

    def variables(self, mode: str = "works") -> dict[str, str]:
        """Return what makes it behave as *mode* says."""
        if mode == "missing":
            return {"PYTHONPATH": str(self._without)}
        backend = "keyring.backends.fail.Keyring" if mode == "none" else "fake_keyring.FileKeychain"
        return {
            "PYTHONPATH": str(Path(__file__).parent),
            "PYTHON_KEYRING_BACKEND": backend,
            "FAKE_KEYRING_FILE": str(self._path),
            "FAKE_KEYRING_MODE": mode,
        }

    @property
    def entries(self) -> dict[str, dict[str, object]]:
        """The entries by service and account."""
        if not self._path.exists():
            return {}
        return {name: json.loads(text) for name, text in json.loads(self._path.read_text()).items()}

    @entries.setter
    def entries(self, entries: Mapping[str, Mapping[str, object]]) -> None:
        self._path.write_text(json.dumps({name: json.dumps(entry) for name, entry in entries.items()}))


@pytest.fixture
def keychain(tmp_path: Path) -> Keychain:
    """Give a keychain that works."""
    return Keychain(tmp_path)


@pytest.fixture
def program(fake: FakeProxy, keychain: Keychain) -> Program:
    """Run the program with that keychain against a proxy that takes two keys."""

    def models(request: Request) -> Answer:
        if request.headers.get("authorization") in (f"Bearer {KEY}", f"Bearer {OTHER_KEY}"):
            return json_answer({"data": []})
        return error_answer(401, "token_not_found_in_db", "Authentication Error, Invalid proxy server token")

    fake.on("GET", "/v1/models", models)
    return Program([sys.executable, "-m", "litectl"], keychain.variables())


@pytest.fixture
def stored(isolated: Path) -> StoredProfiles:
    """Give the file of profiles."""
    return StoredProfiles(isolated)


def login(program: Program, fake: FakeProxy, *arguments: str, key: str = KEY, **variables: str) -> Result:
    """Log in with *key* to a profile that keeps its secrets in the keychain."""
    words = ("login", "--base-url", fake.root, "--api-key-file", "-", "--keychain", *arguments)
    result = program(*words, stdin=key.encode(), variables=variables)
    assert result.code == 0, result
    return result


def everything_below(home: Path) -> bytes:
    """Return the contents of all files below *home*."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_the_secret_goes_into_the_keychain_alone(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles, isolated: Path
) -> None:
    """After `login --keychain` the file says where the secret is, and no file of ours holds it."""
    result = login(program, fake, "--profile", "dev")

    assert keychain.entries == {"litectl/dev": {"root": fake.root, "fields": {"secret": KEY}}}
    about = {"kind": "api_key", "root": fake.root, "place": "keychain"}
    assert stored.credential == about | {"serial": stored.credential["serial"]}
    assert KEY.encode() not in everything_below(isolated)
    assert "warning" not in result.err


def test_the_next_command_uses_it(program: Program, fake: FakeProxy) -> None:
    """Every later process reads the key from there and sends it."""
    login(program, fake)

    assert program("token").out == f"{KEY}\n"
    assert program("whoami").code == 0
    assert fake.requests[-1].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("arguments", [(), ("--offline",)])
def test_whoami_names_the_place(program: Program, fake: FakeProxy, arguments: tuple[str, ...]) -> None:
    """It says `keychain`, and shows no more of the key than its end."""
    login(program, fake)

    result = program("whoami", "--json", *arguments)

    assert result.json["credential_place"] == "keychain"
    assert KEY not in result.out + result.err


def test_whoami_offline_asks_no_keychain(program: Program, fake: FakeProxy, keychain: Keychain) -> None:
    """Who is asked for is known without unlocking anything."""
    login(program, fake)

    result = program("whoami", "--offline", "--json", variables=keychain.variables("locked"))

    assert (result.code, result.json["credential"]) == (0, "api_key")


def test_a_second_login_stays_in_the_keychain(
    program: Program, fake: FakeProxy, keychain: Keychain, isolated: Path
) -> None:
    """The profile remembers the place: a new key replaces the entry without being told to."""
    login(program, fake, "--profile", "dev")
    words = ("login", "--profile", "dev", "--api-key-file", "-")

    assert program(*words, stdin=OTHER_KEY.encode()).code == 0

    assert keychain.entries["litectl/dev"]["fields"] == {"secret": OTHER_KEY}
    assert OTHER_KEY.encode() not in everything_below(isolated)


def test_leaving_the_keychain_removes_the_entry(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles
) -> None:
    """`--no-keychain` puts the secret into the file, and the old entry is taken away."""
    login(program, fake, "--profile", "dev")

    login(program, fake, "--profile", "dev", "--no-keychain", key=OTHER_KEY)

    assert keychain.entries == {}
    assert stored.credential["secret"] == OTHER_KEY


def test_the_same_account_keeps_its_profile(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles
) -> None:
    """Logging in again with the key that is in the keychain makes no second profile."""
    login(program, fake)
    login(program, fake)

    assert len(keychain.entries) == len(json.loads(stored.content)["profiles"]) == 1


def test_another_key_does_not_get_the_models_of_the_one_before(program: Program, fake: FakeProxy) -> None:
    """The list that was kept for the old key is not the new key's, though the file has neither."""
    fake.on_models(model_info("of-the-first"))
    login(program, fake, "--profile", "dev")
    assert program("models", "list", "--columns", "name").out == "of-the-first\n"

    fake.on_models(model_info("of-the-second"))
    login(program, fake, "--profile", "dev", key=OTHER_KEY)

    assert program("models", "list", "--columns", "name").out == "of-the-second\n"


def test_two_accounts_of_one_proxy_have_two_entries(
    program: Program, fake: FakeProxy, keychain: Keychain
) -> None:
    """Each profile has an entry of its own, and sends the key that is in it."""
    login(program, fake, "--profile", "dev")
    login(program, fake, "--profile", "admin", key=OTHER_KEY)

    assert set(keychain.entries) == {"litectl/dev", "litectl/admin"}
    assert program("token", "--profile", "dev").out == f"{KEY}\n"
    assert program("token", "--profile", "admin").out == f"{OTHER_KEY}\n"


@pytest.mark.parametrize("words", [("logout", "--profile", "dev"), ("profiles", "remove", "dev", "--yes")])
def test_forgetting_removes_the_entry(
    program: Program, fake: FakeProxy, keychain: Keychain, words: tuple[str, ...]
) -> None:
    """`logout` and `profiles remove` leave nothing of the profile in the keychain, and the others alone."""
    login(program, fake, "--profile", "dev")
    login(program, fake, "--profile", "admin", key=OTHER_KEY)

    result = program(*words)

    assert (result.code, set(keychain.entries)) == (0, {"litectl/admin"})
    assert "warning" not in result.err


@pytest.mark.parametrize("words", [("logout", "--profile", "dev"), ("profiles", "remove", "dev", "--yes")])
def test_an_entry_that_cannot_be_removed_is_named(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles, words: tuple[str, ...]
) -> None:
    """With a locked keychain the profile is forgotten all the same, and the entry that stays is told."""
    login(program, fake, "--profile", "dev")

    result = program(*words, variables=keychain.variables("locked"))

    assert result.code == 0
    assert "warning: the OS keychain is locked; remove the entry `litectl` / `dev`" in result.err
    assert b"keychain" not in stored.content.partition(b'"credential"')[2]


@pytest.mark.parametrize("mode", UNAVAILABLE)
def test_without_a_keychain_the_file_takes_the_secret(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles, mode: str
) -> None:
    """A login does not fail for it: the secret is in the private file, which is said, and is used."""
    unavailable = keychain.variables(mode)
    result = login(program, fake, **unavailable)

    assert f"warning: {UNAVAILABLE[mode]}; the secret is in the file instead" in result.err
    assert keychain.entries == {}
    assert stored.credential["secret"] == KEY
    assert stored.path.stat().st_mode & 0o777 == 0o600
    assert program("token", variables=unavailable) == (0, f"{KEY}\n", "")
    assert program("whoami", "--offline", "--json", variables=unavailable).json["credential_place"] == "file"


@pytest.mark.parametrize("mode", UNAVAILABLE)
def test_a_secret_that_cannot_be_read_is_a_matter_of_who_asks(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles, mode: str
) -> None:
    """It is exit 4 with a hint, sends nothing, and leaves the file as it was."""
    login(program, fake)
    before, asked = stored.content, len(fake.requests)

    result = program("models", "list", variables=keychain.variables(mode))

    assert result.code == 4
    assert f"error: {UNAVAILABLE[mode]}\nhint: " in result.err
    assert "litectl login" in result.err
    assert "which may hold anything" not in result.err
    assert (stored.content, len(fake.requests)) == (before, asked)


def test_an_entry_that_somebody_removed_is_told(
    program: Program, fake: FakeProxy, keychain: Keychain
) -> None:
    """The file alone, as from a backup, does not log anybody in."""
    login(program, fake, "--profile", "dev")
    keychain.entries = {}

    result = program("token", "--profile", "dev")

    assert (result.code, result.out) == (4, "")
    assert "the OS keychain has no entry `litectl` / `dev`" in result.err


def test_a_profile_of_the_same_name_elsewhere_does_not_get_the_secret(
    program: Program, fake: FakeProxy, stored: StoredProfiles
) -> None:
    """Who changes the root in the file gets nothing from the entry, which carries its own."""
    login(program, fake, "--profile", "dev")
    with FakeProxy() as other:
        stored.content = stored.content.replace(fake.root.encode(), other.root.encode())

        result = program("whoami", "--profile", "dev")

        assert "is for another proxy" in result.err
        assert (result.code, other.requests) == (4, [])


def test_a_helper_s_key_is_not_written_beside_the_keychain(
    program: Program, fake: FakeProxy, keychain: Keychain, isolated: Path, tmp_path: Path
) -> None:
    """A profile that keeps its secrets there has its helper run anew instead of a key in a file."""
    runs = tmp_path / "runs"
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\necho x >> {runs}\necho {KEY}\n")
    helper.chmod(0o700)
    words = ("login", "--base-url", fake.root, "--helper", str(helper), "--keychain")

    assert program(*words).code == 0
    assert [program("token").out for _ in range(2)] == [f"{KEY}\n"] * 2

    assert len(runs.read_text().split()) == 3
    assert keychain.entries == {}
    assert KEY.encode() not in everything_below(isolated)


def due_login(fake: FakeProxy, keychain: Keychain, home: Path) -> dict[str, object]:
    """Put a browser login that has ended into the keychain, and return its tokens."""
    tokens = store_login(home, SingleSignOn(fake, PKCE), ends_in=-10.0)
    secrets = {"secret": tokens["access_token"], "refresh_token": tokens["refresh_token"]}
    keychain.entries = {"litectl/work": {"root": fake.root, "fields": secrets}}
    StoredProfiles(home).change(secret="", refresh_token=None, place="keychain")
    return secrets


def test_a_renewed_login_stays_in_the_keychain(
    program: Program, fake: FakeProxy, keychain: Keychain, isolated: Path
) -> None:
    """Both tokens of the entry are replaced by the new ones, and neither is written to a file."""
    old = due_login(fake, keychain, isolated)

    token = program("token").out.strip()

    new = keychain.entries["litectl/work"]["fields"]
    assert isinstance(new, dict)
    assert new["secret"] == token
    assert not set(new.values()) & set(old.values())
    assert not [value for value in new.values() if value.encode() in everything_below(isolated)]


def test_a_renewed_login_is_never_lost(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles, isolated: Path
) -> None:
    """A keychain that takes no more is warned of: the file has the new refresh token, which works once."""
    due_login(fake, keychain, isolated)

    result = program("token", variables=keychain.variables("full"))

    assert (result.code, result.out.strip()) == (0, stored.credential["secret"])
    assert (
        "warning: the OS keychain failed: PasswordSetError; the secret is in the file instead" in result.err
    )
    assert stored.credential["refresh_token"].startswith("llm_srefresh_")


def test_a_login_that_cannot_be_read_is_not_renewed(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles, isolated: Path
) -> None:
    """With a locked keychain nothing is asked of the proxy, and everything stays as it was."""
    due_login(fake, keychain, isolated)
    before = (stored.content, keychain.entries)

    result = program("whoami", variables=keychain.variables("locked"))

    assert (result.code, fake.requests) == (4, [])
    assert (stored.content, keychain.entries) == before


def test_a_profile_is_moved_by_its_next_login(
    program: Program, fake: FakeProxy, keychain: Keychain, stored: StoredProfiles
) -> None:
    """`profiles set keychain=true` changes nothing by itself, and the next login obeys it."""
    login(program, fake, "--profile", "dev", "--no-keychain")
    assert program("profiles", "set", "--profile", "dev", "keychain=true").code == 0
    assert (stored.credential["secret"], keychain.entries) == (KEY, {})

    program("login", "--profile", "dev", "--api-key-file", "-", stdin=KEY.encode())

    assert list(keychain.entries) == ["litectl/dev"]
    assert "secret" not in stored.credential


@pytest.mark.parametrize(
    "words", [("token",), ("whoami",), ("profiles", "list"), ("profiles", "show"), ("logout",)]
)
def test_other_profiles_never_load_it(
    program: Program, fake: FakeProxy, keychain: Keychain, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A profile with its secret in the file works where importing `keyring` would end the process."""
    login(program, fake, "--no-keychain")
    deadly = tmp_path / "deadly"
    deadly.mkdir()
    (deadly / "keyring.py").write_text("import os\nos._exit(99)\n")

    assert program(*words, variables={"PYTHONPATH": str(deadly)}).code == 0


@pytest.mark.parametrize("mode", ["works", *UNAVAILABLE])
def test_doctor_tells_how_the_keychain_is(
    program: Program, fake: FakeProxy, keychain: Keychain, isolated: Path, mode: str
) -> None:
    """One that is not there, or not opened, is a failure with what to do; nothing is changed."""
    login(program, fake)
    before = (everything_below(isolated), keychain.entries)

    result = program("doctor", "--json", variables={**keychain.variables(mode), "SHELL": "/bin/dash"})

    findings = {finding["name"]: finding for finding in result.json["findings"]}
    assert "kept in the OS keychain" in findings["credential"]["detail"]
    assert (everything_below(isolated), keychain.entries) == before
    assert KEY not in result.out + result.err
    if mode == "works":
        assert (findings["keychain"]["status"], findings["keychain"]["detail"]) == ("ok", "File")
        assert findings["key"]["status"] == "ok"
        return
    failed = next(finding for finding in findings.values() if finding["status"] == "failure")
    assert failed["name"] == ("keychain" if mode in ("missing", "none") else "token")
    assert UNAVAILABLE[mode] in failed["detail"]
    assert failed["remedy"]
    assert (result.code, failed["exit_code"]) == (
        failed["exit_code"],
        3 if failed["name"] == "keychain" else 4,
    )


def test_doctor_sees_an_entry_that_is_gone(program: Program, fake: FakeProxy, keychain: Keychain) -> None:
    """Somebody has taken it out of the keychain."""
    login(program, fake)
    keychain.entries = {}

    result = program("doctor", "--json", variables={"SHELL": "/bin/dash"})

    failed = next(finding for finding in result.json["findings"] if finding["status"] == "failure")
    assert (result.code, failed["name"]) == (4, "token")
    assert "the OS keychain has no entry" in failed["detail"]


@pytest.mark.parametrize("mode", ["missing", "none"])
def test_doctor_warns_of_a_keychain_that_the_next_login_wants(
    program: Program, fake: FakeProxy, keychain: Keychain, mode: str
) -> None:
    """The key that is in the file works all the same."""
    login(program, fake, "--profile", "dev", "--no-keychain")
    program("profiles", "set", "--profile", "dev", "keychain=true")

    result = program("doctor", "--json", variables={**keychain.variables(mode), "SHELL": "/bin/dash"})

    finding = next(each for each in result.json["findings"] if each["name"] == "keychain")
    assert finding["status"] == "warning"
    assert "the next login goes into the file" in finding["detail"]
