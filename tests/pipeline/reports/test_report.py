"""Figures that were verified come out of every format as they went in; nothing but they and the units' words."""

from __future__ import annotations

import html.parser
import re
import shutil
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import pytest
from factories.documents import read_docx, text_of_docx
from factories.filled_forms import Figures, sent, zero_return
from factories.office import pdf_text
from factories.workbooks import form, save, verdict, workbook

from toolkit.errors import DefinitionError, ReportError
from toolkit.instrument.catalogue import load
from toolkit.model.returns import Return
from toolkit.pipeline.reports.documents import return_document, write_document
from toolkit.pipeline.reports.report import write_up
from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.writing.gaps import SummedArea
from toolkit.report.writing.narrative import write_report
from toolkit.text import shown

SAMPLES = Path(__file__).parents[3] / "samples"
REAL = ("xingqing-kejigongxin-2023", "suqian-2023", "hongze-2023")
SECTIONS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module", params=REAL)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Return, Document, dict[str, Path]]:
    result = verdict(SAMPLES / f"{request.param}.xlsx")
    kind, document = return_document(result)
    assert result.content is not None
    folder = tmp_path_factory.mktemp("reports")
    files = write_document(kind, document, ["docx", "html", "pdf", "md"], folder).files
    return result.content, document, dict(files)


def figures(content: Return) -> dict[str, str]:
    return {name: shown(value) for name, value in content.numbers.items() if value is not None}


def words(document: Document) -> list[str]:
    out = [*document.title]
    for paragraph in (*document.preamble, *document.closing):
        out += [paragraph.lead + paragraph.text]
    for section in document.sections:
        out.append(section.heading)
        out += [b.lead + b.text for b in section.blocks if isinstance(b, Paragraph)]
    return [squeezed(text) for text in out]


def test_there_are_six_sections_and_three_tables(made: tuple[Return, Document, dict[str, Path]]) -> None:
    _, document, _ = made
    assert tuple(s.heading for s in document.sections) == SECTIONS
    assert [t.grid.id for t in document.tables] == ["proactive", "requests", "disputes"]
    assert {c.variable for t in document.tables for c in t.grid.numbers} == set(form().names)


def test_every_number_is_read_back_equal_from_word(made: tuple[Return, Document, dict[str, Path]]) -> None:
    content, document, files = made
    data = files["docx"].read_bytes()
    assert read_docx(data, [t.grid for t in document.tables]) == figures(content)
    text = squeezed("".join(text_of_docx(data)))
    assert [w for w in words(document) if w not in text] == []


