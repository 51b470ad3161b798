"""The sums and every figure they are made of, with its file and cell, as data. The home of pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple

from toolkit.collection.folder import SUM_TABLE
from toolkit.consolidation.aggregate import AreaSum, Consolidation
from toolkit.consolidation.sums import decimal_places
from toolkit.errors import FormatMissingError, ReportError
from toolkit.instrument.instrument import Instrument
from toolkit.io.json import Json, LongJson, json_pieces, keyed
from toolkit.model.returns import FiledVerdict, Return
from toolkit.text import inert, written

if TYPE_CHECKING:
    import pandas as pd

_CRLF = "\r\n"
#: Digits of a Parquet decimal, and how many stand after the point unless some value has more.
_WIDE, _WIDEST, _SCALE = 38, 76, 6
#: Figures of a row group, bytes of a piece.
_GROUP, _PIECE = 200_000, 1 << 20
_NO_PARQUET = (
    f'写 Parquet 要用 pyarrow，这台电脑没有装。请运行 pip install "xxgk-toolkit[scale]" 后重试，或用 {SUM_TABLE}。'
)


#: Variable, labels of row and column; sheet and cell.
What = tuple[str, str, str]
Place = tuple[str, str]


class Observation(NamedTuple):
    """One figure of one unit, with the file and the cell it was read from.

    ``code`` and ``revision`` came later and stand last, so that the columns before them keep their places; outside a
    collection round they are empty. ``unit`` is the roster's name where there is a roster.
    """

    unit: str
    period: str
    variable: str
    row: str
    column: str
    value: Decimal | str | None
    status: str
    file: str
    sheet: str
    cell: str
    sha256: str
    code: str
    revision: int | None


def observations(consolidation: Consolidation) -> Iterator[Observation]:
    """Every figure of every member: units in their order, variables as printed, then the lines of open lists."""
    for verdict, one in zip(consolidation.members, consolidation.returns, strict=True):
        unit, sha256 = consolidation.unit(verdict), verdict.sha256 or one.sha256
        for what, place, value in placed_figures(consolidation.instrument, one):
            came = (verdict.status.value, verdict.file, *place, sha256, verdict.code)
            yield Observation(unit, one.period, *what, value, *came, verdict.revision or None)


def placed_figures(instrument: Instrument, one: Return) -> Iterator[tuple[What, Place, Decimal | str | None]]:
    """What each figure of a return is called, where it stands, and what it is; of a list's line the label it wrote."""
    for v in instrument.form.cells.values():
        place = one.places.get(v.name) or instrument.layout.cells[v.name]
        value = one.numbers.get(v.name)
        chosen = v.type.shown(value) if value is not None and v.type.choices else one.texts.get(v.name)
        yield (v.name, v.row_label, v.column_label), place, value if chosen is None else chosen
    for listed in instrument.form.lists:
        rows = one.items.get(listed.id, ())
        for i, (label, count) in zip(one.lines.get(listed.id) or range(1, len(rows) + 1), rows, strict=True):
            name = listed.names(i)[1]
            yield (name, label, listed.count), instrument.layout.cells.get(name, (listed.sheet, "")), count


def long_table(rows: Iterable[Observation]) -> pd.DataFrame:
    """Make a row a figure, with its source file, sheet and cell; values are exact Decimals."""
    import pandas as pd  # noqa: PLC0415 - takes longer to load than CSV and JSON take to write

    return pd.DataFrame(list(rows), columns=list(Observation._fields), dtype=object)


def long_parquet(consolidation: Consolidation) -> Iterator[bytes]:
    """The long table as Parquet in pieces, values as exact decimals; FormatMissingError without pyarrow.

    A row group holds `_GROUP` figures: no more of the table is in memory at a time.
    """
    try:
        pa, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except (ImportError, OSError) as error:
        raise FormatMissingError(_NO_PARQUET) from error
    # The type of all values must be known before the first is written.
    kinds = {
        "value": _decimal(pa, [one.value for one in observations(consolidation) if isinstance(one.value, Decimal)]),
        "revision": pa.int32(),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in Observation._fields])
    return _row_groups(consolidation, pa, parquet, schema)


def parquet_sums(path: Path) -> tuple[set[tuple[str, str]], dict[str, Decimal]] | None:
    """Whose figures a long table in Parquet holds, by code and hash, and the sum of each variable; by DuckDB, exactly.

    None without DuckDB, and where figures are too long for it: then it would take them for floats, or overflow.
    """
    try:
        duckdb = import_module("duckdb")
    except (ImportError, OSError):
        return None
    table = duckdb.read_parquet(str(path))
    if table.project("value").types[0].id != "decimal":
        return None
    units = set(table.project("code, sha256").distinct().fetchall())
    try:
        return units, dict(table.aggregate("variable, sum(value)", "variable").fetchall())
    except duckdb.OutOfRangeException:
        return None


