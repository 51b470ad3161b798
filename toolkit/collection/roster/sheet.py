"""The file of a roster: its columns, and its rows as texts. What a row means is not asked."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.collection.roster.grid import TextGrid, text_grids
from toolkit.collection.roster.roster import RosterError
from toolkit.text import name_key, shortened

#: What marks a row of the blank roster that is no unit.
EXAMPLE = "示例"
MOST_ROWS = 500_000
_SEARCHED, _ENOUGH = 10, 2
_BRACKETS = re.compile(r"\(.*?\)|[*:]")
_LONGEST_ASIDE = 40
#: What lists made for people end with: a total, a count, a remark, who made the list.
_TOTAL = re.compile(r"(合计|总计|小计|共计|总数)(\(.*\))?[:]?")
_ASIDE = re.compile(
    r"(共|合计|总计|共计|以上)+[:]?(共|计)*[\d一二三四五六七八九十百千零〇两]+(个|家)"
    r"|(备注|注|说明|填表(人|单位|日期|说明)|制表(人|单位|日期)?|填报(人|日期)|审核人?|复核人?|(单位)?负责人|联系(人|电话)|日期)\d?:"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what the program calls it, its heading, what else the heading may be, how wide the blank one is."""

    id: str
    heading: str
    aliases: Sequence[str]
    width: float


_BLANK = tomllib.loads(Path(__file__).with_name("blank.toml").read_text(encoding="utf-8"))
#: What may stand for each role, and what is no reason, as `name_key` gives it.
WORDS: Mapping[str, Any] = _BLANK["words"]
COLUMNS = tuple(Column(**one) for one in _BLANK["column"])
HEADINGS: Mapping[str, str] = {column.id: column.heading for column in COLUMNS}
_BY_HEADING = {name: column.id for column in COLUMNS for name in (column.heading, *column.aliases)}


class Row(NamedTuple):
    """A row that is not blank: its number in the file, texts by column, what is wrong with a cell in itself.

    ``told`` is what was found wrong with the row so far, a line each.
    """

    number: int
    values: Mapping[str, str]
    faults: Mapping[str, str]
    told: list[str]

    def wrong(self, column: str, why: str) -> None:
        """Note what is wrong with one cell."""
        self.told.append(f"第 {self.number} 行 “{HEADINGS[column]}”：{why}")


class RosterTable(NamedTuple):
    """The rows below the headings, and what was left unread."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read_table(data: bytes, filename: str) -> RosterTable:
    """The rows of an .xlsx or CSV file; RosterError where it cannot be read or has no headings."""
    found = text_grids(data, filename)
    for grid in found:
        at = _heading_row(grid)
        if at is not None:
            return _table(grid, at, filename, several=len(found) > 1)
    told = f"前 {_SEARCHED} 行里没有找到标题行。请在名册的第一行写上各列的名称，至少要有“{HEADINGS['name']}”一列"
    raise RosterError(filename, [told])


def _heading_row(grid: TextGrid) -> int | None:
    """The row with the most headings among the first ones, if it can be a row of headings at all."""
    scores = {number: score(cells) for number, cells in grid.rows.items() if number <= _SEARCHED}
    best = max(scores, key=lambda number: (scores[number], -number), default=0)
    return best if best and scores[best] else None


def score(cells: Mapping[int, str]) -> int:
    """How much a row looks like headings: the number of known ones, 0 where it cannot be told from data."""
    known = [_BY_HEADING[name] for name in map(_plain_heading, cells.values()) if name in _BY_HEADING]
    return len(known) if "name" in known or len(known) >= _ENOUGH else 0


def _plain_heading(text: str) -> str:
    return _BRACKETS.sub("", name_key(unicodedata.normalize("NFKC", text)))


def _table(grid: TextGrid, at: int, filename: str, *, several: bool) -> RosterTable:
    names = {col: _BY_HEADING.get(_plain_heading(text)) for col, text in grid.rows[at].items()}
    columns = {col: name for col, name in names.items() if name}
    ignored = [text for col, text in grid.rows[at].items() if text and not names[col]]
    numbers = [number for number in grid.rows if number > at]
    problems = [
        f"标题行有 {len(texts)} 列都是“{heading}”（{'、'.join(texts)}）。请只留一列，其余改名"
        for name, heading in HEADINGS.items()
        if len(texts := [text for col, text in grid.rows[at].items() if names[col] == name]) > 1
    ]
    if "name" not in columns.values():
        problems.append(f"第 {at} 行是标题行，但没有“{HEADINGS['name']}”一列。请补上")
    if len(numbers) > MOST_ROWS:
        problems.append(f"名册有 {len(numbers)} 行，最多 {MOST_ROWS} 行。请拆成几个名册")
    if problems:
        raise RosterError(filename, problems)
    aside = {number: told for number in numbers if (told := _aside(grid.rows[number]))}
    rows = [
        Row(
            number,
            {name: grid.rows[number].get(col, "") for col, name in columns.items()},
            {name: fault for col, name in columns.items() if (fault := grid.faults.get((number, col)))},
            [],
        )
        for number in numbers
        if number not in aside
    ]
    notes = [f"没有用到的列：{'、'.join(ignored)}"] if ignored else []
    notes += [f"第 {number} 行（{told}）不是单位，没有读入" for number, told in aside.items()]
    notes += [f"只读了工作表“{grid.name}”"] if several else []
    return RosterTable(tuple(row for row in rows if row.faults or any(row.values.values())), tuple(notes))


def _aside(cells: Mapping[int, str]) -> str:
    """What a row begins with that is no unit's: a total, a count or a remark; empty for a unit.

    A number before it may be that of the row.
    """
    texts = [text for text in cells.values() if text]
    first = next((text for text in texts if not name_key(text).isdecimal()), "")
    plain = "".join(unicodedata.normalize("NFKC", first[:_LONGEST_ASIDE]).split())
    return shortened(first) if _TOTAL.fullmatch(plain) or _ASIDE.match(plain) else ""
