"""Every installed form goes the whole way: template, verdict, annotated copy, sum, report, rules explained."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from toolkit.checks.lint.lint import lint
from toolkit.instrument.catalogue import known_forms
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Severity, Status
from toolkit.pipeline.annotate import annotate_files
from toolkit.pipeline.consolidate import SumRequest, consolidate_folder
from toolkit.pipeline.explain import explain
from toolkit.pipeline.verify import verify
from toolkit.workbook.template.write import write_template

SAMPLES = Path(__file__).parents[2] / "samples"
#: By form a folder of returns, how many of them count, and one that goes back with the cells that it is asked about.
RETURNS = {
    "zfwzgznb": ("websites-2025", 3, "云岭区体育中心网站.xlsx", {"C6", "C8", "C45", "C58", "C67"}),
    "zfxxgk-2021": ("yunling-2025", 8, "云麓街道.xlsx", {"B7", "D21"}),
}
FORMS = pytest.mark.parametrize("kind", known_forms(), ids=lambda kind: kind.form.id)


def test_every_installed_form_has_samples() -> None:
    assert RETURNS.keys() == {kind.form.id for kind in known_forms()}


@FORMS
def test_a_blank_template_lacks_nothing_but_entries(kind: Instrument, tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    path.write_bytes(write_template(kind))
    (verdict,) = verify([path], jobs=1)
    assert verdict.status is Status.RETURNED
    told = {one.rule for one in verdict.findings if one.severity is not Severity.NOTE}
    assert told == {"FORM-09", "FORM-10", "VAL-01"}


@FORMS
def test_samples_end_as_they_should(kind: Instrument) -> None:
    folder, right, wrong, cells = RETURNS[kind.form.id]
    verdicts = list(verify(sorted((SAMPLES / folder).glob("*.xlsx")), jobs=1))
    accepted = [one for one in verdicts if one.status.counts]
    assert len(accepted) == right
    for verdict in accepted:
        assert verdict.content is not None
        assert set(verdict.content.numbers) == set(kind.names)
    (faulty,) = (one for one in verdicts if one.file.endswith(wrong))
    asked = {one.cell for one in faulty.findings if one.severity is not Severity.NOTE}
    assert cells <= asked, asked


@FORMS
def test_a_faulty_sample_is_annotated_and_reads_the_same(kind: Instrument, tmp_path: Path) -> None:
    folder, _, wrong, _ = RETURNS[kind.form.id]
    done = annotate_files([SAMPLES / folder / wrong], tmp_path)
    (copy,) = done.written.values()
    (before,), (after,) = done.verdicts, verify([copy], jobs=1)
    assert before.content is not None
    assert after.content is not None
    assert {n: v for n, v in after.content.numbers.items() if n not in after.content.supposed} == {
        n: v for n, v in before.content.numbers.items() if n not in after.content.supposed
    }


@FORMS
def test_samples_are_summed_and_written_up(kind: Instrument, tmp_path: Path) -> None:
    folder, right, *_ = RETURNS[kind.form.id]
    done = consolidate_folder(SAMPLES / folder, SumRequest(target=tmp_path, form=kind.form.id, jobs=1))
    assert not done.faults
    total = done.total
    assert total is not None
    assert len(total.members) == right
    for name, one in kind.variables.items():
        values = [content.numbers[name] or Decimal(0) for content in total.returns]
        if one.aggregate.additive and name in total.sums:
            assert total.sums[name] == sum(values, Decimal(0)), name
    (book,) = (path for path in done.files if path.name == "汇总表.xlsx")
    assert set(kind.names) <= set(load_workbook(io.BytesIO(book.read_bytes())).defined_names)
    assert {".docx", ".html", ".md", ".pdf"} <= {path.suffix for path in done.files}


@FORMS
def test_its_rules_are_sound_and_explained(kind: Instrument) -> None:
    assert [one for one in lint(kind) if one.level == "error"] == []
    for rule in {rule.id for rule in kind.form.rules}:
        assert explain(kind, rule).lines, rule
