"""Zeros proposed where nothing was filled, and what the sheets say on which they are confirmed and shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from toolkit.forms.layout import CHECKS, CONFIRM
from toolkit.instrument.instrument import Instrument
from toolkit.model.codes import Code
from toolkit.model.finding import Finding, Outcome
from toolkit.model.flat import FlatWorkbook
from toolkit.model.returns import Verdict
from toolkit.text import cell_text
from toolkit.workbook.annotation.sheet import SheetPart
from toolkit.workbook.intake.extract import blank_findings
from toolkit.workbook.proposals import CONFIRMED, CONFIRMING, HOW, Place, to_confirm

#: How a line about blank tables begins, and the formula that asks for the confirmation.
_WHOLE = "空格："
_IF_CONFIRMED = f'IF({CONFIRMING.reference}="{CONFIRMED}",'
#: The line of the check sheet that tells how to read it, and what it says while proposals are not confirmed.
_GUIDE = "A2"
_CONFIRM_FIRST = f"浅蓝色的格是建议的数，下面按它们核对，但还没有确认：请在“{CONFIRM}”页选“{CONFIRMED}”，否则不能报送。"


def zeros(verdict: Verdict) -> list[str]:
    """The variables whose cell was left blank and may be 0."""
    return [name for name in _blank(verdict) if verdict.content and name in verdict.content.supposed]


def with_zeros(instrument: Instrument, verdict: Verdict) -> Sequence[Finding]:
    """The findings as they are once zeros are proposed: one for all these cells, and those of other blanks."""
    names, layout = zeros(verdict), instrument.layout
    if not names:
        return verdict.findings
    others = (finding for finding in verdict.findings if not _is_of_blanks(finding))
    left = blank_findings(instrument, [name for name in _blank(verdict) if name not in names])
    return [to_confirm([layout.cells[name] for name in names], layout.names, blank=True), *left, *others]


def write_guide(flat: FlatWorkbook, sheet: SheetPart, *, is_waiting: bool) -> None:
    """Let the head of the check sheet ask for the confirmation until it is there, instead of what it says usually."""
    value, formula, _ = flat.at(CHECKS, _GUIDE)
    usual = formula.split('"')[3] if formula and formula.startswith(_IF_CONFIRMED) else cell_text(value)
    if is_waiting and '"' not in usual:
        sheet.calculate(_GUIDE, f'{_IF_CONFIRMED}"{usual}","{_CONFIRM_FIRST}")', _CONFIRM_FIRST)
    elif formula:
        sheet.put(_GUIDE, usual)


def confirm_lines(flat: FlatWorkbook, instrument: Instrument, proposed: Collection[Place]) -> Iterator[str]:
    """What the confirming sheet says: what it said before, and a line for every table in which nothing was filled."""
    for address, cell in flat.sheets[CONFIRM].cells.items() if CONFIRM in flat.sheets else ():
        text = cell_text(cell.value)
        if address[0] == "B" and cell.formula is None and text not in {"", HOW} and not text.startswith(_WHOLE):
            yield text
    for table in instrument.form.tables:
        mine = [name for name, one in instrument.variables.items() if one.table == table.id and not one.derived]
        if len(mine) > 1 and all(instrument.layout.cells[name] in proposed for name in mine):
            yield f"{_WHOLE}“{table.sheet}”整张表没有填，各格都按 0 填上了。确实都是 0 吗？有数的请填上。"


def _blank(verdict: Verdict) -> list[str]:
    return [name for finding in verdict.findings if _is_of_blanks(finding) for name in finding.variables]


def _is_of_blanks(finding: Finding) -> bool:
    return finding.rule == Code.VAL_01 and finding.outcome is Outcome.UNDETERMINED
