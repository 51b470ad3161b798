"""Plans the check sheet's first lines: for the cover, every table, text and list, whether what is entered may stand.

A line says how many entries are right and how many are due, and names the first cells that are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from toolkit.forms.layout import (
    COVER,
    PERIOD,
    PRIOR,
    UNIT,
    CheckColumn,
    Spot,
    address,
    explain_name,
    prior_name,
    text_key,
)
from toolkit.instrument.instrument import Instrument, Wanted
from toolkit.model.codes import Code
from toolkit.model.form import NumberType, OpenList
from toolkit.workbook.template import conditions
from toolkit.workbook.template.cells import EMPTY, FAILED, PASSED, QUERIED, CellRole, Known, Planned

#: So many faulty cells of a line are named; what its hidden cells hold behind them.
_NAMED = 3
_BLANK, _FAULTS, _RIGHT = range(_NAMED, _NAMED + 3)


def entry_lines(instrument: Instrument, known: Known) -> Iterator[Planned]:
    """The lines, in the order of `Layout.entry_lines`."""
    form, layout = instrument.form, instrument.layout
    yield from _cover(instrument, known)
    for table in form.tables:
        cells = [
            (layout.spot(v.name), v.type, _value(known, v.name))
            for v in instrument.variables.values()
            if v.table == table.id and not v.derived
        ]
        says = f"“{table.sheet}”表各格都填数字，没有的填 0（填对几格、应填几格）"
        yield from _numbers(instrument, table.id, says, _entries(cells, conditions.BLANK), len(cells))
    for name, text in form.texts.items():
        if text.required:
            yield from _text(instrument, name, known)
    for one in form.lists:
        says = f"“{one.sheet}”表每行的{one.label}和{one.count}都填，或都不填（不对的格数）"
        yield from _numbers(instrument, one.id, says, _list(instrument, one, known))
    if layout.prior:
        own = [name for name in layout.prior if not prior_members(instrument, name)]
        cells = [(layout.spot(prior_name(n)), instrument.variables[n].type, known.prior.get(n)) for n in own]
        says = "“上年数”表填的都是数字，不知道的留空（不对的格数）"
        yield from _numbers(instrument, PRIOR, says, _entries(cells, conditions.RIGHT))


def prior_members(instrument: Instrument, name: str) -> tuple[str, ...]:
    """What last year's derived figure is the sum of, if the workbook carries all of that; else nothing."""
    check = instrument.rules.formulas.get(name)
    terms = check.right.terms() if check else None
    if terms is None or any(key is None or factor != 1 for key, factor in terms.items()):
        return ()
    members = tuple(key.name for key in terms if key)
    return members if set(members) <= set(instrument.layout.prior) else ()


def _value(known: Known, name: str) -> Decimal | str | None:
    value = known.values.get(name)
    return known.current.get(name) if value is None else value


class _Entries(NamedTuple):
    """Number cells of a line: an area, the formula of its codes, and each cell's code as the template is written."""

    area: str
    code: str
    first: list[tuple[Spot, int]]

    def places(self, *, faults: bool) -> list[int]:
        """The places of faults, or of blanks, as `next_cell` gives them."""
        wanted = [
            (s, code) for s, code in self.first if (code > conditions.BLANK if faults else code == conditions.BLANK)
        ]
        return [(spot.row + 1) * 10_000 + (spot.col + 1) * 10 + code for spot, code in sorted(wanted)]


def _entries(cells: Sequence[tuple[Spot, NumberType, Decimal | str | None]], blank: int) -> list[_Entries]:
    """Cells by area; ``blank`` is the code of a blank one."""
    out = []
    for area in conditions.areas_of((spot, kind) for spot, kind, _ in cells):
        codes = [(s, conditions.first_code(value, kind, blank=blank)) for s, kind, value in cells if s in area]
        out.append(_Entries(area.reference, conditions.number_code(area.reference, area.type, blank=blank), codes))
    return out


def _list(instrument: Instrument, one: OpenList, known: Known) -> list[_Entries]:
    """The counts of a list, held against the labels beside them."""
    layout = instrument.layout
    label, count = (layout.spot(name) for name in one.names(1))
    labels, counts = (conditions.Area(spot, one.size, 1, one.type).reference for spot in (label, count))
    first = []
    for line in range(1, one.size + 1):
        word, number = (known.values.get(name) for name in one.names(line))
        half = bool(word) != (number is not None)
        code = conditions.HALF if half else conditions.first_code(number, one.type, blank=conditions.RIGHT)
        first.append((layout.spot(one.names(line)[1]), code))
    return [_Entries(counts, conditions.half_code(labels, counts, one.type), first)]


def _spot(instrument: Instrument, key: str, column: int) -> Spot:
    return instrument.layout.check_spot(key, column)


