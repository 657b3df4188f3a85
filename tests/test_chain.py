"""Which credential goes to which proxy: the order of its sources, and the keys that stay home."""

from collections.abc import Callable

import pytest

from litectl import environment
from litectl.credentials.chain import (
    NONE,
    OWN_VARIABLE,
    SHARED_VARIABLES,
    Credential,
    KeyVariable,
    find_credential,
    parse_key,
)
from litectl.credentials.stored import (
    API_KEY,
    GCLOUD,
    HELPER,
    KEYCHAIN,
    LOGIN,
    VARIABLE,
    StoredCredential,
)
from litectl.environment import Environment
from litectl.errors import AuthError, ConfigError, UsageError
from litectl.profiles.profile import Profile
from litectl.profiles.target import BASE_URL_OPTION, BUILT_IN, DEFAULT_PROFILE, PROFILE_OPTION, Target

ROOT = "https://proxy.example.com"
OTHER_ROOT = "https://other.example.com"
FILE_KEY = "sk-of-the-file"
STORED_KEY = "sk-stored"
COMMAND = "vault read proxy"
VARIABLES = (OWN_VARIABLE, *SHARED_VARIABLES)
FAMILIES = tuple(dict.fromkeys(variable.url_variable for variable in VARIABLES))
OTHER_KINDS = {GCLOUD: "1", HELPER: COMMAND}


def value_of(variable: KeyVariable) -> str:
    """Return what *variable* holds in these tests."""
    return OTHER_KINDS.get(variable.kind, f"sk-of-{variable.name.lower()}")


def profile(name: str = "dev", *, key: str | None = STORED_KEY, issued_for: str = ROOT) -> Profile:
    """Return a profile of the proxy, with a credential unless *key* is None."""
    return Profile(name, ROOT, StoredCredential("api_key", issued_for, key) if key else None)


def target(source: str = DEFAULT_PROFILE, *profiles: Profile, chosen: bool = True) -> Target:
    """Return the proxy named by *source*, with the first of *profiles* *chosen* or all of them possible."""
    return Target(ROOT, source, profiles[0] if profiles and chosen else None, profiles)


def find(
    where: Target, variables: dict[str, str] | None = None, reader: Callable[[], str] | None = None
) -> Credential:
    """Return the credential for *where* when *variables* are set."""
    return find_credential(where, Environment(variables or {}), reader)


def test_the_order_of_the_sources_is_fixed() -> None:
    """File, LITECTL, stored, Google, helper, LITELLM, PROXY, OPENAI: the next when one is missing."""
    variables = {variable.name: value_of(variable) for variable in VARIABLES}
    variables[environment.OPENAI_BASE_URL] = ROOT
    stored = profile()
    found = [find(target(environment.OPENAI_BASE_URL, stored), variables, lambda: FILE_KEY)]

    found.append(find(target(environment.OPENAI_BASE_URL, stored), variables))
    del variables[environment.API_KEY]
    found.append(find(target(environment.OPENAI_BASE_URL, stored), variables))
    for variable in SHARED_VARIABLES:
        found.append(find(target(environment.OPENAI_BASE_URL), variables))
        del variables[variable.name]
    found.append(find(target(environment.OPENAI_BASE_URL), variables))

    assert [(one.kind, one.source, one.secret or one.command) for one in found] == [
        (API_KEY, "`--api-key-file`", FILE_KEY),
        (API_KEY, "LITECTL_API_KEY", "sk-of-litectl_api_key"),
        (API_KEY, "profile `dev`", STORED_KEY),
        (GCLOUD, "LITELLM_GCLOUD_TOKEN_AUTH", None),
        (HELPER, "LITELLM_API_KEY_HELPER", COMMAND),
        (API_KEY, "LITELLM_API_KEY", "sk-of-litellm_api_key"),
        (API_KEY, "LITELLM_PROXY_API_KEY", "sk-of-litellm_proxy_api_key"),
        (API_KEY, "OPENAI_API_KEY", "sk-of-openai_api_key"),
        (NONE, "none found", None),
    ]


