"""The file of a roster: its columns, its rows as texts, and each row as a unit with what is wrong with a cell alone."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.collection.roster.grid import TextGrid, text_grids
from toolkit.collection.roster.roster import Role, RosterError, Unit
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


_ROLES: Mapping[str, Role] = {word: Role(role) for role, words in WORDS["roles"].items() for word in words}
_UNFIT = re.compile(r'[<>:"/\\|?*]')
_SEPARATORS = re.compile(r"[、,，;；\s]+")
_WIDE_GAP = re.compile(r"(?<=[\u2e80-\uffef]) (?=[\u2e80-\uffef])")
_LONGEST = {"code": 32, "name": 100, "short": 60}
_LONGEST_OTHER = 500


class Draft(NamedTuple):
    """A row and the unit it is; ``unit.parent`` is still as written, ``role`` None where the cell is blank."""

    row: Row
    unit: Unit
    role: Role | None


def drafts(table: RosterTable, bodies: Sequence[str]) -> tuple[list[Draft], list[str]]:
    """The units of a table as written, and what was noticed; what is wrong with a cell is told by its row."""
    marks = [sum(row.values.get(one, "").startswith(EXAMPLE) for one in ("code", "name")) for row in table.rows]
    rows = [row for row, marked in zip(table.rows, marks, strict=True) if not marked]
    half = [str(row.number) for row, marked in zip(table.rows, marks, strict=True) if marked == 1]
    notes = [f"第 {'、'.join(half)} 行有“{EXAMPLE}”字样，没有读入。是真实单位的，请去掉这两个字"] if half else []
    numbered = bool(rows) and not any(row.values.get("code") for row in rows)
    width = max(3, len(str(len(rows))))
    codes = [f"{n:0{width}}" if numbered else _code(row.values.get("code", "")) for n, row in enumerate(rows, start=1)]
    if numbered:
        what = f"名册里没有填“{HEADINGS['code']}”，已按先后编为 {codes[0]} 至 {codes[-1]}"
        notes.append(f"{what}。编码会写进发出的表，下一年也要用：请补进名册保存，此后不要改动")
    if not bodies and any(row.values.get("body") for row in rows):
        notes.append(f"这种表不分{HEADINGS['body']}，这一列没有用到")
    return [_draft(row, code, bodies) for row, code in zip(rows, codes, strict=True)], notes


def _draft(row: Row, code: str, bodies: Sequence[str]) -> Draft:
    for column, fault in row.faults.items():
        row.wrong(column, fault)
    for column, text in row.values.items():
        most = _LONGEST.get(column, _LONGEST_OTHER)
        if len(text) > most:
            row.wrong(column, f"有 {len(text)} 个字，最多 {most} 个")
    values = {column: "" if column in row.faults else row.values.get(column, "") for column in HEADINGS}
    if not values["name"] and "name" not in row.faults:
        row.wrong("name", "空着。请填写")
    if "code" not in row.faults:
        _check_code(row, "code", code)
    former = tuple(dict.fromkeys(filter(None, map(_code, _SEPARATORS.split(values["former"])))))
    for one in former:
        _check_code(row, "former", one)
    role = _role(row, values["role"])
    unit = Unit(
        code=code,
        # Blanks between characters only fill a line.
        name=_WIDE_GAP.sub("", values["name"]),
        short=_WIDE_GAP.sub("", values["short"]),
        body=_body(row, values["body"], bodies),
        role=role or Role.REPORTS,
        excluded=_reason(row, values["excluded"]),
        former=former,
        **{column: values[column] for column in ("parent", "contact", "phone", "mail")},
    )
    return Draft(row, unit, role)


def _code(text: str) -> str:
    """A code as it is kept: in half width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _check_code(row: Row, column: str, code: str) -> None:
    if not code:
        row.wrong(column, "空着。请编上，或者把这一列全部清空，由程序编号")
    elif _UNFIT.search(code) or code != code.strip(".") or code.startswith(("~", "=")):
        row.wrong(column, f"“{code}”不能用在文件名里。请只用数字、字母、汉字和 -")


def _role(row: Row, text: str) -> Role | None:
    role = _ROLES.get(name_key(text))
    if text and role is None:
        row.wrong("role", f"不认识“{text}”。只能写 是、否、汇总，或者空着")
    return role


def _body(row: Row, text: str, bodies: Sequence[str]) -> str:
    if not text or not bodies:
        return ""
    # Of a kind with two names either will do, also as it begins: 乡镇, 街道办.
    names = {body: [name_key(one) for one in body.split("或")] for body in bodies}
    begins = [body for body, own in names.items() if own[1:] and any(one.startswith(name_key(text)) for one in own)]
    meant = [body for body in bodies if name_key(body) == name_key(text)] or begins
    if len(meant) != 1:
        row.wrong("body", f"没有“{text}”这一类。可以写：{'、'.join(bodies)}")
    return meant[0] if len(meant) == 1 else ""


def _reason(row: Row, text: str) -> str:
    if name_key(text) in WORDS["no_reasons"]:
        row.wrong("excluded", f"“{text}”不是原因。要纳入的请清空这一格，不纳入的请写明原因")
        return ""
    return text
