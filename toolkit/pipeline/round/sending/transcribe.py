"""Figures read out of a file that cannot be used, put into the unit's own workbook to be confirmed; never as data."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from toolkit.boundary import guarded
from toolkit.collection.roster.read import Unit
from toolkit.forms.layout import PERIOD, UNIT
from toolkit.io.workers import apart
from toolkit.model.sentences import letter
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.rules.compile import derive
from toolkit.text import name_key, shortened
from toolkit.workbook.intake.archive import directory, unpack
from toolkit.workbook.intake.xml import is_markup, require_bounded
from toolkit.workbook.proposals import Proposal
from toolkit.workbook.template.write import write_template
from toolkit.workbook.transcription.match import transcribe
from toolkit.workbook.transcription.tables import PlainCell, PlainTable, plain_tables


def proposed(round_: Round, unit: Unit, load: Callable[[], bytes], name: str) -> bytes | None:
    """What can be read out of the file ``name``, in a workbook as issued to the unit.

    None where no figure can be read without doubt, and where the file names another unit or is last year's as filed.
    """
    return guarded(lambda: _proposed(round_, unit, load(), shortened(Path(name).name)), lambda _: None)


def _proposed(round_: Round, unit: Unit, data: bytes, name: str) -> bytes | None:
    form, filed = round_.issued, round_.figures(unit)
    found, unread = transcribe(
        apart(_word_tables, data) if b"word/document.xml" in data else list(plain_tables(data)), form
    )
    head = {one.variable: one.value for one in found if one.variable in {UNIT, PERIOD}}
    totals = [one for one in found if one.variable in form.rules.formulas]
    taken = [one for one in found if one not in totals and one.variable not in head]
    figures: dict[str, Decimal | None] = {one.variable: one.value for one in taken if isinstance(one.value, Decimal)}
    named, period = (name_key(str(head.get(one, ""))) for one in (UNIT, PERIOD))
    is_other_unit = named not in name_key(unit.name) and name_key(unit.short or unit.name) not in named
    is_other_year = period not in {"", *map(name_key, (str(round_.period), round_.period.label))}
    as_filed = is_other_year and all(filed.get(variable) == value for variable, value in figures.items())
    if not figures or is_other_unit or as_filed:
        return None
    count = sum(one.value is not None for one in taken)
    told = [letter("read_out", name=name, count=count, figures=len(figures))]
    if is_other_year:
        told.append(f"原文件写的统计期间是“{shortened(period)}”，请看清这些数是不是 {round_.period.label}的。")
    proposals = [one._replace(source=f"从“{name}”的 {one.source} 读出") for one in taken]
    right = derive(form.rules.formulas, figures, {}, set())
    for total, value, place in totals:
        if (due := right.get(total)) is not None and due != value:
            wrong = f"原文件 {place} 写的是 {value}，由各格算出来是 {due}，请核对各格。"
            proposals.append(Proposal(total, None, f"“{form.variables[total].brief}”：{wrong}"))
            told.append(proposals[-1].source)
    values = {name: value for name, value, _ in proposals if value is not None}
    return write_template(form, replace(issue(round_, unit), values=values, proposals=proposals, told=(*told, *unread)))


def _word_tables(data: bytes) -> Iterator[PlainTable]:
    """The tables of a .docx; a cell that continues the one above it holds nothing."""
    from docx import Document  # noqa: PLC0415 - few files are documents

    from toolkit.report.word.body import TABLE, text_of  # noqa: PLC0415 - it comes with lxml

    require_bounded([body for name, body in unpack(data, directory(data)).items() if is_markup(name, body)])
    for number, table in enumerate(Document(io.BytesIO(data)).element.body.iter(TABLE), 1):
        cells: dict[tuple[int, int], PlainCell] = {}
        for row, line in enumerate(table.tr_lst, 1):
            col = 1 + line.grid_before
            for cell in line.tc_lst:
                if cell.vMerge != "continue" and (text := text_of(cell)):
                    cells[row, col] = PlainCell(text, f"第 {number} 个表第 {row} 行第 {col} 格")
                col += cell.grid_span
        yield PlainTable(f"第 {number} 个表", cells)
