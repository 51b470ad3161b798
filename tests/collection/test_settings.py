"""The settings of a round: what is written is read again, and every fault is told at once."""

from __future__ import annotations

from datetime import date

import pytest

from toolkit.collection.settings import Settings, read_settings
from toolkit.errors import SettingsError
from toolkit.model.period import read_date

FULL = Settings(
    form="zfxxgk-2021",
    period="2025",
    roster="名册.xlsx",
    name='云岭区"人民"政府\\',
    deadline=date(2026, 1, 26),
    previous=r"C:\轮次\2024",
    office="云岭区政务公开办",
    phone="0000-1",
    address="某路1号",
    website="www.yunling.example",
    area="全区",
    date=date(2026, 1, 30),
    annex=True,
    page=True,
)


@pytest.mark.parametrize("settings", [FULL, Settings(form="f", period="2025-Q1", roster="名册.csv")])
def test_what_is_written_is_read_again(settings: Settings) -> None:
    assert read_settings(settings.text, "round.toml") == settings
    assert read_settings("\ufeff" + settings.text.replace("\n", "\r\n"), "round.toml") == settings


def test_a_date_of_toml_serves_as_well_as_a_text() -> None:
    text = FULL.text.replace('"2026-01-26"', "2026-01-26", 1)
    assert read_settings(text, "round.toml").deadline == date(2026, 1, 26)


@pytest.mark.parametrize("text", ["2026-01-26", "2026/1/26", "2026年1月26日", "2026.1.26", " 2026-1-26 "])
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert read_date(text) == date(2026, 1, 26)


@pytest.mark.parametrize("text", ["", "明天", "2026-13-01", "2026-1", "26-1-2026-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_date(text)


def test_all_faults_are_told_at_once() -> None:
    text = '[round]\nform = 1\nperiod = ""\ndeadlin = "2026-01-26"\ndeadline = "下周"\n'
    with pytest.raises(SettingsError) as caught:
        read_settings(text, "round.toml")
    assert caught.value.problems == (
        "不认识的设置“deadlin”",
        "“form”应为文字，请加引号",
        "缺少“period”",
        "缺少“roster”",
        "截止日期“下周”不对，应写成 2026-01-26 或 1月26日 这样",
    )
    assert caught.value.exit_code == 2


ROUND = '[round]\nform = "f"\nperiod = "2025"\nroster = "r"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("severity = 3\n" + ROUND, "“severity”应写成一节，每行一项"),
        ("waiver = 3\n" + ROUND, "[[waiver]] 要用两层方括号，每条写一段"),
        ("waiver = [3]\n" + ROUND, "“waiver[0]”应写成一节，每行一项"),
        (ROUND + "[rounds]", "不认识“rounds”，是不是“round”？"),
        (ROUND + 'annex = "true"', "“annex”只能是 true 或 false，不加引号"),
        (ROUND + "date = 2026-01-01T08:00:00", "成文日期“2026-01-01 08:00:00”不对，应写成 2026-01-26 或 1月26日 这样"),
        (ROUND + '[severity]\nX = "bad"', "[severity] X：级别只能是 error、verify、note"),
        (
            ROUND + '[[waiver]]\nunit = "u"\nrule = "R"\nreason = " "\nuntil = "3月31日"',
            "第 1 个 [[waiver]]：缺少“reason”",
        ),
    ],
)
def test_a_fault_is_told_in_the_words_of_a_clerk(text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(text, "round.toml")
    assert caught.value.problems == (problem,)


def test_blanks_about_what_a_clerk_wrote_do_not_count() -> None:
    (waiver,) = read_settings(
        ROUND + '[[waiver]]\nunit = " 001 "\nrule = "R"\nreason = "因"\nuntil = "3月31日"', "round.toml"
    ).waivers
    assert (waiver.unit, waiver.until) == ("001", date(2026, 3, 31))


@pytest.mark.parametrize(
    ("text", "told"), [("[round", "写法不对"), ("a = 1\n", "缺少 [round] 一节"), ("round = 1", "缺少")]
)
def test_a_file_that_is_no_settings_is_told(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(text, "round.toml")
    assert told in str(caught.value)
