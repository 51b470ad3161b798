"""The office's key, and what it says of a workbook's identity.

The signature is HMAC-SHA256 (RFC 2104) over the identity, cut to 128 bits. It proves which template was issued to
whom for which period; it does not prove who filled it in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolkit.errors import ToolkitError
from toolkit.model.returns import Identity
from toolkit.text import name_key

_SECRET, _SIGNATURE, _ID = 32, 16, 8
_HEAD = "# 收表单位的密钥：用来给发出的表签名。请妥善备份，不要外发。一行一个，第一行是现用的。\n"


class KeyMissingError(ToolkitError):
    """The key that signs is not where it should be, or is spoilt."""


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """A secret of 32 bytes, and its id: 8 hex digits that give nothing of it away."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The id that a workbook names the key by."""
        return hashlib.sha256(b"xxgk key " + self.secret).hexdigest()[:_ID]


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of an office: the first signs, all verify."""

    keys: tuple[OfficeKey, ...]

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """The keys in the content of a key file. Raises ValueError where there is none, or something else."""
        lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
        keys = [OfficeKey(bytes.fromhex(line)) for line in lines if line and not line.startswith("#")]
        if not keys or any(len(key.secret) != _SECRET for key in keys):
            raise ValueError("no key")
        return cls(tuple(dict.fromkeys(keys)))

    @property
    def text(self) -> str:
        """The content of a key file."""
        return _HEAD + "".join(f"{key.secret.hex()}\n" for key in self.keys)


def new_key(random: Callable[[int], bytes] = secrets.token_bytes) -> OfficeKey:
    """A key nobody had before; ``random`` stands in for the system's in tests and samples."""
    return OfficeKey(random(_SECRET))


def signed(key: OfficeKey, identity: Identity) -> Identity:
    """The identity with the key's id and the signature over all else."""
    return replace(identity, key=key.id, signature=_signature(key, identity))


def genuine(keyring: Keyring, identity: Identity) -> bool | None:
    """Whether the signature is right; None where the key is not at hand."""
    key = next((one for one in keyring.keys if one.id == identity.key), None)
    if key is None:
        return None
    return hmac.compare_digest(_signature(key, identity).encode(), identity.signature.encode(errors="replace"))


def settled_identity(keyring: Keyring, identity: Identity) -> Identity:
    """Of two copies of an identity the one that is signed rightly: the other was mangled by a program.

    SheetJS writes the document properties in another encoding. A sheet that says something else than rightly signed
    properties, or two right copies of different identities, stay a contradiction: a person was at work there.
    """
    other = identity.other
    if other is None:
        return identity
    sheet = replace(identity, contradictions=(), other=None)
    right = [one for one in (sheet, other) if genuine(keyring, one)]
    told = [[name_key(str(getattr(one, name))) for name in identity.contradictions] for one in (sheet, other)]
    return right[0] if right == [sheet] or (right and told[0] == told[1]) else replace(identity, other=None)


def plain(code: str, unit: str) -> tuple[str, str]:
    """What is left of a unit's code and name where programs took zeros and width away."""
    return code.lstrip("0"), name_key(unit)


def identity_as_issued(
    keyring: Keyring, identity: Identity, units: Mapping[tuple[str, str], Sequence[tuple[str, str]]]
) -> Identity:
    """An identity whose code lost its zeros, or whose name changed its width, as it was issued, if that was signed.

    ``units`` are the codes and names of those that it may have been issued to, by what is `plain` of them.
    """
    if genuine(keyring, identity):
        return identity
    alike = (replace(identity, code=c, unit=u) for c, u in units.get(plain(identity.code, identity.unit), ()))
    return next((one for one in alike if genuine(keyring, one)), identity)


def _signature(key: OfficeKey, identity: Identity) -> str:
    told = [identity.form, identity.version, identity.code, identity.unit, identity.period, identity.fingerprint]
    message = json.dumps(["xxgk-1", *told], ensure_ascii=True).encode()
    return hmac.new(key.secret, message, hashlib.sha256).digest()[:_SIGNATURE].hex()
