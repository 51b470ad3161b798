"""Prints the workbook of a form for one unit after another: made once, then only what differs is replaced.

Units differ in their names and signature among the shared strings and document properties, in last year's figures, and
in what the check sheet shows of them. All other parts are copied as they were compressed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Lock

from toolkit.forms.layout import CheckColumn, Spot, prior_name
from toolkit.instrument.instrument import Instrument
from toolkit.io.package import Package
from toolkit.rules.compile import Check
from toolkit.text import width_of
from toolkit.workbook.template.cells import Known, Prefill
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

Value = str | Decimal | int
Kind = tuple[object, ...]


class Press:
    """Issues workbooks that are, to the byte, what `write_template` writes. Threads may share one."""

    def __init__(self, instrument: Instrument) -> None:
        """Nothing is made before the first workbook is asked for."""
        self._instrument = instrument
        self._masters: dict[Kind, _Master | None] = {}
        self._turn = Lock()
        checks, formulas = instrument.rules.checks, instrument.rules.formulas.values()
        computed = all(any(not key.prior for key in formula.right.keys()) for formula in formulas)
        #: No total and no verdict is known before somebody fills the form in; it would differ by unit.
        self._usable = computed and all(check.current for check in checks)
        self._kinds = {kind for check in checks for kind in (*check.rule.limits, *check.rule.free_bodies)}
        self._on_prior = [check for check in checks if check.prior]
        self._known_texts = frozenset(str(cell.value) for cell in blank_plan(instrument).cells if cell.value)

    def issue(self, prefill: Prefill) -> bytes:
        """The unit's workbook; made from the start where replacing could not be sure to give the same."""
        texts = {field: str(getattr(prefill, field)) for field in _STAND_INS}
        if prefill.values or not self._usable or not self._plain(prefill, texts):
            return write_template(self._instrument, prefill)
        figures = _figures(self._instrument, self._on_prior, prefill)
        named = self._instrument.form.body_named(prefill.unit)
        told = replace(prefill, named=named if named in self._kinds else "")
        master = self._master(told, texts, figures)
        return master.filled(texts, figures) if master else write_template(self._instrument, prefill)

    def _plain(self, prefill: Prefill, texts: Mapping[str, str]) -> bool:
        """Whether each text stands in the workbook once and as it is: equal ones share a place in the file.

        Last year's figures must be short, and may stand: else the check sheet names their cells.
        """
        given, kinds = [prefill.period, *filter(None, texts.values())], self._instrument.variables
        apart = len(set(given)) == len(given) and self._known_texts.isdisjoint(given[1:])
        plain = not any(len(text) > _LONGEST_TEXT or _ODD.search(text) for text in given)
        right = all(len(str(v)) <= _LONGEST_FIGURE and not kinds[n].type.fault(v) for n, v in prefill.prior.items())
        return apart and plain and right

    def _master(self, prefill: Prefill, texts: Mapping[str, str], figures: Mapping[Spot, Value]) -> _Master | None:
        lines = [-(-width_of(text) // line) for text in texts.values() for line in _LINES]
        kind = (prefill.period, prefill.body, prefill.named, *lines, *(value == "" for value in figures.values()))
        with self._turn:
            if kind not in self._masters:
                if len(self._masters) == _MOST:
                    del self._masters[next(iter(self._masters))]
                self._masters[kind] = _Master.of(self._instrument, prefill, texts, figures)
            return self._masters[kind]


def _figures(instrument: Instrument, on_prior: Collection[Check], prefill: Prefill) -> dict[Spot, Value]:
    """Every cell whose value or first result comes from last year's figures."""
    layout = instrument.layout
    known = Known({}, prior_known(instrument, prefill.prior), {})
    values = {layout.spot(prior_name(name)): known.prior.get(name) for name in layout.prior}
    out: dict[Spot, Value] = {spot: "" if value is None else value for spot, value in values.items()}
    for check in on_prior:
        for column, node in ((CheckColumn.LEFT, check.left), (CheckColumn.RIGHT, check.right)):
            out[layout.check_spot(check.key, column)] = known.result(node)
    return out


@dataclass(frozen=True)
class _Master:
    """A workbook with stand-ins, taken apart; ``sheets`` holds parts cut open at the cells that differ."""

    package: Package
    stand_ins: Mapping[str, str]
    sheets: Mapping[str, tuple[tuple[Spot, ...], tuple[str, ...]]]

    @classmethod
    def of(
        cls, instrument: Instrument, prefill: Prefill, texts: Mapping[str, str], figures: Mapping[Spot, Value]
    ) -> _Master | None:
        """The master for units like this one: sheets cut open at their figures; None where a cell is not found."""
        stand_ins = {field: _stand_in(field, text) for field, text in texts.items()}
        unit, code, key, signature = map(stand_ins.__getitem__, _STAND_INS)
        given = replace(prefill, unit=unit, code=code, key=key, signature=signature)
        package = Package.of(write_template(instrument, given))
        sheets: dict[str, tuple[tuple[Spot, ...], tuple[str, ...]]] = {}
        names = list(blank_plan(instrument).sheets)
        for sheet in dict.fromkeys(spot.sheet for spot in figures):
            part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
            cells = {spot.cell: spot for spot, value in figures.items() if spot.sheet == sheet and value != ""}
            xml = package.text(part)
            found = [match for match in _CELL.finditer(xml) if match[1] in cells]
            if len(found) < len(cells):
                return None
            ends, starts = [match.end(2) for match in found], [match.start(2) for match in found]
            pieces = tuple(xml[end:start] for end, start in zip([0, *ends], [*starts, len(xml)], strict=True))
            sheets[part] = tuple(cells[match[1]] for match in found), pieces
        return cls(package, stand_ins, sheets)

    def filled(self, texts: Mapping[str, str], figures: Mapping[Spot, Value]) -> bytes:
        """The workbook of a unit whose figures are known where the master's are."""
        changed = {part: self.package.text(part) for part in (_TEXTS, _PROPERTIES)}
        for field, stand_in in self.stand_ins.items():
            if stand_in:
                told = f">{html.escape(texts[field], quote=False)}<"
                changed = {part: xml.replace(f">{stand_in}<", told) for part, xml in changed.items()}
        for part, (cells, pieces) in self.sheets.items():
            out = [pieces[0]]
            for spot, piece in zip(cells, pieces[1:], strict=True):
                out += [_written(figures[spot], result=out[-1].endswith("</f><v>")), piece]
            changed[part] = "".join(out)
        return self.package.with_texts(changed)


def _stand_in(field: str, text: str) -> str:
    """As broad as the text, so that rows are as tall; nothing for nothing."""
    wide, half = divmod(width_of(text), 2)
    return "" if not text else _STAND_INS[field] * wide + _HALF * half if wide else _STAND_INS[field]


def _written(value: Value, *, result: bool) -> str:
    """A figure as the library writes it: in a cell to 16 digits, as a formula's result as it is."""
    number = 0 if isinstance(value, str) else whole_where_whole(value)
    return str(number) if result else f"{number:.16G}"