def test_a_source_that_has_failed_is_left_out() -> None:
    """When Google gives no token the next of the chain is taken, and the failed one is no reason to stop."""
    variables = Environment({variable.name: value_of(variable) for variable in SHARED_VARIABLES})

    found = find_credential(target(BASE_URL_OPTION), variables, None, without={environment.GCLOUD})
    both = {environment.GCLOUD, environment.HELPER}

    assert found.source == environment.HELPER
    assert find_credential(target(BASE_URL_OPTION), variables, None, without=both).kind == API_KEY


@pytest.mark.parametrize(("value", "is_on"), [("1", True), ("true", True), ("0", False), ("False", False)])
def test_google_is_used_when_its_switch_is_on(value: str, is_on: bool) -> None:
    """LITELLM_GCLOUD_TOKEN_AUTH is a switch; one that is off is no source, and nothing to tell."""
    credential = find(target(BASE_URL_OPTION), {environment.GCLOUD: value})

    assert credential.kind == (GCLOUD if is_on else NONE)
    assert credential.passed_over == ()


@pytest.mark.parametrize(
    ("source", "stored", "expected"),
    [
        (PROFILE_OPTION, profile(), "profile `dev`"),
        (PROFILE_OPTION, profile(key=None), "LITECTL_API_KEY"),
        (environment.PROFILE, profile(), "LITECTL_API_KEY"),
        (DEFAULT_PROFILE, profile(), "LITECTL_API_KEY"),
        (BASE_URL_OPTION, profile(), "LITECTL_API_KEY"),
    ],
)
def test_a_profile_named_by_its_option_uses_its_own_credential(
    source: str, stored: Profile, expected: str
) -> None:
    """`--profile` is more explicit than a variable that is always set; every other way is not."""
    credential = find(target(source, stored), {environment.API_KEY: "sk-variable"})

    assert expected == credential.source


@pytest.mark.parametrize("variable", [v for v in VARIABLES if not v.only_with_url], ids=lambda v: v.name)
@pytest.mark.parametrize(
    ("url", "is_sent"),
    [
        (None, True),
        ("", True),
        ("undefined", True),
        (ROOT, True),
        ("HTTPS://Proxy.example.com:443/v1/", True),
        (OTHER_ROOT, False),
        (f"{ROOT}/team", False),
        ("http://proxy.example.com", False),
        ("no URL at all", False),
    ],
)
def test_a_key_stays_home_when_its_family_names_another_proxy(
    variable: KeyVariable, url: str | None, is_sent: bool
) -> None:
    """A variable's key goes out only when the URL variable of its family is unset or names this proxy."""
    variables = {variable.name: value_of(variable)} | ({} if url is None else {variable.url_variable: url})

    credential = find(target(BASE_URL_OPTION), variables)

    assert (variable.kind if is_sent else NONE, is_sent) == (
        credential.kind,
        credential.source == variable.name,
    )
    assert is_sent == (credential.passed_over == ())


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("variable", [v for v in VARIABLES if not v.only_with_url], ids=lambda v: v.name)
def test_only_the_own_family_keeps_a_key_home(variable: KeyVariable, family: str) -> None:
    """The URL variable of another family says nothing about this key."""
    variables = {variable.name: value_of(variable), family: OTHER_ROOT}

    is_sent = find(target(BASE_URL_OPTION), variables).kind != NONE

    assert is_sent == (variable.url_variable != family)


@pytest.mark.parametrize(
    ("source", "url", "is_sent"),
    [
        (environment.OPENAI_BASE_URL, ROOT, True),
        (environment.LITELLM_BASE_URL, ROOT, False),
        (BASE_URL_OPTION, ROOT, False),
        (BASE_URL_OPTION, OTHER_ROOT, False),
        (BASE_URL_OPTION, None, False),
        (DEFAULT_PROFILE, ROOT, False),
        (BUILT_IN, None, False),
    ],
)
def test_a_key_of_openai_goes_only_where_openai_s_own_variable_leads(
    source: str, url: str | None, is_sent: bool
) -> None:
    """OPENAI_API_KEY is usually a real provider's key, and is sent only to what OPENAI_BASE_URL chose."""
    variables = {environment.OPENAI_API_KEY: "sk-openai"} | (
        {environment.OPENAI_BASE_URL: url} if url else {}
    )

    credential = find(target(source), variables)

    assert ("sk-openai" if is_sent else None) == credential.secret


