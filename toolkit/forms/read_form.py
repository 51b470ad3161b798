"""Reads a form's definition (TOML) and reports every problem in it at once, each with its path."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

from toolkit.errors import cause_of
from toolkit.forms.fields import Fields
from toolkit.forms.read_rules import read_rules, read_text_rules
from toolkit.forms.validate import name_problems, names_used_twice
from toolkit.model.form import (
    Block,
    CoverField,
    Form,
    Label,
    NilReturn,
    NumberType,
    OpenList,
    Table,
    TextField,
    TextGroup,
)
from toolkit.model.grid import BREAK
from toolkit.model.period import KINDS

DEFINITION = "form.toml"
REPORT = "report.toml"
WORDS = "words.toml"
BODIES = "bodies.toml"
_PARTS = re.compile(r"(\*|\{\w+\})")
#: Keys of ``[lists]`` in what a form says about names of bodies: where the lists come from.
_ABOUT = frozenset({"source", "date"})
_LONGEST_LIST = 99
#: What a number cell takes at most, where the form says nothing: floats stay exact up to there.
_LARGEST = {"whole": Decimal(999_999_999_999), "decimal": Decimal(999_999_999)}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A definition as read: the form, its report and its words still as data, and every problem as ``path: what``.

    What is faulty is replaced by a default, so that all problems are seen at once. Rules can be compiled only where
    ``names_unique``.
    """

    form: Form
    report: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    names_unique: bool = True


def read_definition(folder: Path) -> Definition:
    """The definition in ``folder``."""
    problems: list[str] = []
    data = _toml(folder / DEFINITION, problems)
    if problems:
        # What an unreadable file lacks is no news.
        return Definition(form=_form({}, str(folder), []), problems=tuple(problems))
    report = _toml(folder / REPORT, problems) if (folder / REPORT).is_file() else {}
    words = _toml(folder / WORDS, problems) if (folder / WORDS).is_file() else {}
    named = named_bodies(_toml(folder / BODIES, problems), problems) if (folder / BODIES).is_file() else ()
    return _complete(replace(_form(data, str(folder), problems), named=named), report, words, problems)


def parse_definition(text: str, words: str = "") -> Definition:
    """The definition in ``text``, with what it says about language in ``words``; for forms that are not in a folder."""
    problems: list[str] = []
    data = _parsed(text, DEFINITION, problems)
    if problems:
        return Definition(form=_form({}, "", []), problems=tuple(problems))
    return _complete(_form(data, "", problems), {}, _parsed(words, WORDS, problems), problems)


def _complete(form: Form, report: Mapping[str, object], words: Mapping[str, object], problems: list[str]) -> Definition:
    told = tuple(read_text_rules(Fields(words, WORDS, problems), form.texts))
    form = replace(form, text_rules=told)
    twice = tuple(names_used_twice(form))
    return Definition(
        form=form,
        report=report,
        words=words,
        problems=(*problems, *twice, *name_problems(form)),
        names_unique=not twice,
    )


