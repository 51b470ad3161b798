"""A year that was not changed, plans for a year that is over, old links; and the years that rightly stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories.filled_forms import annual, sent, zero_return

from toolkit.checks.verdict import judge

TEXT = "problems.improvement"


def told(text: str) -> list[tuple[str, str]]:
    """Level and the beginning of the message, of a report on 2025."""
    content = replace(zero_return(annual()), texts={TEXT: text})
    (verdict,) = judge(annual(), [sent(content)])
    return [(one.severity.value, one.message.partition("：")[0]) for one in verdict.findings if one.rule == "YER-01"]


NOT_CHANGED, OVER = "年份可能没有改", "打算写成了 2025 年，下一年应是 2026 年"
LINK, NOTICE = "网址可能是以前年度报告的", "引用的可能是以前年度的通知"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024年，我镇扎实推进公开。", ("verify", NOT_CHANGED)),
        ("收到申请3件（上年结转，2024年共2件），2024年我局制发文件四件。", ("verify", NOT_CHANGED)),
        ("2024年度，全镇公开信息三十条。", ("verify", NOT_CHANGED)),
        ("截至2024年底，专栏运行平稳。", ("verify", NOT_CHANGED)),
        ("2024年我局制发文件四件。", ("verify", NOT_CHANGED)),
        ("2024年1月1日至2024年12月31日，共公开信息三十条。", ("verify", NOT_CHANGED)),
        ("2023年，我镇扎实推进公开。", ("note", NOT_CHANGED)),
        ("本报告数据的统计期限自2024年1月1日起至2024年12月31日止。", ("verify", NOT_CHANGED)),
        ("2025年公开有序。统计期限为2024年全年。", ("verify", NOT_CHANGED)),
        ("下一步，2025年将继续做好公开。", ("note", OVER)),
        ("2025年将从以下方面改进。", ("note", OVER)),
        ("2024年我们将完善公开目录。", ("note", OVER.replace("2025", "2024"))),
        ("2025年，我局将进一步压实责任。", ("note", OVER)),
        ("下一步，加强培训。2025年6月底前完成目录更新。", ("note", OVER)),
        ("明年（2025年）再办两期培训，2025年扩大范围。", ("note", OVER)),
        ("本报告可在http://www.a.gov.cn/nb/202501/t20250118_3.html查阅。", ("note", LINK)),
        ("年报网址：https://www.a.gov.cn/openness/2023.html。", ("note", LINK)),
        ("根据《关于做好2024年度政府信息公开工作年度报告编制工作的通知》编制。", ("note", NOTICE)),
    ],
)
def test_a_year_that_is_over_is_told(text: str, found: tuple[str, str]) -> None:
    assert told(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "公开2024年度部门决算和2024年绩效评价结果。",
        "2024年度全区公共财政决算已公开。",
        "收到申请3件（上年结转，2024年共2件）。",
        "严格执行2019年修订的条例，自2020年起实行清单管理。",
        "较2024年增加三件。",
        "针对2025年存在的不足，下一步加强培训。",
        "2025年，新收申请两件，转下一年继续办理一件。",
        "2025年将公开工作纳入绩效考核。",
        "2025年，我局将信息公开列入年度考核，考核结果已通报。",
        "下一步，2026年将继续做好公开。",
        "2025年6月30日前完成了整改，下一步巩固成果。",
        "本报告可在http://www.a.gov.cn/nb/202601/t20260118_3.html查阅。",
        "本报告可在http://www.a.gov.cn/zfxxgk/查阅。",
        "年报网址：https://www.a.gov.cn/openness/2025.html。",
        "政策见http://www.a.gov.cn/zc/202401/t20240118_3.html。",
        "根据《关于做好2025年度政府信息公开工作年度报告编制工作的通知》编制。",
        "落实《法治政府建设实施纲要（2021－2025年）》。",
    ],
)
def test_a_year_that_rightly_stands_is_not_told(text: str) -> None:
    assert told(text) == []