def _row_groups(consolidation: Consolidation, pa: Any, parquet: Any, schema: Any) -> Iterator[bytes]:  # noqa: ANN401
    # A column of exact decimals has no room for words.
    figures = (one for one in observations(consolidation) if not isinstance(one.value, str))
    with TemporaryFile() as out:
        with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
            while group := list(islice(figures, _GROUP)):
                frame = long_table(group).map(_held)
                writer.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))
        out.seek(0)
        yield from iter(partial(out.read, _PIECE), b"")


def long_csv(consolidation: Consolidation) -> Iterator[bytes]:
    """The long table as UTF-8 with the mark Excel looks for; every text in quotes, none that begins a formula.

    A piece a member. The hash of a file stands in the first of its lines alone: it would be a quarter of the table.
    """
    # What the lines of all members share is put in quotes once.
    row = lru_cache(maxsize=1 << 12)(_row)
    yield ("\ufeff" + _row(*Observation._fields) + _CRLF).encode()
    for verdict, one in zip(consolidation.members, consolidation.returns, strict=True):
        who, source = _row(consolidation.unit(verdict), one.period), _row(verdict.status.value, verdict.file)
        sha256, tail = _row(verdict.sha256 or one.sha256), f"{_row(verdict.code)},{verdict.revision or ''}{_CRLF}"
        lines = (
            f"{who},{row(*what)},{_value(value)},{source},{row(*place)},{'' if number else sha256},{tail}"
            for number, (what, place, value) in enumerate(placed_figures(consolidation.instrument, one))
        )
        yield "".join(lines).encode(errors="replace")


def sums_json(consolidation: Consolidation, areas: Sequence[AreaSum] = ()) -> bytes:
    """Write the sums, how many units each covers, who is in and who is not; numbers digit by digit.

    ``areas`` are those of the tree, told as ``nodes``. ``expected`` is null without a
    roster; ``missing`` are the expected units that sent nothing, ``absent`` all that are not in the sum.
    """
    one, form = consolidation, consolidation.instrument.form
    summed, units = one.coverage
    listed = one.expected.units.items() if one.expected else ()
    document: LongJson = {
        "form": form.id,
        "version": form.version,
        "period": one.period,
        "everything": one.everything,
        "n": summed,
        "m": units,
        "scope": one.scope,
        "warning": one.warning,
        "expected": ({"code": code, "name": name} for code, name in listed) if one.expected else None,
        "missing": [keyed(a, "code name") for a in one.absent if a.verdict is None],
        "absent": [keyed(a, "code name reason") for a in one.absent],
        "excluded": [{"name": name, "reason": reason} for name, reason in one.excluded],
        "units": (_identified(one, member) for member in one.members),
        "left_out": [{**_identified(one, verdict), "reason": reason} for verdict, reason in one.left],
        "sums": _sums(one),
        "prior_sums": dict(one.prior_sums),
        "lists": _lists(one),
        "nodes": [
            keyed(area, "code name")
            | dict(zip("nm", area.total.coverage, strict=True))
            | {"sums": _sums(area.total), "lists": _lists(area.total)}
            for area in areas
        ],
    }
    return b"".join(json_pieces(document, "  ")) + b"\n"


def _sums(one: Consolidation) -> Json:
    """Each total, and how it came about where it is no sum."""
    return {
        name: {"value": one.sums.get(name), "covered": one.covered[name]}
        | ({} if variable.aggregate.additive else {"aggregate": variable.aggregate.text})
        | ({"counts": dict(one.counts[name])} if name in one.counts else {})
        for name, variable in one.instrument.variables.items()
    }


def _lists(one: Consolidation) -> Json:
    return {
        name: {
            "covered": merged.units,
            "lines": [{"label": line.label, "value": line.count, "covered": line.covered} for line in merged.lines],
        }
        for name, merged in one.lists.items()
    }


def _identified(consolidation: Consolidation, verdict: FiledVerdict) -> dict[str, Json]:
    told = {"unit": consolidation.unit(verdict), **keyed(verdict, "file status sha256 code revision received")}
    return told | {"revision": verdict.revision or None}


def _decimal(pa: Any, values: Sequence[Decimal]) -> Any:  # noqa: ANN401 - an optional library without types
    """Find a type that holds all values exactly, and the same one for all ordinary data."""
    scale = max([_SCALE, *(decimal_places(value) for value in values)])
    digits = scale + max([1, *(value.adjusted() + 1 for value in values)])
    if digits > _WIDEST:
        raise ReportError(f"写 Parquet 时出错：有的数超过 76 位。请改用 {SUM_TABLE}。")
    return pa.decimal128(_WIDE, scale) if digits <= _WIDE else pa.decimal256(_WIDEST, scale)


def _held(value: str | int | Decimal | None) -> str | int | Decimal | None:
    """Make a text storable: a file name may hold half a character (a lone surrogate), which no file can."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _value(value: Decimal | str | None) -> str:
    return _quoted(value) if isinstance(value, str) else "" if value is None else written(value)


def _row(*texts: str) -> str:
    return ",".join(map(_quoted, texts))


def _quoted(text: str) -> str:
    return '"' + inert(text).replace('"', '""') + '"'