def test_every_key_that_stays_home_is_told() -> None:
    """Whoever wonders why no key is sent can read it."""
    variables = {variable.name: value_of(variable) for variable in VARIABLES}
    variables |= {variable.url_variable: OTHER_ROOT for variable in VARIABLES}

    credential = find(target(BASE_URL_OPTION), variables)

    assert credential.kind == NONE
    assert [variable.name for variable in VARIABLES] == [
        text.split(" is not sent")[0] for text in credential.passed_over
    ]


def test_a_key_that_stays_home_is_told_also_when_the_stored_one_is_used() -> None:
    """LITECTL_API_KEY comes first, so it matters that it was passed over."""
    variables = {environment.API_KEY: "sk-variable", environment.BASE_URL: OTHER_ROOT}

    credential = find(target(BASE_URL_OPTION, profile()), variables)

    assert credential.secret == STORED_KEY
    assert len(credential.passed_over) == 1


@pytest.mark.parametrize("source", [PROFILE_OPTION, DEFAULT_PROFILE, BASE_URL_OPTION])
def test_a_stored_credential_goes_only_to_its_own_root(source: str) -> None:
    """A profile whose file was turned to another proxy by hand does not take its key along."""
    assert find(target(source, profile(issued_for=OTHER_ROOT))).secret is None


@pytest.mark.parametrize(
    ("profiles", "chosen", "expected"),
    [
        ([profile("dev"), profile("admin", key="sk-admin")], True, STORED_KEY),
        ([profile("dev"), profile("admin", key=None)], False, STORED_KEY),
        ([profile("dev"), profile("admin", key="sk-admin", issued_for=OTHER_ROOT)], False, STORED_KEY),
        ([profile("dev", key=None), profile("admin", key="sk-admin")], True, None),
        ([profile("dev", key=None), profile("admin", key=None)], False, None),
        ([], False, None),
    ],
)
def test_of_several_profiles_the_chosen_or_the_only_credential_is_used(
    profiles: list[Profile], chosen: bool, expected: str | None
) -> None:
    """The chosen profile speaks for itself; without one the only credential of this proxy is taken."""
    assert expected == find(target(BASE_URL_OPTION, *profiles, chosen=chosen)).secret


def test_several_credentials_for_one_proxy_are_not_guessed_between() -> None:
    """Two accounts are a question to the user, who sees their names and the option."""
    several = target(BASE_URL_OPTION, profile("dev"), profile("admin", key="sk-admin"), chosen=False)

    with pytest.raises(ConfigError, match="`dev`, `admin`") as caught:
        find(several)

    assert "--profile NAME" in (caught.value.hint or "")


def test_an_explicit_key_settles_the_question() -> None:
    """A file or LITECTL_API_KEY is used although several profiles would fit."""
    several = target(BASE_URL_OPTION, profile("dev"), profile("admin", key="sk-admin"), chosen=False)

    assert find(several, reader=lambda: FILE_KEY).secret == FILE_KEY
    assert find(several, {environment.API_KEY: "sk-variable"}).secret == "sk-variable"


