"""Who calls, and the stored proxies."""

from litectl.output.profiles import profile_columns
from pages.documents.document import Document, fields, rows

_EXPIRES = "when the login ends; null when it does not, or nobody knows"
_KIND = "the kind of credential: api_key, helper, gcloud, variable, login, or null for none"
_PROFILE = {
    "name": "the name of the profile",
    "base_url": "the URL of the proxy",
    "default": "whether it is used when nothing names another one",
    "credential": _KIND,
    "credential_place": "where the secret lies: file, keychain, or null",
    "helper": "the program of a key helper, without its arguments",
    "key_variable": "the variable that the key is read from",
    "expires_at": _EXPIRES,
    "user_id": "the user of a browser login",
    "team_id": "its team",
    "model": "the default model of `ask`",
    "context_size": "the context size of that model, in tokens, where you set one",
    "allow_http": "whether plain http to another machine is allowed",
    "auth_header": "the header that takes the key, where it is not Authorization",
    "ca_bundle": "the file of CA certificates",
    "client_cert": "the file of the client certificate",
    "client_key": "the file of its key",
    "keychain": "whether secrets go into the keychain; null when nothing was said",
    "headers.*": "extra headers; of a value only references to variables are shown",
    "parameters.*": "parameters that go along with every question of `ask`",
    "models.*": "what you know better of single models, by their names",
}
_WHOAMI = {
    "base_url": "the URL of the proxy",
    "base_url_source": "what named it",
    "profile": "the profile whose settings apply, or null",
    "api_key": "the last four characters of the key, or null",
    "api_key_source": "where the key came from",
    "credential": "as in `profiles show`, or `none`",
    "credential_place": "where a stored secret lies: file or keychain",
    "accepted": "whether the proxy accepts the credential; null when it could not be asked",
    "expires_at": _EXPIRES,
    "key_alias": "what the key is called",
    "user_id": "its user",
    "user_email": "the address of the user",
    "user_role": "the role of the user at the proxy",
    "team_id": "its team",
    "team_alias": "what the team is called",
    "spend": "what the key has spent, in US dollars",
    "max_budget": "its budget",
    "user_spend": "what the user has spent",
    "user_max_budget": "the budget of the user",
    "budget_reset_at": "when the budget begins anew",
    "model": "the model of `ask` where no option names one",
    "model_source": "what named it: a variable or a profile",
    "proxy_version": "the version of LiteLLM, where it tells",
    "profiles_file": "where the profiles are; null without a home directory",
}
_LIST = {
    name: _PROFILE[name] for name in ("name", "base_url", "default", "credential", "expires_at", "model")
}
_LITELLM = (
    *("LITELLM_BASE_URL", "LITELLM_API_KEY", "LITELLM_PROXY_URL", "LITELLM_PROXY_API_BASE"),
    *("LITELLM_PROXY_API_KEY", "LITELLM_HEADERS", "LITELLM_API_KEY_HELPER", "LITELLM_GCLOUD_TOKEN_AUTH"),
)
_ANTHROPIC = ("ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS")
_VALUE = "its value, or null for a variable to take away"

DOCUMENTS = (
    Document(
        ("login", "profiles add", "profiles show", "profiles use", "profiles set", "profiles remove"),
        fields(_PROFILE),
    ),
    Document(
        ("logout",),
        fields(
            {
                "profile": "the profile whose login was forgotten",
                "base_url": "the URL of its proxy",
                "revoked": "whether the login was ended at the proxy, too",
            }
        ),
    ),
    Document(("whoami",), fields(_WHOAMI)),
    Document(("token",), fields({"token": "the bearer token"})),
    Document(("env",), fields(dict.fromkeys(_LITELLM, _VALUE)), "with `--for litellm`, or without `--for`"),
    Document(
        ("env",), fields(dict.fromkeys(("OPENAI_BASE_URL", "OPENAI_API_KEY"), _VALUE)), "with `--for openai`"
    ),
    Document(("env",), fields(dict.fromkeys(_ANTHROPIC, _VALUE)), "with `--for anthropic`"),
    Document(("profiles list",), rows("profiles", profile_columns(), _LIST)),
)
