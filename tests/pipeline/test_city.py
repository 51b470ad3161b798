"""A real city of 2023: its eleven members as a tree, summed to the published figure, in workbook, report and board."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from factories.published import HANDLED
from factories.rounds import clock
from lxml import html

from toolkit.collection.signature import Keyring
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.start import start
from toolkit.pipeline.round.status import Run

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("city") / "round"
    key = Keyring.parse((SAMPLES / "sample.key").read_text(encoding="utf-8"))
    start(folder, "2023", SAMPLES / "suqian-2023-roster.csv", keyring=key, clock=clock("2024-01-05 09:00"))
    for path in (SAMPLES / "suqian-2023-members").glob("*.xlsx"):
        shutil.copyfile(path, folder / "收件" / path.name)
    with open_round(folder, clock=clock("2024-01-30 09:00")) as round_:
        return folder, consolidate_round(round_, SumRequest(reports=False))


def test_all_eleven_count_and_nothing_is_wrong_with_the_sum(city: tuple[Path, Run]) -> None:
    _, done = city
    assert done.total.coverage == (11, 11)
    assert [f for f in done.findings if f.severity.value in {"error", "verify"}] == []
    sums = done.total.sums
    assert sums["requests.new.total"] + sums["requests.carried_in.total"] == 3607 == sum(HANDLED.values())


def test_the_board_shows_the_sum_and_every_members_part_of_it(city: tuple[Path, Run]) -> None:
    folder, _ = city
    tree: Any = html.fromstring((folder / "成果" / "board.html").read_text(encoding="utf-8"))
    heads = [one.text_content() for one in tree.xpath('//table[@class="keys"]/thead//th')]
    at = next(i for i, head in enumerate(heads) if head.startswith("收办"))
    rows = [[cell.text_content() for cell in row] for row in tree.xpath('//table[@class="keys"]/tbody/tr')]
    assert rows[0][at] == "3607"
    assert {row[0]: int(row[at]) for row in rows[1:]} == HANDLED


def test_the_report_states_the_sum(city: tuple[Path, Run]) -> None:
    folder, _ = city
    (report,) = (folder / "成果").glob("*年度报告.md")
    assert "新收政府信息公开申请3511件" in report.read_text(encoding="utf-8")
    parts = "、".join(f"{name}{count}件" for name, count in HANDLED.items())
    assert f"上年结转96件，共收办3607件（{parts}）。" in report.read_text(encoding="utf-8")


def test_the_parts_of_the_city_are_summed_too(city: tuple[Path, Run]) -> None:
    folder, _ = city
    told = json.loads((folder / "成果" / "汇总数.json").read_text(encoding="utf-8"))

    def handled(sums: dict[str, dict[str, int]]) -> int:
        return sums["requests.new.total"]["value"] + sums["requests.carried_in.total"]["value"]

    assert {node["name"]: handled(node["sums"]) for node in told["nodes"]} == {
        "市本级": 349 + 933,
        "县区": 477 + 301 + 874 + 216 + 348,
        "功能区": 55 + 26 + 12 + 16,
    }
    assert (folder / "成果" / "分级汇总" / "300-县区" / "汇总表.xlsx").is_file()
