"""What real reports say rightly in words that look wrong: never an error, and nothing about it from the rule; and the
same in words that are wrong is still found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import Figures, annual, sent, zero_return

from toolkit.checks.verdict import judge
from toolkit.errors import DefinitionError
from toolkit.instrument.instrument import loads
from toolkit.model.finding import Finding, Severity, Status

TEXT = "overview.requests"
TABLE: Figures = {
    "requests.new.natural": 12,
    "requests.granted.natural": 9,
    "requests.other_no_correction.natural": 1,
    "requests.other_rest.natural": 2,
    "disputes.review.upheld": 1,
    "disputes.direct.upheld": 2,
}


def told(sentence: str, explanations: dict[str, str] | None = None) -> list[Finding]:
    """What the rules about texts find in a sentence."""
    content = replace(
        zero_return(annual(), TABLE, explanations=explanations), texts={TEXT: sentence}, unit="云岭区教育局"
    )
    (verdict,) = judge(annual(), [sent(content)])
    return [one for one in verdict.findings if one.rule in annual().text_rules]


RIGHT = {
    "what is done in such cases": [
        "全年新收政府信息公开申请12件，对不予公开的情形，一律说明理由，并告知救济渠道和期限。",
        "全年新收政府信息公开申请12件。对不予公开的情形，一律说明理由。",
        "全年收到政府信息公开申请12件，对全部不予公开的，说明理由。",
        "全年收到政府信息公开申请12件，对部分公开的，区分处理。",
        "全年收到政府信息公开申请12件，在不予公开的情形下，书面告知。",
        "全年收到政府信息公开申请12件，对所有不予公开的事项，逐件说明理由。",
        "全年收到政府信息公开申请12件，属不予公开的情形，一律说明理由。",
    ],
    "what stands behind": [
        "全年未收到政府信息公开申请引发的投诉。",
        "本年度未收到政府信息公开申请后不予答复的情况反映。",
        "没有收到政府信息公开申请答复不服的意见。",
        "全年未发生行政复议纠错案件。",
        "未发生行政复议后又提起诉讼的情况。",
        "未发生行政诉讼败诉的情况。",
        "没有发生行政复议决定未履行的情况。",
        "未发生行政复议、行政诉讼败诉的情况。",
        "没有收到行政复议决定书。",
    ],
    "one kind of it": [
        "没有收到需补正的政府信息公开申请。",
        "未收到涉及商业秘密的政府信息公开申请。",
        "未收到要求减免费用的政府信息公开申请。",
        "没有收到重复提出的政府信息公开申请。",
        "全年未收到法律服务机构的政府信息公开申请。",
        "未收到公民政府信息公开申请。",
        "本年度未收到单位提出的政府信息公开申请。",
        "未收到书面政府信息公开申请。",
        "没有发生因不予公开引发的行政复议。",
        "未发生复议后起诉的行政诉讼。",
    ],
    "one way, one part": [
        "未收到以信函方式提出的申请。",
        "未收到以信函方式提出的政府信息公开申请。",
        "没有收到当面提交的政府信息公开申请。",
        "通过政府网站没有收到政府信息公开申请。",
        "有8个部门没有收到政府信息公开申请。",
        "1至6月未收到政府信息公开申请。",
        "除上述12件外，再未收到政府信息公开申请；除此外未收到政府信息公开申请。",
        "下属单位未收到政府信息公开申请。",
    ],
    "rough": [
        "发布信息500余条，其中动态类300条、通知类202条。",
        "发布信息近500条，其中动态类300条、通知类202条。",
        "发布信息约500条，其中动态类300条、通知类210条。",
        "发布信息500多条，其中动态类300条、通知类202条。",
        "发布信息500条左右，其中动态类300条、通知类202条。",
        "发布信息超过500条，其中动态类300条、通知类202条。",
        "发布信息不少于500条，其中动态类300条、通知类202条。",
        "发布信息500条，其中动态类300余条、通知类201条。",
        "发布信息500条，其中动态类近300条、通知类约210条。",
        "发布信息500条以上，其中动态类300条、通知类202条。",
        "收到政府信息公开申请10余件。",
        "收到政府信息公开申请近20件。",
    ],
    "overlapping": [
        "发布信息30条，其中网站28条，微信同时发布15条。",
        "发布信息30条，其中网站发布28条，同时微信发布15条。",
        "发布信息30条，其中网站发布28条、微信15条，部分信息两处发布。",
        "发布信息30条，其中图解20条、视频18条，兼有图解和视频的8条。",
        "发布信息30条，其中政策类20条、民生类15条（含政策类5条）。",
        "办理建议30件，其中主办20件、含上年转来的15件。",
        "在网站和公众号同时发布信息30条，其中网站30条、公众号30条、其他2条。",
        "发布信息30条，其中网站28条、微信15条（交叉13条）。",
        "办理事项30件，其中本年26件、包括上年转来的8件。",
    ],
    "another year": [
        "2025年公开信息30条（2024年20条、2023年15条）。",
        "公开信息30条（上年20条、前年15条）。",
        "2025年发布解读30篇（2023年为25篇，2022年为22篇）。",
        "召开会议3次（去年2次、前年2次）。",
        "2025年举办培训2期（同期1期，2023年2期）。",
    ],
    "another unit": [
        "发布信息30条，其中专题会3次、视频20个、图文15篇。",
        "公开文件30件，其中附图40份、附表12个。",
        "发布政策30件，其中解读稿件45篇。",
        "开展培训2次，其中参训100人次、发放材料200份。",
        "办理建议20件，其中回访函25份、回访电话30个。",
    ],
    "no numeral": [
        "发布信息一百余条，其中动态类六十条、通知类五十条。",
        "收到政府信息公开申请二〇件。",
        "收到政府信息公开申请三百五件。",
        "收到政府信息公开申请数十件。",
        "二〇二五年收到政府信息公开申请十二件。",
    ],
    "all three rows": [
        "其他处理3件。",
        "其他处理共3件。",
        "予以公开9件，其他处理3件。",
        "本年度予以公开9件、其他处理三件。",
        "其他处理的3件，均已告知申请人。",
    ],
}


@pytest.mark.parametrize("sentence", [one for several in RIGHT.values() for one in several])
def test_a_right_sentence_is_no_error_and_not_told(sentence: str) -> None:
    assert [(one.rule, one.message) for one in told(sentence) if one.severity is not Severity.NOTE] == []
    assert [one.rule for one in told(sentence) if one.rule == "NAR-07"] == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("NAR-05", "全年未收到政府信息公开申请。"),
        ("NAR-05", "截至2025年12月31日，我局未收到有关政府信息公开的申请。"),
        ("NAR-05", "2025年1月1日至12月31日我局没有收到任何政府信息公开申请。"),
        ("NAR-05", "未收到公民、法人和其他组织提出的政府信息公开申请，也没有收取费用。"),
        ("NAR-05", "本年度未接到群众申请公开政府信息。"),
        ("NAR-05", "本机关未收到公民、法人或者其他组织的政府信息公开申请。"),
        ("NAR-05", "没有收到任何单位和个人要求公开政府信息的申请。"),
        ("NAR-05", "没有发生政府信息公开方面的行政诉讼案件。"),
        ("NAR-05", "我局未收到政府信息公开申请及行政复议、行政诉讼的情况。"),
        ("NAR-05", "全年未发生因政府信息公开引发的行政复议。"),
        ("NAR-05", "未发生因政府信息公开工作被申请行政复议的情况。"),
        ("NAR-05", "没有收到行政复议申请。"),
        ("NAR-05", "今年没有收到由政府信息公开申请引发的复议申请。"),
        ("NAR-05", "全年未产生行政诉讼案件。"),
        ("NAR-07", "发布信息500条，其中动态类300条、通知类202条。"),
        ("NAR-07", "全年公开信息30条，其中重复申请类20条、其他类15条。"),
        ("NAR-07", "公开信息30条（概况20条、动态15条）。"),
        ("NAR-07", "发布信息30条，其中概况20条、动态15条，同时做好政策解读。"),
        ("NAR-07", "公开信息三十条，其中概况二十条、动态十五条。"),
        ("NAR-07", "公开信息30条，包括概况20条、动态15条，均已按期发布。"),
        ("NAR-02", "其他处理1件。"),
        ("NAR-02", "全年收到政府信息公开申请12件，均属于不予公开的情形。"),
        ("NAR-02", "全年收到政府信息公开申请12件（均为不予公开）。"),
        ("NAR-02", "全年收到政府信息公开申请12件，为不予公开。"),
        ("NAR-01", "收到政府信息公开申请十五件。"),
    ],
)
def test_a_wrong_sentence_is_still_to_be_verified(rule: str, sentence: str) -> None:
    assert (rule, Severity.VERIFY) in [(one.rule, one.severity) for one in told(sentence)]


def test_a_form_names_a_rule_that_has_a_line_for_the_explanation() -> None:
    form = """
    [form]
    id = "f"
    version = 1
    title = "表"
    [[texts]]
    id = "s"
    title = "文字"
    items = [{ id = "one", label = "说明" }]
    [[table]]
    id = "t"
    title = "表一"
    rows = [{ id = "x", label = "X" }]
    columns = [{ id = "a", label = "甲" }]
    """
    rule = """
    [[rule]]
    id = "{}"
    kind = "breakdown"
    say = "{}"
    severity = "{}"
    """
    words = rule.format("A-01", "甲", "verify") + rule.format("B-01", "乙", "verify") + '    explained_at = "{}"\n'
    assert loads(form, words=words.format("A-01")).layout.explained == {"A-01"}
    for other in ("B-01", "C-01"):
        with pytest.raises(DefinitionError) as caught:
            loads(form, words=words.format(other))
        assert caught.value.problems == (
            f"words.toml.rule[1](B-01).explained_at: 没有带“情况说明”一栏的文字规则“{other}”",
        )


def test_no_rule_about_texts_is_an_error() -> None:
    assert [rule.id for rule in annual().form.text_rules if Severity.ERROR in {rule.severity, rule.doubtful}] == []


def test_a_rule_without_a_line_of_its_own_is_explained_at_another_and_says_where() -> None:
    (open_,) = told("全年未收到政府信息公开申请。")
    line = annual().layout.check_spot("NAR-01", 7).reference
    assert f"（{line}）写明原因" in open_.remedy
    why = "有十二件由街道代收，年末才转来，正文写于转来之前。"
    content = replace(
        zero_return(annual(), TABLE, explanations={"NAR-01": why}), texts={TEXT: "全年未收到政府信息公开申请。"}
    )
    (verdict,) = judge(annual(), [sent(content)])
    assert verdict.status is Status.EXPLAINED
    assert [one.explanation for one in verdict.findings] == [why]
