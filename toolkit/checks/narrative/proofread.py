"""Finds slips of typing in a text: doubled characters, brackets, numbering, punctuation, characters a font lacks.

Common words of official texts tell a doubled character from the seam of two words (会议|议题).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.checks.narrative.remark import Remark
from toolkit.instrument.instrument import Instrument
from toolkit.instrument.language import Language
from toolkit.model.returns import Submission
from toolkit.model.rule import TextRule

_WORDS = """
会议 议题 议案 小组 组长 组织 组成 工作 作为 作风 作用 作出 公开 开展 开通 开设 开放 开始 办结 结果 结案 结转
微信 信息 信用 信访 机关 关于 关注 关键 单位 位于 主要 要求 要素 要点 市场 市级 市委 市政 全市 本市 我市 人员
员工 规定 制定 确定 指定 定期 定点 政务 业务 服务 财务 务必 务实 实施 施行 施工 执行 进行 实行 行政 行动 行为
行业 落实 实际 实现 实效 加强 强化 强调 完善 善于 及时 时效 时间 时限 管理 受理 办理 处理 整理 理念 理由 理解
理论 理顺 制度 年度 季度 力度 网站 站点 平台 台账 发布 公布 布局 布置 部门 专门 门户 全面 方面 面向 面对 社会
大会 会同 会商 培训 训练 建设 设置 设立 设备 公示 示范 领导 指导 引导 导向 群众 公众 众多 重点 点击 明确 准确
正确 确保 确认 财政 民政 政策 政府 政治 内容 容易 提供 供给 公共 共同 共享 收集 征集 集中 集体 解读 读者 审核
考核 核实 核查 核对 核心 求真 报告 公告 通告 告知 转发 印发 下发 开发 发展 发挥 发现 发生 自主 民主 为主 主动
主体 主任 解决 判决 决定 决策 决算 预算 申请 请求 访问 答复 回复 复议 复核 决议 建议 提议 审议 意见 上级 各级
级别 安全 健全 全体 全部 全年 保障 监督 督促 督导 督查 督办 基层 层次 更新 创新 新增 新闻 新建 新收 效率 有效
效果 效能 率先 成果 果断 数据 依据 根据 据此 据实 同时 通过 经过 过程 使用 应用 利用 用户 用途 责任 担任 任务
规范 范围 标准 批准 处罚 罚款 许可 可以 事项 各项 项目 法律 律师 条例 例如 例行 社区 地区 全区 本区 我区 区级
区域 区委 区政 全县 我县 县级 县委 县政 全省 省级 省委 省政 乡镇 全镇 镇级 镇政 街道 道路 办法 依法 合法 执法
司法 法规 法定 法治 法制 本地 各地 地方 地点 当年 上年 年内 年初 年底 年报 本月 月底 每日 日常 日期 中心 心得
研究 究其 途径 渠道 电话 话题 邮箱 文件 件数 案件 文化 优化 深化 化解 队伍 职能 能力 能够 电力 力争 力求 大力
努力 权力 人力 学习 习惯 生产 产品 产业 企业 业绩 作业 就业 农业 交通 通知 通报 流通 沟通 联通 普通 道德 知情
情况 情形 详情 民情 况且 收费 经费 费用 免费 信箱 热线 线上 上线 网上 线下 下载 下一 以下 以上 上报 上传 以内
内部 外部 部分 部署 部委 党委 委员 委托 街办 主办 承办 办公 办事 事务 事业 事件 人事 好事 务工 员会 监管 主管
管控 自查 检查 调查 查询 查处 查看 审查 询问 咨询 问题 问责 疑问 题库 主题 专题
"""
_COMMON = frozenset(_WORDS.split())


def seam(left: str, right: str) -> bool:
    """Whether both words of two characters are common: what meets between them is no slip."""
    return left in _COMMON and right in _COMMON


_CJK = r"[\u4e00-\u9fff]"
_CHARACTER = re.compile(_CJK)
_DOUBLED = re.compile(rf"({_CJK})\1")
_PHRASE = re.compile(rf"({_CJK}{{3,12}})\1")
_HALF = re.compile(rf"(?<={_CJK})[,;:?!](?={_CJK})|(?<={_CJK})\.(?=\s{{0,20}}{_CJK})")
_STRAY = re.compile(r"[，。；、：！？]{2,20}|[，、；：]$|^[，。；、]", re.MULTILINE)
_MARKS = {1: re.compile(r"（([一二三四五六七八九十]{1,3})）"), 2: re.compile(r"\(([一二三四五六七八九十]{1,3})\)")}
_NUMBERED = re.compile("|".join(pattern.pattern for pattern in _MARKS.values()))
_NUMBERS = "一二三四五六七八九十"
_PAIRS = {"（": "）", "(": ")", "“": "”", "《": "》", "〔": "〕", "[": "]", "【": "】"}
_SHOWN = 4
_AROUND = 4


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of slip with the places where it stands, as quoted."""

    kind: str
    places: tuple[str, ...]
    remedy: str
    certain: bool = True

    @property
    def words(self) -> str:
        """One line."""
        listed = "、".join(f"“{place}”" for place in dict.fromkeys(self.places[:_SHOWN]))
        many = f"等 {len(self.places)} 处" if len(self.places) > _SHOWN else ""
        return f"{self.kind}：{listed}{many}"


