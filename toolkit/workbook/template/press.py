"""Prints the workbook of a form for one unit after another: made once, then only what differs is replaced.

Units differ in their names and signature among the shared strings and document properties, and in last year's figures.
All other parts are copied as they were compressed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from toolkit.forms.layout import COVER, PRIOR, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.io.package import Package
from toolkit.text import width_of
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.pen import whole_where_whole
from toolkit.workbook.template.plan import blank_plan, prior_known
from toolkit.workbook.template.write import write_template

_TEXTS, _PROPERTIES = "xl/sharedStrings.xml", "docProps/custom.xml"
#: What stands for a unit's own texts in the master; a name with one of these characters is not pressed.
_STAND_INS: Mapping[str, str] = {"unit": "\ue000", "code": "\ue001", "key": "\ue002", "signature": "\ue003"}
_HALF = "\u00fe"
#: A text the library would write in another way than as it is, apart from the three marks of XML.
_ODD = re.compile(r"[\x00-\x1f\ud800-\udfff\ue000-\ue003\ufffe\uffff]|_x|^\s|\s$|^<r>")
_LONGEST_TEXT = 200
#: Half-width characters in a line of the sheets where texts of a unit stand: one more, and the row is taller.
_LINES = (39, 61)
#: The same where last year's figures stand.
_LONGEST_FIGURE = 15
#: So many masters are kept, some 300 KB each: enough for units of every length of name, some with a year before.
_MOST = 32
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"[^>]*>(?:<f>[^<]*</f>)?<v>([^<]*)</v></c>')

#: Last year's figures, and their totals, by cell of their sheet.
Figures = Mapping[str, Decimal | None]
#: Gives the workbook of a unit, from its texts by field and its figures.
_Master = Callable[[Mapping[str, str], Figures], bytes]


class Press:
    """Issues workbooks that are, to the byte, what `write_template` writes."""

    def __init__(self, instrument: Instrument) -> None:
        """Nothing is made before the first workbook is asked for."""
        self._instrument = instrument
        self._masters: dict[tuple[object, ...], _Master | None] = {}
        checks, formulas = instrument.rules.checks, instrument.rules.formulas.values()
        #: No total is known before somebody fills the form in; it would differ by unit.
        self._usable = all(any(not key.prior for key in formula.right.keys()) for formula in formulas)
        self._kinds = {kind for check in checks for kind in (*check.rule.limits, *check.rule.free_bodies)}
        self._known_texts = frozenset(str(cell.value) for cell in blank_plan(instrument).cells if cell.value)

    def issue(self, prefill: Prefill) -> bytes:
        """The unit's workbook; made from the start where replacing could not be sure to give the same."""
        texts = {field: str(getattr(prefill, field)) for field in _STAND_INS}
        if prefill.values or not self._usable or not self._plain(prefill, texts):
            return write_template(self._instrument, prefill)
        layout, prior = self._instrument.layout, prior_known(self._instrument, prefill.prior)
        figures = {layout.spot(prior_name(name)).cell: prior.get(name) for name in layout.prior}
        named = self._instrument.form.body_named(prefill.unit)
        told = replace(prefill, named=named if named in self._kinds else "")
        master = self._master(told, texts, figures)
        return master(texts, figures) if master else write_template(self._instrument, prefill)

    def _plain(self, prefill: Prefill, texts: Mapping[str, str]) -> bool:
        """Whether each text stands in the workbook once and as it is: equal ones share a place in the file.

        Last year's figures must be short.
        """
        given = [prefill.period, *filter(None, texts.values())]
        apart = len(set(given)) == len(given) and self._known_texts.isdisjoint(given[1:])
        plain = not any(len(text) > _LONGEST_TEXT or _ODD.search(text) for text in given)
        return apart and plain and all(len(str(value)) <= _LONGEST_FIGURE for value in prefill.prior.values())

    def _master(self, prefill: Prefill, texts: Mapping[str, str], figures: Figures) -> _Master | None:
        lines = [-(-width_of(text) // line) for text in texts.values() for line in _LINES]
        kind = (prefill.period, prefill.body, prefill.named, *lines, *(value is None for value in figures.values()))
        if kind not in self._masters:
            if len(self._masters) == _MOST:
                del self._masters[next(iter(self._masters))]
            self._masters[kind] = _master(self._instrument, prefill, texts, figures)
        return self._masters[kind]


def _master(instrument: Instrument, prefill: Prefill, texts: Mapping[str, str], figures: Figures) -> _Master | None:
    """A workbook with stand-ins, cut open at last year's figures: it gives that of a unit with others in their place.

    It is for units of such texts, with figures where this one has them; None where a cell of a figure is not found.
    """
    stand_ins: dict[str, Any] = {field: _stand_in(field, text) for field, text in texts.items()}
    package = Package.of(write_template(instrument, replace(prefill, **stand_ins)))
    sheets = list(blank_plan(instrument).sheets)
    part = f"xl/worksheets/sheet{sheets.index(PRIOR if PRIOR in sheets else COVER) + 1}.xml"
    xml, due = package.text(part), {cell for cell, value in figures.items() if value is not None}
    found = [match for match in _CELL.finditer(xml) if match[1] in due]
    ends, starts = [match.end(2) for match in found], [match.start(2) for match in found]
    first, *pieces = (xml[end:start] for end, start in zip([0, *ends], [*starts, len(xml)], strict=True))

    def filled(texts: Mapping[str, str], figures: Figures) -> bytes:
        changed = {part: package.text(part) for part in (_TEXTS, _PROPERTIES)}
        for field, stand_in in stand_ins.items():
            if stand_in:
                told = f">{html.escape(texts[field], quote=False)}<"
                changed = {part: xml.replace(f">{stand_in}<", told) for part, xml in changed.items()}
        out = [first]
        for match, piece in zip(found, pieces, strict=True):
            # As the library writes it: in a cell to 16 digits, as a formula's result as it is.
            number = whole_where_whole(figures[match[1]] or 0)
            out += [str(number) if out[-1].endswith("</f><v>") else f"{number:.16G}", piece]
        return package.with_texts(changed | {part: "".join(out)})

    return filled if len(found) == len(due) else None


def _stand_in(field: str, text: str) -> str:
    """As broad as the text, so that rows are as tall; nothing for nothing."""
    wide, half = divmod(width_of(text), 2)
    return "" if not text else _STAND_INS[field] * wide + _HALF * half if wide else _STAND_INS[field]
