"""Is it ours, and is it whole: identity, version, sheets, labels, names, protection."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from toolkit.forms.layout import IDENTITY_FIELDS, NOTICE, Spot, address
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding, Severity
from toolkit.model.flat import FlatWorkbook
from toolkit.model.returns import Identity
from toolkit.text import cell_text, shortened
from toolkit.workbook.template.cells import CellRole, TemplatePlan

_FURTHEST_SHIFT = 5
_LONGEST_VERSION = 9
_NEARBY = 50  # sheets looked at for one that was renamed
_LONGEST = 255  # characters of a document property: no field of an identity has more


def identify(flat: FlatWorkbook) -> Identity | None:
    """What the workbook says it is: the hidden sheet first, the document properties where that is lost."""
    noted = {field: flat.properties.get(f"xxgk.{field}", "") for field in IDENTITY_FIELDS}
    hidden = {field: _hidden(flat, field, noted[field]) for field in IDENTITY_FIELDS}
    told = {field: hidden[field] or noted[field] for field in IDENTITY_FIELDS}
    if not told["form"]:
        return None
    identity = _identity(told)
    twice = tuple(field for field in IDENTITY_FIELDS if hidden[field] and noted[field] not in {"", hidden[field]})
    if not twice:
        return identity
    other = _identity({field: noted[field] or hidden[field] for field in IDENTITY_FIELDS})
    return replace(identity, contradictions=twice, other=other)


def _hidden(flat: FlatWorkbook, field: str, noted: str) -> str:
    """A field on the hidden sheet. A program that made a number of a text took the zeros before it."""
    sheet, _, cell = flat.names.get(f"xxgk.{field}", "").rpartition("!")
    value = flat.at(sheet, cell).value if cell else None
    text = cell_text(value)[:_LONGEST]
    return noted if isinstance(value, float) and noted.isdigit() and noted.lstrip("0") == text.lstrip("0") else text


def _identity(told: Mapping[str, str]) -> Identity:
    return Identity(
        form=told["form"],
        version=_version_number(told["version"]),
        code=told["code"],
        unit=told["unit"],
        period=told["period"],
        fingerprint=told["fingerprint"],
        key=told["key"],
        signature=told["signature"],
    )


def _version_number(text: str) -> int:
    """The number of a version; 0, which no form has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION else 0


def check_structure(
    flat: FlatWorkbook, instrument: Instrument, plan: TemplatePlan, identity: Identity
) -> list[Finding]:
    """Everything about the workbook's structure; a fatal finding means that its values cannot be read safely."""
    fatal = list(_version(instrument, plan, identity)) or list(_sheets(flat, instrument)) or list(_labels(flat, plan))
    return fatal or [*_extra(flat, instrument), *_lost_names(flat, instrument), *_unlocked(flat, plan)]


def _fatal(code: str, message: str, remedy: str, sheet: str = "", cell: str = "") -> Finding:
    return Finding(rule=code, severity=Severity.FATAL, sheet=sheet, cell=cell, message=message, remedy=remedy)


def _note(code: str, message: str, sheet: str = "", cells: tuple[str, ...] = ()) -> Finding:
    return Finding(
        rule=code,
        severity=Severity.NOTE,
        sheet=sheet,
        cell=cells[0] if cells else "",
        cells=cells,
        message=message,
        remedy="不影响报送。",
    )


def _version(instrument: Instrument, plan: TemplatePlan, identity: Identity) -> Iterator[Finding]:
    form = instrument.form
    if identity.version not in form.accepts:
        wanted = "、".join(str(v) for v in form.accepts)
        found = f"是第 {identity.version} 版" if identity.version else "的版本号不对"
        yield _fatal(
            "FORM-03",
            f"表样{found}，现在只收第 {wanted} 版",
            "请换用新发的模板填写。",
        )
    elif identity.version == form.version and identity.fingerprint != plan.fingerprint:
        yield _fatal("FORM-03", "表样标识与本版表样不一致，可能是用旧模板改的", "请换用新发的模板填写。")


