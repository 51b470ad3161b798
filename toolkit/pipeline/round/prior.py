"""Last year's figures of every unit: from the previous round, or from a folder of last year's workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from toolkit.collection.file_names import Names
from toolkit.collection.folder import Folder
from toolkit.collection.roster.read import Role, Roster
from toolkit.collection.signature import Keyring
from toolkit.errors import UsageError
from toolkit.instrument.instrument import Instrument
from toolkit.model.period import Period
from toolkit.model.returns import Verdict
from toolkit.pipeline.read_return import inputs
from toolkit.pipeline.round.open import Clock, now, open_round
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.verify import verify
from toolkit.text import name_key

Figures = dict[str, dict[str, Decimal]]


@dataclass(frozen=True, kw_only=True)
class Previous:
    """What is on file of last year: figures, texts and sources by unit, the keys of that round, and what to tell."""

    figures: Figures
    texts: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]
    keyring: Keyring | None
    told: tuple[str, ...]


def previous_figures(where: Path, roster: Roster, kind: Instrument, period: Period, clock: Clock = now) -> Previous:
    """Read last year's accepted returns; UsageError where the folder holds none of the year before."""
    if not where.is_dir():
        raise UsageError(f"--previous {where}：不是文件夹。请给出上一轮的文件夹，或装着上年工作簿的文件夹。")
    keyring: Keyring | None = None
    if Folder(where).is_round:
        with open_round(where, clock=clock, alone=False) as old:
            if old.kind.form.base != kind.form.base:
                raise UsageError(f"--previous {where}：那一轮收的是另一种报表“{old.kind.form.id}”。")
            if old.period != period.last_year:
                raise UsageError(f"--previous {where}：那一轮的期间是 {old.period}，应为 {period.last_year}。")
            kept: dict[str, Verdict] = {
                one.code: one.verdict for one in standings(old) if one.state.counts and one.verdict is not None
            }
            keyring = old.keyring
        told: list[str] = []
    else:
        kept, told = _from_workbooks(where, roster, kind, period.last_year)
    return _attributed(kept, roster, keyring, told)


def _from_workbooks(
    where: Path, roster: Roster, kind: Instrument, wanted: Period
) -> tuple[dict[str, Verdict], list[str]]:
    names = Names.of(roster)
    out: dict[str, Verdict] = {}
    twice: dict[str, str] = {}
    for verdict in verify(inputs([where]), kind.form.folder or kind.form.id):
        content = verdict.content
        if content is None or not verdict.status.counts or content.period != str(wanted):
            continue
        codes = names.units.get(name_key(content.unit), ())
        known = content.identity.code or (codes[0] if len(codes) == 1 else "")
        if known in out and _figures(out[known]) != _figures(verdict):
            twice[known] = (
                f"“{content.unit}”的上年工作簿有几份（{out[known].file}、{verdict.file}），不知以哪份为准，没有用"
            )
        if known:
            out[known] = verdict
    out = {code: verdict for code, verdict in out.items() if code not in twice}
    if not out and not twice:
        raise UsageError(f"--previous {where}：没有找到 {wanted} 年、通过核对、名册里有的工作簿。")
    return out, list(twice.values())


def _figures(verdict: Verdict) -> Mapping[str, Decimal | None]:
    return verdict.content.numbers if verdict.content is not None else {}


def _attributed(
    kept: Mapping[str, Verdict], roster: Roster, keyring: Keyring | None, already: Sequence[str]
) -> Previous:
    """Each unit's own figures of last year: also under its former codes, added up where units were merged.

    A code that has another name now and is not named as a former one was given to another unit: then only the same
    name says that it is the same unit.
    """
    figures: Figures = {}
    texts: dict[str, Mapping[str, str]] = {}
    sources: dict[str, str] = {}
    told = list(already)
    by_name = {name_key(verdict.unit): code for code, verdict in kept.items()}
    for unit in roster.units:
        codes = tuple(roster.predecessors(unit.code))
        if not unit.former and name_key(kept[unit.code].unit if unit.code in kept else unit.name) != name_key(
            unit.name
        ):
            told.append(
                f"编码 {unit.code} 上年是“{kept[unit.code].unit}”的，现在是“{unit.name}”的，没有沿用它的上年数；"
                f"确为更名的，请在“曾用编码”里写上 {unit.code} 再建立"
            )
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
            texts[unit.code] = {name: text for name, text in only.texts.items() if text}
        sources[unit.code] = "；".join(f"{kept[code].period} {kept[code].file}" for code in codes)
    return Previous(figures=figures, texts=texts, sources=sources, keyring=keyring, told=tuple(told))


def _added(verdicts: list[Verdict]) -> dict[str, Decimal]:
    returns = [one.content for one in verdicts if one.content is not None]
    out: dict[str, Decimal] = {}
    for name in returns[0].numbers:
        values = [value for one in returns if (value := one.numbers.get(name)) is not None]
        if len(values) == len(returns):
            out[name] = sum(values, Decimal(0))
    return out
