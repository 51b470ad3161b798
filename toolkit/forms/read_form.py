"""Reads a form's definition (TOML) and reports every problem in it at once, each with its path."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from toolkit.errors import cause_of
from toolkit.forms.fields import Fields
from toolkit.forms.validate import name_problems, names_used_twice
from toolkit.model.form import Block, CoverField, Form, NilReturn, NumberType, OpenList, Table, TextField, TextGroup
from toolkit.model.keys import keys_of
from toolkit.model.rule import TEXT_NAMES, RuleText, TextRule

DEFINITION = "form.toml"
REPORT = "report.toml"
WORDS = "words.toml"
BODIES = "bodies.toml"
_PARTS = re.compile(r"(\*|\{\w+\})")
Named = TypeVar("Named", CoverField, TextField)


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
    files = [name for name in (DEFINITION, REPORT, WORDS, BODIES) if name == DEFINITION or (folder / name).is_file()]
    return _complete({name: _toml(folder / name, problems) for name in files}, str(folder), problems)


def parse_definition(text: str, words: str = "") -> Definition:
    """The definition in ``text``, with what it says about language in ``words``; for forms that are not in a folder."""
    problems: list[str] = []
    files = {name: _parsed(one, name, problems) for name, one in ((DEFINITION, text), (WORDS, words))}
    return _complete(files, "", problems)


def _complete(files: Mapping[str, Mapping[str, object] | None], folder: str, problems: list[str]) -> Definition:
    data, (report, words, bodies) = files[DEFINITION], (files.get(name) or {} for name in (REPORT, WORDS, BODIES))
    if data is None:
        # What an unreadable file lacks is no news.
        return Definition(form=_form({}, folder, []), problems=tuple(problems))
    form = replace(_form(data, folder, problems), named=named_bodies(bodies, problems))
    root = Fields(words, WORDS, problems, {}, {TEXT_NAMES: form.texts})
    form = replace(form, text_rules=root.each("rule", _text_rule))
    twice = tuple(names_used_twice(form))
    return Definition(
        form=form,
        report=report,
        words=words,
        problems=(*problems, *twice, *name_problems(form)),
        names_unique=not twice,
    )


def _parsed(text: str, name: str, problems: list[str]) -> dict[str, object] | None:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        problems.append(f"{name}: 不是正确的 TOML：{error}")
    except RecursionError:
        problems.append(f"{name}: 括号套得太深")
    return None


def _toml(path: Path, problems: list[str]) -> dict[str, object] | None:
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"), path.name, problems)
    except UnicodeDecodeError:
        problems.append(f"{path.name}: 请存为 UTF-8 编码")
    except OSError as error:
        problems.append(f"{path.name}: 读不出来：{cause_of(error)}")
    return None


def _form(data: Mapping[str, object], folder: str, problems: list[str]) -> Form:
    root = Fields(data, "", problems, _READERS)
    head = root.table("form")
    tables = root.each("table", _table, required=True)
    form = head.made(
        Form,
        tables=tuple(table for table, _ in tables),
        groups=root.each("texts", _group),
        lists=root.each("list", lambda one: one.made(OpenList)),
        rules=(*(rule for _, rules in tables for rule in rules), *_rules(root, "", "rules")),
        cover=root.each("cover", lambda one: _named(one.made(CoverField), "cover")),
        nils=root.each("zero", lambda one: one.made(NilReturn)),
        folder=folder,
        renames=root.get("accepts", dict[str, dict[str, str]]),
    )
    for part in (root, head):
        part.unknown()
    named = map(int, filter(str.isdecimal, form.renames))
    return replace(form, accepts=tuple(dict.fromkeys((*(form.accepts or (form.version,)), *named))))


def _table(fields: Fields) -> tuple[Table, list[RuleText]]:
    if "block" in fields.data:
        blocks = fields.each("block", lambda one: one.made(Block, of="block"))
        for key in ("rows", "columns"):
            if key in fields.data:
                fields.read.add(key)
                fields.problem("已分 block，行列应写在 block 里", key)
    else:
        blocks = (fields.made(Block),)
    table = fields.made(Table, blocks=blocks)
    depth = max((len(row.path) for row in table.rows), default=1)
    if 0 < len(table.stub_widths) < depth and table.layout == "table":
        fields.problem(f"行标题有 {depth} 级，要写 {depth} 个宽度", "stub_widths")
    return table, [*_rules(fields, table.id, "formulas"), *_rules(fields, table.id, "rules")]


def _rules(fields: Fields, table: str, key: str) -> Iterator[RuleText]:
    """The rules under a key of a table, or of the form as a whole; one id may have several parts."""
    part = fields.table(key)
    for rule, value in part.data.items():
        several = value if isinstance(value, list) else [value]
        for i, one in enumerate(several):
            path = f"{part.path}.{rule}" + (f"[{i}]" if len(several) > 1 else "")
            if isinstance(one, str | dict):
                told = Fields(one if isinstance(one, dict) else {"rule": one}, path, fields.problems)
                yield told.made(RuleText, id=rule, path=path, table=table, derived=key == "formulas")
                told.unknown()
            else:
                fields.problems.append(f"{path}: 应为规则文字，或 {{ rule = …, say = … }}")


def _text_rule(fields: Fields) -> TextRule:
    """A rule about texts; what its way of reading looks for is read later (``instrument/language.py``)."""
    fields.read |= fields.data.keys()
    return fields.made(TextRule, path=fields.path)


def _type(fields: Fields, key: str) -> dict[str, Any]:
    """What a key says of a type, a table or the word for its kind, by field."""
    said = fields.data[key]
    inside = {"kind": said} if isinstance(said, str) else fields.get(key, dict)
    part = Fields(inside, fields.where(key), fields.problems)
    made = part.made(NumberType)
    part.unknown()
    return {one.field: getattr(made, one.field) for one in keys_of(NumberType) if one.name in inside}


#: Types of keys that are read here: what is said of a type, and a type as a whole.
_READERS = {Mapping[str, Any]: _type, NumberType: lambda fields, key: NumberType.of(_type(fields, key))}


def _group(fields: Fields) -> TextGroup:
    group = fields.made(TextGroup, texts=())
    texts = fields.each("items", lambda one: _named(one.made(TextField), group.id), required=True)
    return replace(group, texts=texts)


def _named(field: Named, group: str) -> Named:
    """A field with the name of its variable in place of its id."""
    return replace(field, name=f"{group}.{field.name}")


class _Body(NamedTuple):
    kind: Annotated[str, "a kind of body, one of `bodies` or another that `limits` names"]
    names: Annotated[tuple[str, ...], "patterns for whole names: `*` any words, `{list}` one name of a list"] = ()


def named_bodies(data: Mapping[str, object], problems: list[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of body, each with a pattern for the whole of a name, in order: the first that fits decides."""
    root = Fields(data, BODIES, problems)
    lists = root.get("lists", dict[str, tuple[str, ...]])
    out = root.each("body", lambda one: _pattern(one, one.made(_Body), lists))
    root.unknown()
    return out


def _pattern(fields: Fields, body: _Body, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, re.Pattern[str]]:
    """A kind of body with ``*县*{department}`` as a regular expression."""

    def regex(part: str) -> str:
        if not _PARTS.fullmatch(part):
            return re.escape(part)
        if part != "*" and part[1:-1] not in lists:
            fields.problem(f"没有名单“{part[1:-1]}”", "names")
        return ".*" if part == "*" else f"(?:{'|'.join(map(re.escape, lists.get(part[1:-1], ())))})"

    patterns = ("".join(map(regex, _PARTS.split(text))) for text in body.names)
    return body.kind, re.compile("|".join(patterns) or r"(?!)")
