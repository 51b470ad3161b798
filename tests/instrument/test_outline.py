"""A report outline is part of the definition: an unknown figure is told with its place, all at once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from factories.filled_forms import sent, zero_return
from factories.workbooks import form

from toolkit.instrument.outline import compile_outline
from toolkit.report.document.blocks import Paragraph
from toolkit.report.writing.narrative import write_report


def problems(report: dict[str, object]) -> list[str]:
    return compile_outline(form().form, report)[1]


def test_all_problems_of_an_outline_are_told_with_their_places() -> None:
    found = problems(
        {
            "title": "{unit}",
            "preamble": [{"text": "共{requests.nwe.total}件"}],
            "section": [
                {
                    "heading": "一",
                    "table": "nix",
                    "part": [
                        {
                            "text": "overview.nix",
                            "sentence": [{"cases": [{"when": "requests.new.total =", "text": "{1 +}"}]}],
                        }
                    ],
                },
                {"heading": "二", "prat": []},
            ],
        }
    )
    told = "\n".join(found)
    for words in (
        "preamble[0].text: “{requests.nwe.total}”：没有代号“requests.nwe.total”，是不是“requests.new.total”？",
        "section[0].table: 没有表“nix”",
        "section[0].part[0].text: 没有文字项“overview.nix”",
        "section[0].part[0].sentence[0].cases[0].when",
        "section[0].part[0].sentence[0].cases[0].text",
        "section[1].prat: 不认识“prat”，是不是“part”？",
    ):
        assert words in told


def test_a_case_whose_condition_is_left_blank_has_none() -> None:
    cases: list[dict[str, object]] = [{"when": "", "text": "句"}]
    report: dict[str, object] = {"section": [{"heading": "一", "part": [{"sentence": [{"cases": cases}]}]}]}
    assert problems(report) == []


def test_a_draft_needs_a_text_that_it_is_about() -> None:
    draft: dict[str, object] = {"text": "句", "find": "("}
    found = problems({"section": [{"heading": "一", "part": [{"draft": [draft]}]}]})
    assert [told.partition("：")[0] for told in found] == [
        "report.toml section[0].part[0].draft[0].find: “(”写法不对",
        "report.toml section[0].part[0].draft: 没有 text，每个 draft 都要写 of（看哪一项文字）",
    ]


def test_an_answer_is_to_words_or_to_an_amount() -> None:
    part: dict[str, object] = {"text": "overview.assessment", "answer": [{"text": "句"}]}
    found = problems({"section": [{"heading": "一", "part": [part]}]})
    assert found == ["report.toml section[0].part[0].answer[0]: 写 says（哪些词）或 amount（金额的单位）之一"]


def test_the_outline_of_the_form_has_no_problem() -> None:
    assert form().outline.key_figures[0][0] == "新收申请"


def test_a_form_without_an_outline_gets_a_plain_one() -> None:
    outline, found = compile_outline(form().form, {})
    assert found == []
    headings = [section.heading for section in outline.sections]
    assert headings[:3] == [table.title for table in form().form.tables]
    assert headings[3:-1] == [group.title for group in form().form.groups]
    assert headings[-1] == "公开信息构成"


def test_a_plain_outline_tells_the_open_lists() -> None:
    plain = replace(form(), outline=compile_outline(form().form, {})[0])
    filled = replace(zero_return(form()), items={"items": (("机构职能", Decimal(3)), ("政策文件", Decimal(4)))})
    for content, words in ((filled, "共7条：机构职能3条，政策文件4条。"), (zero_return(form()), "没有填写。")):
        (paragraph,) = write_report(plain, sent(content)).sections[-1].blocks
        assert isinstance(paragraph, Paragraph)
        assert paragraph.text == words


def test_a_faulty_figure_and_an_unknown_cover_line_are_told() -> None:
    report: dict[str, object] = {
        "title": "x",
        "section": [{"heading": "一"}],
        "figures": {"a": "requests.new.totl"},
        "closing": [{"text": "电话", "needs": "cover.fax"}],
    }
    told = "\n".join(problems(report))
    assert "figures.a" in told
    assert "封面没有“cover.fax”这一项" in told
