"""Where keys come from: arguments, environment, ``.env``, a secrets directory, the keyring.

The first source that has a value wins, in that order, for each value by itself. For a venue
``mexc`` the names are ``EXCHANGEKIT_MEXC_API_KEY``, ``…_API_SECRET`` and ``…_PASSPHRASE``; for its
account ``bot2`` ``EXCHANGEKIT_MEXC_BOT2_API_KEY`` and so on. Nothing found is no error: public
data needs no keys.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from pydantic import SecretStr

from exchangekit.adapter.base import Adapter
from exchangekit.adapter.credentials import Credentials
from exchangekit.errors import ConfigurationError, MalformedCredentials

_ACCOUNT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# What stands in templates. A key that a venue has made holds digits; words like these do not.
_PLACEHOLDER = re.compile(
    r".*[<>{}].*|x{6,}|(.)\1+"
    r"|\D*(?:change[-_]?me|example|placeholder|todo[-_])\D*"
    r"|\D*(?:your|my|the|insert|paste|enter)[-_]?(?:api|secret|key|pass)\D*"
    r"|(?:api[-_]?key|(?:api[-_]?)?secret(?:[-_]?key)?|none|null|undefined)",
    re.IGNORECASE,
)
_NAMES = ("api_key", "api_secret", "passphrase")

Secret = SecretStr | str

log = logging.getLogger("exchangekit.credentials")


def load_credentials(
    adapter: Adapter,
    *,
    account: str | None = None,
    api_key: Secret | None = None,
    secret: Secret | None = None,
    passphrase: Secret | None = None,
    env_file: str | Path | None = ".env",
    secrets_dir: str | Path | None = None,
    own_address: bool = False,
) -> Credentials | None:
    """The credentials for a venue, None where no source has any.

    `own_address` says that requests do not go to the venue itself (a simulated venue), so that
    keys need not look like the venue's. Raises MalformedCredentials, naming the source's variable
    and what is wrong with it, never its value.
    """
    if account is not None and not (isinstance(account, str) and _ACCOUNT.fullmatch(account)):
        raise ConfigurationError(
            f"the account name {account!r} is not letters, digits and underscores"
        )
    prefix = f"EXCHANGEKIT_{adapter.venue}_{account + '_' if account else ''}".upper()
    given = {"api_key": api_key, "api_secret": secret, "passphrase": passphrase}
    found = {name: _wrap(value) for name, value in given.items() if value is not None}
    wanted = _NAMES if adapter.signer.needs_passphrase else _NAMES[:2]
    if not found.keys() >= set(wanted):
        found = _settings(prefix, env_file, secrets_dir) | found
    if not found.keys() >= set(wanted):
        found = _from_keyring(prefix) | found
    found = {name: found[name] for name in wanted if name in found}
    if not found:
        if account is not None:
            raise ConfigurationError(
                f"no keys for the account {account!r} of {adapter.title}: set {prefix}API_KEY and"
                f" {prefix}API_SECRET, or pass api_key and secret"
            )
        return None
    absent = [name for name in wanted if name not in found]
    if absent:
        names = " and ".join(prefix + name.upper() for name in absent)
        have = ", ".join(sorted(found))
        raise MalformedCredentials(
            f"{adapter.title} needs {', '.join(wanted)}; found only {have}: set {names},"
            " or pass it to connect(...)"
        )
    for name in wanted:
        value = found[name].get_secret_value()
        _check(adapter, name, value)
        # A simulated venue's keys are whatever its owner likes.
        if not own_address and name != "passphrase" and _PLACEHOLDER.fullmatch(value):
            raise MalformedCredentials(
                f"{adapter.title}: the {name} is a placeholder: put the real one there"
            )
    if found["api_key"] == found["api_secret"]:
        raise MalformedCredentials(
            f"{adapter.title}: the API key and the secret are the same; one was pasted twice"
        )
    if not own_address:
        _check_shape(adapter, found["api_key"].get_secret_value())
    return Credentials(
        found["api_key"],
        found["api_secret"],
        found.get("passphrase"),
        account,
    )


def key_variables(adapter: Adapter) -> tuple[str, ...]:
    """The environment variables of a venue's own account: key, secret, passphrase if it has one."""
    wanted = _NAMES if adapter.signer.needs_passphrase else _NAMES[:2]
    return tuple(f"EXCHANGEKIT_{adapter.venue}_{name}".upper() for name in wanted)


def _wrap(value: Secret) -> SecretStr:
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str):
        raise MalformedCredentials(
            f"a key is a {type(value).__name__}, expected a str or a SecretStr"
        )
    return SecretStr(value)


def _settings(
    prefix: str, env_file: str | Path | None, secrets_dir: str | Path | None
) -> dict[str, SecretStr]:
    from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

    class Keys(BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)
        api_key: SecretStr | None = None
        api_secret: SecretStr | None = None
        passphrase: SecretStr | None = None

    if secrets_dir is not None and not Path(secrets_dir).is_dir():
        raise ConfigurationError(f"the secrets directory {str(secrets_dir)!r} is no directory")
    if env_file not in (None, ".env") and not Path(str(env_file)).is_file():
        raise ConfigurationError(f"there is no file {str(env_file)!r} to read keys from")
    try:
        found = Keys(_env_prefix=prefix, _env_file=env_file, _secrets_dir=secrets_dir)
    except (SettingsError, UnicodeDecodeError, OSError) as problem:
        where = " and ".join(str(place) for place in (env_file, secrets_dir) if place is not None)
        cause = problem.__cause__ or problem
        why = "not UTF-8 text" if isinstance(cause, UnicodeDecodeError) else type(cause).__name__
        raise ConfigurationError(f"keys cannot be read from {where}: {why}") from None
    values = {name: getattr(found, name) for name in _NAMES}
    return {name: value for name, value in values.items() if value}


def _from_keyring(prefix: str) -> dict[str, SecretStr]:
    """Entries of the system keyring under the service ``exchangekit``, named as the variables."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return {}
    found = {}
    for name in _NAMES:
        try:
            value = keyring.get_password("exchangekit", prefix + name.upper())
        except keyring.errors.NoKeyringError:
            return {}
        except Exception as problem:
            # Backends raise what they like; a locked keyring must not stop public data.
            log.warning("the system keyring could not be read (%s)", type(problem).__name__)
            return {}
        if value:
            found[name] = SecretStr(value)
    return found


def _check(adapter: Adapter, name: str, value: str) -> None:
    wrong = None
    if not value:
        wrong = "is empty"
    elif name != "passphrase" and value.startswith("-----BEGIN"):
        wrong = "is a PEM key; only HMAC keys (a key and a secret) are supported so far"
    elif value != value.strip():
        wrong = "has white space around it: copy it without"
    elif name != "passphrase" and any(letter.isspace() for letter in value):
        wrong = "has white space inside: copy it in one piece"
    elif value[0] in "\"'" and value[-1] == value[0] and len(value) > 1:
        wrong = "has quotation marks around it: copy it without"
    elif not value.isascii() or not value.isprintable():
        wrong = "has characters that no key has: copy it again"
    if wrong:
        raise MalformedCredentials(f"{adapter.title}: the {name} {wrong}")


def _check_shape(adapter: Adapter, api_key: str) -> None:
    shape = adapter.key_shape
    if shape is not None and not shape.pattern.fullmatch(api_key):
        raise MalformedCredentials(
            f"{adapter.title}: the api_key does not look like one ({shape.description}); this one"
            f" has {len(api_key)} characters. Is it a key of another venue?"
        )
