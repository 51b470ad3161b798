"""What became of the formulas: altered, overwritten, with a stale result, or without any; four verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from toolkit.forms.layout import prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.flat import FlatCell, FlatWorkbook
from toolkit.rules.compile import derive
from toolkit.text import cell_text, shortened, written
from toolkit.workbook.intake.numbers import number_as_calculated
from toolkit.workbook.template.cells import CellRole, Planned, TemplatePlan

_PARTS = re.compile(r'"(?:[^"]|"")*"|[^"]+')
_SAME = Decimal("1e-6")
_SHOWN, _QUOTED = 8, 200


@dataclass(frozen=True, slots=True)
class Formulas:
    """The state of the formula cells that hold data, by variable name (``last_year.`` prefixed for last year's)."""

    altered: Mapping[str, FlatCell]
    overwritten: Mapping[str, FlatCell]
    intact: Mapping[str, FlatCell]


def normal_formula(formula: str, sheet: str = "") -> str:
    """A formula without what programs write differently: spaces, case, ``$``, quotes about sheet names, prefixes.

    The name of the sheet it stands on, before a reference, says nothing either.
    """
    out = []
    for part in _PARTS.findall(formula):
        if part.startswith('"'):
            out.append(part)
        else:
            part = _own(sheet).sub("", part) if sheet and "!" in part else part  # noqa: PLW2901
            out.append("".join(part.split()).upper().replace("$", "").replace("'", "").replace("_XLFN.", ""))
    return "".join(out).removeprefix("=")


@lru_cache(maxsize=64)
def _own(sheet: str) -> re.Pattern[str]:
    """A sheet's name as a formula on it writes it: not the end of another's, not of another file, not of a span."""
    name = re.escape(sheet)
    quoted = re.escape(sheet.replace("'", "''"))
    return re.compile(rf"(?<![\w.\]:'!])(?:'{quoted}'|{name})!", re.IGNORECASE)


def sort_formulas(flat: FlatWorkbook, plan: TemplatePlan) -> Formulas:
    """Compare every formula of the tables, references and all."""
    altered: dict[str, FlatCell] = {}
    overwritten: dict[str, FlatCell] = {}
    intact: dict[str, FlatCell] = {}
    for (sheet, address), planned in plan.formulas.items():
        if planned.role is not CellRole.TOTAL:
            continue
        cell = flat.at(sheet, address)
        if cell.formula is None:
            overwritten[planned.name] = cell
        elif cell.formula == planned.formula or normal_formula(cell.formula, sheet) == normal_formula(
            planned.formula, sheet
        ):
            intact[planned.name] = cell
        else:
            altered[planned.name] = cell
    return Formulas(altered, overwritten, intact)


def examine(flat: FlatWorkbook, instrument: Instrument, plan: TemplatePlan, formulas: Formulas) -> list[Finding]:
    """The findings of all four verdicts, folded to a line a sheet."""
    planned = {cell.name: cell for cell in plan.formulas.values() if cell.name}
    seen = _as_seen(flat, instrument, formulas)
    return [
        *_altered(formulas, planned),
        *_overwritten(flat, instrument, formulas, planned),
        *_results(formulas, planned, seen),
        *_check_sheet(flat, plan),
    ]


def _by_sheet(names: Iterator[str] | list[str], planned: Mapping[str, Planned]) -> dict[str, list[Planned]]:
    out: dict[str, list[Planned]] = {}
    for name in names:
        out.setdefault(planned[name].spot.sheet, []).append(planned[name])
    return out


def _finding(code: str, severity: Severity, cells: list[Planned], message: str, remedy: str) -> Finding:
    return Finding(
        rule=code,
        severity=severity,
        sheet=cells[0].spot.sheet,
        cell=cells[0].spot.cell,
        cells=tuple(cell.spot.cell for cell in cells),
        variables=tuple(cell.name for cell in cells if cell.name),
        message=message,
        remedy=remedy,
    )


def _listed(cells: list[Planned]) -> str:
    shown = "、".join(cell.spot.cell for cell in cells[:_SHOWN])
    return shown if len(cells) <= _SHOWN else f"{shown} 等 {len(cells)} 格"


def _altered(formulas: Formulas, planned: Mapping[str, Planned]) -> Iterator[Finding]:
    for cells in _by_sheet(list(formulas.altered), planned).values():
        first = cells[0]
        found = shortened(formulas.altered[first.name].formula or "", _QUOTED)
        message = f"合计公式被改动：{_listed(cells)}。{first.spot.cell} 应为“={first.formula}”，现在是“={found}”"
        remedy = "请恢复原公式；核对时已按原公式重新计算。"
        yield _finding("FMLA-01", Severity.ERROR, cells, message, remedy)


def _overwritten(
    flat: FlatWorkbook, instrument: Instrument, formulas: Formulas, planned: Mapping[str, Planned]
) -> Iterator[Finding]:
    if not formulas.overwritten:
        return
    right = _as_seen(
        flat, instrument, Formulas({}, {}, {**formulas.intact, **formulas.altered, **formulas.overwritten})
    )
    for cells in _by_sheet(list(formulas.overwritten), planned).values():
        wrong = [cell for cell in cells if not _agrees(formulas.overwritten[cell.name], right.get(cell.name))]
        word = f"其中 {_listed(wrong)} 与公式应得的结果不同" if wrong else "数字与公式应得的结果相同"
        message = f"合计公式被手填的内容覆盖：{_listed(cells)}；{word}"
        remedy = "请恢复公式（可从空白模板复制同一格）；核对时以填写的数字为准。"
        yield _finding("FMLA-02", Severity.NOTE, cells, message, remedy)


def _results(
    formulas: Formulas, planned: Mapping[str, Planned], seen: Mapping[str, Decimal | None]
) -> Iterator[Finding]:
    none = [name for name, cell in formulas.intact.items() if cell.value is None and seen.get(name) is not None]
    stale = [n for n, cell in formulas.intact.items() if cell.value is not None and not _agrees(cell, seen.get(n))]
    for cells in _by_sheet(stale, planned).values():
        first = cells[0]
        value = seen.get(first.name)
        kept = shortened(cell_text(formulas.intact[first.name].value, "空"))
        due = "空" if value is None else shortened(written(value))
        message = f"公式结果陈旧：{_listed(cells)}。{first.spot.cell} 保存的结果是 {kept}，按公式应为 {due}"
        yield _finding("FMLA-03", Severity.NOTE, cells, message, "核对时已重新计算；请打开文件，重新计算后保存。")
    if none:
        cells = [planned[name] for name in none]
        message = f"文件保存时没有计算公式（{len(none)} 格没有结果），核对时已自行计算"
        yield _finding("FMLA-04", Severity.NOTE, cells, message, "不影响报送。")


def _check_sheet(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """Formulas that only show something: a change there harms no figure, one note."""
    changed = [
        cell
        for (sheet, address), cell in plan.formulas.items()
        if cell.role is not CellRole.TOTAL
        and (found := flat.at(sheet, address).formula) != cell.formula
        and (found is None or normal_formula(found, sheet) != normal_formula(cell.formula, sheet))
    ]
    if changed:
        overwritten = all(flat.at(c.spot.sheet, c.spot.cell).formula is None for c in changed)
        message = f"校验公式被{'覆盖' if overwritten else '改动'}：{_listed(changed)}，其结论不作数"
        code = "FMLA-02" if overwritten else "FMLA-01"
        yield _finding(code, Severity.NOTE, changed, message, "以本次核对的结论为准。")


def _as_seen(flat: FlatWorkbook, instrument: Instrument, formulas: Formulas) -> dict[str, Decimal | None]:
    """What intact formulas give from the cells as a spreadsheet sees them; altered ones count with their own result."""
    layout = instrument.layout

    def value(name: str) -> Decimal | None:
        return number_as_calculated(flat.at(*layout.cells[name]).value)

    fixed = {**formulas.altered, **formulas.overwritten}
    numbers = {n: value(n) for n in instrument.names if n not in instrument.rules.formulas or n in fixed}
    prior = {n: value(prior_name(n)) for n in layout.prior}
    out = derive(instrument.rules.formulas, numbers, prior, fixed)
    for name in layout.prior:
        own = prior_name(name)
        if own in formulas.intact:
            parts = [prior[key.name] for key in instrument.rules.formulas[name].right.keys()]
            known = [part for part in parts if part is not None]
            out[own] = sum(known, Decimal(0)) if len(known) == len(parts) else None
    return out


def _agrees(cell: FlatCell, value: Decimal | None) -> bool:
    shown = number_as_calculated(cell.value)
    if value is None or shown is None:
        return value is None and shown is None and cell.value in {None, ""}
    return abs(shown - value) < _SAME