def _sheets(flat: FlatWorkbook, instrument: Instrument) -> Iterator[Finding]:
    extra = [name for name in flat.sheets if name not in instrument.layout.sheets][:_NEARBY]
    for sheet in instrument.layout.sheets:
        if sheet in flat.sheets:
            continue
        close = [name for name in extra if sheet in name] or get_close_matches(sheet, extra, n=1, cutoff=0.4)
        hint = f"，是不是改名成了“{shortened(close[0])}”？" if close else ""
        yield _fatal(
            "FORM-04", f"缺少工作表“{sheet}”{hint}", f"请把工作表名称改回“{sheet}”，或用原模板重新填写。", sheet
        )


def _labels(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """The first label of each sheet that does not stand where it should."""
    seen: set[str] = set()
    for (sheet, cell), wanted in plan.labels.items():
        if sheet in seen:
            continue
        found = flat.at(sheet, cell).value
        if found != wanted and _squeezed(found) != _squeezed(wanted):
            seen.add(sheet)
            now = "空的" if found is None else f"“{shortened(_squeezed(found))}”"
            text = f"应为“{wanted}”，现在是{now}"
            yield _fatal(
                "FORM-05",
                f"表格结构被改动：{cell} {text}{_moved(flat, plan, sheet, cell, wanted)}",
                "请用原模板重新填写，不要增删行列、不要改标题。",
                sheet,
                cell,
            )


def _moved(flat: FlatWorkbook, plan: TemplatePlan, sheet: str, cell: str, wanted: str) -> str:
    """Where a missing label went, if it is near: the sign of an inserted or deleted row or column."""
    spot = next(c.spot for c in plan.sheets[sheet] if c.spot.cell == cell)
    for step in range(1, _FURTHEST_SHIFT + 1):
        for rows, cols, word in (
            (step, 0, "插入了 {} 行"),
            (-step, 0, "删除了 {} 行"),
            (0, step, "插入了 {} 列"),
            (0, -step, "删除了 {} 列"),
        ):
            near = Spot(sheet, spot.row + rows, spot.col + cols)
            if (
                near.row >= 0
                and near.col >= 0
                and (_squeezed(flat.at(sheet, address(near.row, near.col)).value) == _squeezed(wanted))
            ):
                return f"（疑似在上方或左方{word.format(step)}）"
    return ""


def _squeezed(value: object) -> str:
    """What a label says, however wide its characters are and wherever it is broken."""
    return "".join(unicodedata.normalize("NFKC", cell_text(value)).split())


def _extra(flat: FlatWorkbook, instrument: Instrument) -> Iterator[Finding]:
    known = {NOTICE, *instrument.layout.sheets, *(spot.sheet for spot in instrument.layout.spots.values())}
    extra = [name for name in flat.sheets if name not in known]
    if extra:
        yield _note("FORM-06", f"多出工作表“{'”“'.join(map(shortened, extra[:5]))}”，其中内容不读取", extra[0])


def _lost_names(flat: FlatWorkbook, instrument: Instrument) -> Iterator[Finding]:
    lost = [
        name for name, (sheet, cell) in instrument.layout.cells.items() if flat.names.get(name) != f"{sheet}!{cell}"
    ]
    if lost:
        yield _note("FORM-07", f"有 {len(lost)} 个单元格名称丢失或指向别处（如 {lost[0]}），数据按原位置读取")


def _unlocked(flat: FlatWorkbook, plan: TemplatePlan) -> Iterator[Finding]:
    """Sheets without protection, and total cells whose lock was taken off; one note in all."""
    bare = [name for name, sheet in flat.sheets.items() if name in plan.sheets and not sheet.protected]
    if bare:
        yield _note("FORM-08", f"工作表“{'”“'.join(bare)}”的保护被取消", bare[0])
    for sheet, cells in plan.sheets.items():
        totals = [c.spot.cell for c in cells if c.role is CellRole.TOTAL]
        loose = tuple(cell for cell in totals if not flat.styles[flat.at(sheet, cell).style].locked)
        if loose and sheet not in bare:
            yield _note("FORM-08", f"{len(loose)} 个合计单元格的锁定被取消（{'、'.join(loose[:5])}）", sheet, loose)
