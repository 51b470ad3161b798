"""Zeros proposed where nothing was filled, and the two sheets on which proposals are confirmed and listed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

from toolkit.forms.layout import CHECKS, CONFIRM, Spot
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Outcome
from toolkit.model.flat import CellValue, FlatCell, FlatWorkbook
from toolkit.model.returns import Verdict
from toolkit.text import printable
from toolkit.workbook.annotation.looks import Looks
from toolkit.workbook.annotation.results import Place
from toolkit.workbook.annotation.sheet import encoded_text
from toolkit.workbook.intake.extract import blank_findings
from toolkit.workbook.intake.xml import MAIN
from toolkit.workbook.proposals import CONFIRMED, CONFIRMING, HOW, to_confirm
from toolkit.workbook.template.pen import INPUT
from toolkit.workbook.template.plan_checks import SUMMARY

#: What the comment of a cell says, and how a line about blank tables begins.
PROPOSED_ZERO = "待确认：这一格空着，建议填 0。"
_WHOLE = "空格："
#: The line of the check sheet that tells how to read it, and what it says while proposals are not confirmed.
GUIDE = Spot(CHECKS, 1, 0)
CONFIRM_FIRST = f"浅蓝色的格是建议的数，下面按它们核对，但还没有确认：请在“{CONFIRM}”页选“{CONFIRMED}”，否则不能报送。"


def zeros(instrument: Instrument, verdict: Verdict) -> list[str]:
    """The variables whose cell was left blank and may be 0.

    None where no figure at all was filled: then nobody has begun. None where last year's figure is known and another
    than 0: to be asked for, not to be proposed.
    """
    content = verdict.content
    if content is None or not any(content.numbers.get(n) is not None for n in _entered(instrument)):
        return []
    blank = [name for finding in verdict.findings if _is_of_blanks(finding) for name in finding.variables]
    return [name for name in blank if not content.prior.get(name)]


def with_zeros(instrument: Instrument, verdict: Verdict) -> Sequence[Finding]:
    """The findings as they are once zeros are proposed: one for all these cells, and those of other blanks."""
    names = zeros(instrument, verdict)
    if not names:
        return verdict.findings
    blank = [name for finding in verdict.findings if _is_of_blanks(finding) for name in finding.variables]
    others = (finding for finding in verdict.findings if not _is_of_blanks(finding))
    left = blank_findings(instrument, [name for name in blank if name not in names])
    layout = instrument.layout
    return [to_confirm([layout.cells[name] for name in names], layout.names, "blank"), *left, *others]


def filled(flat: FlatWorkbook, values: Mapping[Place, CellValue]) -> FlatWorkbook:
    """The workbook with these values in its cells."""
    sheets = dict(flat.sheets)
    for (sheet, address), value in values.items():
        cell = FlatCell(value, None, flat.at(sheet, address).style)
        sheets[sheet] = replace(sheets[sheet], cells={**sheets[sheet].cells, address: cell})
    return replace(flat, sheets=sheets)


def guide(usual: str) -> str:
    """The formula in `GUIDE` that tells of what is to be confirmed, and once it is, what stands there usually."""
    return f'IF({CONFIRMING.reference}="{CONFIRMED}","{usual}","{CONFIRM_FIRST}")'


def blank_tables(instrument: Instrument, proposed: Collection[Place]) -> Iterator[str]:
    """A line for every table in which nothing was filled."""
    for table in instrument.form.tables:
        mine = [name for name in _entered(instrument) if instrument.variables[name].table == table.id]
        if len(mine) > 1 and all(instrument.layout.cells[name] in proposed for name in mine):
            yield f"{_WHOLE}“{table.sheet}”整张表没有填，各格都按 0 填上了。确实都是 0 吗？有数的请填上。"


def told_before(flat: FlatWorkbook) -> Iterator[str]:
    """What the confirming sheet says of proposals that are not of this room."""
    for address, cell in flat.sheets[CONFIRM].cells.items() if CONFIRM in flat.sheets else ():
        text = cell.value if isinstance(cell.value, str) and cell.formula is None else ""
        if address[0] == "B" and text not in {"", HOW} and not text.startswith(_WHOLE):
            yield text


def confirm_sheet(looks: Looks, told: Sequence[str], verdicts: CellValue) -> str:
    """The sheet where all is confirmed, as XML (ECMA-376 Part 1, 18.3); ``verdicts`` are those of the check sheet."""
    font, placed = looks.font("宋体", 10.5), {"vertical": "center", "wrapText": "1"}
    text = looks.text(placed, font=font)
    to_choose = looks.text(placed, font=font, fill=looks.fill(INPUT), border=looks.thin(), locked=False)
    state, formula = f"“{CHECKS}”表现在：", escape(f'"{{}}"&{SUMMARY.reference}')
    live = f"<f>{formula.format(state)}</f><v>{state}{escape(str(verdicts or ''))}</v>"
    rows = [f'<c r="A1" s="{to_choose}"/>{_text("B1", HOW, text)}', f'<c r="B2" s="{text}" t="str">{live}</c>']
    rows += [_text(f"B{number}", line, text) for number, line in enumerate(told, 3)]
    return (
        f'<worksheet xmlns="{MAIN.strip("{}")}"><sheetPr><tabColor rgb="FF2F7F9E"/></sheetPr>'
        '<sheetFormatPr defaultRowHeight="32" customHeight="1"/>'
        '<cols><col min="1" max="1" width="14"/><col min="2" max="2" width="100" customWidth="1"/></cols>'
        f'<sheetData>{_rows(rows)}</sheetData><sheetProtection sheet="1" objects="1" scenarios="1"/>'
        '<dataValidations count="1"><dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="A1">'
        f'<formula1>"{CONFIRMED}"</formula1></dataValidation></dataValidations></worksheet>'
    )


def proposed_sheet(proposed: Mapping[Place, CellValue]) -> str:
    """The sheet that lists the proposed cells and their values, as XML."""
    rows = []
    for n, (place, value) in enumerate(proposed.items(), 1):
        beside = _text(f"B{n}", value) if isinstance(value, str) else f'<c r="B{n}"><v>{value!r}</v></c>'
        rows.append(_text(f"A{n}", "!".join(place)) + beside)
    return f'<worksheet xmlns="{MAIN.strip("{}")}"><sheetData>{_rows(rows)}</sheetData></worksheet>'


def _rows(rows: Sequence[str]) -> str:
    return "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(rows, 1))


def _text(address: str, text: str, style: int = 0) -> str:
    shown = escape(encoded_text(printable(text)))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _entered(instrument: Instrument) -> list[str]:
    return [name for name, variable in instrument.variables.items() if not variable.derived]


def _is_of_blanks(finding: Finding) -> bool:
    return finding.rule == Code.VAL_01 and finding.outcome is Outcome.UNDETERMINED
