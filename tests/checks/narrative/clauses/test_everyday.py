"""Everyday sentences about one table: right ones are silent and read, other business is silent, wrong ones are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import Figures, annual, sent, zero_return

from toolkit.checks.narrative.claims import held_figures, readings_of
from toolkit.checks.verdict import judge
from toolkit.model.finding import Severity
from toolkit.model.returns import Return

REQUESTS, SAFEGUARDS, DISCLOSURE = "overview.requests", "overview.safeguards", "overview.disclosure"
#: 14 to do (12 new, 2 of last year), 12 done, 2 left; 4 reviews, 2 lawsuits.
TABLE: Figures = {
    "requests.new.natural": 10,
    "requests.new.business": 2,
    "requests.carried_in.natural": 2,
    "requests.granted.natural": 4,
    "requests.granted.business": 1,
    "requests.partial.natural": 2,
    "requests.refused_enforcement.natural": 1,
    "requests.unavailable_not_held.natural": 2,
    "requests.declined_petition.business": 1,
    "requests.other_no_correction.natural": 1,
    "requests.carried_out.natural": 2,
    "disputes.review.upheld": 2,
    "disputes.review.corrected": 1,
    "disputes.review.pending": 1,
    "disputes.direct.upheld": 1,
    "disputes.after_review.pending": 1,
    "proactive.normative.made": 4,
    "proactive.normative.repealed": 1,
    "proactive.normative.in_force": 11,
    "proactive.licences.decisions": 120,
    "proactive.penalties.decisions": 52,
    "proactive.coercion.decisions": 3,
}
#: One that finished all it had, and nothing else happened.
DONE: Figures = {"requests.new.natural": 3, "requests.granted.natural": 3}


def content(sentence: str, text: str = REQUESTS, table: Figures = TABLE, unit: str = "云岭区教育局") -> Return:
    return replace(zero_return(annual(), table), texts={text: sentence}, unit=unit)


def told(filled: Return) -> list[str]:
    """The rules that ask for something about the text."""
    (verdict,) = judge(annual(), [sent(filled)])
    return [one.rule for one in verdict.findings if one.rule.startswith("NAR") and one.severity is not Severity.NOTE]


def read(filled: Return) -> list[tuple[int, bool]]:
    """The figures that were held against the table, and whether they agree."""
    (name,) = filled.texts
    return [(int(one.stated.value), one.agrees) for one in held_figures(annual(), sent(filled), name) if one.held]


READ: dict[str, list[tuple[str, list[int]]]] = {
    "what came": [
        ("全年共收到政府信息公开申请12件。", [12]),
        ("2025年，我局新收依申请公开12件。", [12]),
        ("本年度共接到公民、法人和其他组织提出的政府信息公开申请12件。", [12]),
        ("我局共收到12件政府信息公开申请。", [12]),
        ("2025年度政府信息公开申请共收到12件。", [12]),
        ("全年收到申请12件，均通过系统登记。", [12]),
        ("依申请公开申请量12件。", [12]),
        ("本年新收政府信息公开申请数量为十二件。", [12]),
        ("云岭区教育局全年受理政府信息公开申请12件。", [12]),
        ("本局通过信函、网络、当面等多种渠道共收到政府信息公开申请12件。", [12]),
        ("截至2025年12月31日，共收到依申请公开政府信息12件。", [12]),
        ("全年共收到信息公开申请12件（其中自然人10件、商业企业2件）。", [12, 10, 2]),
        ("收到政府信息公开申请12件，上年结转2件，共14件。", [12, 2]),
        ("本年新收和上年结转政府信息公开申请共14件。", [14]),
        ("共办理政府信息公开申请14件（含上年结转2件）。", [14, 2]),
        ("我局共收到要求公开政府信息的申请12件次。", [12]),
        ("区教育局共收到政府信息公开申请12件。", [12]),
        ("依申请公开情况：全年收到12件，网上申请8件，信函申请4件，自然人10件。", [12, 10]),
    ],
    "who asked": [
        ("收到政府信息公开申请12件，其中自然人申请10件，法人或其他组织申请2件。", [12, 10, 2]),
        ("收到政府信息公开申请12件。其中，公民个人10件，商业企业2件。", [12, 10, 2]),
    ],
    "what became of it": [
        ("收到申请12件，办结12件，结转下年度2件。", [12, 12, 2]),
        ("收到申请12件，按时办结12件，结转下年度2件。", [12, 12, 2]),
        ("共答复政府信息公开申请12件，另有2件正在办理。", [12, 2]),
        ("收到政府信息公开申请12件，办理答复12件，其余2件转下年度继续办理。", [12, 12, 2]),
        ("2件顺延至2026年办理。", [2]),
        ("上年度转接2件。", [2]),
        ("尚未办结2件。", [2]),
        ("由2024年结转的申请2件。", [2]),
        ("结转2026年继续办理的申请2件。", [2]),
        ("予以公开5件，部分公开2件，不予公开1件，无法提供2件，不予处理1件，其他处理1件。", [5, 2, 1, 2, 1, 1]),
        ("同意公开5件、部分公开2件。", [5, 2]),
        ("予以公开和部分公开共7件。", [7]),
        ("予以公开7件，不予公开1件。", [7, 1]),
        ("不予公开、无法提供、不予处理合计4件。", [4]),
        ("其中：属于行政执法案卷1件，本机关不掌握相关政府信息2件。", [1, 2]),
        ("政府信息不存在的2件。", [2]),
        ("申请人逾期未补正1件。", [1]),
        ("全年办结12件，其中予以公开5件。", [12, 5]),
        ("办理结果为：予以公开5件；部分公开2件；其他处理1件。", [5, 2, 1]),
        ("除2件结转下年度外，其他12件均按期答复。", [2, 12]),
        ("信访举报投诉类1件，未作为政府信息公开申请处理。", [1]),
    ],
    "disputes": [
        ("因政府信息公开引发行政复议4件，行政诉讼2件。", [4, 2]),
        ("全年发生政府信息公开行政复议4件，其中结果维持2件，纠正1件，尚未审结1件。", [4, 2, 1, 1]),
        ("行政复议4件、行政诉讼2件。", [4, 2]),
        ("被申请行政复议4件，被提起行政诉讼2件。", [4, 2]),
        ("针对政府信息公开答复提起的行政诉讼共2件，未审结1件。", [2, 1]),
        ("政府信息公开行政诉讼中，未经复议直接起诉1件，复议后起诉1件。", [1, 1]),
        ("因依申请公开引起的行政争议6件。", [6]),
        ("行政复议、行政诉讼共6件。", [6]),
        ("收到因政府信息公开申请引发的行政复议4件，被纠正1件。", [4, 1]),
        ("发生行政复议案件4件（其中1件为2024年信息公开件），维持2件、纠正1件。", [4, 2, 1]),
    ],
    "documents and decisions": [
        ("全年制发行政规范性文件4件，废止1件，现行有效11件。", [4, 1, 11]),
        ("制定出台规范性文件4件。", [4]),
        ("废止行政规范性文件1件。", [1]),
        ("现行有效的规范性文件11件。", [11]),
        ("行政规范性文件现行有效11件。", [11]),
        ("新制定规范性文件4件，规章0件。", [4, 0]),
        ("全年作出行政许可120件、行政处罚52件、行政强制3件。", [120, 52, 3]),
        ("办理行政许可120件。", [120]),
        ("行政处罚案件52件。", [52]),
    ],
    "figures as people write them": [
        ("收到政府信息公开申请 12 件。", [12]),
        ("收到政府信息公开申请１２件。", [12]),
        ("收到政府信息公开申请一十二件。", [12]),
        ("收到政府信息公开申请12宗。", [12]),
        ("收到政府信息公开申请12件，较2024年增加5件；办结12件。", [12, 12]),
        ("办理依申请公开12件（含上年结转2件），答复结果为：予以公开5件，部分公开2件。", [12, 2, 5, 2]),
        ("依申请公开收件12件，办件12件，已办12件。", [12, 12, 12]),
    ],
}

OTHER: dict[str, list[str]] = {
    "other business by its object": [
        "全年办理信访来信34封，办结34件。",
        "收到来访申请5件。",
        "收到许可申请80件，办结78件。",
        "收到行政许可申请80件。",
        "受理救助申请30件。",
        "答复人大代表建议8件。",
        "办理政协提案6件，答复率100%。",
        "办理12345热线工单900件，办结898件。",
        "受理咨询15件，答复15件。",
        "收到网民留言33条，回复33条。",
        "予以公开政府信息500条。",
        "全年公开500条。",
        "受理信访举报投诉30件。",
        "受理信访举报投诉类事项30件。",
        "评查行政执法案卷20件。",
        "拟制公文中主动公开30件、依申请公开20件、不予公开50件。",
        "主动公开30件，依申请公开20件，不予公开50件。",
        "答复申请人5次。",
        "公开文件120件，其中规范性文件9件。",
        "回复区长信箱来信9件。",
        "接待来访群众5人次，处理5件。",
        "办理转办件7件。",
        "处理舆情3起。",
        "收到举报线索6条，办结6条。",
        "办理各类业务30件。",
        "公示行政许可300条、行政处罚100条。",
        "公开行政许可信息300条，行政处罚信息100条。",
        "承接行政许可事项50项。",
        "办理行政复议案件答复审核8件。",
        "民事诉讼3件。",
        "规范性文件解读6件。",
        "清理规范性文件20件。",
        "备案规范性文件9件。",
        "制定规章制度5项。",
        "本机关由局办公室等五个部分组成。",
    ],
    "a part, one way, one kind": [
        "其中网上申请8件，信函申请4件。",
        "通过网站收到政府信息公开申请8件。",
        "其中涉及学校招生的申请3件。",
        "当面提交政府信息公开申请1件。",
        "延期答复3件。",
        "其中按期答复11件。",
        "收到申请12件，按期答复11件，延期答复1件。",
        "延期答复1件，按期答复11件。",
        "教育股收到政府信息公开申请4件。",
        "下属单位收到政府信息公开申请4件。",
        "有3个单位的申请需要补正。",
        "要求补正5件。",
        "申请人撤回申请1件。",
        "全区收到政府信息公开申请300件。",
        "区政府收到政府信息公开申请200件。",
        "涉及国有土地的政府信息公开申请6件。",
        "云岭区收到政府信息公开申请300件。",
        "区教育工会收到申请3件。",
        "通过政府网站收到申请8件，当面收到4件。",
        "信函2封，办结2封。",
        "教育类申请5件。",
    ],
    "another time": [
        "2024年收到政府信息公开申请7件，办结5件。",
        "去年收到申请7件。",
        "上半年收到申请5件。",
        "1至6月收到政府信息公开申请5件。",
        "近三年共收到申请30件。",
        "2021年以来，收到申请60件。",
        "收到申请较上年增加5件。",
        "同比减少3件。",
        "收到政府信息公开申请12件（2024年7件）。",
        "2024年发生行政复议9件。",
        "明年计划制定规范性文件3件。",
        "上年收到申请7件，其中自然人3件。",
    ],
    "rough": [
        "收到申请10余件。",
        "收到申请近20件。",
        "办结约15件。",
        "收到申请20件左右。",
        "作出行政处罚0.1万件。",
        "收到申请十几件。",
        "收到申请数十件。",
        "收到申请一百余件。",
    ],
    "denials that mean less": [
        "没有收到需补正的政府信息公开申请。",
        "未收到逾期的政府信息公开申请。",
        "未收到因政府信息公开申请引发的投诉举报。",
        "未发生因信息公开答复不当被纠错的行政复议。",
        "未收到重复申请。",
        "没有超期未答复的申请。",
        "未收到涉及国家秘密的申请。",
        "教育股未收到政府信息公开申请。",
        "2024年未收到政府信息公开申请。",
        "除上述申请外未收到政府信息公开申请。",
        "未收到政府信息公开申请的，也要零报告。",
        "如未收到政府信息公开申请，应当如实填写。",
        "未收到法律服务机构的政府信息公开申请。",
        "未收到行政许可申请。",
        "无政府信息公开申请收费情况。",
        "没有出现政府信息公开申请答复被投诉的情形。",
        "不存在政府信息公开申请答复超期的情况。",
    ],
    "all, but not of all": [
        "收到政府信息公开申请12件，均在法定期限内答复。",
        "收到政府信息公开申请12件，除2件结转下年外，均已办结。",
        "收到政府信息公开申请12件，均已答复，另有2件正在办理。",
        "收到来信5封，均已办结。",
        "收到政府信息公开申请12件，除正在办理的以外，均已办结。",
        "收到政府信息公开申请12件，其中网上申请5件，均已办结。",
        "行政复议4件，均未被确认违法。",
        "所有申请均按程序登记。",
    ],
}

WRONG: dict[str, list[tuple[str, str]]] = {
    "what came": [
        ("NAR-01", "全年共收到政府信息公开申请15件。"),
        ("NAR-01", "收到15件政府信息公开申请。"),
        ("NAR-01", "政府信息公开申请收到15件。"),
        ("NAR-01", "全年收到申请15件。"),
        ("NAR-01", "新收依申请公开十五件。"),
        ("NAR-01", "全年收到政府信息公开申请廿五件。"),
        ("NAR-01", "本年新收政府信息公开申请数量为15件。"),
        ("NAR-01", "通过网络、信函等方式共收到政府信息公开申请15件。"),
        ("NAR-01", "共办理政府信息公开申请19件。"),
        ("NAR-01", "收到政府信息公开申请12件，其中自然人9件。"),
        ("NAR-01", "收到政府信息公开申请12件，其中法人或其他组织3件。"),
        ("NAR-01", "收到政府信息公开申请12件，全部为自然人。"),
        ("NAR-01", "收到政府信息公开申请12件，均已办结。"),
        ("NAR-01", "收到政府信息公开申请12件，全部答复完毕。"),
        ("NAR-01", "收到申请12件，办结11件。"),
        ("NAR-01", "共答复政府信息公开申请13件。"),
        ("NAR-01", "政府信息公开申请0件。"),
        ("NAR-01", "2025年收到政府信息公开申请8件（2024年7件）。"),
    ],
    "results and carrying": [
        ("NAR-02", "予以公开6件。"),
        ("NAR-02", "予以公开和部分公开共8件。"),
        ("NAR-02", "不予公开、无法提供共5件。"),
        ("NAR-02", "属于行政执法案卷的3件。"),
        ("NAR-02", "其他处理3件。"),
        ("NAR-02", "信息不存在1件。"),
        ("NAR-02", "收到政府信息公开申请12件，均予以公开。"),
        ("NAR-03", "上年度结转3件。"),
        ("NAR-03", "结转下年度继续办理5件。"),
        ("NAR-03", "其余4件正在办理。"),
        ("NAR-03", "3件顺延至下年办理。"),
        ("NAR-03", "结转至2026年的申请1件。"),
    ],
    "disputes": [
        ("NAR-04", "因政府信息公开引发行政复议5件。"),
        ("NAR-04", "发生行政复议4件，均维持。"),
        ("NAR-04", "行政复议4件，纠正2件。"),
        ("NAR-04", "行政复议4件，其中尚未审结3件。"),
        ("NAR-04", "政府信息公开行政诉讼5件。"),
        ("NAR-04", "行政复议、行政诉讼共7件。"),
        ("NAR-04", "未经复议直接起诉2件。"),
        ("NAR-05", "全年未收到政府信息公开申请。"),
        ("NAR-05", "没有受理政府信息公开申请。"),
        ("NAR-05", "全年无政府信息公开申请。"),
        ("NAR-05", "本年度依申请公开零申请。"),
        ("NAR-05", "我局未发生因政府信息公开引发的行政复议、行政诉讼。"),
        ("NAR-05", "无行政复议情况。"),
        ("NAR-05", "全年无人申请政府信息公开。"),
        ("NAR-05", "本年度没有因此引发的行政复议和行政诉讼。"),
        ("NAR-05", "未发生行政强制。"),
        ("NAR-05", "全年无行政规范性文件制发。"),
        ("NAR-05", "没有收到任何单位和个人提出的政府信息公开申请。"),
        ("NAR-05", "无结转下年度的政府信息公开申请。"),
    ],
    "documents and decisions": [
        ("NAR-06", "制发规范性文件6件。"),
        ("NAR-06", "废止规范性文件3件。"),
        ("NAR-06", "现行有效规范性文件9件。"),
        ("NAR-06", "制发规范性文件4件，废止2件，现行有效11件。"),
        ("NAR-11", "作出行政许可决定130件。"),
        ("NAR-11", "行政处罚62件。"),
        ("NAR-11", "实施行政强制措施8件。"),
        ("NAR-11", "办理行政许可120件，行政处罚40件。"),
    ],
}


@pytest.mark.parametrize(("sentence", "figures"), [one for several in READ.values() for one in several])
def test_a_right_sentence_is_read_and_silent(sentence: str, figures: list[int]) -> None:
    filled = content(sentence)
    assert told(filled) == []
    assert [value for value, _ in read(filled)] == figures


@pytest.mark.parametrize("sentence", [one for several in OTHER.values() for one in several])
def test_what_is_not_about_the_whole_table_is_silent(sentence: str) -> None:
    assert told(content(sentence)) == []


@pytest.mark.parametrize(("rule", "sentence"), [one for several in WRONG.values() for one in several])
def test_a_wrong_sentence_is_told(rule: str, sentence: str) -> None:
    assert set(told(content(sentence))) == {rule}


@pytest.mark.parametrize(
    ("body", "sentence", "figures"),
    [
        ("云岭区安镇街道办事处", "安镇街道共收到政府信息公开申请12件。", [12]),
        ("云岭区安镇街道办事处", "街道办收到政府信息公开申请12件。", [12]),
        ("云岭区人民政府办公室", "区政府办公室代表区政府收到政府信息公开申请12件。", [12]),
        ("云岭区人民政府", "全区收到政府信息公开申请12件。", [12]),
        ("云岭区人民政府", "全区各部门、各街道共收到政府信息公开申请12件。", [12]),
        ("云岭区大岭镇人民政府", "全区收到政府信息公开申请312件。", []),
        ("云岭区大岭镇人民政府", "我镇收到政府信息公开申请12件。", [12]),
        ("云岭区教育局", "我区收到政府信息公开申请312件。", []),
        ("云岭区教育局", "各学校收到政府信息公开申请312件。", []),
        ("云岭区教育局", "各部门收到政府信息公开申请312件。", []),
        ("", "全区收到政府信息公开申请12件。", [12]),
        ("云岭区教育局", "教局收到政府信息公开申请12件。", [12]),
        ("云岭区教育局", "局收到政府信息公开申请12件。", []),
        ("云岭区政务公开办", "公开办收到政府信息公开申请12件。", [12]),
        ("云岭区人民政府", "收到有关政府信息的申请12件。", [12]),
    ],
)
def test_who_received_it_decides(body: str, sentence: str, figures: list[int]) -> None:
    filled = content(sentence, unit=body)
    assert told(filled) == []
    assert [value for value, _ in read(filled)] == figures


@pytest.mark.parametrize(
    ("text", "sentence", "figures"),
    [
        (SAFEGUARDS, "全年办理行政复议案件80件。", []),  # an office that decides reviews
        (SAFEGUARDS, "因政府信息公开引发行政复议4件。", [4]),
        (SAFEGUARDS, "全年发生行政复议4件。", [4]),
        (DISCLOSURE, "收到申请80件，办结79件。", []),
        (DISCLOSURE, "收到政府信息公开申请12件，办结12件。", [12, 12]),
    ],
)
def test_an_unnamed_figure_is_about_what_its_text_is_about(text: str, sentence: str, figures: list[int]) -> None:
    filled = content(sentence, text)
    assert told(filled) == []
    assert [value for value, _ in read(filled)] == figures


def test_why_a_figure_is_not_read_is_said() -> None:
    reasons = {
        "收到来信5封。": "没有读懂“来信”",
        "收到申请20余件。": "约数",
        "2024年收到申请7件。": "说的是别的年份",
        "上半年收到申请7件。": "说的是别的时间",
        "申请增加7件。": "是增减的数",
        "网上申请7件。": "只说一种渠道",
        "收到申请12件，其中受理5件。": "只说其中一部分",
        "其中按期答复11件。": "只说其中一部分",
        "按期答复11件，延期答复1件。": "只说按期的",
        "收到申请12篇。": "不是以“篇”计的",
        "未收到的申请3件。": "有否定的词",
        "收到政府信息公开申请引发的3件。": "一处说了几件事",
        "各部门收到申请3件。": "说的可能是别的单位",
        "收到来信，办结3件。": "没有写明是什么的数",
        "申请" + "依法" * 120 + "3件。": "句子太长",
    }
    for sentence, why in reasons.items():
        filled = content(sentence)
        assert why in [one.why for one in readings_of(annual(), sent(filled))], sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "收到政府信息公开申请3件，均已办结。",
        "收到政府信息公开申请3件，均为自然人提出，均予以公开。",
        "全年未发生行政复议、行政诉讼。",
        "收到申请3件，办结3件，无结转下年度申请。",
    ],
)
def test_all_and_none_are_right_where_they_are(sentence: str) -> None:
    assert told(content(sentence, table=DONE)) == []
