"""Last year's accepted returns, from the round before or from workbooks; and the figures of every unit in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.file_names import Names
from toolkit.collection.folder import is_round
from toolkit.collection.roster.read import Role, Roster
from toolkit.collection.signature import Keyring
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import form_folders, load
from toolkit.instrument.instrument import Instrument
from toolkit.model.period import Period, on_file
from toolkit.model.returns import Verdict
from toolkit.model.sentences import phrase
from toolkit.pipeline.read_return import inputs
from toolkit.pipeline.round.open import Clock, Round, now, open_round
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.verify import PriorReturns, earlier_figures, filled_figures, filled_texts, verify
from toolkit.text import name_key

#: Returns of an earlier time, each with its unit's code as far as known.
Earlier = list[tuple[str, Verdict]]


def earlier_returns(where: Path, form: str = "", clock: Clock = now) -> tuple[Earlier, Round | None]:
    """The accepted returns of a round, and that round; all that can be read of a folder of workbooks, or of one."""
    if where.is_dir() and is_round(where):
        with open_round(where, clock=clock, alone=False) as old:
            return [(one.code, one.verdict) for one in standings(old) if one.state.counts and one.verdict], old
    forms = [form, *(form_folders().keys() & load(form).form.renames)] if form else [form]
    verdicts = (one for name in forms for one in verify(inputs([where]), name))
    return [(one.content.identity.code, one) for one in verdicts if one.content is not None], None


def prior_returns(where: Path, form: str = "") -> PriorReturns:
    """What lies there to compare with; UsageError where there is nothing."""
    found, _ = earlier_returns(where, form)
    made = PriorReturns.of(verdict for _, verdict in found)
    if not made.returns:
        raise UsageError(phrase("no prior", where=where))
    return made


class PriorFigures(NamedTuple):
    """What is on file of last year: figures, texts and sources by unit, the keys of that round, and what to tell."""

    figures: Mapping[str, Mapping[str, Decimal]]
    texts: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]
    keyring: Keyring | None
    told: tuple[str, ...]


def prior_by_unit(where: Path, roster: Roster, kind: Instrument, period: Period, clock: Clock = now) -> PriorFigures:
    """Figures of earlier times by unit; UsageError where the folder holds none that is asked for.

    Of a round before what else the rules name is in the rounds before that one, each of which names its own.
    """
    if not where.is_dir():
        raise UsageError(f"--previous {where}：不是文件夹。请给出上一轮的文件夹，或装着上年工作簿的文件夹。")
    asked = {one for name in kind.rules.prior for one in period.earlier[on_file(name)[1]]} | {period.prior}
    found, old = _found(where, kind, clock)
    if old is None:
        several = {one: _by_unit(found, roster, one) for one in asked}
        if not any(kept or told for kept, told in several.values()):
            raise UsageError(f"--previous {where}：没有找到 {period.prior} 年、通过核对、名册里有的工作簿。")
        made = {one: _attributed(kept, roster, None, told) for one, (kept, told) in several.items() if kept or told}
    else:
        if old.kind.form.base not in {kind.form.base, *kind.form.renames}:
            raise UsageError(f"--previous {where}：那一轮收的是另一种报表“{old.kind.form.id}”。")
        if old.period not in asked:
            raise UsageError(f"--previous {where}：那一轮的期间是 {old.period}，应为 {period.prior}。")
        made = {old.period: _attributed(dict(found), roster, old.keyring, [])}
    while old is not None and asked - made.keys() and is_round(place := Path(old.settings.previous or ".nothing")):
        found, one = _found(place, kind, clock)
        old = one if one and (one.period.year, one.period.part) < (old.period.year, old.period.part) else None
        if old is not None and old.period in asked:
            made[old.period] = _attributed(dict(found), roster, old.keyring, [])
    return _together(kind, period, made, sorted(map(str, asked - made.keys())))


def _found(where: Path, kind: Instrument, clock: Clock) -> tuple[Earlier, Round | None]:
    """What `earlier_returns` gives, under the names of the form."""
    earlier, old = earlier_returns(where, kind.form.folder or kind.form.id, clock)
    return [(code, replace(one, content=one.content and one.content.under(kind.form))) for code, one in earlier], old


def _together(
    kind: Instrument, period: Period, made: Mapping[Period, PriorFigures], lacking: Sequence[str]
) -> PriorFigures:
    """What several periods have on file, as rules name it; what rests on one that is lacking is not there."""
    units = dict.fromkeys(code for one in made.values() for code in one.figures)
    filed = {code: {at: one.figures[code] for at, one in made.items() if code in one.figures} for code in units}
    told = dict.fromkeys(line for one in made.values() for line in one.told)
    if lacking:
        told[f"没有 {'、'.join(lacking)} 的数，要用到它们的规则不核对"] = None
    return PriorFigures(
        figures={code: earlier_figures(kind, period, mine.get) for code, mine in filed.items()},
        texts=made[period.prior].texts if period.prior in made else {},
        sources={code: "；".join(made[at].sources[code] for at in mine) for code, mine in filed.items()},
        keyring=next(iter(made.values())).keyring,
        told=tuple(told),
    )


def _by_unit(found: Earlier, roster: Roster, wanted: Period) -> tuple[dict[str, Verdict], list[str]]:
    """Workbooks of no round by the codes of their units; those of which it is not sure which one counts are told."""
    units = Names.of(roster).units
    out: dict[str, Verdict] = {}
    twice: dict[str, str] = {}
    refused: list[str] = []
    for code, verdict in found:
        if verdict.period != str(wanted):
            continue
        if not verdict.status.counts:
            refused.append(f"“{verdict.unit}”的上年工作簿（{verdict.file}）没有通过核对，没有用它的数")
            continue
        codes = units.get(name_key(verdict.unit), ())
        known = code or (codes[0] if len(codes) == 1 else "")
        if known in out and _figures(out[known]) != _figures(verdict):
            twice[known] = phrase("prior twice", unit=verdict.unit, one=out[known].file, other=verdict.file)
        if known:
            out[known] = verdict
    out = {code: verdict for code, verdict in out.items() if code not in twice}
    return out, [*twice.values(), *(refused if out or twice else ())]


def _figures(verdict: Verdict) -> dict[str, Decimal]:
    return filled_figures(verdict.content) if verdict.content is not None else {}


def _attributed(
    kept: Mapping[str, Verdict], roster: Roster, keyring: Keyring | None, already: Sequence[str]
) -> PriorFigures:
    """Each unit's own figures of last year: also under its former codes, added up where units were merged.

    A code that has another name now and is not named as a former one was given to another unit: then only the same
    name says that it is the same unit.
    """
    figures: dict[str, dict[str, Decimal]] = {}
    texts: dict[str, Mapping[str, str]] = {}
    sources: dict[str, str] = {}
    told = list(already)
    by_name = {name_key(verdict.unit): code for code, verdict in kept.items()}
    for unit in roster.units:
        codes: tuple[str, ...] = unit.former or (unit.code,)
        was = kept[unit.code].unit if unit.code in kept else unit.name
        if not unit.former and name_key(was) != name_key(unit.name):
            told.append(phrase("prior renamed", code=unit.code, was=was, unit=unit.name))
            codes = ()
        if (not unit.former and unit.code not in kept) or not codes:
            codes = (by_name[name_key(unit.name)],) if name_key(unit.name) in by_name else codes
        if unit.role is Role.NODE or not any(code in kept for code in codes):
            continue
        if any(roster.is_split(code) for code in codes):
            told.append(f"“{unit.name}”由拆分而来，上年数分不开，请其自行填写上年数")
            continue
        missing = [code for code in codes if code not in kept]
        if missing:
            told.append(f"“{unit.name}”由多个单位合并，其中编码 {'、'.join(missing)} 没有上年数，请其自行填写")
            continue
        figures[unit.code] = _added([kept[code] for code in codes])
        if len(codes) == 1 and (only := kept[codes[0]].content) is not None:
            texts[unit.code] = filled_texts(only)
        sources[unit.code] = "；".join(f"{kept[code].period} {kept[code].file}" for code in codes)
    return PriorFigures(figures=figures, texts=texts, sources=sources, keyring=keyring, told=tuple(told))


def _added(verdicts: Sequence[Verdict]) -> dict[str, Decimal]:
    """Figure by figure, as far as every one of them has it."""
    parts = [_figures(one) for one in verdicts]
    names = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: sum((part[name] for part in parts), Decimal(0)) for name in names}
