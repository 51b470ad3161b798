"""Holds the books of a round to themselves: every hash, signature, number and sum once more. Nothing is written."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path, PureWindowsPath

from toolkit.collection.folder import AREAS, SUM_FIGURES, SUM_PARQUET, SUM_TABLE
from toolkit.collection.ledger.upkeep import ran_back
from toolkit.collection.signature import genuine
from toolkit.consolidation.export import long_csv, parquet_sums, sums_json
from toolkit.errors import LedgerError
from toolkit.io.files import digest_of
from toolkit.model.codes import Code
from toolkit.model.finding import Finding
from toolkit.model.returns import Identity
from toolkit.model.sentences import worded
from toolkit.pipeline.round.consolidate import add_up
from toolkit.pipeline.round.open import ISSUED, Round
from toolkit.pipeline.round.results import folder_of, kept_as
from toolkit.pipeline.round.sending.distribute import book_name
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.round.status import manuscripts
from toolkit.text import shortened


def check_books(round_: Round) -> list[Finding]:
    """Compute again what the books of a round say; what does not agree, none where all is well.

    Raises LedgerError where the ledger cannot be read at all.
    """
    broken = round_.ledger.damage()
    kinds = [kind for kind in ("pages", "rows") if kind in broken]
    damage = [Finding.at(worded(Code.LEDG_02, kind, count=broken[kind])) for kind in kinds]
    if any(one.fault == "pages" for one in damage):
        return damage
    unread = list(_verdicts(round_))
    sums = [] if any(one.fault in {"verdict", "unjudged"} for one in unread) else _sums(round_)
    back = ran_back(round_.ledger.events())
    clock = [Finding.at(worded(Code.LEDG_05, "back", count=len(back), before=b, after=a)) for b, a in back[:1]]
    return [*damage, *_kept(round_), *unread, *_steps(round_), *sums, *clock]


def _kept(round_: Round) -> Iterator[Finding]:
    """Originals and manuscripts that are gone, altered, or that the ledger does not know."""
    folder, books = round_.folder, round_.folder.books.name
    known = {folder.original(one.sha256): one.sha256 for some in round_.ledger.revisions().values() for one in some}
    known |= {folder.manuscript(one.sha256): one.sha256 for one in manuscripts(round_)}
    for path, sha256 in known.items():
        found = digest_of(path)
        place = f"{books}/{path.as_posix().rpartition(f'/{books}/')[2]}"
        if found != sha256:
            yield Finding.at(worded(Code.LEDG_01, "altered" if found else "missing", place=place))
    names = {path.name for path in known} | {f"{one.sha256}.xlsx" for one in round_.ledger.arrivals()}
    lying: list[Path] = [*folder.originals.rglob("*"), *folder.manuscripts.rglob("*")]
    if more := sorted(path.name for path in lying if path.is_file() and path.name not in names):
        yield Finding.at(worded(Code.LEDG_06, count=len(more), place=more[0]))


def _verdicts(round_: Round) -> Iterator[Finding]:
    """Arrivals without a verdict, verdicts that cannot be read, returns whose signature is wrong."""
    sent = {one.arrival for several in round_.ledger.revisions().values() for one in several}
    for arrival in round_.ledger.arrivals():
        name = shortened(arrival.name)
        try:
            verdict = round_.ledger.judged(arrival.seq)
        except LedgerError:
            yield Finding.at(worded(Code.LEDG_02, "verdict", name=name))
            continue
        if verdict is None and arrival.same_as is None:
            yield Finding.at(worded(Code.LEDG_03, "unjudged", name=name))
        content = verdict.content if verdict and arrival.seq in sent else None
        if content and not _is_genuine(round_, content.identity):
            yield Finding.at(worded(Code.LEDG_02, "signature", name=name))


def _is_genuine(round_: Round, found: Identity) -> bool:
    """Whether a signature is right; a unit that was recoded is read under its code of today, and signed for another."""
    unit = round_.roster.by_code.get(found.code)
    codes = (found.code, *(round_.codes(unit) if unit else ()))
    return any(genuine(round_.keyring, replace(found, code=code)) is not False for code in codes)


def _steps(round_: Round) -> Iterator[Finding]:
    """Steps without their event, events without their step, revisions that are not numbered from 1 on."""
    events = round_.ledger.events()
    today = round_.owners
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for code, several in round_.ledger.revisions().items():
        numbers[today.get(code, code)] |= {one.revision for one in several}
    done = {f"{code} 第 {one.revision} 版" for code, some in round_.ledger.revisions().items() for one in some}
    noted = {f"{one.unit} 第 {one.revision} 版" for one in events if one.kind == "received"}
    # Earlier versions kept the path as it was typed.
    paths = {PureWindowsPath(path): digest for path, digest in round_.ledger.outputs().items()}
    issued, returned = round_.folder.issued, round_.folder.returned
    made = {path.name for path in paths if {issued.name, returned.name}.intersection(path.parts)}
    # Of the two files that go back the notice names the event.
    due = {path.name for path in paths if issued.name in path.parts or path.suffix == ".txt"}
    due -= {path.name for path, digest in paths.items() if digest.endswith("failed")}
    there = {path.name for path in issued.rglob("*.xlsx")}
    due |= there & {book_name(round_, unit) for unit in round_.roster.units}
    told = {one.detail for one in events if one.kind in {"returned", ISSUED}}
    for what in sorted((done - noted) | ((due & (made | there)) - told)):
        yield Finding.at(worded(Code.LEDG_03, "no_event", what=what))
    decided = {(today.get(one.unit, one.unit), one.revision) for one in events if one.revision}
    lost = {f"{code} 第 {number} 版" for code, number in decided if number not in numbers[code]}
    for what in sorted((told - made) | lost):
        yield Finding.at(worded(Code.LEDG_03, "no_step", what=what))
    latest = {one.unit: one.detail for one in events if one.kind == ISSUED}
    expected = round_.roster.by_code.keys() - round_.left_out.keys()
    if gone := sorted(name for code, name in latest.items() if code in expected and name not in there):
        yield Finding.at(worded(Code.LEDG_03, "gone", count=len(gone), what=gone[0]))
    for code, found in numbers.items():
        if found and found != set(range(1, len(found) + 1)):
            yield Finding.at(worded(Code.LEDG_03, "number", unit=code, numbers="、".join(map(str, sorted(found)))))


#: What a file of figures says: whose returns are in it, by code and hash; each figure by variable and code.
Told = tuple[set[tuple[str, str]], dict[tuple[str, str], object]]


def _sums(round_: Round) -> Iterator[Finding]:
    """The figures of 成果 against the returns that count; only noted where other returns were added up."""
    made, results = add_up(round_, standings(round_)), round_.folder.results
    due = _of_json(sums_json(made.total))
    yield from _held(round_, results / SUM_FIGURES, due, _of_json)
    for area in made.areas:
        below = results / AREAS / folder_of(area.code, area.name)
        yield from _held(round_, below / SUM_FIGURES, _of_json(sums_json(area.total)), _of_json)
    yield from _held(round_, results / SUM_TABLE, _of_csv(b"".join(long_csv(made.total))), _of_csv)
    yield from _facts(round_, results / SUM_PARQUET, due)


def _held(round_: Round, path: Path, due: Told, read: Callable[[bytes], Told]) -> Iterator[Finding]:
    if not path.is_file():
        return
    try:
        told = read(path.read_bytes())
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error):
        told = None
    yield from _compared(round_, path, due, told)


def _facts(round_: Round, path: Path, due: Told) -> Iterator[Finding]:
    """The Parquet file that the ledger names: as it was written and, where DuckDB is there, added up by that."""
    named, found = round_.ledger.outputs().get(kept_as(round_, path), ""), digest_of(path)
    if not named or not found:
        return
    if found != named:
        yield from _compared(round_, path, due, None)
    elif (summed := parquet_sums(path)) is not None:
        added = {one.name for one in round_.kind.variables.values() if one.aggregate.additive}
        figures = {key: value for key, value in due[1].items() if key[0] in added and value is not None}
        told = {(name, ""): value for name, value in summed[1].items() if name in added and value is not None}
        yield from _compared(round_, path, (due[0], figures), (summed[0], dict(told)))


def _compared(round_: Round, path: Path, due: Told, told: Told | None) -> Iterator[Finding]:
    """What a file of figures says against what it should; None where it cannot be read, or was written over."""
    file = path.relative_to(round_.folder.root).as_posix()
    if told is None:
        yield Finding.at(worded(Code.LEDG_04, "damaged", file=file))
    elif told[0] != due[0]:
        yield Finding.at(worded(Code.LEDG_04, "stale", file=file))
    elif names := [key for key in due[1] | told[1] if key not in told[1] or told[1][key] != due[1].get(key)]:
        name, code = names[0]
        where = round_.kind.variables[name].brief if name in round_.kind.variables else name
        yield Finding.at(worded(Code.LEDG_04, "sums", file=file, count=len(names), where=f"{code}“{where}”"))


def _of_json(data: bytes) -> Told:
    told = json.loads(data, parse_float=Decimal)
    figures = {(name, ""): one["value"] for name, one in told["sums"].items()}
    return {(one["code"], one["sha256"]) for one in told["units"]}, figures


def _of_csv(data: bytes) -> Told:
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    figures = {(one["variable"], one["code"]): one["value"] for one in lines}
    return {(one["code"], one["sha256"]) for one in lines if one["sha256"]}, figures
