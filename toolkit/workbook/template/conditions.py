"""What an input cell may hold, as a spreadsheet asks it: limits of entry, and formulas that say what is wrong.

The same declaration (`NumberType`, `Wanted`) judges the return on receipt. A paste takes the limits of entry away; the
formulas, which colour the cell and make its line on the check sheet, stay. They use only what Excel 2010, WPS and
LibreOffice all know; over an area they are array formulas.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from toolkit.forms.layout import Spot, quoted_sheet
from toolkit.instrument.instrument import Wanted
from toolkit.model.cells import DOES_NOT_APPLY, NEAR, NUMBER_FAULTS, NumberType
from toolkit.model.form import NIL_TICK
from toolkit.model.sentences import phrase
from toolkit.text import written

#: What the codes say that `number_code` gives, from 2; 0 is right, 1 is blank.
SAID = tuple(phrase("cell").split("；"))
#: The same where there are choices and words besides, which are never but half filled in.
SAID_OF_WORDS = tuple("不是可选的项，或写法不对" if one == SAID[6] else one for one in SAID)
RIGHT, BLANK, _NO_NUMBER, HALF, _AS_TEXT = 0, 1, 2, 8, 9
#: What a cell may hold at most, and the day after the last that a spreadsheet knows.
_LONGEST, _LAST_DAY = 32_767, 2_958_466
#: Greater than the place of any cell.
NOWHERE = 9_000_000_000


class Area(NamedTuple):
    """Cells of one sheet that may hold the same: a run, top left first, so many rows and columns."""

    spot: Spot
    rows: int
    cols: int
    type: NumberType

    @property
    def cells(self) -> str:
        """As a formula on the same sheet writes it."""
        last = Spot(self.spot.sheet, self.spot.row + self.rows - 1, self.spot.col + self.cols - 1)
        return f"{self.spot.cell}:{last.cell}" if self.rows * self.cols > 1 else self.spot.cell

    @property
    def reference(self) -> str:
        """As one on another sheet does."""
        return f"{quoted_sheet(self.spot.sheet)}!{self.cells}"


def areas_of(cells: Iterable[tuple[Spot, NumberType]]) -> list[Area]:
    """Cells gathered to rectangles, in order: neighbours in a row, and equal runs of rows below each other."""
    runs: list[Area] = []
    for spot, kind in cells:
        last = runs[-1] if runs else None
        if last and (spot, kind) == (last.spot._replace(col=last.spot.col + last.cols), last.type):
            runs[-1] = last._replace(cols=last.cols + 1)
        else:
            runs.append(Area(spot, 1, 1, kind))
    out: list[Area] = []
    lowest: dict[tuple[str, int, int, NumberType], int] = {}
    for run in runs:
        stretch = run.spot.sheet, run.spot.col, run.cols, run.type
        above = lowest.get(stretch)
        if above is not None and out[above].spot.row + out[above].rows == run.spot.row:
            out[above] = out[above]._replace(rows=out[above].rows + 1)
        else:
            lowest[stretch] = len(out)
            out.append(run)
    return out


def limits(kind: NumberType, nothing: str = "填 0") -> dict[str, object]:
    """What may be typed; xlsxwriter's words. ``nothing`` is what to do where there is no figure."""
    if kind.choices:
        wrong = {"error_title": "请选一项", "error_message": "请从下拉列表中选一项。"}
        return {"validate": "list", "source": list(kind.choices), **wrong}
    if kind.is_words and kind.maximum < _LONGEST:
        span = {"minimum": int(kind.minimum or 0), "maximum": int(kind.maximum)}
        wrong = {"error_title": "请核对字数", "error_message": _length(kind)}
        return {"validate": "length", "criteria": "between", **span, **wrong}
    if kind.is_words or not kind.required:
        return {}
    low = -kind.maximum if kind.minimum is None else kind.minimum
    what = "整数" if kind.kind == "whole" else "数字"
    sign = "" if kind.minimum is None else f"，不小于 {kind.minimum}"
    unit = f"（单位：{kind.unit}，不要写单位）" if kind.unit else ""
    return {
        "validate": "integer" if kind.kind == "whole" else "decimal",
        "criteria": "between",
        "minimum": int(low) if low == int(low) else float(low),
        "maximum": int(kind.maximum),
        "error_title": "请填数字",
        "error_message": f"这里填{what}{sign}{unit}。没有的{nothing}。",
    }


