"""Secrets that are private keys: published vectors, what is refused in words, what they show."""

from __future__ import annotations

import base64
import copy
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr
from support.frames import shown
from support.toy import Entry, Script, SyncToy, ToyAdapter, plugin_of

from exchangekit import ConfigurationError, MalformedCredentials, connect_sync
from exchangekit.adapter import (
    Adapter,
    Credentials,
    DeclaredPrehash,
    Origin,
    Request,
    SortedQueryHmac,
    Stamp,
)
from exchangekit.credentials import load_credentials
from exchangekit.plugins import load
from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of

KEY, SECRET = "the-key-0123456789", "the-secret-0123456789"
STAMP, ORIGIN = Stamp(1607418537715, 5000), Origin("https://toy.invalid")
KINDS = ("ed25519", "rsa", "es256")

# https://developers.binance.com/docs/binance-spot-api-docs/fix-api (Logon): a key that is there to
# compare with, and what it signs.
BINANCES = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u
-----END PRIVATE KEY-----
"""
_JOSE = (
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
VECTORS = {
    "Binance's logon": (
        BINANCES,
        b"A\x01EXAMPLE\x01SPOT\x011\x0120240627-11:17:25.223",
        "4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM-5UdlGPrQHrgtS3CvsRURC1oj73j8gCA",
    ),
    # https://www.rfc-editor.org/rfc/rfc8032#section-7.1
    "RFC 8032, test 1": (
        PRIVATE["ed25519"],
        b"",
        "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw",
    ),
    "RFC 8032, test 2": (
        OTHER["ed25519"],
        b"\x72",
        "kqAJqfDUyrhyDoILX2QlQKKye1QWUD-Ps3YiI-vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA",
    ),
    # https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2 (RS256 is PKCS1v15 over SHA-256)
    "RFC 7515, A.2": (
        PRIVATE["rsa"],
        f"eyJhbGciOiJSUzI1NiJ9.{_JOSE}".encode(),
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2"
        "Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjt"
        "QBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6"
        "IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ),
    # https://www.rfc-editor.org/rfc/rfc6979#appendix-A.2.5: the one without a random number
    "RFC 6979, A.2.5": (
        OTHER["es256"],
        b"sample",
        base64.urlsafe_b64encode(
            bytes.fromhex(
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
            )
        ).decode(),
    ),
}


def raw(signature: str) -> bytes:
    return base64.urlsafe_b64decode(signature.rstrip("=") + "=" * (-len(signature.rstrip("=")) % 4))


@pytest.mark.parametrize("name", VECTORS)
def test_a_published_text_has_its_published_signature(name: str) -> None:
    pem, text, signature = VECTORS[name]
    held = Credentials(KEY, pem)
    assert held.sign(text) == raw(signature)
    fed = held.signing()
    for byte in text:
        fed.update(bytes([byte]))
    assert fed.digest() == raw(signature)
    assert held.made(raw(signature), text)
    assert not held.made(raw(signature), text + b"!")


def test_the_published_signature_of_es256_is_one_of_its_key() -> None:
    """https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3: made with a random number."""
    published = (
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    )
    held, text = Credentials(KEY, PRIVATE["es256"]), f"eyJhbGciOiJFUzI1NiJ9.{_JOSE}".encode()
    assert held.made(raw(published), text)
    assert not held.made(raw(published), text + b"!")
    assert not held.made(raw(published)[:-1], text)


# Which kind it is


def as_text(pem: str, form: Any, cipher: Any = None) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(pem.encode(), None)
    cipher = cipher or serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, cipher).decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "written",
    [
        lambda pem: pem,
        lambda pem: pem.strip(),
        lambda pem: pem.replace("\n", "\\n"),
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.replace("\n", "\\r\\n"),
        lambda pem: pem.replace("\n", " "),
        lambda pem: "  " + pem.replace("\n", "\n  "),
        lambda pem: "Bag Attributes\n    friendlyName: mine\n" + pem,
    ],
    ids=["lines", "stripped", "\\n", "crlf", "\\r\\n", "one line", "indented", "with a preamble"],
)
def test_a_private_key_is_one_however_its_lines_are_written(kind: str, written: Any) -> None:
    held = Credentials(KEY, written(PRIVATE[kind]))  # type: ignore[index]
    assert held.kind == kind
    assert held == Credentials(KEY, PRIVATE[kind])  # type: ignore[index]


@pytest.mark.parametrize("kind", ["rsa", "es256"])
def test_the_traditional_form_is_the_same_key(kind: str) -> None:
    from cryptography.hazmat.primitives.serialization import PrivateFormat

    text = as_text(PRIVATE[kind], PrivateFormat.TraditionalOpenSSL)  # type: ignore[index]
    assert "BEGIN RSA PRIVATE KEY" in text or "BEGIN EC PRIVATE KEY" in text
    held = Credentials(KEY, text)
    assert held.sign(b"x") == Credentials(KEY, PRIVATE[kind]).sign(b"x")  # type: ignore[index]


def test_anything_else_is_for_an_hmac() -> None:
    for secret in (SECRET, "-----", "MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CL"):
        assert Credentials(KEY, secret).kind == "hmac"


# What is refused, before a byte is sent


class Takes(ToyAdapter):
    """A venue that takes all three."""

    signer: ClassVar[Any] = SortedQueryHmac("X-KEY", kinds=("hmac", "ed25519", "rsa"))


class TakesOnlyEd25519(ToyAdapter):
    signer: ClassVar[Any] = DeclaredPrehash(
        template="{timestamp}{target}",
        headers={"X-KEY": "{key}", "X-SIGN": "{signature}", "X-TIME": "{timestamp}"},
        encoding="hex",
        kinds=("ed25519",),
    )


class Decodes(ToyAdapter):
    signer: ClassVar[Any] = DeclaredPrehash(
        template="{timestamp}{target}",
        headers={"X-KEY": "{key}", "X-SIGN": "{signature}", "X-TIME": "{timestamp}"},
        encoding="base64",
        decoded=True,
    )


def encrypted(pem: str, form: str) -> str:
    from cryptography.hazmat.primitives import serialization

    cipher = serialization.BestAvailableEncryption(b"word")
    return as_text(pem, getattr(serialization.PrivateFormat, form), cipher)


def of_another_kind(name: str) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa

    made: Any = {
        "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "Ed448": ed448.Ed448PrivateKey.generate,
        "RSA of 1024": lambda: rsa.generate_private_key(65537, 1024),
    }[name]()
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return str(made.private_bytes(serialization.Encoding.PEM, form, plain).decode())


PEM = PRIVATE["ed25519"]
_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
_OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n"
REFUSED: list[tuple[str, type[Adapter], Any, str]] = [
    ("PEM for an HMAC", ToyAdapter, PEM, "private key or a certificate (PEM); expected a secret"),
    ("not taken", Takes, PRIVATE["es256"], "(ECDSA on P-256); expected a secret for an HMAC"),
    (
        "HMAC for a PEM",
        TakesOnlyEd25519,
        SECRET,
        "is no private key; expected a private key in PEM",
    ),
    ("RSA for Ed25519", TakesOnlyEd25519, PRIVATE["rsa"], "PEM (RSA); expected a private key in"),
    ("half", Takes, PEM[:90], "is a PEM that is not whole"),
    ("the end of it", Takes, PEM[40:], "is a PEM that is not whole"),
    ("a letter less", Takes, PEM.replace("hsZ", "hZ"), "no private key that can be read"),
    ("garbage", Takes, PEM.replace("MC4", "M C4\u00e9"), "no private key that can be read"),
    ("public", Takes, lambda: public_of(PEM), "is a public key: that one goes to the venue"),
    ("certificate", Takes, _CERTIFICATE, "is a certificate, expected a private key"),
    ("OpenSSH", Takes, _OPENSSH, "write it as PKCS#8"),
    ("a list", Takes, PEM.replace("PRIVATE KEY", "X509 CRL"), "is a PEM of X509 CRL, expected"),
    ("encrypted", Takes, lambda: encrypted(PEM, "PKCS8"), "is a private key under a password"),
    (
        "encrypted, traditional",
        Takes,
        lambda: encrypted(PRIVATE["rsa"], "TraditionalOpenSSL"),
        "is a private key under a password",
    ),
    ("P-384", Takes, lambda: of_another_kind("P-384"), "of a kind that no venue takes"),
    ("Ed448", Takes, lambda: of_another_kind("Ed448"), "of a kind that no venue takes"),
    ("short", Takes, lambda: of_another_kind("RSA of 1024"), "is an RSA key of 1024 bits"),
    ("long", Takes, PEM.replace("MC4", "MC4C" * 9000), "no key has more than"),
    ("no base64", Decodes, "not-base64!", "is no base64, as this venue's are"),
]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("adapter", "secret", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
@pytest.mark.parametrize("source", ["passed", "environment", "directory"])
def test_a_secret_of_the_wrong_kind_is_refused_in_words_before_a_byte_is_sent(
    adapter: type[Adapter],
    secret: Any,
    words: str,
    source: str,
    alone: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    text = secret() if callable(secret) else secret
    found, script = load([Entry("toy", plugin_of(adapter))]), Script()
    monkeypatch.setattr(sys.modules["exchangekit.connect"], "installed", lambda: found)
    options: dict[str, Any] = {"transport": SyncToy(script), "journal": None}
    if source == "passed":
        options |= {"api_key": KEY, "secret": text}
    elif source == "environment":
        monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", KEY)
        monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", text.replace("\n", "\\n"))
    else:
        for name, value in (("API_KEY", KEY), ("API_SECRET", text)):
            (tmp_path / f"EXCHANGEKIT_TOY_{name}").write_text(value, encoding="utf-8")
        options["secrets_dir"] = tmp_path
    with pytest.raises(MalformedCredentials) as caught:
        connect_sync("toy", **options).fetch_balance()
    assert words in str(caught.value)
    assert str(caught.value).startswith("Toy: the api_secret ")
    assert script.private == []
    held = shown(caught.value) + "".join(traceback.format_exception(caught.value))
    for line in text.split("\n"):
        assert len(line) < 16 or line.startswith("-----") or line not in held


def test_a_private_key_is_found_wherever_keys_are(
    alone: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_KEY", KEY)
    monkeypatch.setenv("EXCHANGEKIT_TOY_API_SECRET", PEM.replace("\n", "\\n"))
    wanted = Credentials(KEY, PEM)
    assert load_credentials(Takes()) == wanted
    monkeypatch.delenv("EXCHANGEKIT_TOY_API_SECRET")
    (tmp_path / ".env").write_text(f'EXCHANGEKIT_TOY_API_SECRET="{PEM}"\n')
    assert load_credentials(Takes()) == wanted
    (tmp_path / ".env").unlink()
    (tmp_path / "EXCHANGEKIT_TOY_API_SECRET").write_text(PEM)
    assert load_credentials(Takes(), secrets_dir=tmp_path) == wanted


def test_without_the_extra_a_private_key_is_refused_with_what_to_install(
    alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MalformedCredentials, match=r'pip install "exchangekit\[keys\]"'):
        load_credentials(Takes(), api_key=KEY, secret=PEM)
    with pytest.raises(MalformedCredentials, match="expected a secret for an HMAC"):
        load_credentials(ToyAdapter(), api_key=KEY, secret=PEM)
    assert load_credentials(Takes(), api_key=KEY, secret=SECRET) is not None


def test_nothing_loads_the_package_before_a_private_key_is_there() -> None:
    """In a process of its own: an HMAC signs, and simulated venues run, without it."""
    code = (
        "import sys\n"
        "import exchangekit, exchangekit.sim, exchangekit.testing.private_keys\n"
        "from exchangekit.adapter import *\n"
        "signer = SortedQueryHmac('X-KEY', kinds=('hmac', 'ed25519'))\n"
        "request = Request(method='GET', path='/x', signed=True)\n"
        "held = Credentials('k', 's')\n"
        "signer.sign(request, held, Stamp(1, 1), Origin('http://toy.invalid'))\n"
        "assert not [name for name in sys.modules if name.startswith('cryptography')]\n"
        f"Credentials('k', {PEM!r})\n"
        "assert [name for name in sys.modules if name.startswith('cryptography')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# A signer that is handed another kind than it takes


def request(**more: Any) -> Request:
    return Request(method="GET", path="/x", signed=True, **more)


@pytest.mark.parametrize(
    ("adapter", "secret"),
    [(ToyAdapter, PEM), (Takes, PRIVATE["es256"]), (TakesOnlyEd25519, SECRET), (Decodes, "!")],
)
def test_a_signer_signs_with_no_other_kind(adapter: type[Adapter], secret: str) -> None:
    with pytest.raises(MalformedCredentials, match=r"expected a|no base64"):
        adapter.signer.sign(request(), Credentials(KEY, secret), STAMP, ORIGIN)


def test_a_private_key_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives import serialization

    read = list[bytes]()
    right = serialization.load_pem_private_key

    def counted(data: bytes, password: None) -> Any:
        read.append(data)
        return right(data, password)

    monkeypatch.setattr(serialization, "load_pem_private_key", counted)
    held = Credentials(KEY, PRIVATE["rsa"])
    for _ in range(3):
        Takes.signer.sign(request(), held, STAMP, ORIGIN)
    assert len(read) == 1


@pytest.mark.parametrize("kinds", [(), ("pgp",), "hmac", ["hmac"], None])
def test_kinds_that_nobody_knows_are_refused_where_they_are_declared(kinds: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"kinds is .*, expected a tuple of some"):
        DeclaredPrehash(
            template="{timestamp}",
            headers={"K": "{key}", "S": "{signature}", "T": "{timestamp}"},
            encoding="hex",
            kinds=kinds,
        )


def test_a_signed_passphrase_goes_with_an_hmac_only() -> None:
    with pytest.raises(ConfigurationError, match="signed_passphrase} is an HMAC and kinds is"):
        DeclaredPrehash(
            template="{timestamp}",
            headers={
                "K": "{key}", "S": "{signature}", "T": "{timestamp}", "P": "{signed_passphrase}",
            },
            encoding="hex",
            kinds=("hmac", "ed25519"),
        )  # fmt: skip


def test_a_declared_signature_of_a_private_key_is_in_its_own_encoding() -> None:
    for encoding, letters in (("hex", 128), ("base64", 88), ("base64url", 86)):
        signer = DeclaredPrehash(
            template="{timestamp}{key}{target}",
            headers={"K": "{key}", "S": "{signature}", "T": "{timestamp}"},
            encoding="hex",
            kinds=("hmac", "ed25519"),
            key_encoding=encoding,
        )
        made = dict(signer.sign(request(), Credentials(KEY, PEM), STAMP, ORIGIN).headers)
        assert len(made["S"]) == letters
        plain = dict(signer.sign(request(), Credentials(KEY, SECRET), STAMP, ORIGIN).headers)
        assert len(plain["S"]) == 64
        text = f"{STAMP.timestamp}{KEY}/x".encode()
        assert signer.scheme.encoded(Credentials(KEY, PEM).sign(text), "ed25519") == made["S"]


# What it shows


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_key_shows_nothing_of_itself(kind: str) -> None:
    pem = PRIVATE[kind]  # type: ignore[index]
    held = Credentials(KEY, SecretStr(pem))
    key = held._private
    told = [repr(held), str(held), repr(key), str(key), f"{key}", repr(held.signing())]
    assert not any(line in text for line in pem.split("\n") if line for text in told)
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        for one in (held, key):
            with pytest.raises(TypeError, match="never pickled or copied"):
                way(one)


@pytest.mark.parametrize("kind", KINDS)
def test_a_venue_that_quotes_a_private_key_is_masked(kind: str) -> None:
    pem = PRIVATE[kind]  # type: ignore[index]
    held = Credentials(KEY, pem)
    lines = [line for line in pem.split("\n") if line and not line.startswith("-----")]
    for quoted in (pem, pem.replace("\n", "\\n"), "".join(lines), " ".join(lines), *lines):
        text = held.mask(f"bad secret: {quoted}")
        assert not any(line in text for line in lines if len(line) >= 6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("broken", [{"body": None}, {"headers": None}, {"params": None}])
def test_a_signer_that_fails_passes_no_frame_that_holds_a_private_key(
    kind: str, broken: dict[str, Any]
) -> None:
    from dataclasses import replace

    pem = PRIVATE[kind]  # type: ignore[index]
    for signer in (
        SortedQueryHmac("X-KEY", kinds=KINDS),
        DeclaredPrehash(
            template="{timestamp}{key}{target}{body}",
            headers={"K": "{key}", "S": "{signature}", "T": "{timestamp}"},
            encoding="hex",
            kinds=KINDS,
        ),
    ):
        if isinstance(signer, SortedQueryHmac) and "body" in broken:
            continue
        with pytest.raises(TypeError) as caught:
            signer.sign(replace(request(), **broken), Credentials(KEY, pem), STAMP, ORIGIN)
        held = shown(caught.value)
        assert KEY not in held
        assert not any(line in held for line in pem.split("\n") if len(line) > 12)
