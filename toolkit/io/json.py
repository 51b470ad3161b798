"""JSON for other programs: the contract's keys of findings, verdicts and standings, and the one writer of documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any

from toolkit.io.tally import Tally
from toolkit.model.finding import Candidate, FigureReading, Finding
from toolkit.model.returns import Verdict
from toolkit.model.standing import Standing
from toolkit.text import written

Json = str | int | float | bool | Decimal | None | Sequence["Json"] | Mapping[str, "Json"]

_HALVES = re.compile("[\ud800-\udfff]")
#: The contract's keys, in its order.
_KEYS = {
    Finding: "rule severity outcome sheet cell cells variables row column left right difference "
    "message remedy suggestion candidates certain explanation fingerprint",
    Candidate: "option variable sheet cell value found reason probability",
    Verdict: "file status unit period form version sha256 findings",
    FigureReading: "text words value unit agrees against why",
    Standing: "code unit=name path state late received revision revisions newest=last pinned file contact reason "
    "findings=counted",
}


def json_text(document: Json, step: str = " ") -> str:
    """A document, indented by ``step``; a Decimal is written digit by digit, half a character as U+FFFD.

    The library's own writer knows only binary floats. A file name that is no text holds halves of surrogate pairs,
    which strict readers of JSON refuse.
    """
    return _HALVES.sub("\ufffd", _written(document, "\n", step))


#: A document whose long lists are iterators: they are written one by one and never held whole.
LongJson = Mapping[str, Json | Iterator[Json]]


def json_pieces(document: LongJson, step: str = " ") -> Iterator[bytes]:
    """The bytes of `json_text`, in pieces."""
    line, mark = f"\n{step}", "{"
    for key, value in document.items():
        yield f"{mark}{line}{json.dumps(key, ensure_ascii=False)}: ".encode()
        mark, inner = "[", line + step
        for one in value if isinstance(value, Iterator) else ():
            yield _HALVES.sub("\ufffd", f"{mark}{inner}{_written(one, inner, step)}").encode()
            mark = ","
        rest = (f"{line}]" if mark == "," else "[]") if isinstance(value, Iterator) else _written(value, line, step)
        yield _HALVES.sub("\ufffd", rest).encode()
        mark = ","
    yield b"\n}"


def _written(value: Json, line: str, step: str) -> str:
    inner = line + step
    match value:
        case Decimal():
            return written(value)
        case Mapping() if value:
            parts = [
                f"{json.dumps(key, ensure_ascii=False)}: {_written(one, inner, step)}" for key, one in value.items()
            ]
            return "{" + inner + f",{inner}".join(parts) + line + "}"
        case list() | tuple() if value:
            return "[" + inner + f",{inner}".join(_written(one, inner, step) for one in value) + line + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def schema(document: str) -> dict[str, Json]:
    """The JSON Schema (draft 2020-12) of what ``verify`` and ``collect`` print, and of the ``sums`` file."""
    told = json.loads(Path(__file__).with_name("schemas.json").read_text(encoding="utf-8"))
    return {**told[document], "$defs": told["$defs"]}


def keyed(one: object, keys: str) -> dict[str, Json]:
    """A part of a document by its keys: each is the attribute of that name, or of the one behind ``=``."""
    named = (key.partition("=") for key in keys.split())
    return {key: as_json(attrgetter(name or key)(one)) for key, _, name in named}


def as_json(value: Any) -> Any:  # noqa: ANN401, PLR0911 - whatever a result holds; one return a kind
    """What a result holds, as other programs read it; findings, verdicts and standings with the contract's keys."""
    match value:
        case Decimal():
            # A number without noise: whole where it is whole.
            return int(value) if value == value.to_integral_value() else float(value)
        case Enum():
            return str(value.value)
        case None | str() | int() | float():
            return value
        case Path():
            return str(value)
        case Mapping():
            return {str(key): as_json(one) for key, one in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return as_json(value._asdict())
        case list() | tuple():
            return [as_json(one) for one in value]
    own = " ".join(one.name for one in fields(value))
    return keyed(value, next((keys for kind, keys in _KEYS.items() if isinstance(value, kind)), own))


def document_json(verdicts: Sequence[Verdict], more: Sequence[Mapping[str, Json]] = ()) -> dict[str, Json]:
    """The whole ``verify --format json`` document; ``more`` are further keys of each return, where asked for."""
    found = [as_json(one) for one in verdicts]
    returns: list[Json] = [{**one, **keys} for one, keys in zip(found, more or [{}] * len(found), strict=True)]
    return {"returns": returns, "summary": Tally.of(verdicts).summary}
