"""Checks a definition's names: used twice, reserved by the program, or pointing at nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fnmatch import filter as filter_names

from toolkit.forms.layout import PERIOD, RESERVED_IDS, RESERVED_SHEETS, UNIT
from toolkit.model.codes import built_in
from toolkit.model.form import Form


def name_problems(form: Form) -> Iterator[str]:
    """The problems of reserved names, ticks and control totals of what is not there, kinds of body not listed."""
    for part in form.parts:
        if part.sheet in RESERVED_SHEETS:
            yield f"{part.id}.sheet: 工作表名“{part.sheet}”已被程序使用，请换一个"
        if part.id in RESERVED_IDS:
            yield f"{part.id}.id: 代号“{part.id}”已被程序使用，请换一个"
    for name in _cover_names(form):
        if name in {UNIT, PERIOD}:
            yield f"cover({name}): 封面项代号“{name}”已被程序使用，请换一个"
    yield from _nil_problems(form)
    yield from _rename_problems(form)
    yield from _cell_problems(form)
    for rule in sorted(filter(built_in, {*(rule.id for rule in form.rules), *(rule.id for rule in form.text_rules)})):
        yield f"rules.{rule}: 编号“{rule}”是程序自己的，请换一个"
    lines = {rule.id for rule in form.text_rules if rule.takes_explanation}
    for told in form.text_rules:
        if told.explained_at and told.explained_at not in lines:
            yield f"{told.path}.explained_at: 没有带“情况说明”一栏的文字规则“{told.explained_at}”"
    unlisted = {body for rule in form.rules for body in rule.free_bodies} - set(form.bodies)
    yield from (f"form.bodies: 规则里用到的机构类型“{body}”没有列在这里" for body in sorted(unlisted))


def _cell_problems(form: Form) -> Iterator[str]:
    """Control totals and cells of what is not there, means by what is not added up."""
    for table in form.tables:
        ids = {label.id for block in table.blocks for label in (*block.rows, *block.columns)}
        unknown = (name for name in table.controls if name not in ids)
        yield from (f"table({table.id}).controls: 没有代号“{name}”" for name in unknown)
        cells = {f"{variable.row}.{variable.column}" for variable in table.variables}
        yield from (f"table({table.id}).cells: 没有“{name}”这一格" for name in table.cells.keys() - cells)
        named = (one for block in table.blocks for one in (*block.rows, *block.columns) if one.quiet)
        only = [block.columns[0] for block in table.blocks if len(block.columns) == 1]
        yield from (f"table({table.id}).{one.id}.quiet: 只有唯一的一列可以不提" for one in named if one not in only)
    for one in form.variables.values():
        weight = form.variables.get(one.aggregate.weight)
        if one.aggregate.weight and (weight is None or not weight.aggregate.additive):
            yield f"{one.name}: aggregate 里的“{one.aggregate.weight}”应是另一个相加的数"


def _cover_names(form: Form) -> list[str]:
    return [line.name for line in form.cover] + [nil.name for nil in form.nils]


def _nil_problems(form: Form) -> Iterator[str]:
    """Ticks that fill nothing, what may not be 0, or what another fills too."""
    filled = [(one.id, name) for one in form.nils for name in form.variables if one.covers(name)]
    yield from (f"zero({one.id}).fills: 没有对应的数" for one in form.nils if one.id not in dict(filled))
    for tick, name in filled:
        if form.variables[name].type.fault(Decimal(0)):
            yield f"zero({tick}).fills: “{name}”不能填 0"
    yield from (f"zero.fills: “{name}”填了两次" for name in _twice(name for _, name in filled))


def _rename_problems(form: Form) -> Iterator[str]:
    known = [*form.variables, *form.texts, *(one.id for one in form.lists)]
    for source, names in form.renames.items():
        for old, new in names.items():
            if new and not (filter_names(known, new) and old.count("*") == new.count("*")):
                yield f"accepts.{source}.{old}: 没有“{new}”，或者两边的 * 不一样多"
        yield from (f"accepts.{source}: “{new}”写了两次" for new in _twice(filter(None, names.values())))


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def names_used_twice(form: Form) -> Iterator[str]:
    """The problems of ids, sheet names and rule ids that are used twice: a rule could not tell which is meant."""
    for table in form.tables:
        columns = {c.id for b in table.blocks for c in b.columns}
        named = [block.id for block in table.blocks if block.id]
        for name in _twice([*(row.id for row in table.rows), *columns, *named]):
            yield f"table({table.id}): 代号“{name}”用了两次（行、列代号在一张表内不能相同）"
        for block in table.blocks:
            for name in _twice(c.id for c in block.columns):
                yield f"table({table.id}): 列代号“{name}”用了两次"
    texts = [text.name for group in form.groups for text in group.texts] + _cover_names(form)
    for what, names in (("代号", [p.id for p in form.parts] + texts), ("工作表名", [p.sheet for p in form.parts])):
        for name in _twice(names):
            yield f"{what}“{name}”用了两次"
    numeric = {rule.id for rule in form.rules}
    for rule, times in Counter(rule.id for rule in form.text_rules).items():
        if times > 1 or rule in numeric:
            yield f"rule({rule}): 规则编号“{rule}”用了两次"
