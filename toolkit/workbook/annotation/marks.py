"""What an annotated copy says: which cells are marked with what words, and which formulas are put back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from toolkit.forms.layout import CONFIRM, key_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import FORMULAS, Code
from toolkit.model.finding import Finding, Severity
from toolkit.model.flat import CellValue, FlatWorkbook
from toolkit.model.returns import Return, Verdict
from toolkit.model.sentences import listed, told_instead
from toolkit.text import cell_text, printable, shortened
from toolkit.workbook.annotation.zeros import with_zeros
from toolkit.workbook.formulas import same_formula
from toolkit.workbook.intake.numbers import number_as_calculated, read_text
from toolkit.workbook.intake.structure import identify, plan_for
from toolkit.workbook.proposals import Place, areas
from toolkit.workbook.template.cells import CellRole
from toolkit.workbook.template.plan import blank_plan

#: What only the office can judge, and what the unit need not know.
_OFFICE = frozenset({Code.SIGN_01, Code.SIGN_03, Code.SIGN_09, Code.FMLA_04})
#: Notes about cells that ask nothing of the unit: told in the list, no cell is coloured for them.
_QUIET = frozenset({Code.FORM_06, Code.FORM_07, Code.FORM_08, Code.FORM_15})
_RESTORED = (
    f"公式已恢复，这一格不用改；结果不对的，请改正它所加的各格。工作簿里有“{CONFIRM}”页的，看过以后在那里选“确认”。"
)
_WHICH = f"，请在“{CONFIRM}”页确认"
_SHOWN_CELLS, _LONGEST_VALUE, _EMPTY = 6, 60, "（空）"


class Marking(NamedTuple):
    """Everything to be written into the copy: what each finding's cells hold, and what a cell is marked with.

    A cell has the worst severity, and a paragraph a finding. ``restored`` are the formulas to put back, ``figures``
    what is said of those where another figure stood.
    """

    lines: Sequence[tuple[Finding, str]]
    marks: Mapping[Place, tuple[Severity, Sequence[str]]]
    restored: Mapping[Place, str]
    figures: Mapping[Place, str]


def lines_of(instrument: Instrument, verdict: Verdict, *, enclosed: bool = True, each: bool = False) -> list[Finding]:
    """What the unit is told: findings worst first, each in its words, what is one fault in many cells once.

    ``enclosed`` tells that a copy goes with it, in which zeros are proposed; ``each`` that every cell is told of.
    """
    findings = with_zeros(instrument, verdict) if enclosed else verdict.findings
    due = [finding for finding in findings if not _unsaid(instrument, finding)]
    back = put_back(instrument, verdict)
    told = (_in_words(one, back) for one in (due if each else told_once(due)))
    return sorted(told, key=lambda finding: finding.severity.rank)


def place_of(finding: Finding) -> str:
    """``申请情况!D7``, or the sheet, or nothing."""
    return "!".join(part for part in (finding.sheet, finding.cell) if part)


def put_back(instrument: Instrument, verdict: Verdict) -> frozenset[Place]:
    """The total cells whose formula is put back: a deleted one is told as a missing figure."""
    formulas = blank_plan(instrument).formulas
    cells = (place for f in verdict.findings if f.rule in FORMULAS | {Code.VAL_01} for place in cells_of(f))
    return frozenset(place for place in cells if place in formulas and formulas[place].role is CellRole.TOTAL)


def marking(flat: FlatWorkbook, instrument: Instrument, verdict: Verdict, due: Mapping[Place, CellValue]) -> Marking:
    """Marks and lines for a workbook; ``due`` is what its totals give."""
    planned = plan_for(instrument, identify(flat)).formulas
    there = {place: cell.formula for place, cell in planned.items() if place[0] in flat.sheets}
    restored = {p: formula for p, formula in there.items() if not same_formula(flat.at(*p).formula, formula, p[0])}
    kept = planned.keys() - restored.keys()
    words = {place: shortened(cell_text(flat.at(*place).value, _EMPTY), _LONGEST_VALUE) for place in kept}
    altered, figures = {}, _other_figures(flat, restored, due)
    for place in put_back(instrument, verdict) & restored.keys():
        result = shortened(cell_text(due.get(place), "暂无（有格没有填）"), _LONGEST_VALUE)
        altered[place] = f"原填 {_stood(flat, place)}，公式结果 {result}{_WHICH if place in figures else ''}"
    words |= altered
    lines = [(one, _content(flat, one, words)) for one in lines_of(instrument, verdict)]
    marks: dict[Place, tuple[Severity, list[str]]] = {}
    for finding in lines_of(instrument, verdict, each=True):
        if not finding.explanation and not (finding.severity is Severity.NOTE and finding.rule in _QUIET):
            for place, text in _notes(instrument, verdict, finding, altered):
                marks.setdefault(place, (finding.severity, []))[1].append(text)
    return Marking(lines, marks, restored, {place: altered[place] for place in figures if place in altered})


def _unsaid(instrument: Instrument, finding: Finding) -> bool:
    """Whether the unit has nothing to learn of it: the office's own notes, formulas of the check sheet."""
    if finding.severity is not Severity.NOTE:
        return False
    formulas, cells = blank_plan(instrument).formulas, cells_of(finding)
    ours = finding.rule in FORMULAS and all(p in formulas and formulas[p].role is not CellRole.TOTAL for p in cells)
    return finding.rule in _OFFICE or ours


