"""What changed between two definitions, and what breaks by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.cli.run import run
from toolkit.instrument.catalogue import form_folders, load
from toolkit.instrument.form_changes import ALL, FormChange, form_changes
from toolkit.instrument.instrument import loads

FIRST = """
form = { id = "visits", version = 1, title = "来访接待情况表" }
[[table]]
id = "visits"
title = "接待情况"
columns = [{ id = "day", label = "白天" }, { id = "night", label = "夜间" }]
rows = [{ id = "came", label = "来访" }, { id = "met", label = "接待" }]
rules = { BAL-1 = "met <= came" }
[[texts]]
id = "words"
title = "文字"
items = [{ id = "work", label = "工作情况" }, { id = "plan", label = "打算" }]
[[list]]
id = "items"
title = "事项"
"""
NEXT = FIRST.replace("version = 1", "version = 2, accepts = [1, 2]")
RENAMED = NEXT.replace('id = "met"', 'id = "served"').replace("met <=", "served <=")
MAP = '[accepts.1]\n"visits.met.*" = "visits.served.*"\n'


def changes(new: str, old: str = FIRST) -> list[FormChange]:
    return list(form_changes(loads(old), loads(new)))


def told(new: str, old: str = FIRST) -> set[tuple[str, str, tuple[str, ...]]]:
    """Kind, label and what breaks of every change."""
    return {(one.kind, one.label, one.breaks) for one in changes(new, old)}


def test_the_same_definition_has_no_changes() -> None:
    assert changes(FIRST) == []
    assert changes(NEXT) == []


def test_what_came_stands_where_it_is_and_breaks_nothing_unless_last_year_is_asked_of_it() -> None:
    row = NEXT.replace('{ id = "met"', '{ id = "gone", label = "离开" }, { id = "met"')
    assert told(row) == {
        ("added", "离开／白天", ()),
        ("added", "离开／夜间", ()),
        ("place", "接待／白天", ()),
        ("place", "接待／夜间", ()),
    }
    asked = row.replace("rules = {", 'rules = { YOY-1 = "gone >= gone[上年]",')
    assert ("added", "离开／白天", ("history",)) in told(asked)
    assert ("rule", "YOY-1", ()) in told(asked)


def test_what_went_breaks_all_unless_the_form_says_that_it_goes() -> None:
    gone = NEXT.replace(', { id = "met", label = "接待" }', "").replace('rules = { BAL-1 = "met <= came" }', "")
    assert told(gone) == {
        ("removed", "接待／白天", ALL),
        ("removed", "接待／夜间", ALL),
        ("rule", "BAL-1", ()),
    }
    said = gone + '[accepts.1]\n"visits.met.*" = ""\n'.replace(".*", ".day")
    assert {one for one in told(said) if one[0] == "removed"} == {
        ("removed", "接待／白天", ()),
        ("removed", "接待／夜间", ALL),
    }


def test_a_name_that_changed_is_found_by_the_map_or_by_its_label() -> None:
    found = [one for one in changes(RENAMED) if one.kind == "renamed"]
    assert [(one.names, one.breaks) for one in found] == [
        (("visits.met.day", "visits.served.day"), ALL),
        (("visits.met.night", "visits.served.night"), ALL),
    ]
    mapped = [one for one in changes(RENAMED + MAP) if one.kind == "renamed"]
    assert [(one.names, one.breaks) for one in mapped] == [(one.names, ()) for one in found]


@pytest.mark.parametrize(
    ("was", "now", "key", "breaks"),
    [
        ("", "decimal", "decimals", ()),
        ("decimal", "whole", "decimals", ALL),
        ("", '{ unit = "件" }', "unit", ALL),
        ('{ kind = "whole", max = 10 }', '{ kind = "whole", max = 20 }', "max", ()),
        ('{ kind = "whole", max = 10 }', '{ kind = "whole", max = 9 }', "max", ALL),
        ("", '{ kind = "whole", signed = true }', "min", ()),
        ('{ kind = "whole", signed = true }', "", "min", ALL),
        ("", '{ kind = "whole", min = 1 }', "min", ALL),
    ],
)
def test_another_type_breaks_what_fitted_and_fits_no_longer(
    was: str, now: str, key: str, breaks: tuple[str, ...]
) -> None:
    old, new = (
        text.replace(
            'title = "接待情况"',
            f'title = "接待情况"\ntype = {kind if "{" in kind else repr(kind)}' if kind else 'title = "接待情况"',
        )
        for text, kind in ((FIRST, was), (NEXT, now))
    )
    found = [one for one in changes(new, old) if one.kind == key]
    assert len(found) == 4
    assert {one.breaks for one in found} == {breaks}


def test_texts_and_lists_are_compared_too() -> None:
    new = NEXT.replace('label = "打算"', 'label = "打算", required = true').replace('"工作情况"', '"工作概况"')
    assert told(new.replace('id = "items"', 'id = "matters"')) == {
        ("required", "打算", ALL),
        ("label", "工作概况", ()),
        ("renamed", "数量", ALL),
    }


def test_rules_come_go_and_change() -> None:
    new = NEXT.replace('BAL-1 = "met <= came"', 'BAL-2 = "met <= came"')
    assert [(one.label, one.names) for one in changes(new)] == [("BAL-1", ("BAL-1", "")), ("BAL-2", ("", "BAL-2"))]
    assert told(NEXT.replace("met <= came", "met = came")) == {("rule", "BAL-1", ())}


def written(place: Path, text: str) -> str:
    place.mkdir()
    (place / "form.toml").write_text(text, encoding="utf-8")
    return str(place)


def test_the_command_tells_what_breaks_and_says_so_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, mapped = written(tmp_path / "1", FIRST), written(tmp_path / "2", RENAMED + MAP)
    bare = written(tmp_path / "3", RENAMED)
    assert run(["form", "diff", first, first]) == 0
    assert capsys.readouterr().out == "没有不同。\n"
    assert run(["form", "diff", first, mapped]) == 0
    assert (
        "接待情况：改代号“接待／白天”、“接待／夜间”（visits.met.day → visits.served.day）\n" in capsys.readouterr().out
    )
    assert run(["form", "diff", first, bare]) == 1
    assert "。影响已发出的表、与上年的比较、引用这些数的报告和材料" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("head", "kind"), [("version = 1", "same version"), ("version = 2", "not accepted"), ("", "")], ids=str
)
def test_a_form_that_refuses_what_is_out_breaks_it(
    head: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = NEXT.replace('{ id = "met"', '{ id = "gone", label = "离开" }, { id = "met"')
    new = row.replace("version = 2, accepts = [1, 2]", head) if head else row
    code = run(["form", "diff", written(tmp_path / "1", FIRST), written(tmp_path / "2", new), "--format", "json"])
    out = capsys.readouterr().out
    assert code == (1 if kind else 0)
    assert (f'"kind": "{kind}"' in out) == bool(kind)


@pytest.mark.parametrize("name", form_folders())
def test_a_shipped_form_is_the_same_as_itself(name: str) -> None:
    assert list(form_changes(load(name), load(name))) == []
