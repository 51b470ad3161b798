"""What a form says about language is part of its definition: every slip is told with its place, all at once."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual

from toolkit.checks.narrative.registry import READINGS
from toolkit.errors import DefinitionError
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import loads
from toolkit.instrument.language import KINDS

FORM = """
[form]
id = "f"
version = 1
title = "表"
[[texts]]
id = "s"
title = "文字"
items = [{ id = "one", label = "说明" }]
[[table]]
id = "t"
title = "表一"
rows = [{ id = "x", label = "一、收到的申请（件）" }]
columns = [{ id = "a", label = "甲" }]
"""


def rule(kind: str, rest: str = "") -> str:
    return f'[[rule]]\nid = "N-1"\nkind = "{kind}"\nsay = "句"\n{rest}\n'


def problems(words: str) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as caught:
        loads(FORM, words)
    return caught.value.problems


def test_every_kind_that_a_form_may_name_has_a_reading() -> None:
    assert set(READINGS) == set(KINDS)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ('units = ["件", 3]', "words.toml.units[1]: 应为文字"),
        ('elsewhere = { a = "b" }', "words.toml.elsewhere: 应为列表 [...]"),
        ("rule = 3", "words.toml.rule: 应为列表 [...]"),
        (
            rule("claim", '[[rule.claim]]\nsay = "收到{n}"'),
            "words.toml.rule[0](N-1).claim[0].say: 不认识“say”，是不是“says”？",
        ),
        (
            rule("claim", '[[rule.claim]]\nsays = "(收到{n}"\nequals = "t.x.a"'),
            "words.toml.rule[0](N-1).claim[0].says: “(收到{n}”里的括号不成对",
        ),
        (
            rule("claim", '[[rule.claim]]\nlabels = "u"\ncolumn = "a"'),
            "words.toml.rule[0](N-1).claim[0].labels: 没有表“u”",
        ),
        (rule("claim", '[[rule.claim]]\nlabels = "t"\ncolumn = "b"'), "words.toml.rule[0](N-1).claim[0]: "),
        (rule("denial", '[[rule.claim]]\nsays = "没有收到"'), "words.toml.rule[0](N-1).claim[0].equals: 缺少“equals”"),
        (rule("fee", 'nothing_when_zero = "t.x.b"'), "words.toml.rule[0](N-1): "),
        (rule("year", "ahead = 1"), "words.toml.rule[0](N-1).ahead: 应为列表 [...]"),
        (rule("citation", 'find = ["旧"]'), "words.toml.rule[0](N-1).find[0]: 应为表 {...}"),
        (
            rule("citation", '[[rule.find]]\nfind = "旧"\nsay = "新"\nuntil = 2021-09-01T08:00:00'),
            'words.toml.rule[0](N-1).find[0].until: 应为日期，例如 "2021-09-01"',
        ),
        (rule("body", 'levels = { "我市" = 1 }'), "words.toml.rule[0](N-1).levels.我市: 应为列表 [...]"),
    ],
)
def test_a_slip_is_told_with_its_place(words: str, problem: str) -> None:
    (told,) = problems(words)
    assert told.startswith(problem), told


def test_all_slips_are_told_at_once() -> None:
    words = "unit = 1\n" + rule("guess") + rule("year", "ahead = 1").replace("N-1", "N-2")
    assert [told.partition(":")[0] for told in problems(words)] == [
        "words.toml unit",
        "words.toml.rule[0](N-1).kind",
        "words.toml.rule[1](N-2).ahead",
    ]


def test_labels_are_read_as_people_say_them_with_their_aliases() -> None:
    told = rule("claim", '[[rule.claim]]\nlabels = "t"\ncolumn = "a"\naliases = { "收到的申请" = ["来件数", "件"] }')
    patterns = loads(FORM, told).language.patterns["N-1"]
    assert [bool(one.regex.search("收到的申请共12件")) for one in patterns] == [True, False]
    assert [one.means for one in patterns] == ["t.x.a", "t.x.a"]


def test_the_same_form_is_compiled_once() -> None:
    assert load(annual().form.id) is load(annual().form.id)
    assert {one.kind for one in annual().form.text_rules} == set(KINDS)
