"""Plans the check sheet's first lines: for the cover, every table, text and list, whether what is entered may stand.

A line says how many entries are right and how many are due, and names the first cells that are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from toolkit.forms import layout as book
from toolkit.forms.layout import CHECKS, COVER, PERIOD, PRIOR, UNIT, CheckColumn, SheetPlaces, Spot
from toolkit.instrument.instrument import Instrument
from toolkit.model.cells import NumberType
from toolkit.model.codes import Code
from toolkit.model.form import NIL_TICK, OpenList, Table
from toolkit.rules.compile import Check
from toolkit.workbook.template import conditions
from toolkit.workbook.template.cells import CellRole, Planned, Prefill, Word

#: So many faulty cells of a line are named; what its hidden cells hold behind them.
_NAMED = 3
_BLANK, _FAULTS, _RIGHT = range(_NAMED, _NAMED + 3)
_BLANKS = " \u00a0\u3000"
#: What the sheet says by itself, in the column where people explain.
PROMPT: Final = "【提示】"
_ROLES = {
    CheckColumn.VERDICT: CellRole.VERDICT,
    CheckColumn.PLACE: CellRole.LINK,
    **dict.fromkeys((CheckColumn.RULE, CheckColumn.SENTENCE, CheckColumn.EXPLANATION), CellRole.SENTENCE),
}


def entry_lines(instrument: Instrument, given: Prefill) -> Iterator[Planned]:
    """The lines, in the order of `Layout.entry_lines`."""
    form, layout = instrument.form, instrument.layout
    yield from _cover(instrument)
    yield from _nils(instrument)
    for table in form.tables:
        yield from _table(instrument, table)
    for name, text in form.texts.items():
        if text.required:
            yield from _text(instrument, name, given)
    for one in form.lists:
        says = f"“{one.sheet}”表每行的{one.label}和{one.count}都填，或都不填（不对的格数）"
        yield from _numbers(CheckLine(instrument, one.id), says, _list(instrument, one))
    if layout.prior:
        own = [name for name in layout.prior if not prior_members(instrument, name)]
        cells = [(layout.spot(book.prior_name(n)), instrument.known[n].type) for n in own]
        says = "“上年数”表填的都是数字，不知道的留空（不对的格数）"
        yield from _numbers(CheckLine(instrument, PRIOR), says, _entries(cells, conditions.RIGHT))


def _table(instrument: Instrument, table: Table) -> Iterator[Planned]:
    """The entries of a table, each of those that another cell makes due on its own."""
    layout, relevant = instrument.layout, instrument.rules.relevant
    mine = [one for one in table.variables if one.name not in instrument.rules.formulas]
    plain = not any(one.type.choices or one.type.is_words for one in mine)
    what = "各格都填数字，没有的填 0" if plain else "各格都按要求填写"
    entries = _entries([(layout.spot(v.name), v.type) for v in mine if v.name not in relevant], conditions.BLANK)
    for one in (one for one in mine if one.name in relevant):
        asked = relevant[one.name].formula(SheetPlaces(layout, CHECKS))
        due = f"IF({asked},{conditions.BLANK},{conditions.RIGHT})"
        entries += _entries([(layout.spot(one.name), one.type)], due)
    said = conditions.SAID if plain else conditions.SAID_OF_WORDS
    later = "、".join(f"“{one.brief}”" for one in mine if one.type.pattern)
    later = f"；{later}的写法收件后核对" if later else ""
    says = f"“{table.sheet}”表{what}（填对几格、应填几格{later}）"
    yield from _numbers(CheckLine(instrument, table.id, said=said), says, entries, len(mine))


def prior_members(instrument: Instrument, name: str) -> tuple[str, ...]:
    """What last year's derived figure is the sum of, if the workbook carries all of that; else nothing."""
    check = instrument.rules.formulas.get(name)
    terms = check.right.terms() if check else None
    if terms is None or any(key is None or factor != 1 for key, factor in terms.items()):
        return ()
    members = tuple(key.name for key in terms if key)
    return members if set(members) <= set(instrument.layout.prior) else ()


def prior_totals(instrument: Instrument) -> dict[str, Check]:
    """The formulas of last year's totals that the workbook computes, in the order in which they are computed."""
    formulas, carried = instrument.rules.formulas, set(instrument.layout.prior)
    return {name: one for name, one in formulas.items() if name in carried and prior_members(instrument, name)}


#: Number cells of a line: an area, and the formula of its codes.
_Entries = tuple[conditions.Area, str]


def _entries(cells: Sequence[tuple[Spot, NumberType]], blank: int | str) -> list[_Entries]:
    """Cells by area; ``blank`` is the code of a blank one, but for those that may be blank."""
    blanks = {True: blank, False: conditions.RIGHT}
    return [
        (area, conditions.number_code(area.reference, area.type, blank=blanks[area.type.required]))
        for area in conditions.areas_of(cells)
    ]