def _head(instrument: Instrument, key: str, code: Code, says: str, target: Spot) -> Iterator[Planned]:
    """Number, demand and place of a line."""
    place = f"{target.sheet}：{target.cell}" if key.endswith("]") else target.sheet
    yield Planned(spot=_spot(instrument, key, CheckColumn.RULE), role=CellRole.SENTENCE, value=code.value)
    yield Planned(spot=_spot(instrument, key, CheckColumn.SENTENCE), role=CellRole.SENTENCE, value=says)
    yield Planned(
        spot=_spot(instrument, key, CheckColumn.PLACE),
        role=CellRole.SENTENCE,
        value=place,
        link=f"internal:{target.reference}",
    )


def _result(  # noqa: PLR0913 - a cell has that many sides
    instrument: Instrument, key: str, column: int, formula: str, value: str | int, *, array: bool = False
) -> Planned:
    roles = {CheckColumn.VERDICT: CellRole.VERDICT, CheckColumn.EXPLANATION: CellRole.SENTENCE}
    return Planned(
        spot=_spot(instrument, key, column),
        role=roles.get(column, CellRole.RESULT),
        formula=formula,
        value=value,
        array=array,
    )


@dataclass(frozen=True, slots=True)
class _Aids:
    """The hidden cells of a line: for each of ``areas`` its first three faults, its first blank, and two counts."""

    instrument: Instrument
    key: str
    areas: int

    def spot(self, kind: int, area: int) -> Spot:
        return _spot(self.instrument, self.key, CheckColumn.AID + kind * self.areas + area)

    def range(self, kind: int, last: int) -> str:
        return f"{self.spot(kind, 0).cell}:{self.spot(last, self.areas - 1).cell}"

    @property
    def faults(self) -> str:
        return f"SUM({self.range(_FAULTS, _FAULTS)})"

    @property
    def right(self) -> str:
        return f"SUM({self.range(_RIGHT, _RIGHT)})"

    def cells(self, entries: Sequence[_Entries]) -> Iterator[Planned]:
        for i, one in enumerate(entries):
            faults, blanks = one.places(faults=True), one.places(faults=False)
            after = "0"
            for kind in range(_NAMED):
                value = faults[kind] if kind < len(faults) else conditions.NOWHERE
                yield self._aid(kind, i, conditions.next_cell(one.area, one.code, ">1", after), value)
                after = self.spot(kind, i).cell
            blank = conditions.next_cell(one.area, one.code, "=1", "0")
            yield self._aid(_BLANK, i, blank, blanks[0] if blanks else conditions.NOWHERE)
            yield self._aid(_FAULTS, i, conditions.how_many(one.code, ">1"), len(faults))
            right = len(one.first) - len(faults) - len(blanks)
            yield self._aid(_RIGHT, i, conditions.how_many(one.code, "=0"), right)

    def _aid(self, kind: int, area: int, formula: str, value: int) -> Planned:
        return Planned(spot=self.spot(kind, area), role=CellRole.RESULT, formula=formula, value=value, array=True)

    def sentence(self, left: str, right: str) -> str:
        """Names the first cells: ``D6小于下限、E7不是数字 等 5 格。未填 12 格，从 D8 起。``."""
        each = []
        for i in range(_NAMED):
            cell = f"SMALL({self.range(0, _NAMED - 1)},{i + 1})"
            told = f"{conditions.found_at(cell)}&{conditions.fault(cell)}"
            each.append(f'IF({self.faults}>{i},"{"、" if i else ""}"&{told},"")')
        more = f'IF({self.faults}>{_NAMED}," 等 "&{self.faults}&" 格","")'
        blanks, first = f"({right}-{left}-{self.faults})", f"MIN({self.range(_BLANK, _BLANK)})"
        blank = f'IF({blanks}>0,"未填 "&{blanks}&" 格，从 "&{conditions.found_at(first)}&" 起。","")'
        return f'IF({self.faults}=0,"",{"&".join(each)}&{more}&"。")&{blank}'


def _numbers(
    instrument: Instrument, key: str, says: str, entries: Sequence[_Entries], due: int | None = None
) -> Iterator[Planned]:
    """A line about number cells; where blanks are no fault, ``due`` is None and only faults are counted."""
    if not entries:
        yield from _head(instrument, key, Code.VAL_01, says, Spot(instrument.form.table(key).sheet, 0, 0))
        yield _result(instrument, key, CheckColumn.VERDICT, "", PASSED)
        yield _result(instrument, key, CheckColumn.EXPLANATION, "", "没有要填的格。")
        return
    aids = _Aids(instrument, key, len(entries))
    faults = sorted(place for one in entries for place in one.places(faults=True))
    blanks = sorted(place for one in entries for place in one.places(faults=False))
    target = entries[0].first[0][0]
    yield from _head(instrument, key, Code.VAL_01, says, target)
    yield from aids.cells(entries)
    left, right, difference = (
        _spot(instrument, key, c).cell for c in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE)
    )
    have = len(faults) if due is None else due - len(faults) - len(blanks)
    yield _result(instrument, key, CheckColumn.LEFT, aids.faults if due is None else aids.right, have)
    yield _result(instrument, key, CheckColumn.RIGHT, "", due or 0)
    yield _result(instrument, key, CheckColumn.DIFFERENCE, f"{left}-{right}", have - (due or 0))
    verdict = f'IF({difference}=0,"{PASSED}",IF({aids.faults}>0,"{FAILED}","{EMPTY}"))'
    first_verdict = FAILED if faults else EMPTY if blanks else PASSED
    yield _result(instrument, key, CheckColumn.VERDICT, verdict, first_verdict)
    yield _result(instrument, key, CheckColumn.EXPLANATION, aids.sentence(left, right), _first_sentence(faults, blanks))


