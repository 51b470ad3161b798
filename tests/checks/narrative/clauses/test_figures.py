"""Figures that count a part of what was named before: right ones are never sent back, wrong ones are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import Figures, annual, sent, zero_return

from toolkit.checks.narrative.clauses import figures
from toolkit.checks.narrative.clauses.tokens import Token, tokens
from toolkit.checks.verdict import judge
from toolkit.instrument.instrument import Instrument
from toolkit.model.finding import Finding

REQUESTS = "overview.requests"
#: 120 came of natural persons, 8 of companies, 2 of welfare bodies; 5 of last year; 128 closed, 7 left.
TABLE: Figures = {
    "requests.new.natural": 120,
    "requests.new.business": 8,
    "requests.new.nonprofit": 2,
    "requests.carried_in.natural": 5,
    "requests.granted.natural": 60,
    "requests.granted.business": 5,
    "requests.partial.natural": 11,
    "requests.refused_enforcement.natural": 7,
    "requests.unavailable_not_held.natural": 28,
    "requests.unavailable_not_held.business": 1,
    "requests.declined_petition.natural": 6,
    "requests.declined_repeat.natural": 3,
    "requests.other_rest.natural": 5,
    "requests.other_rest.business": 2,
    "requests.carried_out.natural": 5,
    "requests.carried_out.nonprofit": 2,
}


def told(sentence: str) -> list[Finding]:
    """What the rules about texts find in a sentence."""
    filled = replace(zero_return(annual(), TABLE), texts={REQUESTS: sentence}, unit="云岭区教育局")
    (verdict,) = judge(annual(), [sent(filled)])
    return [one for one in verdict.findings if one.rule.startswith("NAR")]


RIGHT = {
    "who asked": [
        "在130件申请中，自然人提出120件，商业企业提出8件。",
        "收到申请130件，自然人提交120件、社会公益组织提交2件。",
        "有2件由社会公益组织提出的申请结转下年度。",
        "5件由自然人提出的申请结转下年度。",
    ],
    "who asked of what is named before": [
        "予以公开65件，其中自然人60件、商业企业5件。",
        "结转下年度7件，其中自然人5件、社会公益组织2件。",
        "无法提供29件，自然人28件。",
        "尚有自然人申请5件、社会公益组织申请2件未办结。",
        "不予公开7件，申请人均为自然人。",
        "上年结转5件，申请人全部为自然人。",
        "转送其他机关3件，其中自然人3件。",
        "通过网络收到申请100件，其中自然人95件。",
        "收到政府信息公开申请130件，其中自然人120件、商业企业8件、社会公益组织2件。",
    ],
    "a part taken out": [
        "128件中予以公开65件、部分公开11件。",
        "已办结的128件里，予以公开65件。",
        "本年新收的130件中，已办结123件，7件结转。",
        "本年新收申请中有7件结转下一年。",
        "新收申请中，自然人120件。",
        "上年结转的5件中，已办结4件，予以公开3件。",
        "予以公开的申请中，自然人60件、商业企业5件。",
    ],
    "all of a part": [
        "上年结转5件，全部办结。",
        "上年结转政府信息公开申请5件，均已办结。",
        "收到政府信息公开申请130件，商业企业8件，均已办结。",
    ],
    "all of a list": [
        "信访举报投诉类申请6件、重复申请3件，依法不予处理。",
        "收到申请130件，商业企业8件，社会公益组织2件，均为法人或其他组织申请。",
        "商业企业8件，社会公益组织2件，均为法人和其他组织提出的申请。",
    ],
    "shares of the table's totals": ["部分公开11件、不予公开7件，两项共18件，占办结总数的14.1%。"],
    "many years": [
        "自2008年条例施行以来，共收到申请1,354件。",
        "《条例》施行以来，我局共收到政府信息公开申请1,354件。",
        "累计收到申请1,026件（2019年以来）。",
        "收到申请41件（2024年）。",
    ],
}
WRONG = [
    ("NAR-02", "予以公开65件，其中自然人61件。", "写 61", "予以公开／自然人”是 60"),
    ("NAR-03", "结转下年度7件，其中自然人4件。", "写 4", "结转下年度继续办理／自然人”是 5"),
    ("NAR-01", "收到政府信息公开申请130件，其中自然人100件。", "写 100", "／自然人”是 120"),
    ("NAR-08", "部分公开11件、不予公开7件，两项共18件，占办结总数的24.1%。", "写 24.1%", "算不出来"),
    ("NAR-01", "收到政府信息公开申请130件，申请人全部为自然人。", "照这句话应是 130，", "／自然人”是 120"),
    ("NAR-02", "128件中予以公开60件。", "写 60", "予以公开／总计”是 65"),
    ("NAR-03", "本年新收申请中有9件结转下一年。", "写 9", "是 7"),
    ("NAR-01", "在130件申请中，自然人提出100件。", "写 100", "／自然人”是 120"),
    ("NAR-03", "有3件由社会公益组织提出的申请结转下年度。", "写 3", "／社会公益组织”是 2"),
    ("NAR-01", "收到政府信息公开申请130件，全部办结。", "照这句话应是 0，", "结转下年度继续办理／总计”是 7"),
    ("NAR-02", "无法提供29件，均予以公开。", "照这句话应是 29，", "予以公开／总计”是 65"),
    ("NAR-01", "自年初以来，共收到申请1,354件。", "写 1,354", "是 130"),
    ("NAR-01", "收到申请41件（2025年）。", "写 41", "是 130"),
]


@pytest.mark.parametrize("sentence", [one for several in RIGHT.values() for one in several])
def test_a_right_part_is_silent(sentence: str) -> None:
    assert [one.message for one in told(sentence)] == []


@pytest.mark.parametrize(("rule", "sentence", "says", "against"), WRONG)
def test_a_wrong_part_is_told(rule: str, sentence: str, says: str, against: str) -> None:
    (finding,) = told(sentence)
    assert finding.rule == rule
    assert says in finding.message
    assert against in finding.message


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("本局加强培训。群众比较满意。", 0),
        ("本局加强培训。收到申请3件。群众比较满意。工作更有保障。", 4),
        ("本局加强培训。发布消息3条。群众比较满意。工作更有保障。", 2),
        ("本局加强培训。均已办结。群众比较满意。", 2),
        ("本局加强培训。没有申请。\n群众比较满意。", 2),
    ],
)
def test_no_sentence_is_read_behind_the_last_that_may_tell_of_a_figure(
    text: str, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def counted(instrument: Instrument, sentence: str, *more: str) -> tuple[Token, ...]:
        seen.append(sentence)
        return tokens(instrument, sentence, *more)

    figures.figures_of.cache_clear()
    monkeypatch.setattr(figures, "tokens", counted)
    figures.figures_of(annual(), "overview.requests", text, "某区教育局", "2025")
    assert len(seen) == read
