"""Lint finds planted faults of a definition, names the rule, and has nothing to say of the statutory form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from factories.filled_forms import annual

from toolkit.checks.lint.lint import lint, never_fire
from toolkit.cli.run import run
from toolkit.instrument.instrument import loads

FORM = """
[form]
id = "f"
version = 1
title = "表"
[[table]]
id = "t"
title = "表一"
rows = [{{ id = "x", label = "X" }}, {{ id = "y", label = "Y" }}, {{ id = "z", label = "{third}" }}]
columns = [{{ id = "a", label = "甲" }}, {{ id = "b", label = "乙" }}, {{ id = "c", label = "合计" }}]
formulas = {{ SUM-01 = "c = a + b" }}
[table.rules]
{rules}
"""
LEXICON = '[[rule]]\nid = "N-1"\nkind = "citation"\nsay = "句"\n[[rule.find]]'
PLAIN = 'R-01 = "x >= y"\nR-02 = "z >= y"'


def told(rules: str, third: str = "Z") -> list[tuple[str, str, str]]:
    return [(one.level, one.where, one.message) for one in lint(loads(FORM.format(rules=rules, third=third)))]


def test_a_sound_form_has_nothing_to_be_told() -> None:
    assert told(PLAIN) == []
    assert lint(annual()) == []


@pytest.mark.parametrize(
    ("rules", "level", "where", "message"),
    [
        (PLAIN + '\nR-03 = "x.a = 5"\nR-04 = "x.a = 6"', "error", "R-03、R-04", "互相矛盾"),
        (PLAIN + '\nR-03 = "x.a + y.a = 0 - 5"', "error", "R-03", "互相矛盾"),
        (PLAIN + '\nR-03 = "x.a >= x.a - 1"', "error", "R-03", "填什么数都不会不成立"),
        (PLAIN + '\nR-03 = "x.a >= 0"', "error", "R-03", "填什么数都不会不成立"),
        (PLAIN + '\nR-03 = "x.c = x.a + x.b"', "hint", "R-03", "可由其他规则推出"),
        (PLAIN + '\nR-03 = "x = y"\nR-04 = "y = z"\nR-05 = "x = z"', "hint", "R-05", "可由其他规则推出"),
    ],
)
def test_a_planted_fault_is_named(rules: str, level: str, where: str, message: str) -> None:
    found = told(rules)
    assert any(a == level and b == where and message in c for a, b, c in found), found


def test_cells_without_any_rule_are_listed_by_row() -> None:
    bare = FORM.replace('formulas = {{ SUM-01 = "c = a + b" }}\n', "")
    found = lint(loads(bare.format(rules='R-01 = "x.a >= y.a"', third="Z")))
    (advice,) = [one for one in found if one.where == "table(t)"]
    assert advice.message == "“表一”表有 7 格没有任何规则核对：“X”、“Y”、“Z”"


def test_a_label_that_stands_twice_cannot_be_told_apart() -> None:
    assert ("error", "table(t)", "行标题“Y”用了 2 次，分不清") in told(PLAIN, third="Y")


@pytest.mark.parametrize(("length", "errors"), [(255, 0), (256, 1)])
def test_excel_takes_a_name_of_255_characters(length: int, errors: int) -> None:
    table = "t" + "x" * (length - len("t.x.a"))
    text = FORM.format(rules=PLAIN, third="Z").replace('id = "t"', f'id = "{table}"')
    assert bool([one for one in lint(loads(text)) if "名称超过" in one.message]) is bool(errors)


def test_every_check_of_the_statutory_form_fails_for_some_figures() -> None:
    assert never_fire(annual()) == []


@pytest.fixture
def definition(tmp_path: Path) -> Callable[[str], str]:
    def write(rules: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / "f"
        folder.mkdir(parents=True)
        (folder / "form.toml").write_text(FORM.format(rules=rules, third="Z"), encoding="utf-8")
        return str(folder)

    return write


def test_the_command_says_so_and_its_exit_code_too(
    definition: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lint", definition(PLAIN)]) == 0
    assert capsys.readouterr().out == "f：没有发现问题。\n"
    bad = definition(PLAIN + '\nR-03 = "x.a >= 0"')
    assert run(["lint", bad]) == 1
    assert "  错误 R-03 填什么数都不会不成立，等于没有：R-03" in capsys.readouterr().out
    assert run(["lint", bad, "--format", "json"]) == 1
    (advice,) = json.loads(capsys.readouterr().out)["f"]
    assert (advice["level"], advice["where"]) == ("error", "R-03")
    assert run(["lint", definition("R-03 = 5")]) == 2
    hint = 'R-03 = "x = y"\nR-04 = "y = z"\nR-05 = "x = z"'
    assert run(["lint", definition(hint)]) == 0
    assert "  提示 R-05 这条规则可由其他规则推出" in capsys.readouterr().out


@pytest.mark.runs
def test_all_installed_forms_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint"]) == 0
    assert "zfxxgk-2021：没有发现问题。" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ('[[rule]]\nid = "N-1"\nkind = "guess"\nsay = "句"', "没有“guess”这种读法"),
        ('[[rule]]\nid = "N-1"\nkind = "typing"\nsay = "句"\nlevel = 1', "不认识“level”"),
        ('unit = ["件"]', "words.toml.unit: 不认识“unit”，是不是“units”？"),
        (
            '[[rule]]\nid = "N-1"\nkind = "claim"\nsay = "句"\n[[rule.frame]]\nabout = "o"\nequals = "t.q.a"',
            "rule[0](N-1).frame[0]",
        ),
        (
            LEXICON + '\nfind = "旧"',
            "find[0].say: 缺少“say”",
        ),
        (
            LEXICON + '\nfind = "旧"\nsay = "新"\nsince = "去年"',
            "find[0].since: 应为日期",
        ),
    ],
)
def test_a_fault_in_what_a_form_says_about_language_is_told(words: str, problem: str, tmp_path: Path) -> None:
    from toolkit.errors import DefinitionError  # noqa: PLC0415
    from toolkit.instrument.catalogue import load  # noqa: PLC0415

    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "form.toml").write_text(FORM.format(rules=PLAIN, third="Z"), encoding="utf-8")
    (folder / "words.toml").write_text(words, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(str(folder))
    assert any(problem in one for one in caught.value.problems), caught.value.problems


def test_a_rule_that_only_a_negative_figure_breaks_can_fail() -> None:
    text = FORM.format(rules='R-03 = "x + y >= 0"', third="Z")
    assert {check.rule.id for check in never_fire(loads(text))} == {"R-03"}
    assert never_fire(loads(text.replace('id = "t"', 'id = "t"\ntype = { signed = true }'))) == []


ASKED = """
[form]
id = "asked"
version = 1
title = "表"
[[table]]
id = "t"
title = "表"
columns = [{ id = "n", label = "数量" }]
rows = [
  { id = "media", label = "有无账号", type = "choice"MORE },
  { id = "share", label = "比例", type = { decimals = 2, max = 1 }, aggregate = "mean" },
  { id = "posts", label = "发布量", relevant = 'CONDITION' },
]
[table.rules]
R-01 = 'RULE'
R-02 = "2 * share <= posts + media"
"""
SOUND, RULE = 'media.n = "是"', 'if media.n = "是" then posts.n >= 1'


def advice(condition: str = SOUND, rule: str = RULE, more: str = "") -> list[tuple[str, str, str]]:
    text = ASKED.replace("CONDITION", condition).replace("RULE", rule).replace("MORE", more)
    return [(one.level, one.where, one.message) for one in lint(loads(text))]


@pytest.mark.parametrize(
    "condition",
    [
        SOUND,
        'media.n <> "是" and share.n > 0.5 and share.n < 0.52',
        'not (media.n = "是" or media.n = "否") or share.n >= 1',
        "share.n / posts.n > 7",
    ],
)
def test_a_condition_that_some_entry_fulfils_is_no_fault(condition: str) -> None:
    assert advice(condition) == []
    assert advice(rule=f"if {condition} then posts.n >= 1") == []


@pytest.mark.parametrize(
    "condition",
    [
        'media.n = "是" and media.n = "否"',
        'not (media.n = "是" or media.n = "否")',
        'media.n < "是"',
        "share.n > 1",
        "share.n > 0.5 and share.n < 0.51",
        "share.n + 1 < 1 and posts.n > 3",
        "posts.n < 0 or (share.n = 0.5 and share.n <> 0.5)",
    ],
)
def test_a_condition_that_no_entry_fulfils_is_a_fault_of_cells_and_of_rules(condition: str) -> None:
    assert ("error", "relevant", f"条件“{condition}”怎么填都不会成立，这些格永远不用填：“发布量／数量”") in advice(
        condition
    )
    told = advice(rule=f"if {condition} then posts.n >= 1")
    assert told == [("error", "R-01", "条件怎么填都不会成立，等于没有这条规则：R-01")]


def test_a_rule_that_is_never_asked_is_told_once_for_all_its_places() -> None:
    found = [message for _, where, message in told("R-01 = 'if z > x and z < x then x >= y'") if where == "R-01"]
    assert found == ["条件怎么填都不会成立，等于没有这条规则：R-01[a]、R-01[b]、R-01[c]"]


@pytest.mark.parametrize(
    ("rule", "dead"),
    [
        ('if media.n = "否" then posts.n = 0', False),
        ("if posts.n >= 2 then posts.n >= 3", False),
        ("if posts.n >= 2 then posts.n >= 1", True),
        ("if share.n >= 0.5 then share.n <= 1", True),
    ],
)
def test_a_rule_under_a_condition_is_dead_where_it_holds_whenever_that_does(rule: str, *, dead: bool) -> None:
    assert any("填什么数都不会不成立" in message for _, _, message in advice(rule=rule)) is dead


def test_choices_of_which_no_sum_tells_are_listed() -> None:
    assert advice() == []
    ((level, _, message),) = advice(more=', aggregate = "none"')
    assert (level, message.partition("：")[2]) == ("hint", "“有无账号／数量”。要计数的写 count")