def _first_sentence(faults: Sequence[int], blanks: Sequence[int]) -> str:
    """What `_Aids.sentence` gives when the template is written."""

    def place(value: int) -> str:
        return address(value // 10_000 - 1, value // 10 % 1000 - 1)

    each = "、".join(place(one) + conditions.SAID[one % 10 - 2] for one in faults[:_NAMED])
    more = f" 等 {len(faults)} 格" if len(faults) > _NAMED else ""
    blank = f"未填 {len(blanks)} 格，从 {place(blanks[0])} 起。" if blanks else ""
    return (f"{each}{more}。" if faults else "") + blank


def _cover(instrument: Instrument, known: Known) -> Iterator[Planned]:
    """Unit and period."""
    layout = instrument.layout
    left, right, difference = (
        _spot(instrument, COVER, c).cell for c in (CheckColumn.LEFT, CheckColumn.RIGHT, CheckColumn.DIFFERENCE)
    )
    spots = {"单位名称": layout.spot(UNIT), "统计期间": layout.spot(PERIOD)}
    blanks = " \u00a0\u3000"
    filled = {what: f"{conditions.words(spot.reference, blanks)}>0" for what, spot in spots.items()}
    have = [bool(known.values.get(name)) for name in (UNIT, PERIOD)]
    yield from _head(
        instrument, COVER, Code.FORM_09, "封面的单位名称和统计期间都已填写（已填、应填）", spots["单位名称"]
    )
    yield _result(instrument, COVER, CheckColumn.LEFT, "+".join(f"({one})" for one in filled.values()), sum(have))
    yield _result(instrument, COVER, CheckColumn.RIGHT, "", len(have))
    yield _result(instrument, COVER, CheckColumn.DIFFERENCE, f"{left}-{right}", sum(have) - len(have))
    verdict = PASSED if all(have) else EMPTY
    yield _result(instrument, COVER, CheckColumn.VERDICT, f'IF({difference}=0,"{PASSED}","{EMPTY}")', verdict)
    which = "&".join(f'IF({one},"","{what}没有填。")' for what, one in filled.items())
    first = "".join(f"{what}没有填。" for what, there in zip(spots, have, strict=True) if not there)
    yield _result(instrument, COVER, CheckColumn.EXPLANATION, which, first)


def first_verdict(wanted: Wanted, text: str) -> str:
    """The verdict on a required text when the template is written."""
    return EMPTY if not wanted.words(text) else QUERIED if wanted.empty(text) else PASSED


def _text(instrument: Instrument, name: str, known: Known) -> Iterator[Planned]:
    """A required text: how many characters of it are words, and whether they say something."""
    key, spot, wanted = text_key(name), instrument.layout.spot(name), instrument.wanted[name]
    left = _spot(instrument, key, CheckColumn.LEFT).cell
    text = str(known.values.get(name) or "")
    count = wanted.words(text)
    says = f"“{instrument.form.texts[name].label}”写明情况（不算标点和数字，有几个字）"
    yield from _head(instrument, key, Code.VAL_01, says, spot)
    yield _result(
        instrument, key, CheckColumn.LEFT, f"IFERROR({conditions.words(spot.reference, wanted.marks)},0)", count
    )
    for column in (CheckColumn.RIGHT, CheckColumn.DIFFERENCE):
        yield _result(instrument, key, column, "", "")
    asked = f'IF({conditions.empty(spot.reference, left, wanted)},"{QUERIED}","{PASSED}")'
    first = first_verdict(wanted, text)
    yield _result(instrument, key, CheckColumn.VERDICT, f'IF({left}=0,"{EMPTY}",{asked})', first)
    takes = key in instrument.layout.explained
    yield Planned(
        spot=_spot(instrument, key, CheckColumn.EXPLANATION),
        role=CellRole.TEXT if takes else CellRole.SENTENCE,
        value=known.values.get(explain_name(key)) if takes else "",
        name=explain_name(key) if takes else "",
        hint=("情况说明", "结论为“请核实”时，写明为什么没有情况可写。") if takes else ("", ""),
    )
