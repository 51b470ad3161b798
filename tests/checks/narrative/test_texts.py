"""Each rule about texts fires where it should, names its place and quotes the sentence, and keeps quiet otherwise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.filled_forms import Figures, annual, sent, zero_return

from toolkit.checks.narrative.chinese import numeral, sentences
from toolkit.checks.narrative.clauses.tokens import counts, tokens
from toolkit.checks.narrative.proofread import slips
from toolkit.checks.narrative.similarity import similar
from toolkit.checks.verdict import judge
from toolkit.instrument.instrument import Instrument, loads
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Context, Return

DISCLOSURE, REQUESTS = "overview.disclosure", "overview.requests"
TABLE: Figures = {
    "requests.new.natural": 12,
    "requests.carried_in.natural": 2,
    "requests.granted.natural": 9,
    "requests.partial.natural": 3,
    "requests.carried_out.natural": 2,
    "disputes.review.upheld": 1,
    "disputes.direct.pending": 2,
    "proactive.normative.made": 4,
    "proactive.normative.in_force": 11,
}


def content(texts: dict[str, str], values: Figures | None = None, prior: Figures | None = None) -> Return:
    given = TABLE if values is None else values
    return replace(zero_return(annual(), given, prior=prior), texts=texts, unit="云岭区教育局")


def told(texts: dict[str, str], values: Figures | None = None, prior: Figures | None = None) -> list[Finding]:
    """What is found about texts."""
    (verdict,) = judge(annual(), [sent(content(texts, values, prior))])
    return [one for one in verdict.findings if one.rule in annual().text_rules or one.rule == "SIM-01"]


@pytest.mark.parametrize(
    ("rule", "severity", "sentence", "parts"),
    [
        (
            "NAR-01",
            Severity.VERIFY,
            "全年收到政府信息公开申请15件。",
            ("写 15", "新收政府信息公开申请数量／总计”是 12（或者，“一、", "之和是 14）"),
        ),
        ("NAR-01", Severity.VERIFY, "本年新收依申请公开申请一百二十件。", ("写 120", "是 12")),
        (
            "NAR-01",
            Severity.VERIFY,
            "收到政府信息公开申请12件，其中自然人申请5件。",
            ("写 5", "“一、本年新收政府信息公开申请数量／自然人”是 12"),
        ),
        ("NAR-02", Severity.VERIFY, "依申请公开：予以公开8件。", ("写 8", "“（一）予以公开／总计”是 9")),
        ("NAR-02", Severity.VERIFY, "依申请公开：同意公开8件。", ("写 8", "是 9")),
        ("NAR-02", Severity.VERIFY, "依申请公开：本机关不掌握2件。", ("写 2", "是 0")),
        ("NAR-03", Severity.VERIFY, "上年结转政府信息公开申请3件。", ("写 3", "是 2")),
        ("NAR-03", Severity.VERIFY, "依申请公开结转下年度继续办理5件。", ("写 5", "是 2")),
        ("NAR-04", Severity.VERIFY, "全年发生行政复议5件。", ("写 5", "是 1")),
        ("NAR-05", Severity.VERIFY, "本年度未收到政府信息公开申请。", ("文字说没有", "是 12")),
        ("NAR-05", Severity.VERIFY, "全年未发生行政复议。", ("“行政复议／总计”是 1",)),
        (
            "NAR-05",
            Severity.VERIFY,
            "没有发生政府信息公开行政诉讼。",
            ("“未经复议直接起诉／总计”、“复议后起诉／总计”之和是 2",),
        ),
        ("NAR-06", Severity.VERIFY, "制发行政规范性文件7件。", ("写 7", "是 4")),
        ("NAR-06", Severity.VERIFY, "废止规范性文件3件。", ("写 3", "是 0")),
        (
            "NAR-07",
            Severity.VERIFY,
            "全年公开信息30条，其中概况类20条、动态类15条。",
            ("总数 30", "20 + 15 ＝ 35，多 5"),
        ),
        (
            "NAR-07",
            Severity.NOTE,
            "全年公开信息30条，其中概况类10条、动态类8条、政策类7条。",
            ("总数 30", "＝ 25，少 5"),
        ),
        ("NAR-08", Severity.NOTE, "公开信息40条，其中政策解读10条，占35%。", ("写 35%", "由句中的数算不出来")),
        ("YER-01", Severity.VERIFY, "2024年，我局加强政务公开。", ("统计期间是 2025 年", "只写了 2024 年")),
        ("YER-01", Severity.NOTE, "下一步，2025年将继续做好公开。", ("打算写成了 2025 年", "下一年应是 2026 年")),
        ("BAS-01", Severity.VERIFY, "根据国办公开办函〔2019〕60号要求编制。", ("自 2021 年度起",)),
        (
            "BAS-01",
            Severity.VERIFY,
            "根据《中华人民共和国政府信息公开条列》编制。",
            ("《中华人民共和国政府信息公开条列》，应为《中华人民共和国政府信息公开条例》",),
        ),
        ("TYP-01", Severity.NOTE, "加强办公室室建设。", ("重复的字：“加强办公室室建设。”",)),
        (
            "TYP-01",
            Severity.NOTE,
            "政务公开领导小组政务公开领导小组负责。",
            ("重复的词语：“政务公开领导小组政务公开领导小组”",),
        ),
        ("TYP-01", Severity.NOTE, "（一）制度。（二）平台。(三)监督。", ("序号的括号全角、半角混用：“(三)”",)),
        ("TYP-01", Severity.NOTE, "（一）制度。（二）平台。（四）监督。", ("序号跳号或重号：“（四）”",)),
        ("TYP-01", Severity.NOTE, "加强领导,落实责任。", ("中文里用了半角标点",)),
        ("TYP-01", Severity.NOTE, "加强领导，，落实责任。", ("多余或重复的标点",)),
        ("TYP-01", Severity.NOTE, "公开《年度报告。", ("括号或引号不成对",)),
        ("TYP-01", Severity.NOTE, "位于鄠邑的堃园。", ("仿宋_GB2312 没有的字：“鄠”、“堃”",)),
        ("TYP-02", Severity.NOTE, "我市政务公开稳步推进。", ("“我市” 1 处", "可能抄自别处")),
        ("TYP-02", Severity.NOTE, "云领区教育局加强公开。", ("“云领区教育局”", "全称是“云岭区教育局”")),
    ],
)
def test_a_rule_about_texts_names_rule_place_and_sentence(
    rule: str, severity: Severity, sentence: str, parts: tuple[str, ...]
) -> None:
    (finding,) = told({DISCLOSURE: sentence})
    assert (finding.rule, finding.severity) == (rule, severity)
    assert (finding.sheet, finding.cell) == (
        annual().layout.spots[DISCLOSURE].sheet,
        annual().layout.spots[DISCLOSURE].cell,
    )
    for part in parts:
        assert part in finding.message
    assert finding.remedy.endswith("。")


@pytest.mark.parametrize(
    "sentence",
    [
        "全年新收政府信息公开申请12件，上年结转2件，办结12件。",
        "收到申请14件（含上年结转2件）。",
        "予以公开9件，部分公开3件。",
        "收到网上留言15件。",
        "12345热线收到申请公开类来电33件。",
        "2024年收到政府信息公开申请7件，2025年12件。",
        "上半年收到申请5件。",
        "收到申请较上年增加3件。",
        "全年未收到对政府信息公开工作的投诉举报。",
        "没有发生因政府信息公开被行政复议纠错的情况。",
        "行政复议1件，行政诉讼2件。",
        "制发规范性文件4件，现行有效的规范性文件11件。",
        "公开信息30条，其中概况类10条、动态类8条等。",
        "公开信息30条，其中概况类20条、动态类10条。",
        "公开信息40条，其中解读10条，占25%。",
        "2025年，我局在2024年的基础上加强公开。",
        "下一步，2026年将继续做好公开。",
        "根据国办公开办函〔2021〕30号和《中华人民共和国政府信息公开条例》编制。",
        "区人民政府办公室公开会议议题，组织人员员工培训。",
        "层层落实，人人有责。",
        "（一）制度。（二）平台。（三）监督。",
        "我区、我局工作稳步推进，云岭区教育局负责。",
    ],
)
def test_what_is_right_or_about_other_business_is_not_told(sentence: str) -> None:
    assert told({DISCLOSURE: sentence}) == []


def test_a_change_against_last_year_is_recomputed_where_last_year_is_known() -> None:
    text = {DISCLOSURE: "新收政府信息公开申请12件，同比增长50%。"}
    (finding,) = told(text, prior={"requests.new.total": 10})
    assert (finding.rule, finding.severity) == ("NAR-08", Severity.NOTE)
    assert "上年是 10，应为增长 20%" in finding.message
    assert told({DISCLOSURE: "新收政府信息公开申请12件，同比增长20%。"}, prior={"requests.new.total": 10}) == []
    assert told(text) == []


def test_a_fee_that_is_denied_and_stated() -> None:
    (finding,) = told({"others.fee": "本年度未收取信息处理费。共收取信息处理费200元。"})
    assert finding.rule == "NAR-09"
    assert "前后矛盾：既说没有收费，又写了金额 200元" in finding.message
    (other,) = told({"others.fee": "共收取信息处理费200元。"}, values={})
    assert "表中没有申请，文字却写收费 200元" in other.message
    assert told({"others.fee": "共收取信息处理费200元。"}) == []


def test_the_amount_of_another_charge_denies_nothing() -> None:
    for other in ("支付行政诉讼费300元", "公示行政事业性收费3万元", "用于宣传的经费2万元"):
        assert told({"others.fee": f"本年度未收取信息处理费。{other}。"}) == [], other
    (finding,) = told({"others.fee": "本年度未收取信息处理费。邮寄费50元，处理费30元。"})
    assert "写了金额 30元" in finding.message


def test_an_open_list_is_what_its_claim_is_held_against() -> None:
    listed = replace(
        content({DISCLOSURE: "主动公开政府信息90条。"}), items={"items": (("概况", Decimal(60)), ("动态", Decimal(20)))}
    )
    (verdict,) = judge(annual(), [sent(listed)])
    (finding,) = [one for one in verdict.findings if one.rule == "NAR-10"]
    assert "写 90" in finding.message
    assert "清单合计是 80" in finding.message


def test_the_second_return_and_the_second_text_are_read_too() -> None:
    good, bad = content({DISCLOSURE: "很好。"}), content({DISCLOSURE: "很好。", REQUESTS: "新收申请99件。"})
    first, second = judge(annual(), [sent(good), sent(bad)])
    assert first.status is Status.ACCEPTED
    assert [(one.rule, one.sheet, one.cell) for one in second.findings] == [
        ("NAR-01", annual().layout.spots[REQUESTS].sheet, annual().layout.spots[REQUESTS].cell)
    ]
    assert second.status is Status.RETURNED


def test_an_explanation_beside_the_rule_settles_what_is_to_be_verified() -> None:
    explained = replace(
        content({REQUESTS: "新收申请99件。"}), explanations={"NAR-01": "含街道代收的八十七件，未录入系统。"}
    )
    (verdict,) = judge(annual(), [sent(explained)])
    assert verdict.status is Status.EXPLAINED
    lazy = replace(explained, explanations={"NAR-01": "核实无误"})
    (verdict,) = judge(annual(), [sent(lazy)])
    assert verdict.status is Status.RETURNED
    assert "是套话，没有说明原因" in verdict.findings[0].remedy


def test_a_word_list_with_days_holds_from_its_day_on() -> None:
    text = {DISCLOSURE: "根据国办公开办函〔2019〕60号要求编制。"}
    old = replace(content(text), period="2020")
    (verdict,) = judge(annual(), [sent(old)])
    assert [one.rule for one in verdict.findings] == []


def own(words: str) -> Instrument:
    form = """
    [form]
    id = "f"
    version = 1
    title = "表"
    [[table]]
    id = "t"
    title = "表一"
    rows = [{ id = "x", label = "X" }]
    columns = [{ id = "a", label = "甲" }]
    [[texts]]
    id = "s"
    title = "文字"
    items = [{ id = "one", label = "说明" }]
    """
    return loads(form, words=words)


def test_an_offices_own_lexicon_names_what_to_write_its_source_and_respects_longer_words() -> None:
    kind = own(
        """
        [[rule]]
        id = "LEX-01"
        kind = "citation"
        say = "用词"
        [[rule.find]]
        find = "旧局"
        unless = "旧局街"
        say = "已更名为新局"
        source = "某文"
        until = "2030-12-31"
        """
    )
    for text, count in [("旧局旧局街", 1), ("旧局街", 0), ("旧局和旧局", 2)]:
        (verdict,) = judge(kind, [sent(replace(zero_return(kind), texts={"s.one": text}))])
        found = [one.message for one in verdict.findings]
        assert len(found) == (1 if count else 0), text
        assert all("已更名为新局" in one for one in found)
        assert all((f"{count} 处" in one) == (count > 1) for one in found)
        assert [one.remedy.startswith("依据：某文") for one in verdict.findings] == [True] * len(found)


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("十二", 12),
        ("一百零五", 105),
        ("两", 2),
        ("三千四百", 3400),
        ("一万二千", 12000),
        ("十", 10),
        ("二十", 20),
        ("三十六", 36),
        ("一百一十", 110),
        ("两千", 2000),
        ("两千零五", 2005),
        ("一千零五十", 1050),
        ("九千九百九十九", 9999),
        ("三万二千", 32000),
        ("一万零五", 10005),
        ("一万零五百", 10500),
        ("十二万", 120000),
        ("两万", 20000),
        ("零", 0),
        ("壹佰", 100),
        ("贰仟零叁拾伍", 2035),
        ("廿五", 25),
        ("卅", 30),
        ("3万", 30000),
        ("12.5万", 125000),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert numeral(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "一二", "二〇", "二〇二五", "一〇五", "一百〇五", "三百五", "一万二", "一千五", "万", "百", "千", "一一"),
        *("十十", "百十", "零五", "一百零", "一百零十", "一百零二十", "一千五十", "一万五百", "两十", "二两", "十万零"),
        *("一万万", "一点", "点五", "一点十", "3万万", "廿十", "9" * 16, "1.", "件"),
    ],
)
def test_what_is_no_well_formed_numeral_is_not_read(text: str) -> None:
    assert numeral(text) is None
    assert [one.value for one in counts(tokens(annual(), f"收到{text}件。")) if len(text) < 16] == []


def test_figures_need_a_counting_unit_and_dates_and_ordinals_are_none() -> None:
    (sentence,) = sentences("2025年第3季度，（一）１２件，1,234条，十五次，30%，第二批")
    assert [(int(one.value), one.unit) for one in counts(tokens(annual(), sentence))] == [
        (12, "件"),
        (1234, "条"),
        (15, "次"),
    ]


def test_slips_are_one_line_a_kind_with_counts() -> None:
    text = "加强领导,落实责任,完善制度,健全机制,强化监督,提高质量。"
    (slip,) = slips(text, annual().language)
    assert slip.words.startswith("中文里用了半角标点：")
    assert slip.words.endswith("等 5 处")


# ---------------------------------------------------------------- the same words twice

LONG = (
    "坚持以公开为常态、不公开为例外，围绕中心工作和群众关切，持续做好决策、执行、管理、服务、结果公开，"
    "不断提升公开的质量和实效，全年工作取得了新的进展。"
)


def test_texts_that_differ_in_figures_only_are_alike() -> None:
    texts = {"a": LONG + "全年公开信息120条。", "b": LONG + "全年公开信息77条。", "c": LONG[::-1], "d": LONG[:50]}
    assert similar(texts) == [("a", "b")]


def test_a_thousand_texts_with_one_pair_among_them() -> None:
    words = [f"第{i}个单位在{i % 7}方面做了{i % 11}项各不相同的工作" for i in range(1000)]
    texts = {
        str(i): "".join(chr(0x4E00 + (i * 131 + k * k * 17) % 8000) for k in range(80)) + words[i] for i in range(1000)
    }
    texts["999"] = texts["3"]
    assert similar(texts) == [("3", "999")]


def test_a_text_taken_over_from_last_year_is_noted_at_its_cell() -> None:
    before = Context(prior_texts={DISCLOSURE: LONG.replace("新的", ""), REQUESTS: LONG})
    (verdict,) = judge(annual(), [sent(content({DISCLOSURE: LONG}), context=before)])
    (finding,) = verdict.findings
    assert (finding.rule, finding.severity) == ("SIM-01", Severity.NOTE)
    assert finding.cell == annual().layout.spots[DISCLOSURE].cell
