"""Which kind of body a unit is by its name, and what is wrong in the file that says so."""

from __future__ import annotations

import pytest
from factories.filled_forms import annual

from toolkit.forms.read_form import named_bodies


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("湖南省人民政府", "省级政府"),
        ("内蒙古自治区人民政府", "省级政府"),
        ("宿迁市人民政府", "设区的市级政府"),
        ("吉林省吉林市人民政府", "设区的市级政府"),
        (" 湖南省 长沙市人民政府", "设区的市级政府"),
        ("延边朝鲜族自治州人民政府", "设区的市级政府"),
        ("都江堰市人民政府", ""),
        ("长沙县人民政府", "县级政府"),
        ("上海市浦东新区人民政府", "县级政府"),
        ("石桥镇人民政府", "乡镇政府或街道办事处"),
        ("重庆市渝中区某某街道办事处", "乡镇政府或街道办事处"),
        ("云岭区财政局", "县级部门"),
        ("某县卫生健康委员会", "县级部门"),
        ("广西壮族自治区林业局", "自治区部门"),
        ("宿迁市财政局", ""),
        ("湖南省人民政府办公厅", ""),
        ("某局", ""),
        ("", ""),
        ("某" * 55 + "镇人民政府", "乡镇政府或街道办事处"),
        ("某" * 56 + "镇人民政府", ""),
    ],
)
def test_a_name_says_what_a_body_is(unit: str, kind: str) -> None:
    assert annual().form.body_named(unit) == kind


def test_faults_of_the_file_are_told_with_their_path() -> None:
    problems: list[str] = []
    named_bodies({"lists": {"a": ["甲"]}, "body": [{"names": ["*{b}"], "nams": "x"}], "bodies": 1}, problems)
    assert problems == [
        "bodies.toml.body[0].kind: 缺少“kind”",
        "bodies.toml.body[0].names: 没有名单“b”",
        "bodies.toml.body[0].nams: 不认识“nams”，是不是“names”？",
        "bodies.toml.bodies: 不认识“bodies”，是不是“body”？",
    ]
