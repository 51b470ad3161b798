"""Word files from outside: polished reports held to the data, an office's own template."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import docx.oxml.xmlchemy
import pytest
from factories.filled_forms import sent, zero_return
from factories.office import resave_word
from factories.rounds import GOOD, begin, clock, put, reply
from factories.workbooks import form, save, workbook

from toolkit.cli.run import run
from toolkit.errors import UsageError
from toolkit.io.files import write
from toolkit.model.finding import Finding, Severity
from toolkit.pipeline.reports.report import write_up
from toolkit.pipeline.reports.word import check_word_template, read_back, refresh, word_template
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.report.readback.compare import differences
from toolkit.report.readback.parse import polished as polished_words
from toolkit.report.word.gate import read_word
from toolkit.report.word.render import render_docx
from toolkit.report.writing.narrative import write_report

Capture = pytest.CaptureFixture[str]
Change = Callable[[Any], None]
SAMPLES = Path(__file__).parents[3] / "samples"
SUQIAN = SAMPLES / "suqian-2023.xlsx"
FORM = "zfxxgk-2021"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = write_up(SUQIAN, "docx", tmp_path_factory.mktemp("report")).files
    return path


def polished(report: Path, folder: Path, change: Change) -> Path:
    """The report as somebody changed it."""
    document = docx.Document(str(report))
    change(document)
    path = folder / "改过.docx"
    document.save(str(path))
    return path


def told(report: Path, folder: Path, change: Change) -> list[Finding]:
    return list(read_back(polished(report, folder, change), SUQIAN).findings)


def cell(number: str, new: str) -> Change:
    def change(document: Any) -> None:
        for table in document.tables:
            for row in table.rows:
                for one in row.cells:
                    if one.text.strip() == number:
                        one.paragraphs[0].runs[0].text = new
                        return
        raise LookupError(number)

    return change


def sentence(old: str, new: str) -> Change:
    def change(document: Any) -> None:
        for paragraph in document.paragraphs:
            for one in paragraph.runs:
                if old in one.text:
                    one.text = one.text.replace(old, new, 1)
                    return
        raise LookupError(old)

    return change


def test_a_report_as_written_agrees_with_its_data(report: Path) -> None:
    assert read_back(report, SUQIAN).findings == ()


def test_a_changed_figure_of_a_table_is_named_with_both_figures_and_its_cell(report: Path, tmp_path: Path) -> None:
    (finding,) = told(report, tmp_path, cell("3486", "3468"))
    assert (finding.rule, finding.severity, finding.sheet, finding.cell) == (
        "RPT-01",
        Severity.ERROR,
        "申请情况",
        "J29",
    )
    assert "是“3468”，通过核对的数是 3486" in finding.message
    assert finding.variables == ("requests.closed.total",)


@pytest.mark.parametrize("same", ["3,486", "３４８６", " 3486 ", "3486.0"])
def test_the_same_figure_written_otherwise_is_no_difference(report: Path, tmp_path: Path, same: str) -> None:
    assert told(report, tmp_path, cell("3486", same)) == []


def test_a_blank_cell_is_a_difference(report: Path, tmp_path: Path) -> None:
    (finding,) = told(report, tmp_path, cell("3486", ""))
    assert (finding.rule, finding.cell) == ("RPT-01", "J29")


def test_a_changed_figure_of_a_generated_sentence_is_named(report: Path, tmp_path: Path) -> None:
    (finding,) = told(report, tmp_path, sentence("申请3511件", "申请3551件"))
    assert (finding.rule, finding.severity) == ("RPT-02", Severity.ERROR)
    assert "少了 3511，多了 3551" in finding.message
    assert finding.sheet == "申请情况"
    assert finding.cell == "J6"


def test_a_reworded_sentence_with_the_same_figures_is_no_difference(report: Path, tmp_path: Path) -> None:
    assert told(report, tmp_path, sentence("本机关新收政府信息公开申请", "我们共收到政府信息公开申请")) == []


def test_a_table_a_heading_and_a_row_that_are_gone_or_doubled(report: Path, tmp_path: Path) -> None:
    def lose_table(document: Any) -> None:
        element = document.tables[2]._element
        element.getparent().remove(element)

    def lose_row(document: Any) -> None:
        row = document.tables[1].rows[10]._element
        row.getparent().remove(row)

    def double(document: Any) -> None:
        element = document.tables[2]._element
        element.addnext(docx.oxml.parse_xml(docx.oxml.xmlchemy.serialize_for_reading(element)))

    (gone,) = told(report, tmp_path, lose_table)
    assert (gone.rule, gone.severity) == ("RPT-03", Severity.ERROR)
    assert gone.message.startswith("“四、政府信息公开行政复议、行政诉讼情况”：没有这张表")
    (row,) = told(report, tmp_path, lose_row)
    assert row.rule == "RPT-03"
    assert row.message.startswith("“三、收到和处理政府信息公开申请情况”：少了第 11 行（")
    (twice,) = told(report, tmp_path, double)
    assert "这张表出现了不止一次" in twice.message
    (heading,) = told(report, tmp_path, sentence("五、存在的主要问题及改进情况", "五、问题"))
    assert heading.message == "“五、存在的主要问题及改进情况”：标题现在是“五、问题”"


def test_a_row_too_many_is_named_and_the_others_are_still_held_to_the_data(report: Path, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        row = document.tables[1].rows[10]._element
        more = docx.oxml.parse_xml(docx.oxml.xmlchemy.serialize_for_reading(row))
        row.addnext(more)
        cell("3486", "3468")(document)

    shape, figure = sorted(told(report, tmp_path, change), key=lambda one: one.rule, reverse=True)
    assert shape.message.startswith("“三、收到和处理政府信息公开申请情况”：多了一行（")
    assert (figure.rule, figure.cell) == ("RPT-01", "J29")


def test_a_title_in_other_words_and_a_table_of_the_editors_own(report: Path, tmp_path: Path) -> None:
    (title,) = told(report, tmp_path, sentence("工作年度报告", "年报"))
    assert (title.rule, title.severity) == ("RPT-03", Severity.ERROR)
    assert title.message.startswith("“宿迁市人民政府2023年政府信息公开工作年度报告”：报告的标题现在是")

    def add(document: Any) -> None:
        table = document.add_table(1, 2)
        table.rows[0].cells[0].text = "联系人一览"

    (added,) = told(report, tmp_path, add)
    assert (added.rule, added.severity) == ("RPT-03", Severity.NOTE)
    assert "“联系人一览”" in added.message


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        ("申请7件，法人或其他组织申请2件", "申请2件，法人或其他组织申请7件", Severity.VERIFY, "句子里的数换了次序"),
        ("比上年增加5件", "比上年减少5件", Severity.ERROR, "句子的意思与数据相反（“增加”改成了“减少”）"),
        ("比上年增加5件", "比上年增加6件", Severity.ERROR, "少了 5，多了 6"),
        ("比上年增加5件、增长125%", "增加5件，增长125%", None, ""),
    ],
)
def test_a_sentence_that_says_something_else_with_the_same_figures(
    tmp_path: Path, old: str, new: str, level: Severity | None, words: str
) -> None:
    figures = {"requests.new.natural": 7, "requests.new.business": 2, "requests.granted.natural": 9}
    content = zero_return(form(), figures, prior={"requests.new.total": 4})
    document = write_report(form(), sent(content))
    path = write(tmp_path / "报告.docx", render_docx(document))
    found = polished_words(polished(path, tmp_path, sentence(old, new)).read_bytes(), document)
    told = [one for one in differences(form(), document, found) if one.rule != "RPT-04"]
    assert [one.severity for one in told] == ([level] if level else [])
    assert all(one.rule == "RPT-02" and words in one.message for one in told)


def test_a_sentence_without_figures_that_was_changed_is_noted(report: Path, tmp_path: Path) -> None:
    (found,) = told(report, tmp_path, sentence("六个部分组成", "五个部分组成"))
    assert (found.rule, found.severity) == ("RPT-02", Severity.NOTE)


def test_the_editors_own_words_are_read_by_the_rules_about_texts(report: Path, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        for paragraph in document.paragraphs:
            if paragraph.text.startswith("（二）依申请公开"):
                paragraph.add_run("全年共收到政府信息公开申请9999件，各办公室室均已答复。")

    found = {one.rule: one for one in told(report, tmp_path, change)}
    assert found["NAR-01"].severity is Severity.VERIFY
    assert "9999" in found["NAR-01"].message
    assert found["NAR-01"].sheet == ""
    assert found["NAR-01"].message.startswith("改后的“（二）依申请公开”：")
    assert "室室" in found["TYP-01"].message
    assert set(found) == {"NAR-01", "TYP-01"}


def test_the_editors_words_go_into_the_other_formats_and_the_tables_stay_the_datas(
    report: Path, tmp_path: Path
) -> None:
    def change(document: Any) -> None:
        sentence("本机关新收政府信息公开申请", "我们共收到政府信息公开申请")(document)
        cell("3486", "1")(document)
        document.paragraphs[5].insert_paragraph_before("编辑新加的一段，含 <script> 和 {{ 单位 }}。")

    path = polished(report, tmp_path, change)
    done = read_back(path, SUQIAN, tmp_path / "out", to="html,md", anyway="试写")
    text = done.files["md"].read_text(encoding="utf-8")
    page = done.files["html"].read_text(encoding="utf-8")
    assert "我们共收到政府信息公开申请3511件" in text
    assert "编辑新加的一段" in text
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert text.count("3486") >= 1
    assert text.index("编辑新加的一段") > text.index("一、总体情况")
    again = read_back(path, SUQIAN, tmp_path / "again", to="html,md", anyway="试写")
    assert again.files["md"].read_text(encoding="utf-8") == text


def test_an_unchanged_report_is_the_same_in_every_other_format(report: Path, tmp_path: Path) -> None:
    first = {
        path.suffix + path.stem[-5:]: path.read_bytes() for path in write_up(SUQIAN, "html,md", tmp_path / "a").files
    }
    files = read_back(report, SUQIAN, tmp_path / "b", to="html,md").files.values()
    assert {path.suffix + path.stem[-5:]: path.read_bytes() for path in files} == first


@pytest.mark.office
def test_a_report_saved_by_libreoffice_is_read_back(report: Path, tmp_path: Path) -> None:
    path = polished(report, tmp_path, sentence("申请3511件", "申请3511件（不含撤回）"))
    saved = resave_word(path, tmp_path / "saved")
    done = read_back(saved, SUQIAN, tmp_path / "out", to="md")
    assert done.findings == ()
    assert "3511件（不含撤回）" in done.files["md"].read_text(encoding="utf-8")
    wrong = polished(saved, tmp_path, cell("3486", "3468"))
    assert [one.rule for one in read_back(wrong, SUQIAN).findings] == ["RPT-01"]


def test_the_commands_exit_code_and_json(report: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["readback", str(report), "--with", str(SUQIAN)]) == 0
    out = capsys.readouterr().out
    assert out.endswith("：与数据一致。\n")
    assert "文字里的数" in out
    assert "一致\n" not in out.removesuffix("：与数据一致。\n")
    assert run(["readback", str(report), "--with", str(SUQIAN), "-v"]) == 0
    assert "“全年制发规章2件”：2件，表中“规章／本年制发件数”是 2，一致" in capsys.readouterr().out
    wrong = polished(report, tmp_path, cell("3486", "3468"))
    assert run(["readback", str(wrong), "--with", str(SUQIAN), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["findings"][0]["rule"] == "RPT-01"
    assert (109, True) in [(one["value"], one["agrees"]) for one in document["texts"]]
    assert run(["readback", str(wrong), "--with", str(SUQIAN), "--fail-on", "never"]) == 0
    assert run(["readback", str(SUQIAN), "--with", str(SUQIAN)]) == 2
    assert "不是 Word 文件" in capsys.readouterr().err


def test_the_area_report_of_a_folder_is_read_back(tmp_path: Path) -> None:
    for unit, count in [("甲局", 2), ("乙局", 3)]:
        new = Decimal(count)
        data = workbook(unit, requests__new__natural=new, requests__granted__natural=new)
        save(tmp_path / "收到" / f"{unit}.xlsx", data)
    (path,) = write_up(tmp_path / "收到", "docx", tmp_path / "报告", name="某区").files
    (open_,) = read_back(path, tmp_path / "收到", name="某区").findings
    assert (open_.rule, open_.severity) == ("RPT-04", Severity.ERROR)
    assert open_.message.startswith("报告里还有 9 处没有写完：（一）主动公开、（二）依申请公开、")

    def write_texts(document: Any) -> None:
        for paragraph in document.paragraphs:
            for one in paragraph.runs:
                one.text = re.sub("【待补充：[^】]*】", "已经写好的一段正文。", one.text)

    done = polished(path, tmp_path, write_texts)
    assert read_back(done, tmp_path / "收到", name="某区").findings == ()
    wrong = polished(done, tmp_path, cell("5", "6"))
    (finding, *_) = read_back(wrong, tmp_path / "收到", name="某区").findings
    assert finding.rule == "RPT-01"


def test_refresh_renews_the_note_on_the_scope_and_keeps_other_notes_signature_and_date(tmp_path: Path) -> None:
    def sent_in(unit: str, count: int) -> None:
        data = workbook(unit, requests__new__natural=Decimal(count), requests__granted__natural=Decimal(count))
        save(tmp_path / "收到" / f"{unit}.xlsx", data)

    def notes(path: Path) -> list[str]:
        return [one.text for one in docx.Document(str(path)).comments]

    sent_in("甲局", 2)
    sent_in("乙局", 3)
    (path,) = write_up(tmp_path / "收到", "docx", tmp_path / "报告", name="某区").files

    def sign(document: Any) -> None:
        document.paragraphs[-1].runs[-1].text = "2026年1月28日"
        document.add_comment(document.paragraphs[-2].runs[0], "用全称", author="李科长")

    theirs = polished(path, tmp_path, sign)
    sent_in("丙局", 4)
    fresh, done = refresh(theirs, tmp_path / "收到", name="某区")
    assert "一、本年新收政府信息公开申请数量／总计：5 → 9" in done.cells
    assert any(one.startswith("汇总 2 个单位") for one in notes(theirs))
    assert not any(one.startswith("汇总 2 个单位") for one in notes(fresh))
    (scope,) = (one for one in notes(fresh) if one.startswith("汇总 3 个单位"))
    kept = [one for one in notes(theirs) if not one.startswith("汇总")]
    assert notes(fresh)[: len(kept) + 1] == [scope, *kept]
    assert [one.text for one in docx.Document(str(fresh)).paragraphs][-2:] == ["某区", "2026年1月28日"]
    assert read_back(fresh, tmp_path / "收到", name="某区").held == ("还有 2 处错误没有解决",)


# ---------------------------------------------------------------- what is no Word file


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "不是 Word 文件，或者已经损坏"),
        (b"%PDF-1.7", "不是 Word 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式（.doc、.wps）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
        (packed({"a.txt": b"x"}), "不是 Word 文件"),
        (packed({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"}), "含有宏"),
        (packed({"word/document.xml": bytes(201 << 20)}), "展开后过大"),
    ],
)
def test_what_is_no_plain_word_file_is_refused_with_the_reason(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        read_word(save(tmp_path / "a.docx", data))
    with pytest.raises(UsageError, match="没有这个文件"):
        read_word(tmp_path / "none.docx")


# ---------------------------------------------------------------- an office's own template


def restyled(path: Path, change: Change) -> Path:
    document = docx.Document(str(path))
    change(document)
    document.save(str(path))
    return path


def test_the_template_as_written_and_restyled_can_be_used(tmp_path: Path, capsys: Capture) -> None:
    path = word_template(FORM, tmp_path / "模板.docx")
    assert check_word_template(path, FORM) == []

    def change(document: Any) -> None:
        document.paragraphs[0].insert_paragraph_before("某某区人民政府办公室　编")
        for style in document.styles:
            if style.type == 1 and style.font is not None:
                style.font.italic = True

    restyled(path, change)
    assert run(["word-template", "--check", str(path)]) == 0
    assert capsys.readouterr().out == "模板.docx：可以使用。\n"
    assert run(["report", str(SUQIAN), "--to", "docx", "--template", str(path), "-o", str(tmp_path / "out")]) == 0
    (made,) = (tmp_path / "out").glob("*.docx")
    assert docx.Document(str(made)).paragraphs[0].text == "某某区人民政府办公室　编"
    assert read_back(made, SUQIAN).findings == ()


@pytest.mark.office
def test_a_template_saved_by_libreoffice_still_prints_every_figure(tmp_path: Path) -> None:
    path = word_template(FORM, tmp_path / "模板.docx")
    saved = resave_word(path, tmp_path / "saved")
    assert check_word_template(saved, FORM) == []
    (made,) = write_up(SUQIAN, "docx", tmp_path / "out", template=read_word(saved)).files
    assert read_back(made, SUQIAN).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("【结尾】", "", "“【结尾】”：模板里没有"),
        ("【前言】", "【前言", "“【前言】”：模板里没有"),
        ("【前言】", "【前沿】", "是不是“【前言】”？"),
        ("【前言】", "本报告：【前言】", "要单独占一段"),
        ("【结尾】", "【前言】", "重复了"),
        ("一、总体情况", "一、情况", "“一、总体情况”：模板里没有"),
        ("【正文5-1】", "【正文9-1】", "这里没有这个标记"),
    ],
)
def test_a_spoilt_template_gives_a_line_with_place_and_cause(
    tmp_path: Path, capsys: Capture, old: str, new: str, words: str
) -> None:
    def change(document: Any) -> None:
        sentence(old, new)(document)

    path = restyled(word_template(FORM, tmp_path / "模板.docx"), change)
    assert run(["word-template", "--check", str(path)]) == 2
    shown = capsys.readouterr().out
    assert shown.startswith("模板.docx：有 ")
    assert words in shown
    assert run(["report", str(SUQIAN), "--to", "docx", "--template", str(path), "-o", str(tmp_path / "out")]) == 2
    assert words in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*.docx"))


def test_a_template_of_earlier_versions_gets_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    path = restyled(word_template(FORM, tmp_path / "模板.docx"), sentence("【前言】", "{%p for 段 in 前言 %}"))
    for command in (
        ["word-template", "--check", str(path)],
        ["report", str(SUQIAN), "--to", "docx", "--template", str(path), "-o", str(tmp_path / "out")],
    ):
        assert run(command) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "旧版程序写出的。请用 xxgk word-template 重新写出一份" in line


def lose(text: str) -> Change:
    """Delete every paragraph that holds a text."""

    def change(document: Any) -> None:
        found = [one._element for one in document.paragraphs if text in one.text]
        assert found
        for one in found:
            one.getparent().remove(one)

    return change


def again(text: str) -> Change:
    """Put a paragraph once more before the first."""

    def change(document: Any) -> None:
        document.paragraphs[0].insert_paragraph_before(text)

    return change


def swapped(first: str, second: str) -> Change:
    def change(document: Any) -> None:
        one, other = (next(p for p in document.paragraphs if p.text == text) for text in (first, second))
        one.runs[0].text, other.runs[0].text = second, first

    return change


def track(document: Any) -> None:
    """An insertion that nobody accepted."""
    run_ = document.paragraphs[2].runs[0]._element
    mark = docx.oxml.OxmlElement("w:ins")
    run_.addprevious(mark)
    mark.append(run_)


def header(text: str) -> Change:
    def change(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = text

    return change


def number_cell(text: str) -> Change:
    def change(document: Any) -> None:
        document.tables[0].rows[2].cells[1].paragraphs[0].add_run(text)

    return change


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (sentence("【前言】", "【前沿】"), "第 2 段的“【前沿】”：这里没有这个标记，是不是“【前言】”？"),
        (
            sentence("【前言】", "[前言] [单位]"),
            "第 2 段“[前言] [单位]”：“【前言】”要单独占一段，同一段里不能有别的文字",
        ),
        (lose("【结尾】"), "“【结尾】”：模板里没有。要一字不差，单独占一段，放在“【正文6-1】”的后面"),
        (lose("【正文2-2】"), "“【正文2-2】”：模板里没有。要一字不差，单独占一段，放在“【正文2-1】”的后面"),
        (lose("【标题】"), "“【标题】”：模板里没有。要一字不差，单独占一段，放在最前面"),
        (
            lose("五、存在的主要问题"),
            "“五、存在的主要问题及改进情况”：模板里没有。要一字不差，单独占一段，放在“【正文4-2】”的后面",
        ),
        (
            swapped("【正文5-1】", "【正文6-1】"),
            "“【正文6-1】”：位置不对。要一字不差，单独占一段，放在“六、其他需要报告的事项”的后面",
        ),
        (again("【 结尾 】"), "第 19 段的“【结尾】”：重复了，只能放一处"),
        (track, "第 2 段“【前言】”：有没有接受的修订，请先在“审阅”里接受或拒绝"),
        (header("【部门】"), "页眉的“【部门】”：这里没有这个标记，可以用的有【单位】、【期间】；别的文字请换一种括号"),
        (header("【前言】"), "页眉的“【前言】”：这里没有这个标记，可以用的有【单位】、【期间】；别的文字请换一种括号"),
        (number_cell("【x】"), "第 1 张表第 3 行的“【x】”：这里没有这个标记，可以用的有【单位】、【期间】、【标题】、"),
    ],
)
def test_the_check_names_the_paragraph_and_the_cause(
    tmp_path: Path, capsys: Capture, change: Change, line: str
) -> None:
    path = restyled(word_template(FORM, tmp_path / "模板.docx"), change)
    assert run(["word-template", "--check", str(path)]) == 2
    shown = capsys.readouterr().out.splitlines()
    assert any(one.startswith(f"  {line}") for one in shown), shown
    assert len(shown) <= 3


def test_marks_in_headers_and_footers_are_filled(tmp_path: Path) -> None:
    path = restyled(word_template(FORM, tmp_path / "模板.docx"), header("【单位】　【期间】"))
    assert check_word_template(path, FORM) == []
    (made,) = write_up(SUQIAN, "docx", tmp_path / "out", template=read_word(path)).files
    assert docx.Document(str(made)).sections[0].header.paragraphs[0].text == "宿迁市人民政府　2023年"


def test_a_template_whose_table_was_changed_names_table_and_row(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.tables[1].rows[5].cells[0].paragraphs[0].runs[0].text = "三、结果"

    path = restyled(word_template(FORM, tmp_path / "模板.docx"), change)
    faults = check_word_template(path, FORM)
    assert any("表“三、收到和处理政府信息公开申请情况”第" in one and "“三、结果”" in one for one in faults), faults


def test_a_round_uses_the_template_its_settings_name(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    begin(folder)
    put(folder, "a.xlsx", reply(folder, "001", GOOD))
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_)

    def change(document: Any) -> None:
        document.paragraphs[0].insert_paragraph_before("某某区人民政府办公室　编")

    restyled(word_template(FORM, folder / "模板.docx"), change)
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('template = ""', 'template = "模板.docx"'), encoding="utf-8")
    with open_round(folder, clock=clock()) as round_:
        assert consolidate_round(round_).faults == ()
    made = [*(folder / "成果").glob("*年度报告.docx"), *(folder / "成果" / "各单位报告").rglob("*.docx")]
    assert len(made) == 2
    assert {docx.Document(str(one)).paragraphs[0].text for one in made} == {"某某区人民政府办公室　编"}
    settings.write_text(text.replace('template = ""', 'template = "没有.docx"'), encoding="utf-8")
    with open_round(folder, clock=clock()) as round_, pytest.raises(UsageError, match="没有这个文件"):
        consolidate_round(round_)


def test_a_style_that_was_deleted_is_named_with_its_paragraph(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        used = document.paragraphs[0].style
        used.element.getparent().remove(used.element)

    path = restyled(word_template(FORM, tmp_path / "模板.docx"), change)
    faults = check_word_template(path, FORM)
    assert faults
    assert re.match(r"第 1 段“.+”：样式“.+”不在文件里", faults[0])


def test_a_report_of_data_that_did_not_pass_is_not_published(tmp_path: Path, capsys: Capture) -> None:
    source = save(tmp_path / "甲局.xlsx", workbook("甲局", requests__new__natural=Decimal(5)))
    (path,) = write_up(source, "docx", tmp_path).files
    command = ["readback", str(path), "--with", str(source), "--to", "md", "-o", str(tmp_path / "out")]
    assert run(command) == 1
    assert "没有写出：注意：所据数据还没有通过核对" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
    run([*command, "--anyway", "给领导看样子"])
    assert "照样写出" in capsys.readouterr().out
    assert list((tmp_path / "out").glob("*.md"))
