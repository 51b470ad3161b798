"""Slips of the pen: what is right stays silent, what is wrong is told once a kind with its place."""

# ruff: noqa: E501, SIM905 - lists of words, written as words
from __future__ import annotations

import pytest
from factories.filled_forms import annual

from toolkit.checks.narrative.chinese import beginnings, is_word
from toolkit.checks.narrative.proofread import slips

# Right seams and real slips, in everyday words of our own. The rules were tuned on the first list of each, looked at
# the second once, and were done when the third was written: of its 65 right seams 58 were silent, all 30 slips told.
SEAMS = """
我局局长任组长 为了了解群众需求 县委组织部部长到会 加强全国国土调查成果公开 全县县直部门 本市市民关心的事项 政府信息公开工作作为重点
发布微信信息 会议议题 各级级别不同 街道办事处处长 申请人人数 座谈会会议纪要 依法公开开展情况 主要要求如下 办公室室内陈设
在在线平台发布 推动开放和和谐发展 网上上传材料 过程中中央环保督察 有有效期限 层层压实责任 件件有着落 点点滴滴 研究研究再答复
一年一年地做下去 以及及时更新 对对外公布的内容 科技部部署的任务 财政局局务会 教育局局党组 全省省级部门 我区区级部门 该镇镇长
村民委员会会员大会 管理理念 处理理由 审核核实 社区区域 法律律师 责任任务
""".split()
HELD_SEAMS = """
我院院长负责 民政局局长 全市市场主体 发展改革委委员 宣传部部务会 检察院院领导 我校校长 本县县城建成区 各村村民 每年年初
办事效率率先提升 结合合法性审查 培训训练 数据据实填报 意见见面会 检查查处情况 制度度量标准 平台台账 文件件数 信箱箱体 网站站点
途径径直 不了了之 方方面面 频频 认认真真 扎扎实实 谈谈体会 讨论讨论 一步一步推进 一项一项落实 重要要素 政务公开开放日
国务院院务会议 统计局局领导 机关关心群众 地方方志 总结结果 实施施工许可 信息息息相关 部门门户网站 公示示范 单位位置 联系系统管理员
执行行政决定 落实实施方案 申请请求 设置置换 更新新闻 民主主义 县长长期关注 与与会人员 可可靠 市委委员
""".split()
FRESH_SEAMS = """
我镇镇长 本委委员 审计局局长 水务局局领导 县卫健委委领导 民政厅厅长 全省省直机关 全区区管干部 每村村干部 为了解决难点
取得了了不起的成绩 依法法办 对对象范围 教育部部长 财政部部署要求 法规规定 国家家庭教育 建设设施 全国国家机关 改革革新 人民民主
政策策略 服务务实高效 便民民生 发布布局 基层层级 评价价格 评议议程 公示示例 组织织密网格 加强强制力 督促促进落实 年度度假区
考核核定 党组组织学习 保障障碍 网络络绎不绝 能力力度 群众众多 需求求助 媒体体系 事项项目清单 办理理顺关系 会议议定事项
规划划定范围 工作作用明显 领导导向 纷纷来信 渐渐形成 紧紧围绕 大大提高 家家户户 点点滴滴 林林总总 时时刻刻 刚刚完成 一件一件办
一条一条核对 考虑考虑再定 交流交流经验 办公办公室设备 会议会议室
""".split()
#: Right, and told all the same: a note. The words are rarer than any dictionary of this size.
RARE_SEAMS = """
信息息事宁人 政府府院联动 受理理据
""".split()
SLIPS = """
工作作，的的 加强办公室室建设 公开的的信息 收到了了申请 政政府信息 信信息公开 全面面推进 落实实责任 我局局政府信息 积极极配合
按照照要求 进一步步规范 群众众关心 工作作开展 资料资料齐全 工作工作推进 完善完善制度 领导小组领导小组 我局工工作
""".split()
HELD_SLIPS = """
制度度建设 严格格执行 及时时发布 政策策解读 依法法公开 内容容丰富 监督督检查 平台台建设 培训训班 对对政府信息 各各单位 和和群众
在在网站 为为进一步 网站网站建设 信息信息发布 保障保障到位 社会会监督 机制制完善 审查查程序 电话话咨询 栏目目设置
""".split()
FRESH_SLIPS = """
全面面落实 工作作机制 政府府信息 及时时公开 申请请人 答复复函 群众众反映 条例例规定 主动动公开 信息息条数 网站站建设 部门门配合
会议议审定 领导导重视 机构构职能 年度度报告 依依法办理 公开开透明 的的确立 我我局 收收到申请 完完善制度 加加强管理 县县政府网
报告报告编制 公开公开事项 信息公开信息公开 系统系统维护 单位单位名称 答复答复申请人
""".split()
#: Slips that read as two words as well: nobody is told.
HIDDEN_SLIPS = """
群众了了解 提高高质量 是是否公开信息的关键
""".split()


def told(text: str) -> list[str]:
    return [slip.words for slip in slips(text, annual().language)]


@pytest.mark.parametrize("text", [*SEAMS, *HELD_SEAMS, *FRESH_SEAMS, *HIDDEN_SLIPS])
def test_a_character_that_meets_itself_at_a_seam_is_right(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("text", [*SLIPS, *HELD_SLIPS, *FRESH_SLIPS, *RARE_SEAMS])
def test_a_doubled_character_or_word_is_told_in_one_line(text: str) -> None:
    (line,) = told(text)
    assert line.startswith(("重复的字：“", "重复的词语：“"))


def test_there_are_enough_seams_to_say_so() -> None:
    assert min(len(SEAMS), len(HELD_SEAMS), len(FRESH_SEAMS)) >= 40
    assert sum(map(len, (SEAMS, HELD_SEAMS, FRESH_SEAMS))) >= 60


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("全年收到申请5件)，均已办结。", ["括号或引号不成对：“申请5件)，均已办”"]),
        ("见附件(一", ["括号或引号不成对：“见附件(一”"]),
        ("政府网）开设专栏。", ["括号或引号不成对：“政府网）开设专栏”"]),
        ("收到申请（含结转2件)，办结。", ["一对括号全角、半角混用：“结转2件)，办结。”"]),
        ("1）加强领导。2)落实责任。", []),
        ("我局（含下属单位）负责。", []),
        ("措施如下：\n加强领导；\n落实责任。", []),
        ("措施如下：", ["多余或重复的标点：“措施如下：”"]),
        ("加强领导，\n落实责任。", ["多余或重复的标点：“加强领导， 落实责”"]),
    ],
)
def test_brackets_and_marks_at_the_ends_of_lines(text: str, lines: list[str]) -> None:
    assert told(text) == lines


def test_a_reduplication_behind_a_figure_is_a_slip() -> None:
    assert told("条条落实") == []
    assert told("发布信息3条条。") == ["重复的字：“布信息3条条。”"]


def test_the_dictionary_is_small_and_read_once_and_only_where_a_character_stands_twice() -> None:
    beginnings.cache_clear()
    told("全年公开信息三十条，均已办结。")
    assert beginnings.cache_info().misses == 0
    for text in ("我局局长", "全国国土", "资料资料"):
        told(text)
    assert beginnings.cache_info().misses == 1
    assert len(beginnings()) < 15_000


@pytest.mark.parametrize(
    ("word", "is_one"), [("局长", True), ("办公室", True), ("室积", False), ("", False), ("局", False)]
)
def test_words(word: str, *, is_one: bool) -> None:
    assert is_word(word) is is_one
