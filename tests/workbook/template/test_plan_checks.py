"""What the check sheet of an issued workbook says is what is said on receipt, for each kind of body."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.filled_forms import annual, zero_return

from toolkit.checks.confront import confront
from toolkit.forms.layout import CHECKS, IDENTITY, CheckColumn
from toolkit.model.finding import Severity
from toolkit.model.returns import Context, Submission
from toolkit.workbook.template.cells import Planned, Prefill, Word
from toolkit.workbook.template.plan import plan_template

TOLD = {Severity.ERROR: Word.FAILED, Severity.VERIFY: Word.QUERIED}


def shown(prefill: Prefill, key: str) -> dict[int, Planned]:
    """The line of a check by column."""
    row = annual().layout.check_spot(key, 0).row
    return {c.spot.col: c for c in plan_template(annual(), prefill).sheets[CHECKS] if c.spot.row == row}


@pytest.mark.parametrize("unit", ["甲局", "宿迁市人民政府", "青石镇人民政府"])
@pytest.mark.parametrize("body", ["", *annual().form.bodies])
@pytest.mark.parametrize(
    ("name", "key", "figures"),
    [
        ("proactive.regulations.made", "VAL-02[made]", (0, 3)),
        ("proactive.fees.amount", "UNT-01[fees]", (5, 1000, 20_000, 99_999, 100_000)),
    ],
)
def test_the_sheet_says_of_every_kind_of_body_what_is_said_on_receipt(
    unit: str, body: str, name: str, key: str, figures: tuple[int, ...]
) -> None:
    for figure in figures:
        content = replace(zero_return(annual(), {name: figure}), unit=unit)
        found = confront(annual(), Submission(content=content, context=Context(body=body)))[0]
        levels = {one.severity for one in found if one.rule == key.partition("[")[0] and name in one.variables}
        line = shown(Prefill(unit=unit, period="2025", body=body, values={name: Decimal(figure)}), key)
        said = line[CheckColumn.VERDICT].value
        assert ({said} if said in TOLD.values() else set()) == {TOLD[level] for level in levels}, (figure, said)
        assert said in {Word.PASSED, Word.NOT_APPLICABLE, *TOLD.values()}


def test_whatever_the_kind_of_body_the_fingerprint_is_one() -> None:
    plans = [plan_template(annual(), Prefill(unit="甲局", body=body)) for body in ("", *annual().form.bodies)]
    marks = {c.value for plan in plans for c in plan.sheets[IDENTITY] if c.name == "xxgk.fingerprint"}
    assert len(marks) == 1


def test_a_body_that_is_known_is_not_asked_for_a_reason_that_is_not_read() -> None:
    kind = annual()
    rule = kind.checks["VAL-02[made]"].rule
    assert "情况" not in rule.remedy
    content = zero_return(kind, {"proactive.regulations.made": 3})
    known, unknown = (
        next(
            f for f in confront(kind, Submission(content=content, context=Context(body=body)))[0] if f.rule == "VAL-02"
        )
        for body in ("县级部门", "")
    )
    assert ("情况说明" in known.remedy, "情况说明" in unknown.remedy) == (False, True)