@pytest.mark.parametrize("unset", ["", " ", "undefined"])
@pytest.mark.parametrize("variable", VARIABLES, ids=lambda v: v.name)
def test_an_empty_or_undefined_key_variable_counts_as_unset(variable: KeyVariable, unset: str) -> None:
    """A wrapper that exports nothing gives no key, and is no error."""
    variables = {variable.name: unset, variable.url_variable: ROOT}

    assert find(target(variable.url_variable), variables).kind == NONE


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sk-1234", "sk-1234"),
        (" sk-1234\n", "sk-1234"),
        ("sk-1234\r\n", "sk-1234"),
        ("Bearer sk-1234", "sk-1234"),
        ("bearer   sk-1234 ", "sk-1234"),
        ("BEARER sk-1234", "sk-1234"),
        ("bearersk-1234", "bearersk-1234"),
        ("litellm_login_x.y=", "litellm_login_x.y="),
    ],
)
def test_a_key_is_one_word_without_the_name_of_its_scheme(text: str, key: str) -> None:
    """White space around it, and the `Bearer` of a copied header, are not part of a key."""
    assert key == parse_key(text, "the test")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("Bearer", "is empty"),
        ("Bearer ", "is empty"),
        ("sk-hidden other", "is not one word"),
        ("sk-hidden\nX-Injected: yes", "is not one word"),
        ("sk-hidden\tother", "is not one word"),
        ("Bearer sk-hidden other", "is not one word"),
        ("sk-hidden-ä", "is not one word"),
        ("sk-hidden\x00", "is not one word"),
        ("sk-hidden\x7f", "is not one word"),
        ("\ufeffsk-hidden", "is not one word"),
        ("sk-hidden\udcff", "is not one word"),
    ],
)
def test_what_cannot_be_sent_as_a_key_is_refused_without_repeating_it(text: str, what: str) -> None:
    """Nothing, two words, and what does not fit into a header are usage errors that name the origin only."""
    with pytest.raises(UsageError, match=f"the key from the test {what}") as caught:
        parse_key(text, "the test")

    assert "hidden" not in str(caught.value.as_json())


def test_a_variable_with_two_words_is_refused_by_its_name() -> None:
    """A broken variable is an error, not a reason to take the next key."""
    variables = {environment.API_KEY: "sk-one sk-two", environment.LITELLM_API_KEY: "sk-three"}

    with pytest.raises(UsageError, match="LITECTL_API_KEY"):
        find(target(BASE_URL_OPTION), variables)


# What is stored


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            StoredCredential(API_KEY, ROOT, STORED_KEY),
            Credential(API_KEY, "profile `dev`", f"api_key:{STORED_KEY}", secret=STORED_KEY),
        ),
        # What lies in the keychain is read when a request is to be sent, not before.
        (
            StoredCredential(API_KEY, ROOT, place=KEYCHAIN),
            Credential(API_KEY, "profile `dev`", "api_key:dev"),
        ),
        (
            StoredCredential(HELPER, ROOT, command=COMMAND),
            Credential(HELPER, "profile `dev`", f"helper:{COMMAND}", command=COMMAND),
        ),
        (StoredCredential(GCLOUD, ROOT), Credential(GCLOUD, "profile `dev`", "gcloud")),
        (
            StoredCredential(LOGIN, ROOT, "token", user_id="u-1", team_id="t-1"),
            Credential(LOGIN, "profile `dev`", "login:u-1:t-1"),
        ),
        (
            StoredCredential(LOGIN, ROOT, "token", user_id="u-1"),
            Credential(LOGIN, "profile `dev`", "login:u-1:"),
        ),
    ],
    ids=["key", "key in the keychain", "helper", "google", "login for a team", "login"],
)
def test_a_stored_credential_says_where_its_token_comes_from(
    stored: StoredCredential, expected: Credential
) -> None:
    """Each kind has its source and an identity that outlives the token; no token is made yet."""
    found = find(target(DEFAULT_PROFILE, Profile("dev", ROOT, stored)))

    assert found._replace(profile=None, stored=None) == expected
    assert (found.profile, found.stored, found.place) == ("dev", stored, stored.place)


@pytest.mark.parametrize(
    "stored",
    [
        StoredCredential(HELPER, ROOT),
        StoredCredential(HELPER, ROOT, command=""),
        StoredCredential(API_KEY, ROOT),
        StoredCredential(API_KEY, ROOT, "sk-hidden two words"),
        StoredCredential(API_KEY, ROOT, "sk-hidden\r\nX-Injected: yes"),
    ],
)
def test_a_stored_credential_that_cannot_be_used_is_told(stored: StoredCredential) -> None:
    """A file that somebody broke is an error that names the profile; no next source is taken silently."""
    with pytest.raises(ConfigError, match="profile `dev`") as caught:
        find(target(DEFAULT_PROFILE, Profile("dev", ROOT, stored)), {environment.LITELLM_API_KEY: "sk-next"})

    assert "litectl login" in (caught.value.hint or "")
    assert "hidden" not in str(caught.value.as_json())


