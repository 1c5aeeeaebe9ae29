"""What a signature looks like: of which kind of secret, in which encoding, how long. Pure.

The venue's scheme says which kinds it takes; the secret that was given to compare says which one
it is. Without one, any of the venue's will do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from pydantic import SecretStr

from exchangekit.adapter.credentials import secret_named
from exchangekit.adapter.private_keys import PrivateKey, is_pem, read
from exchangekit.adapter.scheme import KEY_KINDS, Encoding, Hash, KeyKind, Scheme, written
from exchangekit.doctor.case import Case, Keys
from exchangekit.doctor.findings import Faults

_RSA = (256, 384, 512)
"""Bytes of a signature, which are those of the key."""
_ENCODINGS: tuple[Encoding, ...] = ("hex", "base64", "base64url")


def private_key_of(keys: Keys) -> PrivateKey | str | None:
    """The private key that was given to compare, or what is wrong with it; None for an HMAC."""
    given = SecretStr(keys.secret or "")
    return read(given) if is_pem(given) else None


def check_secret(case: Case, scheme: Scheme) -> tuple[KeyKind, ...]:
    """The kinds that the signature may be of; a secret that can be none of them is named."""
    private, faults = case.private, case.faults
    advice = f"{case.adapter.title} takes {secret_named(*scheme.kinds)}."
    if isinstance(private, str):
        faults.add("wrong_secret", f"The secret that was given to compare {private}.", advice)
        return scheme.kinds
    if case.keys.secret is None:
        return scheme.kinds
    kind: KeyKind = "hmac" if private is None else private.kind
    if kind in scheme.kinds:
        return (kind,)
    said = f"The secret that was given to compare is {secret_named(kind)}."
    faults.add("wrong_secret", said, advice)
    return scheme.kinds


def can_compare(case: Case) -> bool:
    """Whether there is a secret that signatures can be made with."""
    return case.keys.secret is not None and not isinstance(case.private, str)


def form_of(scheme: Scheme, *kinds: KeyKind) -> str:
    """What to send, in words."""
    forms = []
    for kind in kinds:
        letters = [len(scheme.encoded(bytes(size), kind)) for size in sizes_of(scheme, kind)]
        forms.append(f"{scheme.method_of(kind)} ({' or '.join(map(str, letters))} characters)")
    if len(forms) == 1:
        return f"Send the {forms[0]}."
    return f"Send, as the secret is, the {', the '.join(forms[:-1])} or the {forms[-1]}."


def sizes_of(scheme: Scheme, kind: KeyKind) -> tuple[int, ...]:
    """How many bytes a signature has."""
    if kind == "hmac":
        return (hashlib.new(scheme.hash).digest_size,)
    return _RSA if kind == "rsa" else (64,)


def digest_of(kind: KeyKind, hash: Hash, form: str) -> str:
    """What a signature that was found is, in words: "SHA-256 in hex"."""
    return f"{written(hash) if kind == 'hmac' else KEY_KINDS[kind]} in {form}"


def check_form(faults: Faults, scheme: Scheme, kinds: tuple[KeyKind, ...], text: str) -> None:
    """Whether `text`, without white space, can be a signature of one of `kinds`."""
    for kind in kinds:
        encoding = scheme.encoding_of(kind)
        if _size(text, encoding) not in sizes_of(scheme, kind):
            continue
        if encoding == "hex" and text != text.lower():
            faults.add(
                "upper_signature",
                "The signature is in upper case.",
                "Send it in lower case, as hexdigest() makes it: not every venue takes another.",
            )
        return
    advice = form_of(scheme, *kinds)
    for kind in kinds:
        for encoding in _ENCODINGS:
            if _size(text, encoding) in sizes_of(scheme, kind):
                faults.add("signature_form", f"The signature is in {encoding}.", advice)
                return
    wanted = " and no ".join(
        f"{scheme.encoding_of(kind)} of {scheme.method_of(kind).partition(' in ')[0]}"
        for kind in kinds
    )
    said = f"The signature has {len(text)} characters and is no {wanted}."
    faults.add("signature_form", said, advice)


def _size(text: str, encoding: Encoding) -> int | None:
    """How many bytes the text stands for, None if it stands for none."""
    raw = decoded(text, encoding)
    return None if raw is None else len(raw)


def decoded(text: str, encoding: Encoding) -> bytes | None:
    try:
        if encoding == "hex":
            return bytes.fromhex(text)
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
