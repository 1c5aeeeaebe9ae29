"""Where keys come from: arguments, environment, ``.env``, a secrets directory, the keyring.

The first source that has a value wins, in that order, for each value by itself. For a venue
``mexc`` the names are ``EXCHANGEKIT_MEXC_API_KEY``, ``…_API_SECRET`` and ``…_PASSPHRASE``; for its
account ``bot2`` ``EXCHANGEKIT_MEXC_BOT2_API_KEY`` and so on. Nothing found is no error: public
data needs no keys.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pydantic import SecretStr

from exchangekit.adapter import private_keys
from exchangekit.adapter.base import Adapter
from exchangekit.adapter.credentials import NO_BASE64, Credentials, from_base64, secret_named
from exchangekit.adapter.scheme import KeyKind, scheme_of
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
    and what is wrong with it, never its value, and ConfigurationError for files of others.
    """
    # Wrapped at once, here and wherever one is read: error collectors show the variables of every
    # frame that an error has passed.
    api_key, secret, passphrase = _wrap(api_key), _wrap(secret), _wrap(passphrase)
    if account is not None and not (isinstance(account, str) and _ACCOUNT.fullmatch(account)):
        raise ConfigurationError(
            f"the account name {account!r} is not letters, digits and underscores"
        )
    prefix = f"EXCHANGEKIT_{adapter.venue}_{account + '_' if account else ''}".upper()
    wanted = _NAMES if adapter.signer.needs_passphrase else _NAMES[:2]
    given = {"api_key": api_key, "api_secret": secret, "passphrase": passphrase}
    found = {
        name: _Found(value, "arguments")
        for name, value in given.items()
        if value is not None and name in wanted
    }
    more = chain(_from_settings(prefix, env_file, secrets_dir), _from_keyring(prefix))
    while not found.keys() >= set(wanted) and (one := next(more, None)) is not None:
        if one[0] in wanted:
            found.setdefault(*one)
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
        wrong = _wrong(name, found[name].value, own_address=own_address)
        if wrong is None and name == "api_secret":
            wrong = _of_no_kind(adapter, found[name].value)
        if wrong is not None:
            raise MalformedCredentials(f"{adapter.title}: the {name} {wrong}")
    if found["api_key"].value == found["api_secret"].value:
        raise MalformedCredentials(
            f"{adapter.title}: the API key and the secret are the same; one was pasted twice"
        )
    if not own_address and not has_shape(adapter, found["api_key"].value):
        assert adapter.key_shape is not None
        raise MalformedCredentials(
            f"{adapter.title}: the api_key does not look like one"
            f" ({adapter.key_shape.description}); this one has {len(found['api_key'].value)}"
            " characters. Is it a key of another venue?"
        )
    try:
        made = Credentials(
            found["api_key"].value,
            found["api_secret"].value,
            found["passphrase"].value if "passphrase" in found else None,
            account,
            source=_sources(found),
        )
        made.require(*kinds_of(adapter))
    except MalformedCredentials as problem:
        why = str(problem)
    else:
        return made
    raise MalformedCredentials(f"{adapter.title}: {why}")


def kinds_of(adapter: Adapter) -> tuple[KeyKind, ...]:
    """The kinds of secret that the venue takes, as its signer says."""
    scheme = scheme_of(adapter.signer)
    return ("hmac",) if scheme is None else scheme.kinds


def _of_no_kind(adapter: Adapter, secret: SecretStr) -> str | None:
    """What is wrong with it, where that shows without reading a private key: a venue that takes
    none needs no package for them."""
    kinds = kinds_of(adapter)
    if private_keys.is_pem(secret):
        if kinds == ("hmac",):
            return f"is a private key or a certificate (PEM); expected {secret_named('hmac')}"
        return None
    if "hmac" not in kinds:
        return f"is no private key; expected {secret_named(*kinds)}"
    scheme = scheme_of(adapter.signer)
    decoded = scheme is not None and scheme.decoded
    return NO_BASE64 if decoded and from_base64(secret) is None else None


def key_variables(adapter: Adapter) -> tuple[str, ...]:
    """The environment variables of a venue's own account: key, secret, passphrase if it has one."""
    wanted = _NAMES if adapter.signer.needs_passphrase else _NAMES[:2]
    return tuple(f"EXCHANGEKIT_{adapter.venue}_{name}".upper() for name in wanted)


@dataclass(frozen=True, slots=True)
class _Found:
    value: SecretStr
    source: str


def _sources(found: dict[str, _Found]) -> str:
    """Where these come from, in a few words."""
    places = dict.fromkeys(one.source for one in found.values())
    if len(places) == 1:
        return next(iter(places))
    return ", ".join(f"{name} from {one.source}" for name, one in found.items())


def _wrap(value: Secret | None) -> SecretStr | None:
    """Whatever it is; `_wrong` looks at what is inside."""
    return value if value is None or isinstance(value, SecretStr) else SecretStr(value)