def _list(instrument: Instrument, one: OpenList) -> list[_Entries]:
    """The labels and counts of a list, held against each other."""
    areas = [conditions.Area(instrument.layout.spot(name), one.size, 1, one.type) for name in one.names(1)]
    labels, counts = (area.reference for area in areas)
    return list(zip(areas, conditions.half_codes(labels, counts, one.type), strict=True))


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line being planned. Its hidden cells are, for each area, three faults, the first blank, and two counts."""

    instrument: Instrument
    key: str
    areas: int = 0
    said: Sequence[str] = conditions.SAID

    def spot(self, column: int) -> Spot:
        """A cell of the line."""
        return self.instrument.layout.check_spot(self.key, column)

    def at(self, column: int) -> str:
        """Its A1 address."""
        return self.spot(column).cell

    def put(self, column: int, value: str | Decimal | int = "", formula: str = "", *, array: bool = False) -> Planned:
        """A cell of the line, in the role that its column has; a formula has no result until somebody calculates it."""
        return Planned(self.spot(column), _ROLES.get(column, CellRole.RESULT), value, formula, array=array)

    def head(self, code: str, says: str, place: str, target: Spot) -> Iterator[Planned]:
        """Number, demand and place."""
        yield self.put(CheckColumn.RULE, code)
        yield self.put(CheckColumn.SENTENCE, says)
        yield replace(self.put(CheckColumn.PLACE, place), link=f"internal:{target.reference}")

    def explanation(self, given: Prefill, hint: str) -> Planned:
        """Room for an explanation in a line that takes one."""
        if self.key not in self.instrument.layout.explained:
            return self.put(CheckColumn.EXPLANATION)
        spot, name = self.spot(CheckColumn.EXPLANATION), book.explain_name(self.key)
        return Planned(spot, CellRole.TEXT, given.values.get(name), name=name, hint=("情况说明", hint))

    def counted(self, formula: str, due: int) -> Iterator[Planned]:
        """How many there are, how many are due, and the difference."""
        yield self.put(CheckColumn.LEFT, formula=formula)
        yield self.put(CheckColumn.RIGHT, due)
        difference = f"{self.at(CheckColumn.LEFT)}-{self.at(CheckColumn.RIGHT)}"
        yield self.put(CheckColumn.DIFFERENCE, formula=difference)

    def aids(self, kind: int, last: int | None = None) -> str:
        """The hidden cells of a kind, or of all kinds up to ``last``."""
        first, end = kind * self.areas, ((kind if last is None else last) + 1) * self.areas - 1
        return f"{self.at(CheckColumn.AID + first)}:{self.at(CheckColumn.AID + end)}"

    def hidden(self, entries: Sequence[_Entries]) -> Iterator[Planned]:
        """The hidden cells."""
        for i, (area, code) in enumerate(entries):
            before = ("0", *(self.at(CheckColumn.AID + kind * self.areas + i) for kind in range(_NAMED - 1)))
            found = [
                *(conditions.next_cell(area.reference, code, ">1", at) for at in before),
                conditions.next_cell(area.reference, code, "=1", "0"),
                *(f"SUM(IF({code}{test},1,0))" for test in (">1", "=0")),
            ]
            for kind, formula in enumerate(found):
                yield self.put(CheckColumn.AID + kind * self.areas + i, formula=formula, array=True)

    def sentence(self) -> str:
        """Names the first cells: ``D6小于下限、E7不是数字 等 5 格。未填 12 格，从 D8 起。``."""
        faults, each, words = f"SUM({self.aids(_FAULTS)})", "", ",".join(map(conditions.literal, self.said))
        for i in range(_NAMED):
            cell = f"SMALL({self.aids(0, _NAMED - 1)},{i + 1})"
            told = f"{conditions.found_at(cell)}&CHOOSE(MOD({cell},10)-1,{words})"
            each += f'IF({faults}>{i},"{"、" if i else ""}"&{told},"")&'
        more = f'IF({faults}>{_NAMED}," 等 "&{faults}&" 格","")'
        blanks = f"({self.at(CheckColumn.RIGHT)}-{self.at(CheckColumn.LEFT)}-{faults})"
        first = conditions.found_at(f"MIN({self.aids(_BLANK)})")
        told = f'IF({faults}=0,"",{each}{more}&"。")&IF({blanks}>0,"未填 "&{blanks}&" 格，从 "&{first}&" 起。","")'
        return f'IF({faults}+{blanks}=0,"","{PROMPT}"&{told})'


def _numbers(line: CheckLine, says: str, entries: Sequence[_Entries], due: int | None = None) -> Iterator[Planned]:
    """A line about entries; where blanks are no fault, ``due`` is None and only faults are counted."""
    line = replace(line, areas=len(entries))
    target = entries[0][0].spot if entries else Spot(line.instrument.form.table(line.key).sheet, 0, 0)
    yield from line.head(Code.VAL_01, says, target.sheet, target)
    if not entries:
        yield line.put(CheckColumn.VERDICT, Word.PASSED)
        yield line.put(CheckColumn.EXPLANATION, f"{PROMPT}没有要填的格。")
        return
    yield from line.hidden(entries)
    yield from line.counted(f"SUM({line.aids(_FAULTS if due is None else _RIGHT)})", due or 0)
    wrong = f'IF(SUM({line.aids(_FAULTS)})>0,"{Word.FAILED}","{Word.EMPTY}")'
    verdict = f'IF({line.at(CheckColumn.DIFFERENCE)}=0,"{Word.PASSED}",{wrong})'
    yield line.put(CheckColumn.VERDICT, formula=verdict)
    yield line.put(CheckColumn.EXPLANATION, formula=line.sentence())


def _cover(instrument: Instrument) -> Iterator[Planned]:
    line, names = CheckLine(instrument, COVER), {"单位名称": UNIT, "统计期间": PERIOD}
    spots = {what: instrument.layout.spot(name) for what, name in names.items()}
    filled = {what: f"({conditions.words(spot.reference, _BLANKS)}>0)" for what, spot in spots.items()}
    says = "封面的单位名称和统计期间都已填写（已填、应填）"
    yield from line.head(Code.FORM_09, says, COVER, spots["单位名称"])
    yield from line.counted("+".join(filled.values()), len(filled))
    verdict = f'IF({line.at(CheckColumn.DIFFERENCE)}=0,"{Word.PASSED}","{Word.EMPTY}")'
    yield line.put(CheckColumn.VERDICT, formula=verdict)
    which = "&".join(f'IF({one},"","{PROMPT}{what}没有填。")' for what, one in filled.items())
    yield line.put(CheckColumn.EXPLANATION, formula=which)


def _nils(instrument: Instrument) -> Iterator[Planned]:
    """A line a tick: whether a figure stands beside it."""
    for nil in instrument.form.nils:
        tick, line = instrument.layout.spot(nil.name), CheckLine(instrument, book.nil_key(nil.id))
        mine = [v for v in instrument.variables.values() if nil.covers(v.name) and not v.derived]
        areas = conditions.areas_of((instrument.layout.spot(v.name), v.type) for v in mine)
        figures = "+".join(f'COUNTIF({a.reference},">0")+COUNTIF({a.reference},"<0")' for a in areas)
        says = f"封面零报告“{nil.label}”选“是”的，对应各格都是 0（不是 0 的格数）"
        yield from line.head(Code.VAL_15, says, f"{COVER}：{tick.cell}", tick)
        asked = f'{tick.reference}="{NIL_TICK}"'
        yield from line.counted(f"IF({asked},{figures or 0},0)", 0)
        empty = f'IF({line.at(CheckColumn.DIFFERENCE)}=0,"{Word.PASSED}","{Word.QUERIED}")'
        yield line.put(CheckColumn.VERDICT, formula=f'IF({asked},{empty},"{Word.NOT_APPLICABLE}")')
        yield line.put(CheckColumn.EXPLANATION)


def _text(instrument: Instrument, name: str, given: Prefill) -> Iterator[Planned]:
    """A required text: how many characters of it are words, and whether they say something."""
    spot, wanted = instrument.layout.spot(name), instrument.wanted[name]
    line = CheckLine(instrument, book.text_key(name))
    says = f"“{instrument.form.texts[name].label}”写明情况（不算标点和数字，有几个字）"
    code, *rest = line.head("", says, f"{spot.sheet}：{spot.cell}", spot)
    asked = f'IF({line.at(CheckColumn.VERDICT)}="{Word.QUERIED}","{Code.VAL_11.value}","{Code.VAL_01.value}")'
    yield from (replace(code, formula=asked), *rest)
    yield line.put(CheckColumn.LEFT, formula=f"IFERROR({conditions.words(spot.reference, wanted.marks)},0)")
    yield from (line.put(column) for column in (CheckColumn.RIGHT, CheckColumn.DIFFERENCE))
    left = line.at(CheckColumn.LEFT)
    asked = f'IF({conditions.empty(spot.reference, left, wanted)},"{Word.QUERIED}","{Word.PASSED}")'
    yield line.put(CheckColumn.VERDICT, formula=f'IF({left}=0,"{Word.EMPTY}",{asked})')
    yield line.explanation(given, "结论为“请核实”时，写明为什么没有情况可写。")
