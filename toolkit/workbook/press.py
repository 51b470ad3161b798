"""Prints the workbook of a form for one unit after another: made once, then only what differs is replaced.

A workbook that is made from the start takes a hundred times as long as the few parts in which units differ: their
names and signature among the shared strings and document properties, last year's figures, and what the check sheet
shows of them. All other parts are copied as they were compressed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal

from toolkit.forms.layout import CheckColumn
from toolkit.forms.layout import Spot
from toolkit.forms.layout import prior_name
from toolkit.instrument import Instrument
from toolkit.workbook.pen import plain_number
from toolkit.workbook.plan import blank_plan
from toolkit.workbook.plan import prior_known
from toolkit.workbook.planned import Known
from toolkit.workbook.planned import Prefill
from toolkit.workbook.repack import Package
from toolkit.workbook.write import breadth
from toolkit.workbook.write import write_template

_TEXTS, _PROPERTIES = "xl/sharedStrings.xml", "docProps/custom.xml"
#: What stands for a unit's own texts in the master; nobody's name has these characters.
_STAND_INS: Mapping[str, str] = {"unit": "\ue000", "code": "\ue001", "key": "\ue002", "signature": "\ue003"}
_HALF = "\u00fe"
#: A text the library would write in another way than as it is, apart from the three marks of XML.
_ODD = re.compile(r"[\x00-\x1f\ue000-\ue003\ufffe\uffff]|_x|^\s|\s$|^$|^<r>")
#: A figure of so many characters may need a taller row.
_LONGEST = 12

Value = str | Decimal | int
Kind = tuple[object, ...]


class Press:
    """Issues workbooks that are, part by part, what `write_template` writes."""

    def __init__(self, instrument: Instrument) -> None:
        """Nothing is made before the first workbook is asked for."""
        self._instrument = instrument
        self._masters: dict[Kind, _Master | None] = {}
        # A rule about last year alone would have a verdict already; the summary would differ from unit to unit.
        self._usable = all(check.current for check in instrument.rules.checks)
        self._known_texts = frozenset(str(cell.value) for cell in blank_plan(instrument).cells if cell.value)

    def issue(self, prefill: Prefill) -> bytes:
        """The unit's workbook; made from the start where a name is one that replacing could not be sure of."""
        texts = _texts(prefill)
        if not self._usable or prefill.values or not self._plain(texts) or not _short(prefill):
            return write_template(self._instrument, prefill)
        kind = (prefill.period, *(breadth(text) for text in texts.values()), frozenset(prefill.prior))
        if kind not in self._masters:
            self._masters[kind] = _Master.of(self._instrument, prefill)
        master = self._masters[kind]
        made = master.filled(texts, _figures(self._instrument, prefill)) if master else None
        return write_template(self._instrument, prefill) if made is None else made

    def _plain(self, texts: Mapping[str, str]) -> bool:
        given = [text for text in texts.values() if text]
        unlike = len(set(given)) == len(given) and not self._known_texts.intersection(given)
        return unlike and not any(_ODD.search(text) for text in given)


def _texts(prefill: Prefill) -> dict[str, str]:
    return {field: str(getattr(prefill, field)) for field in _STAND_INS}


def _short(prefill: Prefill) -> bool:
    return all(len(str(value)) <= _LONGEST for value in prefill.prior.values())


def _figures(instrument: Instrument, prefill: Prefill) -> dict[Spot, Value]:
    """Every cell whose value or first result comes from last year's figures."""
    layout = instrument.layout
    known = Known({}, prior_known(instrument, prefill.prior), {})
    out: dict[Spot, Value] = {}
    for name in layout.prior:
        value = known.prior.get(name)
        out[layout.spot(prior_name(name))] = "" if value is None else value
    for check in instrument.rules.checks:
        if check.prior:
            for column, node in ((CheckColumn.LEFT, check.left), (CheckColumn.RIGHT, check.right)):
                out[layout.check_spot(check.key, column)] = known.result(node)
    return out