def number_code(cell: str, kind: NumberType, *, blank: int | str = BLANK) -> str:
    """The code of a cell: `RIGHT`, ``blank`` for one that holds nothing, else from 2 what `SAID` says."""
    if kind.choices or kind.is_words:
        listed = ",".join(map(literal, kind.choices))
        fits = f"ISNUMBER(MATCH({cell},{{{listed}}},0))" if kind.choices else _fits(cell, kind)
        misfit = f"IF({fits},{RIGHT},{HALF})"
        return f"IF(ISERROR({cell}),{HALF},IF(LEN({cell})=0,{blank},{misfit}))"
    tests = {
        "too_large": f"ABS({cell})>{written(kind.maximum)}",
        "decimals": f"ABS({cell}-ROUND({cell},{kind.decimals}))>={written(NEAR)}",
    }
    if kind.minimum is not None:
        tests["too_small"] = f"ROUND({cell},{kind.decimals})<{written(kind.minimum)}"
    inner = str(RIGHT)
    for fault in filter(tests.get, reversed(NUMBER_FAULTS)):
        inner = f"IF({tests[fault]},{_code(fault, kind)},{inner})"
    text = f"IF(LEN({cell})=0,{blank},IF(ISERROR(VALUE({cell})),{_NO_NUMBER},{_AS_TEXT}))"
    if not kind.required:
        text = f'IF({cell}="{DOES_NOT_APPLY}",{RIGHT},{text})'
    return f"IF(ISBLANK({cell}),{blank},IF(ISNUMBER({cell}),{inner},IF(ISTEXT({cell}),{text},{_NO_NUMBER})))"


def _fits(cell: str, kind: NumberType) -> str:
    """What of `NumberType.misfit` a spreadsheet can tell, which knows no patterns; what is right there passes here."""
    text = f'TRIM(SUBSTITUTE({cell},"　"," "))'
    day = f'ISNUMBER(FIND(MID({text},5,1),"-/.年"))*(ABS(LEN({text})-9.5)<2)'
    scheme = f'((LEFT({text},7)="http://")+(LEFT({text},8)="https://"))'
    asked = {
        "date": f"IF(ISNUMBER({cell}),{cell}<{_LAST_DAY},{day})",
        "url": f'{scheme}*ISERROR(FIND(" ",{text}))*ISNUMBER(FIND(".",{text},9))',
    }.get(kind.kind, "TRUE")
    tests = [f"LEN({text})>={kind.minimum}"] if kind.minimum else []
    tests += [f"LEN({text})<={kind.maximum}"] if kind.maximum < _LONGEST else []
    return "*".join((asked, *(f"({test})" for test in tests)))


def _length(kind: NumberType) -> str:
    least, most = kind.minimum or 0, kind.maximum
    return f"这里要写 {most} 个字符。" if least == most else f"这里要写 {least} 至 {most} 个字符。"


def _code(fault: str, kind: NumberType) -> int:
    """The code of one of `NUMBER_FAULTS`: an obvious one has a plainer word."""
    plain = kind.decimals == 0 if fault == "decimals" else fault == "too_small" and kind.minimum == 0
    return _NO_NUMBER + 1 + NUMBER_FAULTS.index(fault) + (2 if plain else 0)


def half_codes(label: str, cell: str, kind: NumberType) -> tuple[str, str]:
    """The codes of a label and of the count beside it: the one that is missing is called so."""
    known = f'LEN(IF(ISERROR({label}),"",TRIM(SUBSTITUTE({label},"　",""))))>0'
    no_label = f"IF({known},{RIGHT},IF(ISBLANK({cell}),{RIGHT},{HALF}))"
    return no_label, f"IF(ISBLANK({cell}),IF({known},{HALF},{RIGHT}),{number_code(cell, kind)})"


def next_cell(area: str, code: str, test: str, after: str) -> str:
    """The place and code of the area's first such cell behind ``after``, another of them or 0; `NOWHERE` for none."""
    at = f"ROW({area})*10000+COLUMN({area})*10"
    return f"MIN(IF({code}{test},IF({at}>{after},{at}+{code},{NOWHERE}),{NOWHERE}))"


def found_at(cell: str) -> str:
    """The address of what `next_cell` has given."""
    return f"ADDRESS(INT({cell}/10000),MOD(INT({cell}/10),1000),4)"


def words(cell: str, marks: str) -> str:
    """How many characters of a text are not among the marks: `words_in`."""
    each = ",".join(map(literal, marks))
    return f'LEN(CLEAN({cell}))-SUMPRODUCT(LEN(CLEAN({cell}))-LEN(SUBSTITUTE(CLEAN({cell}),{{{each}}},"")))'


def empty(cell: str, count: str, wanted: Wanted) -> str:
    """Whether a text of so many words says nothing: `Wanted.empty`."""
    if not wanted.phrases:
        return "FALSE"
    phrases = ",".join(map(literal, wanted.phrases))
    lengths = ",".join(str(wanted.words(phrase)) for phrase in wanted.phrases)
    return f"SUMPRODUCT(ISNUMBER(FIND({{{phrases}}},UPPER({cell})))*({count}={{{lengths}}}))>0"


def nil_formula(tick: Spot) -> str:
    """What stands in a number cell until a figure is typed: 0 where the tick says that nothing happened."""
    column = tick.cell.rstrip("0123456789")
    return f'IF({quoted_sheet(tick.sheet)}!${column}${tick.row + 1}="{NIL_TICK}",0,"")'


def literal(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'
