"""Figures that were published, copied by hand."""

from __future__ import annotations

#: 收办 of the members of the city in its report: how many applications each handled.
HANDLED = {
    "市政府": 349,
    "市各有关部门": 933,
    "沭阳县": 477,
    "泗阳县": 301,
    "泗洪县": 874,
    "宿豫区": 216,
    "宿城区": 348,
    "宿迁经济技术开发区": 55,
    "市湖滨新区": 26,
    "苏州宿迁工业园区": 12,
    "市洋河新区": 16,
}
