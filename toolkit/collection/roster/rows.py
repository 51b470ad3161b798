"""Each row of a roster as a unit, and what is wrong with a cell taken alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from toolkit.collection.roster.roster import Role, Unit
from toolkit.collection.roster.sheet import EXAMPLE, HEADINGS, WORDS, RosterTable, Row
from toolkit.text import name_key

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