@dataclass(frozen=True)
class _Master:
    """A workbook with stand-ins, taken apart; ``sheets`` holds parts cut open at the cells of ``figures``."""

    package: Package
    stand_ins: Mapping[str, str]
    figures: Mapping[Spot, Value]
    sheets: Mapping[str, tuple[tuple[Spot, ...], tuple[str, ...]]]

    @classmethod
    def of(cls, instrument: Instrument, prefill: Prefill) -> _Master | None:
        """The master for units like this one; None where it cannot be made."""
        texts = _texts(prefill)
        stand_ins = {field: _stand_in(field, text) for field, text in texts.items()}
        if any(text and not stand_in for text, stand_in in zip(texts.values(), stand_ins.values(), strict=True)):
            return None
        given = replace(
            prefill,
            unit=stand_ins["unit"],
            code=stand_ins["code"],
            key=stand_ins["key"],
            signature=stand_ins["signature"],
        )
        package = Package.of(write_template(instrument, given))
        figures = _figures(instrument, given)
        sheets: dict[str, tuple[tuple[Spot, ...], tuple[str, ...]]] = {}
        names = list(blank_plan(instrument).sheets)
        for sheet in dict.fromkeys(spot.sheet for spot in figures):
            part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
            cells = [spot for spot, value in figures.items() if spot.sheet == sheet and value != ""]
            pieces = _pieces(package.text(part), cells)
            if pieces is None:
                return None
            sheets[part] = pieces
        return cls(package, stand_ins, figures, sheets)

    def filled(self, texts: Mapping[str, str], figures: Mapping[Spot, Value]) -> bytes | None:
        """The unit's workbook; None where a cell shows another kind of value than in the master."""
        if any((value == "") != (figures[spot] == "") for spot, value in self.figures.items()):
            return None
        changed = {part: self._replaced(self.package.text(part), texts) for part in (_TEXTS, _PROPERTIES)}
        for part, (cells, pieces) in self.sheets.items():
            out = [pieces[0]]
            for spot, piece in zip(cells, pieces[1:], strict=True):
                out += [_written(figures[spot], result=out[-1].endswith("</f><v>")), piece]
            changed[part] = "".join(out)
        return self.package.with_texts(changed)

    def _replaced(self, xml: str, texts: Mapping[str, str]) -> str:
        for field, stand_in in self.stand_ins.items():
            if stand_in:
                xml = xml.replace(f">{stand_in}<", f">{html.escape(texts[field], quote=False)}<")
        return xml


def _stand_in(field: str, text: str) -> str:
    """As broad as the text, so that rows are as tall; empty where there is no room for a character of its own."""
    wide, half = divmod(breadth(text), 2)
    return _STAND_INS[field] * wide + _HALF * half if wide else ""


def _pieces(xml: str, cells: list[Spot]) -> tuple[tuple[Spot, ...], tuple[str, ...]] | None:
    """The sheet cut open at the values of these cells, and the cells in the order of the sheet."""
    found: list[tuple[int, int, Spot]] = []
    for spot in cells:
        match = re.search(rf'<c r="{spot.cell}"[^>]*>(?:<f>[^<]*</f>)?<v>([^<]*)</v></c>', xml)
        if match is None:
            return None
        found.append((*match.span(1), spot))
    found.sort()
    ends = [0, *(end for _, end, _ in found)]
    starts = [*(start for start, _, _ in found), len(xml)]
    pieces = tuple(xml[end:start] for end, start in zip(ends, starts, strict=True))
    return tuple(spot for _, _, spot in found), pieces


def _written(value: Value, *, result: bool) -> str:
    """A figure as the library writes it: in a cell to 16 digits, as a formula's result as it is."""
    number = plain_number(value) if isinstance(value, Decimal | int) else 0
    return str(number) if result else f"{number:.16G}"