class Cells(html.parser.HTMLParser):
    """The cells of every table, with their rows, and the text of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[tuple[str, str]]] = []
        self.text: list[str] = []
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self.tables.append([])
        if tag in {"td", "th"}:
            self.open = tag
            self.tables[-1].append((tag, ""))
        if tag in {"style", "title"}:
            self.open = "skip"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "style", "title"}:
            self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open in {"td", "th"}:
            tag, text = self.tables[-1][-1]
            self.tables[-1][-1] = (tag, text + squeezed(data))
        if self.open != "skip":
            self.text.append(data)


def test_every_label_and_number_is_read_back_equal_from_the_page(
    made: tuple[Return, Document, dict[str, Path]],
) -> None:
    content, document, files = made
    page = Cells()
    page.feed(files["html"].read_text(encoding="utf-8"))
    assert len(page.tables) == 3
    for block, cells in zip(document.tables, page.tables, strict=True):
        wanted = [
            squeezed(figures(content)[c.variable] if c.kind == "number" else c.plain)
            for row in block.grid.rows
            for c in row
        ]
        assert [text for _, text in cells] == wanted
    text = squeezed("".join(page.text))
    assert [w for w in words(document) if w not in text] == []


@pytest.mark.office
def test_every_word_and_number_is_in_the_pdf(made: tuple[Return, Document, dict[str, Path]]) -> None:
    content, document, files = made
    lines = [line.split() for line in pdf_text(files["pdf"], "-layout").splitlines()]
    numbers = figures(content)
    for block in document.tables:
        if block.grid.id == "proactive":
            continue
        for row in block.grid.rows:
            wanted = [numbers[c.variable] for c in row if c.kind == "number"]
            if wanted:
                assert any(line[-len(wanted) :] == wanted for line in lines), wanted
    flat = re.sub(r"—\d+—", "", squeezed(pdf_text(files["pdf"])))
    flat = flat.replace(squeezed(document.banner) or "\0", "")
    assert [w for w in words(document) if w not in flat] == []


def test_every_number_is_read_back_equal_from_markdown(made: tuple[Return, Document, dict[str, Path]]) -> None:
    content, document, files = made
    text = files["md"].read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    numbers = figures(content)
    for block in document.tables:
        for row in block.grid.rows:
            wanted = [numbers[c.variable] for c in row if c.kind == "number"]
            if wanted:
                assert any(cells[-len(wanted) :] == wanted for cells in rows), wanted


def test_sentences_carry_the_figures_of_the_table_and_name_their_variables() -> None:
    _, document = return_document(verdict(SAMPLES / "suqian-2023.xlsx"))
    overview = [b for b in document.sections[0].blocks if isinstance(b, Paragraph)]
    requests = next(b for b in overview if b.lead.startswith("（二）"))
    assert "新收政府信息公开申请3511件，其中自然人申请3402件，法人或其他组织申请109件" in requests.text
    assert "不予公开142件，无法提供1078件，不予处理406件，作其他处理341件；121件结转下年度" in requests.text
    fact = next(f for f in requests.facts if f.text == "3511")
    assert fact.variables == ("requests.new.total",)


def test_zero_cases_are_said_in_proper_words() -> None:
    _, document = return_document(verdict(SAMPLES / "xingqing-kejigongxin-2023.xlsx"))
    text = "".join(b.text for b in document.sections[0].blocks if isinstance(b, Paragraph))
    assert "未收到政府信息公开申请" in text
    assert "未发生因政府信息公开工作被申请行政复议、提起行政诉讼的情况" in text
    assert "本机关公开信息26条，其中信息公开指南1条" in text


def test_texts_stand_word_for_word_whatever_is_in_them(tmp_path: Path) -> None:
    nasty = "=1+1 <script>alert(1)</script> {{ unit }} {% if %} & | # 完"
    path = save(tmp_path / "a.xlsx", workbook(overview__platform=nasty))
    done = write_up(path, "docx,html,md,pdf", tmp_path / "out")
    by_format = {file.suffix: file for file in done.files}
    assert squeezed(nasty) in squeezed("".join(text_of_docx(by_format[".docx"].read_bytes())))
    page = by_format[".html"].read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_report_from_faulty_figures_says_so_under_its_title(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", workbook(requests__new__natural=Decimal(3), requests__partial__other=None))
    done = write_up(path, "md", None)
    text = done.files[0].read_text(encoding="utf-8")
    assert "还没有通过核对" in text
    assert "〔缺〕" in text


def test_the_page_comes_with_a_fragment_to_paste_into_a_sites_editor(tmp_path: Path) -> None:
    done = write_up(save(tmp_path / "a.xlsx", workbook()), "html", None)
    (page, fragment) = sorted(done.files, key=lambda path: len(path.name))
    assert fragment.name == page.stem + "（网站粘贴用）.html"
    text = fragment.read_text(encoding="utf-8")
    assert text.count("<table") == 3
    for tag in ("<html", "<style", "<script", "class="):
        assert tag not in text


@pytest.mark.office
def test_the_warning_stands_on_every_page(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", workbook(requests__new__natural=Decimal(3)))
    files = {file.suffix: file for file in write_up(path, "docx,pdf,html", None).files}
    pages = [page for page in pdf_text(files[".pdf"]).split("\f") if page.strip()]
    assert len(pages) > 2
    assert all("本稿仅供核对" in squeezed(page) for page in pages)
    with zipfile.ZipFile(files[".docx"]) as archive:
        headers = [archive.read(n).decode() for n in archive.namelist() if n.startswith("word/header")]
    assert len(headers) == 2
    assert all("本稿仅供核对" in header for header in headers)
    assert "本稿仅供核对" in files[".html"].read_text(encoding="utf-8")


def test_a_foreign_file_gives_no_report(tmp_path: Path) -> None:
    done = write_up(save(tmp_path / "a.xlsx", b"nothing"), "md", None)
    assert done.files == ()
    assert done.exit_code("error") == 3


def test_the_page_offers_the_other_forms_that_lie_beside_it(tmp_path: Path) -> None:
    unit = "甲局 #1 50%"
    files = write_up(save(tmp_path / "a.xlsx", workbook(unit)), "html,docx,pdf", tmp_path / "all").files
    page = next(path for path in files if path.suffix == ".html" and "粘贴" not in path.name)
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', page.read_text(encoding="utf-8"))
    assert [words for _, words in links] == ["下载 Word 文档", "下载 PDF 文件"]
    assert all((page.parent / unquote(address)).is_file() for address, _ in links)
    (alone, _) = write_up(tmp_path / "a.xlsx", "html", tmp_path / "one").files
    assert "<a " not in alone.read_text(encoding="utf-8")


REQUESTS = "（二）依申请公开。"


def told(values: Figures, prior: Figures | None = None, own: str = "由办公室统一办理。") -> str:
    """What stands under 依申请公开."""
    content = replace(zero_return(form(), values, prior=prior), texts={"overview.requests": own})
    document = write_report(form(), sent(content))
    (paragraph,) = [b for b in document.sections[0].blocks if isinstance(b, Paragraph) and b.lead == REQUESTS]
    return paragraph.text


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (12, 10, "申请12件，比上年增加2件、增长20%，均为自然人申请；"),
        (7, 9, "申请7件，比上年减少2件、下降22.2%，均为自然人申请；"),
        (12, 12, "申请12件，与上年持平，均为自然人申请；"),
        (12, 0, "申请12件，比上年增加12件，均为自然人申请；"),
        (12, None, "申请12件，均为自然人申请；"),
        (0, 3, "未收到政府信息公开申请，上年为3件，也没有"),
        (0, 0, "未收到政府信息公开申请，与上年持平，也没有"),
    ],
)
def test_a_figure_is_compared_with_last_years_where_that_is_known(now: int, before: int | None, words: str) -> None:
    values = {"requests.new.natural": now, "requests.granted.natural": now}
    assert words in told(values, {"requests.new.total": before} if before is not None else None)


@pytest.mark.parametrize(
    ("own", "left_out"),
    [
        ("全年收到政府信息公开申请12件，均为自然人申请。", True),
        ("全年收到政府信息公开申请13件，均为自然人申请。", False),
        ("2024年收到政府信息公开申请12件。", False),
        ("由办公室统一办理。", False),
    ],
)
def test_what_the_unit_says_itself_and_rightly_is_not_said_twice(own: str, *, left_out: bool) -> None:
    values = {"requests.new.natural": 12, "requests.granted.natural": 12}
    text = told(values, own=own)
    assert ("本机关新收" not in text) is left_out
    results = "全年办结12件，均予以公开；没有结转下年度的申请。"
    # Receipts stand before results, whoever tells them.
    assert text == f"{own}{results}" if left_out else text.endswith(f"{results}{own}")


def test_a_denial_of_the_units_own_takes_the_place_of_the_zero_case() -> None:
    own = "本年度未收到政府信息公开申请。"
    assert told({}, own=own) == own


def test_every_figure_of_a_sentence_names_its_sentence_and_its_cells() -> None:
    content = zero_return(form(), {"requests.new.natural": 12}, prior={"requests.new.total": 10})
    facts = [
        f
        for s in write_report(form(), sent(content)).sections
        for b in s.blocks
        if isinstance(b, Paragraph)
        for f in b.facts
    ]
    compared = [f for f in facts if f.variables == ("requests.new.total", "last_year.requests.new.total")]
    assert [f.text for f in compared] == ["2", "20"]
    assert all(f.text in f.sentence for f in facts)
    assert all(name in form().layout.spots for f in facts for name in f.variables)


STRANGE = (
    "<script>alert(1)</script>",
    "{{ 单位 }}{% for x in y %}{# z #}",
    "A & B < C",
    "鄠邑区堃",
    "“引号”",
    "长" * 2000,
)


@pytest.mark.office
@pytest.mark.parametrize("strange", STRANGE)
def test_strange_names_and_texts_come_out_as_they_are_in_every_format(strange: str, tmp_path: Path) -> None:
    name = strange[:30]
    content = replace(zero_return(form()), unit=name, texts={"overview.disclosure": f"甲{strange}乙"})
    document = write_report(form(), sent(content))
    files = write_document(form(), document, ["docx", "html", "md", "pdf"], tmp_path).files
    wanted = squeezed(f"甲{strange}乙")
    assert any(wanted in squeezed(text) for text in text_of_docx(files["docx"].read_bytes()))
    page = Words()
    page.feed(files["html"].read_text(encoding="utf-8"))
    assert wanted in squeezed("".join(page.texts))
    assert "script" not in page.tags
    assert squeezed(name) in squeezed("".join(page.texts))
    assert wanted[:600] in re.sub(r"—\d+—", "", squeezed(pdf_text(files["pdf"])).replace("\f", ""))


def test_what_no_font_can_show_is_named_and_the_other_formats_are_written(tmp_path: Path) -> None:
    content = replace(zero_return(form()), texts={"overview.disclosure": "甲\ue123乙"})
    document = write_report(form(), sent(content))
    with pytest.raises(ReportError, match="没有能显示这些字的字体"):
        write_document(form(), document, ["pdf", "docx"], tmp_path)
    assert [one.suffix for one in tmp_path.iterdir()] == [".docx"]


class Words(html.parser.HTMLParser):
    """The texts and the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(
    ("typed", "sentence", "figures"),
    [
        ("无", "2025年，本机关未收取政府信息公开信息处理费。", []),
        ("未收取。", "2025年，本机关未收取政府信息公开信息处理费。", []),
        ("0", "2025年，本机关未收取政府信息公开信息处理费。", []),
        ("０.00 元", "2025年，本机关未收取政府信息公开信息处理费。", []),
        ("160", "2025年，本机关收取政府信息公开信息处理费160元。", ["160"]),
        ("共１,２６０.５元。", "2025年，本机关收取政府信息公开信息处理费1260.5元。", ["1260.5"]),
        ("0.3万元", "2025年，本机关收取政府信息公开信息处理费3000元。", ["3000"]),
        ("三百元", "2025年，本机关收取政府信息公开信息处理费300元。", ["300"]),
        ("收取160元，已缴库。", "收取160元，已缴库。", []),
        ("3.5.6元", "3.5.6元", []),
        ("", "【待补充：信息处理费情况】", []),
    ],
)
def test_a_short_answer_about_the_fee_becomes_a_sentence(typed: str, sentence: str, figures: list[str]) -> None:
    content = replace(zero_return(form()), texts={"others.fee": typed})
    document = write_report(form(), sent(content))
    (paragraph,) = [b for b in document.sections[-1].blocks if isinstance(b, Paragraph)]
    assert paragraph.text == sentence
    assert [fact.text for fact in paragraph.facts] == figures
    assert all(fact.variables == ("others.fee",) and fact.sentence == sentence for fact in paragraph.facts)


