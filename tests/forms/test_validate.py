"""Names that stand twice, that are the program's own, or that nothing bears."""

from __future__ import annotations

import pytest

from toolkit.errors import DefinitionError
from toolkit.forms.layout import RESERVED_IDS, RESERVED_SHEETS
from toolkit.instrument.instrument import loads
from toolkit.model.codes import Code

FORM = """
[form]
id = "f"
version = 1
title = "表"
[[table]]
id = "t"
title = "表一"
rows = [{ id = "x", label = "X" }]
columns = [{ id = "a", label = "甲" }]
"""
RULE = '[[rule]]\nid = "%s"\nkind = "typing"\nsay = "句"\n'


def problems(form: str, words: str = "") -> list[str]:
    """What is wrong with a definition; nothing when it loads."""
    try:
        loads(form, words=words)
    except DefinitionError as error:
        return list(error.problems)
    return []


def test_the_id_of_a_rule_about_texts_stands_once() -> None:
    assert problems(FORM, RULE % "N-1" + RULE % "N-2") == []
    assert problems(FORM, RULE % "N-1" + RULE % "N-1") == ["rule(N-1): 规则编号“N-1”用了两次"]


def test_a_rule_about_texts_is_not_called_like_one_about_numbers() -> None:
    form = FORM + '[table.rules]\nR-01 = "x >= 0"\n'
    assert problems(form, RULE % "N-1") == []
    assert problems(form, RULE % "R-01") == ["rule(R-01): 规则编号“R-01”用了两次"]


@pytest.mark.parametrize("sheet", sorted(RESERVED_SHEETS))
def test_no_table_takes_a_sheet_of_the_programs_own(sheet: str) -> None:
    assert problems(FORM.replace("表一", sheet)) == [f"t.sheet: 工作表名“{sheet}”已被程序使用，请换一个"]


@pytest.mark.parametrize("name", sorted(RESERVED_IDS))
def test_no_table_takes_a_name_of_the_programs_own(name: str) -> None:
    assert f"{name}.id: 代号“{name}”已被程序使用，请换一个" in problems(FORM.replace('id = "t"', f'id = "{name}"'))


@pytest.mark.parametrize("code", sorted(Code))
def test_no_rule_takes_a_code_of_the_programs_own(code: str) -> None:
    told = f"rules.{code}: 编号“{code}”是程序自己的，请换一个"
    assert problems(FORM + f'[table.rules]\n{code} = "x >= 0"\n') == [told]
    assert problems(FORM, RULE % code) == [told]


@pytest.mark.parametrize(("length", "fine"), [(31, True), (32, False)])
def test_excel_takes_a_sheet_name_of_31_characters(length: int, *, fine: bool) -> None:
    assert (problems(FORM.replace("表一", "长" * length)) == []) is fine


@pytest.mark.parametrize(("size", "fine"), [(99, True), (100, False)])
def test_an_open_list_has_99_lines_at_most(size: int, *, fine: bool) -> None:
    assert (problems(FORM + f'[[list]]\nid = "i"\ntitle = "单"\nsize = {size}\n') == []) is fine
