"""The sums and what they are made of as data: frames, CSV and JSON. The home of pandas."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import NamedTuple

from toolkit.consolidation.aggregate import Consolidation
from toolkit.consolidation.aggregate import unit_name
from toolkit.consolidation.exact import written
from toolkit.model.returns import Return
from toolkit.model.returns import Verdict

if TYPE_CHECKING:
    import pandas as pd

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n")
_INVISIBLE = " \u3000\u200b\ufeff"
_CRLF = "\r\n"

Json = str | int | bool | Decimal | None | list["Json"] | Mapping[str, "Json"]


class Observation(NamedTuple):
    """One figure of one unit, with the file and the cell it was read from."""

    unit: str
    period: str
    variable: str
    row: str
    column: str
    value: Decimal | None
    status: str
    file: str
    sheet: str
    cell: str
    sha256: str


def observations(consolidation: Consolidation) -> Iterator[Observation]:
    """Every figure of every member: units in their order, variables as printed."""
    instrument = consolidation.instrument
    places = [(v, instrument.layout.spot(v.name)) for v in instrument.variables.values()]
    for verdict, one in _sources(consolidation):
        who = (unit_name(verdict), one.period)
        for v, spot in places:
            value = one.numbers.get(v.name)
            where = (verdict.status.value, verdict.file, spot.sheet, spot.cell, verdict.sha256 or one.sha256)
            yield Observation(*who, v.name, v.row_label, v.column_label, value, *where)


def units_frame(consolidation: Consolidation) -> pd.DataFrame:
    """Make a row a member: 单位, 期间, 文件, and every variable as an exact Decimal, None where there is none."""
    import pandas as pd  # noqa: PLC0415 - takes longer to load than CSV and JSON take to write

    names = consolidation.instrument.names
    rows = [
        (unit_name(verdict), one.period, verdict.file, *(one.numbers.get(name) for name in names))
        for verdict, one in _sources(consolidation)
    ]
    return pd.DataFrame(rows, columns=["单位", "期间", "文件", *names], dtype=object)


def long_table(consolidation: Consolidation) -> pd.DataFrame:
    """Make a row a figure, with its source file, sheet and cell; values are exact Decimals."""
    import pandas as pd  # noqa: PLC0415 - as above

    return pd.DataFrame(list(observations(consolidation)), columns=list(Observation._fields), dtype=object)


def long_csv(consolidation: Consolidation) -> bytes:
    """Write the long table as UTF-8 with the mark Excel looks for; every text in quotes, none that begins a formula."""
    instrument = consolidation.instrument
    columns = [
        (v.name, _row(v.name, v.row_label, v.column_label), _row(spot.sheet, spot.cell))
        for v in instrument.variables.values()
        for spot in (instrument.layout.spot(v.name),)
    ]
    out = io.BytesIO()
    out.write(("\ufeff" + _row(*Observation._fields) + _CRLF).encode())
    for verdict, one in _sources(consolidation):
        who, source = _row(unit_name(verdict), one.period), _row(verdict.status.value, verdict.file)
        digest = _row(verdict.sha256 or one.sha256)
        for name, what, place in columns:
            line = f"{who},{what},{_number(one.numbers.get(name))},{source},{place},{digest}{_CRLF}"
            out.write(line.encode(errors="replace"))
    return out.getvalue()


def sums_json(consolidation: Consolidation) -> bytes:
    """Write the sums, how many units each covers, who is in and who is not; numbers digit by digit."""
    summed, units = consolidation.coverage
    form, covered = consolidation.instrument.form, consolidation.covered
    document: Json = {
        "form": form.id,
        "version": form.version,
        "period": consolidation.period,
        "everything": consolidation.everything,
        "n": summed,
        "m": units,
        "scope": consolidation.scope,
        "warning": consolidation.warning,
        "units": [_identified(member) for member in consolidation.members],
        "left_out": [
            {**_identified(verdict), "reason": consolidation.reasons[verdict.file]}
            for verdict in consolidation.left_out
        ],
        "sums": {
            name: {"value": consolidation.sums.get(name), "covered": covered[name]}
            for name in consolidation.instrument.names
        },
        "prior_sums": dict(consolidation.prior_sums),
    }
    return (_json(document) + "\n").encode(errors="replace")


def _sources(consolidation: Consolidation) -> Iterator[tuple[Verdict, Return]]:
    return zip(consolidation.members, consolidation.returns, strict=True)


def _identified(verdict: Verdict) -> dict[str, Json]:
    return {
        "unit": unit_name(verdict),
        "file": verdict.file,
        "status": verdict.status.value,
        "sha256": verdict.sha256,
    }


def _number(value: Decimal | None) -> str:
    return "" if value is None else written(value)


def _row(*texts: str) -> str:
    return ",".join(map(_quoted, texts))


def _quoted(text: str) -> str:
    """Quote a text so that no spreadsheet takes it for a formula, in whatever width its first mark is typed."""
    first = unicodedata.normalize("NFKC", text.lstrip(_INVISIBLE)[:1])
    safe = "'" + text if first in _STARTS_A_FORMULA else text
    return '"' + safe.replace('"', '""') + '"'


def _json(value: Json, indent: str = "") -> str:
    """JSON in which a Decimal is a number; the library's own writer knows only binary floats."""
    inner = indent + "  "
    match value:
        case Decimal():
            return written(value)
        case Mapping() if value:
            parts = [f"{json.dumps(key, ensure_ascii=False)}: {_json(one, inner)}" for key, one in value.items()]
            return "{\n" + inner + f",\n{inner}".join(parts) + f"\n{indent}}}"
        case list() if value:
            return "[\n" + inner + f",\n{inner}".join(_json(one, inner) for one in value) + f"\n{indent}]"
        case _:
            return json.dumps(value, ensure_ascii=False)