def _parsed(text: str, name: str, problems: list[str]) -> dict[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        problems.append(f"{name}: 不是正确的 TOML：{error}")
    except RecursionError:
        problems.append(f"{name}: 括号套得太深")
    return {}


def _toml(path: Path, problems: list[str]) -> dict[str, object]:
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"), path.name, problems)
    except UnicodeDecodeError:
        problems.append(f"{path.name}: 请存为 UTF-8 编码")
    except OSError as error:
        problems.append(f"{path.name}: 读不出来：{cause_of(error)}")
    return {}


def _form(data: Mapping[str, object], folder: str, problems: list[str]) -> Form:
    root = Fields(data, "", problems)
    head = root.table("form")
    version = head.whole("version", 1, required=True)
    tables = list(root.tables("table", required=True))
    made = tuple(map(_table, tables))
    form = head.made(
        Form,
        version=version,
        accepts=head.wholes("accepts") or (version,),
        name=head.text("name", head.text("title")),
        period_kind=head.choice("period", KINDS, "year"),
        tables=made,
        groups=root.each("texts", _group),
        lists=root.each("list", _list),
        rules=tuple(rule for t, table in zip(tables, made, strict=True) for rule in read_rules(t, table.id))
        + tuple(read_rules(root, "", formulas=False)),
        cover=root.each("cover", lambda one: one.made(CoverField, name=f"cover.{one.id()}")),
        nils=root.each("zero", _nil),
        folder=folder,
    )
    for part in (root, head, *tables):
        part.unknown()
    return form


def _table(fields: Fields) -> Table:
    layout = fields.choice("layout", ("table", "line"), "table")
    title = fields.text("title", required=True)
    kind = _type(fields, NumberType())
    if "block" in fields.data:
        blocks = fields.each("block", lambda b: _block(b, kind))
        for key in ("rows", "columns"):
            if key in fields.data:
                fields.read.add(key)
                fields.problem("已分 block，行列应写在 block 里", key)
    else:
        blocks = (_block(fields, kind, own=False),)
    widths, depth = fields.numbers("stub_widths"), max((len(r.path) for b in blocks for r in b.rows), default=1)
    if widths and len(widths) < depth and layout == "table":
        fields.problem(f"行标题有 {depth} 级，要写 {depth} 个宽度", "stub_widths")
        widths = ()
    return fields.made(
        Table,
        id=fields.id(),
        title=title,
        sheet=fields.sheet(title),
        blocks=blocks,
        layout=cast("Literal['table', 'line']", layout),
        stub_widths=widths,
        column_width=float(fields.number("column_width") or 0),
    )


def _block(fields: Fields, inherited: NumberType, *, own: bool = True) -> Block:
    return Block(
        rows=fields.each("rows", _label, required=True),
        columns=fields.each("columns", _label, required=True),
        type=_type(fields, inherited) if own else inherited,
        title=fields.label("title", required=False) if own else "",
        stub=fields.text("stub"),
    )


def _label(fields: Fields) -> Label:
    return Label(
        id=fields.id(), label=fields.label("label"), under=tuple(t.replace("|", BREAK) for t in fields.texts("under"))
    )


def _type(fields: Fields, inherited: NumberType) -> NumberType:
    if "type" not in fields.data:
        return inherited
    if isinstance(fields.data["type"], str):
        fields.read.add("type")
        part = Fields({"kind": fields.data["type"]}, f"{fields.path}.type", fields.problems)
    else:
        part = fields.table("type")
    kind = part.choice("kind", ("whole", "decimal"), inherited.kind)
    same = kind == inherited.kind
    decimals = inherited.decimals if same else 6 if kind == "decimal" else 0
    limit = inherited.maximum if same else _LARGEST[kind]
    low, high = part.number("min"), part.number("max")
    out = NumberType(
        kind=cast("Literal['whole', 'decimal']", kind),
        decimals=part.whole("decimals", decimals),
        minimum=None if part.flag("signed") else inherited.minimum if low is None else low,
        maximum=limit if high is None else high,
        unit=part.text("unit", inherited.unit),
    )
    part.unknown()
    return out


def _group(fields: Fields) -> TextGroup:
    group, title = fields.id(), fields.text("title", required=True)
    texts = fields.each("items", lambda part: _text(part, group), required=True)
    return TextGroup(id=group, title=title, sheet=fields.sheet(title), texts=texts)


def _text(fields: Fields, group: str) -> TextField:
    return fields.made(TextField, name=f"{group}.{fields.id()}")


def _list(fields: Fields) -> OpenList:
    title, size = fields.text("title", required=True), fields.whole("size", 20)
    if not 1 <= size <= _LONGEST_LIST:
        fields.problem(f"行数应在 1 和 {_LONGEST_LIST} 之间", "size")
        size = 1
    return fields.made(
        OpenList,
        id=fields.id(),
        title=title,
        sheet=fields.sheet(title),
        label=fields.text("label", "名称"),
        count=fields.text("count", "数量"),
        size=size,
        type=_type(fields, NumberType()),
    )


def _nil(fields: Fields) -> NilReturn:
    fills = fields.texts("fills")
    if not fills:
        fields.problem('要写明填 0 的是哪些格（例如 "requests.*"）', "fills")
    return fields.made(NilReturn, id=fields.id(), fills=fills)


def named_bodies(data: Mapping[str, object], problems: list[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of body, each with a pattern for the whole of a name, in order: the first that fits decides."""
    root = Fields(data, BODIES, problems)
    given = root.table("lists")
    for key in _ABOUT:
        given.text(key)
    lists = {key: given.texts(key) for key in given.data if key not in _ABOUT}
    out = root.each("body", lambda fields: (fields.text("kind", required=True), _pattern(fields, lists)))
    root.unknown()
    return out


def _pattern(fields: Fields, lists: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """``*县*{department}`` as a regular expression."""

    def meant(part: str) -> str:
        if not _PARTS.fullmatch(part):
            return re.escape(part)
        if part != "*" and part[1:-1] not in lists:
            fields.problem(f"没有名单“{part[1:-1]}”", "names")
        return ".*" if part == "*" else f"(?:{'|'.join(map(re.escape, lists.get(part[1:-1], ())))})"

    names = ("".join(map(meant, _PARTS.split(text))) for text in fields.texts("names"))
    return re.compile("|".join(names) or r"(?!)")