def _in_words(finding: Finding, back: Collection[Place]) -> Finding:
    labels = "".join(f"“{part}”" for part in (finding.row, finding.column) if part and finding.left is None)
    says = told_instead("to_unit").get((finding.rule, finding.fault))
    message = (says.message if says else "") or finding.bare or finding.message
    problem = printable(f"{labels}{'：' if labels else ''}{message}").rstrip("。") + "。"
    cells = cells_of(finding)
    remedy, severity = says.remedy if says else finding.remedy, finding.severity
    if finding.explanation:
        severity = Severity.NOTE
        remedy = f"已有情况说明（{finding.explanation}），不用改。"
    elif cells and set(cells) <= set(back):
        remedy = _RESTORED
    elif set(cells) & set(back):
        remedy = f"合计公式已恢复。{remedy}"
    if finding.suggestion:
        remedy = f"{remedy}{finding.suggestion}。"
    return replace(finding, severity=severity, message=problem, remedy=printable(remedy))


def _content(flat: FlatWorkbook, finding: Finding, words: Mapping[Place, str]) -> str:
    """What the cells of a finding held when they came."""
    cells = cells_of(finding)
    held = {place: words.get(place) or _stood(flat, place) for place in cells}
    shown = [f"{_called(place, finding.sheet)} {told}" if cells[1:] else told for place, told in held.items()]
    if cells and all(_stood(flat, place) == _EMPTY for place in cells) and not words.keys() & set(cells):
        return _EMPTY
    return listed(shown, _SHOWN_CELLS, "\n", "\n")


def _stood(flat: FlatWorkbook, place: Place) -> str:
    """What a cell held when it came."""
    cell = flat.at(*place)
    seen = read_text(cell, flat.styles[cell.style], from_1904=flat.from_1904) or cell_text(cell.value)
    text = " ".join(printable(seen if cell.formula is None else f"={cell.formula}").split())
    return f"{text[:_LONGEST_VALUE]}…" if len(text) > _LONGEST_VALUE else text or _EMPTY


def _notes(
    instrument: Instrument, verdict: Verdict, finding: Finding, words: Mapping[Place, str]
) -> Iterator[tuple[Place, str]]:
    """The paragraph for each cell: the whole at the first, a pointer to it at the others."""
    head = finding.severity.label
    cells = cells_of(finding)
    for i, place in enumerate(cells):
        told = f"{words[place]}。" if place in words else ""
        if i == 0:
            yield place, "\n".join(part for part in (head, finding.message, f"怎么改：{finding.remedy}", told) if part)
        else:
            yield place, f"{head}：见 {_called(cells[0], place[0])} 的批注。{told}"
    where = _explained_at(instrument, verdict.content, finding) if verdict.content else None
    if where is not None and where not in cells:
        yield where, f"{head}\n情况属实的，请在这里写明实际情况和原因。见 {_called(cells[0], where[0])} 的批注。"


def _explained_at(instrument: Instrument, content: Return, finding: Finding) -> Place | None:
    """Where the explanation is to be written that would settle a finding."""
    if finding.severity is not Severity.VERIFY:
        return None
    mine = (one for one in instrument.rules.checks if one.rule.id == finding.rule)
    keys = (one.key for one in mine if tuple(map(key_name, one.keys)) == finding.variables)
    key = finding.rule if finding.rule in instrument.text_rules else next(keys, "")
    return instrument.explanation_cell(content, key) if key in instrument.layout.explained else None


def _called(place: Place, sheet: str) -> str:
    return place[1] if place[0] == sheet else "!".join(place)


def counted(found: Sequence[Finding]) -> str:
    """How many of each severity, in words: ``错误 2 处，请核实 1 处``."""
    sums = {level: sum(one.severity is level for one in found) for level in Severity}
    return "，".join(f"{level.label} {count} 处" for level, count in sums.items() if count)


def _other_figures(flat: FlatWorkbook, restored: Mapping[Place, str], due: Mapping[Place, CellValue]) -> list[Place]:
    """The formulas put back where another figure stood: the unit has to say which is right."""
    cells = sorted(due.keys() & restored.keys())
    both = {place: [number_as_calculated(value) for value in (flat.at(*place).value, due[place])] for place in cells}
    return [place for place, (stood, given) in both.items() if None not in {stood, given} and stood != given]


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those of one fault as one, at the place of the first.

    One fault is what has one sentence as a habit, or what is said in the same words with the same remedy. Findings with
    a suggestion or an explanation of their own stay as they are.
    """
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_kind(finding), []).append(finding)
    return [_as_one(group) for group in groups.values()]


def _kind(finding: Finding) -> object:
    if finding.suggestion or finding.explanation or not finding.cell:
        return id(finding)
    says = told_instead("habit").get((finding.rule, finding.fault))
    return finding.rule, finding.severity, says or (finding.bare or finding.message, finding.remedy)


def _as_one(group: Sequence[Finding]) -> Finding:
    first, places = group[0], list(dict.fromkeys(place for one in group for place in cells_of(one)))
    says = told_instead("habit").get((first.rule, first.fault)) if len(places) > 1 else None
    if says is None and len(group) == 1:
        return first
    message = f"{first.bare or first.message}（{len(group)} 处：{areas(places)}）"
    if says is not None:
        message = says.message.format(count=len(places), cells=areas(places))
    return replace(
        first,
        cells=tuple(cell if sheet == first.sheet else f"{sheet}!{cell}" for sheet, cell in places),
        variables=tuple(name for one in group for name in one.variables),
        row="",
        column="",
        message=message,
        bare=message,
        remedy=says.remedy if says else first.remedy,
    )


def cells_of(finding: Finding) -> list[Place]:
    """The cells a finding names, its own first; those of other sheets are written ``上年数!C5``."""
    out: dict[Place, None] = {(finding.sheet, finding.cell): None} if finding.cell else {}
    for reference in finding.cells:
        sheet, _, cell = reference.rpartition("!")
        plain = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        out[plain or finding.sheet, cell] = None
    return list(out)
