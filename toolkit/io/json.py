"""JSON for other programs: the contract's keys of findings, verdicts and standings, and the one writer of documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from toolkit.io.tally import Tally
from toolkit.model.finding import Candidate, FigureReading, Finding, Severity
from toolkit.model.returns import Verdict
from toolkit.model.standing import Standing
from toolkit.text import written

Json = str | int | float | bool | Decimal | None | Sequence["Json"] | Mapping[str, "Json"]

_HALVES = re.compile("[\ud800-\udfff]")
#: The contract's keys, in its order: each is the attribute of that name.
_FINDING = (
    "rule severity outcome sheet cell cells variables row column left right difference "
    "message remedy suggestion candidates certain explanation fingerprint"
)
_CANDIDATE = "option variable sheet cell value found reason probability"
_VERDICT = "file status unit period form version sha256 findings"
_FIGURE = "text words value unit agrees"


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


def number(value: Decimal | str | None) -> int | float | str | None:
    """A JSON number without noise: whole where it is whole."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def finding_json(finding: Finding) -> dict[str, Json]:
    """A finding with the contract's keys."""
    return _keyed(finding, _FINDING)


def verdict_json(verdict: Verdict) -> dict[str, Json]:
    """A verdict with the contract's keys."""
    return _keyed(verdict, _VERDICT)


def figure_json(one: FigureReading) -> dict[str, Json]:
    """A figure of a text, with what it was held against; ``agrees`` is null where that is nothing."""
    against: list[Json] = [{"what": what, "value": number(value)} for what, value in one.against]
    return {**_keyed(one, _FIGURE), "against": against, "why": one.why}


def _keyed(one: object, keys: str) -> dict[str, Json]:
    return {key: _plain(getattr(one, key)) for key in keys.split()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a finding or a verdict holds
    match value:
        case Decimal():
            return number(value)
        case Enum():
            return str(value.value)
        case tuple():
            return [_plain(one) for one in value]
        case Finding():
            return finding_json(value)
        case Candidate():
            return _keyed(value, _CANDIDATE)
        case _:
            return value


def document_json(
    verdicts: Iterable[Verdict], tally: Tally, more: Sequence[Mapping[str, Json]] = ()
) -> dict[str, Json]:
    """The whole ``verify --format json`` document; ``more`` are further keys of each return, where asked for."""
    found = [verdict_json(one) for one in verdicts]
    returns: list[Json] = [{**one, **keys} for one, keys in zip(found, more or [{}] * len(found), strict=True)]
    return {"returns": returns, "summary": tally.summary}


def standing_json(one: Standing) -> dict[str, Json]:
    """A unit's standing for other programs."""
    found = one.verdict.findings if one.verdict is not None else ()
    return {
        "code": one.code,
        "unit": one.name,
        **_keyed(one, "path state late received revision revisions"),
        "newest": one.newest.revision if one.newest is not None else 0,
        **_keyed(one, "pinned file contact reason"),
        "findings": {level.value: sum(f.severity is level for f in found) for level in Severity},
    }