def doubled(text: str, language: Language) -> Iterator[Slip]:
    """``办公室室``: a character twice that no word explains; ``领导小组领导小组``: a phrase twice."""
    right = language.doubled_right
    places = [_around(text, m.start(), m.end()) for m in _DOUBLED.finditer(text) if not _explained(text, m, right)]
    if places:
        yield Slip("重复的字", tuple(places), "请删去多余的字")
    phrases = [m[0] for m in _PHRASE.finditer(text)]
    if phrases:
        yield Slip("重复的词语", tuple(phrases), "请删去重复的部分")


def _explained(text: str, found: re.Match[str], words: Sequence[str]) -> bool:
    """Whether a doubled character is right: a reduplication, or the seam of two words the form lists."""
    start, end = found.start(), found.end()
    if seam(text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]):
        return True
    for word in (word for word in words if text[start] in word):
        at = text.find(word, max(0, start - len(word) + 1), end + len(word))
        if at >= 0 and at < end and at + len(word) > start:
            return True
    return False


def brackets(text: str, _language: Language) -> Iterator[Slip]:
    """Numbering in two kinds of brackets, and brackets that do not pair."""
    full, half = ([m[0] for m in pattern.finditer(text)] for pattern in _MARKS.values())
    if full and half:
        fewer = half if len(half) <= len(full) else full
        yield Slip("序号的括号全角、半角混用", tuple(fewer), "请统一用全角括号（一）")
    odd = _unpaired(text)
    if odd:
        yield Slip("括号或引号不成对", odd, "请补上或删去")


def _unpaired(text: str) -> tuple[str, ...]:
    stack: list[tuple[str, int]] = []
    odd: list[int] = []
    closing = {close: opening for opening, close in _PAIRS.items()}
    for i, c in enumerate(text):
        if c in _PAIRS:
            stack.append((c, i))
        elif c in closing:
            if stack and stack[-1][0] == closing[c]:
                stack.pop()
            elif not (c == ")" and i and text[i - 1].isalnum()):
                odd.append(i)
    return tuple(_around(text, i, i + 1) for i in (*odd, *(i for _, i in stack)))


def numbering(text: str, _language: Language) -> Iterator[Slip]:
    """``（一）（二）（四）``, or a number twice."""
    found = [(m.start(), m[1] or m[2]) for m in _NUMBERED.finditer(text)]
    heads = [(at, mark) for at, mark in found if at == 0 or text[at - 1] in "。；;\n ：:，、"]
    faults, expected = [], 1
    for _, mark in heads:
        number = _counted(mark)
        if number == 1:
            expected = 1
        if number != expected and expected > 1:
            faults.append(f"（{mark}）")
        expected = number + 1
    if faults:
        yield Slip("序号跳号或重号", tuple(faults), "请按顺序编号")


def _counted(mark: str) -> int:
    if len(mark) == 1:
        return _NUMBERS.index(mark) + 1
    tens = 10 if mark[0] == "十" else 10 * (_NUMBERS.index(mark[0]) + 1)
    return tens + (_NUMBERS.index(mark[-1]) + 1 if mark[-1] != "十" else 0)


def punctuation(text: str, _language: Language) -> Iterator[Slip]:
    """Half-width marks between Chinese characters, and marks that stray."""
    half = [_around(text, m.start(), m.end()) for m in _HALF.finditer(text)]
    if half:
        yield Slip("中文里用了半角标点", tuple(half), "请改成全角标点")
    stray = [_around(text, m.start(), m.end()) for m in _STRAY.finditer(text)]
    if stray:
        yield Slip("多余或重复的标点", tuple(stray), "请删去多余的标点")


def rare(text: str, _language: Language) -> Iterator[Slip]:
    """Characters that 仿宋_GB2312 (GB/T 2312-1980) does not have: they print in another font or not at all."""
    found = [c for c in dict.fromkeys(text) if _CHARACTER.match(c) and not _in_gb2312(c)]
    if found:
        yield Slip("仿宋_GB2312 没有的字", tuple(found), "请核对是否错字；确有其字的，排版时换用其他字体")


def _in_gb2312(c: str) -> bool:
    try:
        c.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


SLIPS: Mapping[str, Callable[[str, Language], Iterator[Slip]]] = {
    "doubled": doubled,
    "brackets": brackets,
    "numbering": numbering,
    "punctuation": punctuation,
    "rare": rare,
}


def slips(text: str, language: Language) -> list[Slip]:
    """Every slip of every kind in a text."""
    return [slip for find in SLIPS.values() for slip in find(text, language)]


def read_typing(instrument: Instrument, submission: Submission, rule: TextRule) -> Iterator[Remark]:
    """Slips of the pen, a line a kind and text."""
    content = submission.content
    for name in rule.texts or tuple(content.texts):
        for slip in slips(content.texts.get(name, ""), instrument.language):
            yield Remark(rule=rule.id, text=name, message=slip.words, remedy=slip.remedy)


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - _AROUND) : end + _AROUND].split())
