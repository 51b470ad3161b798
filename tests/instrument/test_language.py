"""What a form says about language is part of its definition: every slip is told with its place, all at once."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual

from toolkit.checks.narrative.registry import READINGS
from toolkit.errors import DefinitionError
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import loads
from toolkit.instrument.language import KINDS
from toolkit.instrument.vocabulary import spelled_out

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


OBJECT = '[[object]]\nid = "o"\nwords = "(信息|)申请"\n'


def rule(kind: str, rest: str = "", before: str = "") -> str:
    return before + f'[[rule]]\nid = "N-1"\nkind = "{kind}"\nsay = "句"\n{rest}\n'


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
        ('theme = { a = "b" }', "words.toml.theme: 应为列表 [...]"),
        ("rule = 3", "words.toml.rule: 应为列表 [...]"),
        ('[[object]]\nid = "o"\nword = "申请"', "words.toml.object[0](o).word: 不认识“word”，是不是“words”？"),
        (
            '[acts]\ncome = ["收到", "收到"]\n[columns]\na = "收到"',
            "words.toml.columns.a: “收到”已经是别的词，或者是空的",
        ),
        ('[acts]\ncome = ["(收到|)"]', "words.toml.acts.come: “(收到|)”已经是别的词，或者是空的"),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"\nequal = "t.x.a"\nequals = "t.x.a"', OBJECT),
            "words.toml.rule[0](N-1).frame[0].equal: 不认识“equal”，是不是“equals”？",
        ),
        (
            rule("claim", '[[rule.frame]]\nabout = "p"\nequals = "t.x.a"'),
            "words.toml.rule[0](N-1).frame[0].about: 没有事项“p”",
        ),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"\nacts = "get"\nequals = "t.x.a"', OBJECT),
            "words.toml.rule[0](N-1).frame[0].acts: 没有动作“get”",
        ),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"\nyear = "前年"\nequals = "t.x.a"', OBJECT),
            "words.toml.rule[0](N-1).frame[0].year: 只能是 last、next",
        ),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"\nlabels = "u"', OBJECT),
            "words.toml.rule[0](N-1).frame[0].labels: 没有表“u”",
        ),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"\nlabels = "t"\naliases = { "退件" = "退回" }', OBJECT),
            "words.toml.rule[0](N-1).frame[0].aliases: 没有这个行名：“退件”",
        ),
        (rule("claim", '[[rule.frame]]\nabout = "o"\nequals = "t.x.b"', OBJECT), "words.toml.rule[0](N-1).frame[0]: "),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"\nequals = "t.x.*"', 'all_columns = "b"\n' + OBJECT),
            "words.toml.rule[0](N-1).frame[0]: ",
        ),
        (
            rule("claim", '[[rule.frame]]\nabout = "o"', OBJECT),
            "words.toml.rule[0](N-1).frame[0].equals: 缺少“equals”",
        ),
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
        "words.toml.rule[0](N-1).kind",
        "words.toml.rule[1](N-2).ahead",
        "words.toml.unit",
    ]


def test_labels_are_read_as_people_say_them_with_their_aliases() -> None:
    frame = '[[rule.frame]]\nabout = "o"\nlabels = "t"\naliases = { "收到的申请" = ["来件数", "(新|)件"] }'
    known = loads(FORM, 'all_columns = "a"\n' + rule("claim", frame, OBJECT)).language.vocabulary
    labels = {"收到的申请", "来件数", "新件", "件"}
    assert {word for word, one in known.words.items() if one.kind == "label"} == labels == set(known.labels)
    assert {one.rows for one in known.labels.values()} == {("t.x",)}


def test_a_label_of_two_characters_is_in_too_many_words() -> None:
    form = FORM.replace("一、收到的申请（件）", "一、其他（件）").replace(
        "rows = [", 'rows = [{ id = "y", label = "其他的" }, '
    )
    known = loads(form, 'all_columns = "a"\n' + rule("claim", '[[rule.frame]]\nabout = "o"\nlabels = "t"', OBJECT))
    assert set(known.language.vocabulary.labels) == {"其他的"}


def test_a_word_in_parts_is_every_choice_of_them() -> None:
    assert list(spelled_out("(政府|)信息(件|事项)")) == ["政府信息件", "政府信息事项", "信息件", "信息事项"]
    assert list(spelled_out("信息")) == ["信息"]


def test_the_same_form_is_compiled_once() -> None:
    assert load(annual().form.id) is load(annual().form.id)
    assert {one.kind for one in annual().form.text_rules} == set(KINDS)
