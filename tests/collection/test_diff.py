"""What changed between two revisions, cell by cell, and which findings are solved or new."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from factories.filled_forms import annual, judged, zero_return

from toolkit.collection.diff import changes_between
from toolkit.model.finding import Status
from toolkit.model.returns import Return, Verdict


def verdict(content: Return) -> Verdict:
    found = tuple(judged(annual(), content))
    return Verdict(file="a.xlsx", status=Status.RETURNED, findings=found, content=content)


def test_each_changed_cell_is_named_with_both_values() -> None:
    old = replace(
        zero_return(annual(), {"requests.new.natural": 5, "disputes.review.upheld": None}),
        texts={"overview.disclosure": "旧的", "others.fee": "一样"},
        items={"items": (("甲", Decimal(3)),)},
    )
    new = replace(
        zero_return(annual(), {"requests.new.natural": 6}),
        texts={"overview.disclosure": "新" * 40, "others.fee": "一样"},
        items={"items": (("甲", Decimal(4)), ("乙", Decimal(1)))},
    )
    found = changes_between(annual(), verdict(old), verdict(new))
    told = {c.variable: (f"{c.sheet}!{c.cell}", c.old, c.new) for c in found.cells}
    assert told["requests.new.natural"] == ("申请情况!D6", "5", "6")
    assert "requests.new.total" not in told, "the template computes it"
    assert told["disputes.review.upheld"][1:] == ("空", "0")
    assert told["overview.disclosure"][1:] == ("旧的", "新" * 30 + "…（40 字）")
    assert told["items.01.count"][1:] == ("甲 3", "甲 4")
    assert told["items.02.count"][1:] == ("空", "乙 1")
    assert "others.fee" not in told


def test_findings_are_told_apart_by_rule_and_place() -> None:
    old = zero_return(annual(), {"requests.new.natural": 5, "requests.new.business": 2})
    new = zero_return(annual(), {"requests.new.natural": 7, "requests.new.research": 1})
    found = changes_between(annual(), verdict(old), verdict(new))
    assert [(f.rule, f.cell) for f in found.solved] == [("BAL-01", "E6")]
    assert [(f.rule, f.cell) for f in found.new] == [("BAL-01", "F6")]
    assert [(f.rule, f.cell) for f in found.remaining] == [("BAL-01", "D6")]
    assert found.brief == f"改了 {len(found.cells)} 格；解决 1 处，新出现 1 处，还剩 1 处"


def test_what_could_not_be_read_has_no_cells_to_compare() -> None:
    bare = Verdict(file="a.xlsx", status=Status.UNREADABLE, findings=())
    assert changes_between(annual(), bare, verdict(zero_return(annual()))).cells == ()


def test_few_cells_are_named_with_both_values_and_many_are_counted() -> None:
    old = zero_return(annual(), {"requests.new.natural": 5})
    few = changes_between(annual(), verdict(old), verdict(zero_return(annual(), {"requests.new.natural": 50})))
    assert few.differing == "1 格不同：申请情况!D6 5→50"
    names = ["requests.new.natural", "requests.new.business", "requests.new.research", "disputes.review.upheld"]
    many = changes_between(annual(), verdict(old), verdict(zero_return(annual(), dict.fromkeys(names, 9))))
    assert many.differing == "4 格不同"
    typed = changes_between(
        annual(), verdict(old), verdict(zero_return(annual(), {"requests.new.natural": 5, "requests.new.total": 6}))
    )
    assert typed.differing == "1 格不同：申请情况!J6 5→6", "nothing but a total that was typed over"