def test_an_answer_needs_either_words_or_a_unit(tmp_path: Path) -> None:
    folder = shutil.copytree(form().form.folder, tmp_path / "form")
    outline = folder / "report.toml"
    text = outline.read_text(encoding="utf-8")
    outline.write_text(text.replace('amount = "元"\n', ""), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(str(folder))
    assert any("answer[1]: 写 says" in problem for problem in caught.value.problems)


def shared(counts: dict[str, int]) -> tuple[str, list[tuple[str, str]]]:
    """The sentence of an area about its new requests, and the figures in it that are a unit's."""
    members = [(unit, sent(zero_return(form(), {"requests.new.natural": count}))) for unit, count in counts.items()]
    total = zero_return(form(), {"requests.new.natural": sum(counts.values())})
    sections = write_report(form(), sent(replace(total, texts={})), area=SummedArea(members=tuple(members))).sections
    (paragraph,) = [b for b in sections[0].blocks if isinstance(b, Paragraph) and b.lead == REQUESTS]
    return paragraph.text, [(fact.unit, fact.text) for fact in paragraph.facts if fact.unit]


def test_a_sum_is_told_by_unit_in_the_units_order_and_without_those_that_have_none() -> None:
    text, figures = shared({"甲局": 2, "乙局": 0, "丙局": 5})
    assert "各单位新收政府信息公开申请7件（甲局2件、丙局5件），均为自然人申请；" in text
    assert figures == [("甲局", "2"), ("丙局", "5")]


def test_of_many_units_the_five_with_most_are_named() -> None:
    text, figures = shared({f"{i}局": i for i in range(1, 14)})
    assert "申请91件（较多的是13局13件、12局12件、11局11件、10局10件、9局9件），均为" in text
    assert len(figures) == 5
    assert "较多的是" not in shared({f"{i}局": i for i in range(1, 13)})[0]


def test_nothing_is_told_by_unit_where_no_unit_has_any_or_there_are_none() -> None:
    assert "申请0件" not in shared({"甲局": 0})[0]
    assert "（甲局" not in shared({"甲局": 0})[0]
    assert "申请12件，均为" in told({"requests.new.natural": 12})


def test_a_faulty_expression_told_by_unit_is_a_problem_of_the_outline(tmp_path: Path) -> None:
    folder = shutil.copytree(form().form.folder, tmp_path / "form")
    outline = folder / "report.toml"
    text = outline.read_text(encoding="utf-8")
    outline.write_text(text.replace("{分单位 handled}", "{分单位 requests.new.totl}"), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(str(folder))
    assert any("没有代号“requests.new.totl”" in problem for problem in caught.value.problems)
