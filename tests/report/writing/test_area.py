"""What stands behind an area's report: every unit's key figures, their sum, and every text under its unit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from factories.documents import read_docx, text_of_docx
from factories.workbooks import form, save, workbook

from toolkit.cli.run import run
from toolkit.pipeline.consolidate import summed
from toolkit.pipeline.reports.documents import area_document
from toolkit.pipeline.verify import verify
from toolkit.report.document.blocks import Paragraph, TableBlock
from toolkit.report.document.layout import wording
from toolkit.report.word.body import squeezed
from toolkit.report.writing.area import write_annex, write_digest
from toolkit.report.writing.gaps import SummedArea

SAME = (
    "坚持以公开为常态、不公开为例外，围绕中心工作和群众关切，持续做好决策、执行、管理、服务、结果公开，"
    "不断提升公开的质量和实效，全年工作取得了新的进展，群众满意度有所提高。"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for unit, new, words in [("甲局", 2, "甲的文字 <b>&{{x}}。"), ("乙局", 3, SAME), ("丙局", 0, SAME)]:
        count = Decimal(new)
        data = workbook(
            unit, requests__new__natural=count, requests__granted__natural=count, overview__disclosure=words
        )
        save(tmp_path / "收到" / f"{unit}.xlsx", data)
    return tmp_path / "收到"


def test_figures_of_every_unit_and_their_sum_and_every_text_once(folder: Path) -> None:
    total, _ = summed(form(), list(verify(sorted(folder.glob("*.xlsx")))))
    document = write_digest(total, "某区")
    table = document.sections[0].blocks[0]
    assert isinstance(table, TableBlock)
    units = [cell.text for cell in table.grid.cells if cell.kind == "stub"]
    first = {units[2 * i + 1]: table.values[f"digest.{i}.0"] for i in range(4)}
    assert first == {"丙局": "0", "乙局": "3", "甲局": "2", "合计": "5"}
    section = next(one for one in document.sections if "主动公开" in one.heading)
    said = [(p.lead, p.text) for p in section.blocks if isinstance(p, Paragraph)]
    assert sorted(said) == sorted([("甲局：", "甲的文字 <b>&{{x}}。"), ("丙局、乙局（文字几乎相同）：", SAME)])


def test_it_is_written_beside_the_areas_report_and_reads_back_equal(folder: Path) -> None:
    assert run(["consolidate", str(folder), "--name", "某区"]) == 0
    (word,) = (folder / "成果").glob("*摘编.docx")
    total, _ = summed(form(), list(verify(sorted(folder.glob("*.xlsx")))))
    table = write_digest(total, "某区").tables[0]
    assert read_docx(word.read_bytes(), [table.grid]) == table.values
    assert any(squeezed("甲的文字 <b>&{{x}}。") in squeezed(text) for text in text_of_docx(word.read_bytes()))
    (plain,) = (folder / "成果").glob("*摘编.md")
    assert "| 合计 | 5 |" in plain.read_text(encoding="utf-8")


def test_a_sum_that_must_not_be_published_says_so_here_too(folder: Path) -> None:
    save(folder / "丁局.xlsx", workbook("丁局", requests__new__natural=Decimal(9)))
    found = list(verify(sorted(folder.glob("*.xlsx"))))
    total, _ = summed(form(), found, everything=True)
    assert write_digest(total, "某区").banner == total.warning != ""


def test_the_areas_report_names_its_units_and_no_file(folder: Path) -> None:
    save(folder / "改过名的文件.xlsx", workbook("", requests__new__natural=Decimal(0)))
    save(folder / "不是本表.xlsx", b"x")
    total, _ = summed(form(), list(verify(sorted(folder.glob("*.xlsx")))))
    document = area_document(total, "某区")
    assert document.notice.startswith("汇总 3 个单位（共收到 5 个；未计入：")
    assert not any(word in text for text in wording(document) for word in ("xlsx", "改过名", "丙局、乙局", "汇总"))
    annex = write_annex(total, "某区")
    assert [b.text for s in annex.sections for b in s.blocks if isinstance(b, Paragraph)] == [
        "丙局、乙局、甲局，共3个单位。"
    ]
    inside = area_document(total, "某区", SummedArea(listed=True))
    assert inside.sections == document.sections
    assert inside.paragraphs[-1].text == "附：纳入本报告统计的单位有丙局、乙局、甲局，共3个单位。"
