"""Private keys of the checks, of each kind that a venue may take, and others that are wrong.

They are published and open nothing: Ed25519 from RFC 8032 (7.1, tests 1 and 2), P-256 from RFC 7515
(A.3) and RFC 6979 (A.2.5), RSA from RFC 7515 (A.2); the second RSA key was made for this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchangekit.adapter.scheme import Hash, KeyKind

_ED25519 = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
_OTHER_ED25519 = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
-----END PRIVATE KEY-----
"""
_ES256 = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
"""
_OTHER_ES256 = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX
Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth
+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ
-----END PRIVATE KEY-----
"""
_RSA = """\
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO
jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL
aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn
juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5
ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf
toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg
VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW
PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G
O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj
kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6
XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB
4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K
pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr
0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE
lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6
kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP
rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw
kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp
5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2
9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/
evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG
yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj
OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2
tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3
ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56
03k2+ZQwVK0JKSHuLFkuQ3U=
-----END PRIVATE KEY-----
"""
_OTHER_RSA = """\
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC6MOrZY4WCct9H
b3RQeCXA+z/Je/QljlNSoDa6kw1RetklhQLtAe4AWQq5sspocEyfOKiEK3hIdC6a
hXAqrbMxNVd6rtxDjt+lbP90zMvV0odaXsSNrlawUv8/E1lXpOgPVzkZ/wftAjc7
P3/A7qxRzD1Po16XdU5W4YNunsLBpOX2w3igq2VeK2tiUt9VfH2MW0Byjq6T3MA3
nYpG9vixenAR6c4vg6gSnmlUwvP06Q6ku3neNL+oxum3ddSTmNBilXflcdytz2G7
3vvzatbbunci3kc9SDObZ2sewJgYwkOTflOzTJgkMlH9eFSj9mgLkqMA3Rnw2cdq
54AI1fBHAgMBAAECggEACgpFP7+8HVKwc5uw+/3em09xGx5SBgxstdHp4Zm4aCJl
vz4y8DDgcqhaibT4cTVNDHDztVzauZ16Pd7gM4z2Urr7oqP3QLVdngAIrnW0sC0Q
G3Fsy+8QwaVYGkCi2rULxnf/nkVAWil6bPl5nB/Crw6CZ975ZNVwigLTIY3yFpsE
MD9DF8I1QB6p3RF3eFPFwCTsAKTHJCf5g74bPqO0uyTZ6KjDshjpBM2N5NleFYOP
tPHhgECWw4DMdvo/w2uRkTxjAtMXUCKdIYz8Lsdv7itwmaJbXJNRFiKnWR8ba5/6
gSUKH7bke81SJLLa7h4CbS2aSCb6yLAAUtz8ZGbf8QKBgQDliBYzZ74XcNPTAl7I
MsTWxEkoYbzy/yeED0n4RDB6uCdvzL7LLVdluJKph+F0zu7xFABgQt6H110ioomD
YTh3F/Ak7l2JI6cJKSNS0lKu26qqZz2UlVP0DdVSoS+wGruBYsrE4DXanhBfMFhK
P0Om6IAXgC+8C4jspuPzzzeYawKBgQDPqWRxxV1d/CBAvixDoND/40JT7pJKpyvq
CDDfd3p6ACnsmimuoHsjFCxL3lHayt/N2Hm6RGc9divqvO4lnMP0G7VjP6fyhvm/
kdr5Q5pZuNPDrDOISLhLCcAPPAxNpNMsKOk3Q3DXHfqwvD83YUxJPJGkcIEcb1P3
9+4o4gUulQKBgGeK6FjwJ7RzVVsO6qrtHBa2HTp2PMJxj+Xm77trJ2N0x3WLq1YE
cjSU+rQ3c+E5qFhgaXsDL1egM4d4QwhdRxeSWOaQEOnYh3V+dUzbTClNNsQAJqts
YZ7qzpyj0dtjc8p+QnJlomWogEIwkOONfntAzufLD72IhpAbCSHnDHFZAoGBAJDv
jGBvvNu09hnZ4XEOE/EU/50u/MHH7bl5IAtIC56M8LXnX0I3VdpE4SnOsFjBkfTM
qyEbTucxzDMYzCpKQOXmVPJBYom+NR/EwA2LZnZKrtp6HLl478/HrVm0sm2apZzD
rQpaMq6hiO/DY2fWq/TNpmUb9LEQ7o06aOn13mIFAoGBAJD1b0nki86PTJOEPKQ+
FlJLtjHIQBYl3bLpJjG4NKKEfkPFmM9/Pdx/1O13FvdetIjL7wz9WIn6UWYPuJUk
rJc1WOm7dECxw0kVys3SkKAaLESnEv/iDYz+aDZqtZLTEkVwLKbArYASSBH/9ynW
wYTMwp5kSQqV7p0TPI/Xgr6+
-----END PRIVATE KEY-----
"""

PRIVATE: Mapping[KeyKind, str] = {"ed25519": _ED25519, "rsa": _RSA, "es256": _ES256}
OTHER: Mapping[KeyKind, str] = {
    "ed25519": _OTHER_ED25519,
    "rsa": _OTHER_RSA,
    "es256": _OTHER_ES256,
}


def public_of(pem: str) -> str:
    """The public half, as a venue is given it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = _public(pem)
    return str(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


class PublicKey:
    """The public half of a private key, for checks of what was signed; no code of the kit's
    signers has a part in it."""

    def __init__(self, pem: str) -> None:
        self._key = _public(pem)

    def verifies(self, signature: bytes, message: bytes, hash: Hash) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, utils

        of = hashes.SHA256() if hash == "sha256" else hashes.SHA512()
        try:
            if isinstance(self._key, ed25519.Ed25519PublicKey):
                self._key.verify(signature, message)
            elif isinstance(self._key, ec.EllipticCurvePublicKey):
                r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                both = utils.encode_dss_signature(r, s)
                self._key.verify(both, message, ec.ECDSA(hashes.SHA256()))
            else:
                self._key.verify(signature, message, padding.PKCS1v15(), of)
        except InvalidSignature:
            return False
        return True


def _public(pem: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem.encode(), None).public_key()
