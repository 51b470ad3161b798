"""What the check sheet of an issued workbook says is what is said on receipt, for each kind of body."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import ironcalc
import pytest
from factories.filled_forms import annual, zero_return
from factories.workbooks import save

from toolkit.checks.confront import confront
from toolkit.forms.layout import CHECKS, IDENTITY, CheckColumn
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity
from toolkit.model.returns import Context, Submission
from toolkit.workbook.template.cells import Prefill, Word
from toolkit.workbook.template.plan import plan_template
from toolkit.workbook.template.write import write_template

TOLD = {Severity.ERROR: Word.FAILED, Severity.VERIFY: Word.QUERIED}


def calculated_lines(path: Path, instrument: Instrument) -> dict[str, list[str]]:
    """The lines of a workbook's check sheet by key, as ironcalc calculates them."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
    model.evaluate()
    sheet, columns = instrument.layout.sheets.index(CHECKS), range(1, CheckColumn.EXPLANATION + 2)
    rows = {key: row + 1 for key, row in instrument.layout.check_rows.items()}
    return {key: [model.get_formatted_cell_value(sheet, row, col) for col in columns] for key, row in rows.items()}


MADE, FEES = ("proactive.regulations.made", "VAL-02[made]"), ("proactive.fees.amount", "UNT-01[fees]")


@pytest.mark.parametrize("unit", ["甲局", "宿迁市人民政府", "青石镇人民政府"])
@pytest.mark.parametrize("body", ["", *annual().form.bodies])
@pytest.mark.parametrize("figures", [(0, 5), (3, 1000), (0, 20_000), (3, 99_999), (3, 100_000)])
def test_the_sheet_says_of_every_kind_of_body_what_is_said_on_receipt(
    unit: str, body: str, figures: tuple[int, int], tmp_path: Path
) -> None:
    typed = {name: figure for (name, _), figure in zip((MADE, FEES), figures, strict=True)}
    content = replace(zero_return(annual(), typed), unit=unit)
    found = confront(annual(), Submission(content=content, context=Context(body=body)))[0]
    values = {name: Decimal(figure) for name, figure in typed.items()}
    data = write_template(annual(), Prefill(unit=unit, period="2025", body=body, values=values))
    lines = calculated_lines(save(tmp_path / "a.xlsx", data), annual())
    for name, key in (MADE, FEES):
        levels = {one.severity for one in found if one.rule == key.partition("[")[0] and name in one.variables}
        said = lines[key][CheckColumn.VERDICT]
        assert ({said} if said in TOLD.values() else set()) == {TOLD[level] for level in levels}, (key, said)
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
