"""A verdict as it is kept in the ledger, and back: nothing is lost on the way, figures digit by digit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from toolkit.model.finding import Candidate, Finding, Outcome, Severity, Status
from toolkit.model.returns import Context, FiledVerdict, Identity, Return

_NUMBER = "#"
#: What many returns say is kept once: figures, and the names of the values.
_decimal = lru_cache(maxsize=1 << 14)(Decimal)


@lru_cache(maxsize=1 << 8)
def _places(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}


class _Row(Mapping[str, Any]):
    """Values by name in little room: all with the same names share them."""

    __slots__ = ("_places", "_values")

    def __init__(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._places, self._values = _places(names), values

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self._values[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))


def encode_verdict(verdict: FiledVerdict) -> bytes:
    """A verdict, with its return, as compressed JSON (zlib); numbers are texts with every digit."""
    text = json.dumps(_out(verdict), ensure_ascii=True, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def decode_verdict(data: bytes) -> FiledVerdict:
    """The verdict from `encode_verdict`. Raises ValueError, KeyError, TypeError or zlib.error for damaged bytes."""
    told = json.loads(zlib.decompress(data))
    status, content, found = told.pop("status"), told.pop("content"), told.pop("findings")
    context = told.pop("context", None) or _context_in(content or {})
    return FiledVerdict(
        **_in(told),
        status=Status(status),
        findings=tuple(_finding(one) for one in found),
        content=_return(content) if content else None,
        context=Context(**_in(context)),
    )


def _out(value: object) -> object:
    """Dataclasses as objects, numbers as marked texts, sets in order."""
    out: object = value
    match value:
        case Decimal():
            out = _NUMBER + str(value)
        case str():
            # A text that begins like a number of ours gets a second mark.
            out = _NUMBER + value if value.startswith(_NUMBER) else str(value)
        case Finding() | Candidate() | Return() | Context() | Identity() | FiledVerdict():
            out = {field.name: _out(getattr(value, field.name)) for field in fields(value)}
        case Mapping():
            out = {key: _out(one) for key, one in value.items()}
        case frozenset():
            out = sorted(value)
        case tuple() | list():
            out = [_out(one) for one in value]
    return out


def _in(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Texts and numbers of a kept value."""
    if isinstance(value, str) and value.startswith(_NUMBER):
        rest = value[len(_NUMBER) :]
        return rest if rest.startswith(_NUMBER) else _decimal(rest)
    if isinstance(value, list):
        return tuple(_in(one) for one in value)
    if isinstance(value, dict):
        return _Row(tuple(value), tuple(map(_in, value.values())))
    return value


def _finding(told: Mapping[str, Any]) -> Finding:
    plain = dict(_in(told))
    # Earlier versions kept no candidates.
    cells = tuple(Candidate(**one) for one in plain.pop("candidates", ()))
    levels = {"severity": Severity(told["severity"]), "outcome": Outcome(told["outcome"])}
    return Finding(**{**plain, **levels, "candidates": cells})


def _context_in(content: dict[str, Any]) -> dict[str, Any]:
    """Take the context out of a return as kept by earlier versions, which held it."""
    on_file, texts, body = (content.pop(key, None) for key in ("prior_on_file", "prior_texts", "body"))
    known = {name: value for name, value in content["prior"].items() if value is not None} if on_file else {}
    return {"prior": known, "prior_texts": texts or {}, "body": body or ""}


def _return(told: Mapping[str, Any]) -> Return:
    plain = _in(told)
    marked = {"identity": Identity(**plain["identity"]), "overwritten": frozenset(plain["overwritten"])}
    return Return(**{**plain, **marked})