def _from_settings(
    prefix: str, env_file: str | Path | None, secrets_dir: str | Path | None
) -> Iterator[tuple[str, _Found]]:
    if secrets_dir is not None and not Path(secrets_dir).is_dir():
        raise ConfigurationError(f"the secrets directory {str(secrets_dir)!r} is no directory")
    if env_file not in (None, ".env") and not Path(str(env_file)).is_file():
        raise ConfigurationError(f"there is no file {str(env_file)!r} to read keys from")
    # The environment wins over files, so what a file adds to it is the file's.
    known = _settings(prefix)
    yield from ((name, _Found(value, "the environment")) for name, value in known.items())
    for place, words in ((env_file, "the file"), (secrets_dir, "the directory")):
        if place is None:
            continue
        as_file = place is env_file
        read = _settings(prefix, *((place, None) if as_file else (None, place)))
        added = {name: value for name, value in read.items() if name not in known}
        if added:
            _refuse_unsafe(Path(place), own=as_file)
            for name in () if as_file else added:
                _refuse_unsafe(Path(place) / (prefix + name.upper()), own=False)
        yield from ((name, _Found(value, f"{words} {place}")) for name, value in added.items())


def _refuse_unsafe(path: Path, *, own: bool) -> None:
    """Raises ConfigurationError where somebody else can put keys: orders would be placed with
    them. Directories of keys are mounted by platforms, so that those may be another's."""
    if not hasattr(os, "geteuid"):
        return
    try:
        found = path.stat()
    except OSError:
        return  # a file in a directory is found in any case of its name
    mode = stat.S_IMODE(found.st_mode)
    kind = "directory" if path.is_dir() else "file"
    if mode & stat.S_IWOTH:
        raise ConfigurationError(
            f"keys in {path} are not used: everybody may write that {kind} (its mode is"
            f" {mode:04o}); mend it with: chmod o-w {path}"
        )
    if own and found.st_uid != os.geteuid():
        raise ConfigurationError(
            f"keys in {path} are not used: the file belongs to somebody else (user"
            f" {found.st_uid}, this program runs as {os.geteuid()}); make it your own, or name"
            " another with env_file"
        )


def _settings(
    prefix: str, env_file: str | Path | None = None, secrets_dir: str | Path | None = None
) -> dict[str, SecretStr]:
    if secrets_dir is None and not _is_there(env_file):
        return _from_environment(prefix)
    from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

    class Keys(BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)
        api_key: SecretStr | None = None
        api_secret: SecretStr | None = None
        passphrase: SecretStr | None = None

    try:
        found = Keys(_env_prefix=prefix, _env_file=env_file, _secrets_dir=secrets_dir)
    except (SettingsError, UnicodeDecodeError, OSError) as problem:
        why = _why(problem)
    else:
        values = {name: getattr(found, name) for name in _NAMES}
        return {name: value for name, value in values.items() if value}
    # Outside of the handler: the frames of the failure hold what was read.
    raise MalformedCredentials(f"keys cannot be read from {env_file or secrets_dir}: {why}")


def _is_there(file: str | Path | None) -> bool:
    try:
        return file is not None and Path(file).expanduser().is_file()
    except (OSError, RuntimeError):
        return True  # reading it says what is wrong


def _from_environment(prefix: str) -> dict[str, SecretStr]:
    """As the settings library reads them: whatever the case of a name. It is imported where there
    is a file to read; each value is wrapped as it is found, so that no variable holds one."""
    wanted = {(prefix + name).lower(): name for name in _NAMES}
    return {
        wanted[name.lower()]: SecretStr(os.environ[name])
        for name in os.environ
        if name.lower() in wanted and os.environ[name]
    }


def _why(problem: Exception) -> str:
    cause = problem.__cause__ or problem
    return "not UTF-8 text" if isinstance(cause, UnicodeDecodeError) else type(cause).__name__


def _from_keyring(prefix: str) -> Iterator[tuple[str, _Found]]:
    """Entries of the system keyring under the service ``exchangekit``, named as the variables."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return
    for name in _NAMES:
        try:
            value = _wrap(keyring.get_password("exchangekit", prefix + name.upper()))
        except keyring.errors.NoKeyringError:
            return
        except Exception as problem:
            # Backends raise what they like; a locked keyring must not stop public data.
            log.warning("the system keyring could not be read (%s)", type(problem).__name__)
            return
        if value:
            yield name, _Found(value, "the system keyring")


def has_shape(adapter: Adapter, api_key: SecretStr) -> bool:
    """Whether the key looks like one of the venue, where that is known."""
    shape = adapter.key_shape
    return shape is None or shape.pattern.fullmatch(api_key.get_secret_value()) is not None


def _wrong(name: str, held: SecretStr, *, own_address: bool) -> str | None:
    """What is wrong with a value. Raises nothing: no error passes a frame that holds it."""
    value = held.get_secret_value()
    if not isinstance(value, str):
        return f"is a {type(value).__name__}, expected a str or a SecretStr"
    if not value:
        return "is empty"
    if name != "passphrase" and private_keys.is_pem(held):
        if name == "api_secret":
            return None  # its lines, and what they may be, are looked at where it is read
        return "is a PEM; the key that belongs here is the name that the venue gave it"
    if value != value.strip():
        return "has white space around it: copy it without"
    if name != "passphrase" and any(letter.isspace() for letter in value):
        return "has white space inside: copy it in one piece"
    if value[0] in "\"'" and value[-1] == value[0] and len(value) > 1:
        return "has quotation marks around it: copy it without"
    if not value.isascii() or not value.isprintable():
        return "has characters that no key has: copy it again"
    # A simulated venue's keys are whatever its owner likes.
    if not own_address and name != "passphrase" and _PLACEHOLDER.fullmatch(value):
        return "is a placeholder: put the real one there"
    return None