# The variable that a profile names

NAMED = Profile("dev", ROOT, StoredCredential(VARIABLE, ROOT, variable="LAB_KEY"))
ALL_OTHERS = {variable.name: value_of(variable) for variable in SHARED_VARIABLES}


def test_a_profile_has_its_key_from_the_variable_it_names() -> None:
    """It is read now; in the cache it is the same account as the same key from elsewhere."""
    found = find(target(DEFAULT_PROFILE, NAMED), {"LAB_KEY": f" Bearer {STORED_KEY}\n", **ALL_OTHERS})

    assert (found.kind, found.secret, found.profile) == (VARIABLE, STORED_KEY, "dev")
    assert found.source == "$LAB_KEY of profile `dev`"
    assert found.identity == find(target(DEFAULT_PROFILE, profile())).identity


@pytest.mark.parametrize("unset", [None, "", " ", "undefined"])
@pytest.mark.parametrize("source", [PROFILE_OPTION, environment.PROFILE, DEFAULT_PROFILE, BASE_URL_OPTION])
def test_a_key_variable_that_is_not_set_is_an_error(source: str, unset: str | None) -> None:
    """No other source takes its place, and its name is not the key."""
    variables = ALL_OTHERS | ({} if unset is None else {"LAB_KEY": unset})

    with pytest.raises(AuthError) as caught:
        find(target(source, NAMED), variables)

    assert caught.value.message == "profile `dev` takes its key from $LAB_KEY, which is not set"
    assert (caught.value.hint or "").startswith("export LAB_KEY ")


def test_what_comes_before_the_profile_does_so_for_a_key_variable_too() -> None:
    """A file or LITECTL_API_KEY settles it; but a profile that `--profile` names speaks for itself."""
    own = {environment.API_KEY: "sk-variable"}

    assert find(target(DEFAULT_PROFILE, NAMED), own).secret == "sk-variable"
    assert find(target(PROFILE_OPTION, NAMED), reader=lambda: FILE_KEY).secret == FILE_KEY
    with pytest.raises(AuthError, match=r"\$LAB_KEY"):
        find(target(PROFILE_OPTION, NAMED), own)


def test_a_key_variable_goes_only_to_the_root_it_was_given_for() -> None:
    """A profile that was turned to another proxy by hand does not take it along."""
    moved = NAMED._replace(credential=StoredCredential(VARIABLE, OTHER_ROOT, variable="LAB_KEY"))

    assert find(target(DEFAULT_PROFILE, moved), {"LAB_KEY": "sk-lab"}).kind == NONE


def test_a_key_variable_that_cannot_be_sent_is_refused_by_its_name() -> None:
    """Its value is not repeated."""
    with pytest.raises(UsageError, match=r"the key from \$LAB_KEY is not one word") as caught:
        find(target(DEFAULT_PROFILE, NAMED), {"LAB_KEY": "sk-hidden other"})

    assert "hidden" not in str(caught.value.as_json())


def test_a_credential_of_a_variable_lies_nowhere() -> None:
    """Only a stored one has a place."""
    assert find(target(BASE_URL_OPTION), {environment.API_KEY: "sk-variable"}).place is None


def test_a_printed_credential_names_its_source_only() -> None:
    """Neither the secret nor the identity made of it is in a traceback or a log."""
    credential = find(target(BASE_URL_OPTION), {environment.API_KEY: "sk-variable"})

    assert f"{credential!r} {credential}" == " ".join(
        ["Credential(kind='api_key', source='LITECTL_API_KEY')"] * 2
    )


def test_the_identity_tells_accounts_apart() -> None:
    """The same key is the same account whatever it came from; another key, or none, is another one."""
    by_variable = find(target(BASE_URL_OPTION), {environment.API_KEY: STORED_KEY})
    by_store = find(target(DEFAULT_PROFILE, profile()))
    other = find(target(BASE_URL_OPTION), {environment.API_KEY: "sk-other"})
    none = find(target(BASE_URL_OPTION))

    assert by_variable.identity == by_store.identity
    assert len({by_store.identity, other.identity, none.identity}) == 3
