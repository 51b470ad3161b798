"""What the built-in findings say: for each code its sentences, by the fault they tell, with the fields in braces.

A code with one fault has it under no name. A sentence without a remedy is a clause that stands in another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from toolkit.model.codes import Code
from toolkit.model.finding import Severity, Statement


class Says(NamedTuple):
    """A sentence and what to do; ``severity`` where it is not the usual one of its code."""

    message: str
    remedy: str = ""
    severity: Severity | None = None


def worded(code: Code, fault: str = "", /, **fields: object) -> Statement:
    """The sentence of that code and fault, filled in. A stranger's text among the fields is shortened by the caller."""
    says = SENTENCES[code][fault]
    return Statement(
        code.value, says.severity or code.severity, says.message.format(**fields), says.remedy.format(**fields)
    )


def listed(parts: Sequence[str], most: int = 8, mark: str = "、", last: str = " ") -> str:
    """So many of the cells, and how many there are in all."""
    shown = mark.join(parts[:most])
    return shown if len(parts) <= most else f"{shown}{last}等 {len(parts)} 格"


class _Remedy(NamedTuple):
    """What to do with a file that was refused: a return, or a roster."""

    sent_in: str
    roster: str


def _again(text: str) -> _Remedy:
    """The same for both, but for what is then to be done again."""
    return _Remedy(text.format("再报送"), text.format("重试"))


_AS_ROSTER = "请把名册另存为 .xlsx 或 .csv 后重试"
_FILL = _Remedy("请在下发的表格中填报，报送填好的 .xlsx 文件", _AS_ROSTER)
_COPY = _Remedy("请把数据填回下发的原表（复制后“选择性粘贴—数值”），再报送", _AS_ROSTER)
_UNPACK = _Remedy(
    "请把邮件里的附件另存出来，报送附件里填好的 .xlsx 文件", "请把邮件里的附件另存出来，用附件里的名册重试"
)
_SAVE = _again("请用 Excel 或 WPS 打开，另存为“Excel 工作簿 (*.xlsx)”后{}")
_SEND = _again("请重新复制或重新发送；仍不行，请用 Excel 或 WPS 打开原文件另存为 .xlsx 后{}")
_REFUSED: Mapping[Code, _Remedy] = {
    Code.FILE_01: _FILL,
    Code.FILE_02: _again("请先在 Excel/WPS 中关闭该表格；“~$”开头的文件不用报送"),
    Code.FILE_03: _again("请重新复制或重新发送该文件"),
    Code.FILE_04: _again("请删去图片等无关内容，另存后{}"),
    Code.FILE_05: _again("请等复制或保存完成后再收"),
    Code.FILE_06: _again("请先在 Excel/WPS 中关闭该文件"),
    Code.FILE_07: _again("请检查文件是否还在，U 盘或共享文件夹是否连通"),
    Code.FILE_08: _again("请在 Excel/WPS 中取消打开密码，保存后{}"),
    Code.FILE_09: _SAVE,
    Code.FILE_10: _FILL,
    Code.FILE_11: _SAVE,
    Code.FILE_12: _SAVE,
    Code.FILE_13: _FILL,
    Code.FILE_14: _SAVE,
    Code.FILE_15: _SAVE,
    Code.FILE_16: _FILL,
    Code.FILE_17: _again("请解压后报送里面的 .xlsx 文件"),
    Code.FILE_18: _FILL,
    Code.FILE_19: _SEND,
    Code.FILE_20: _SEND,
    Code.FILE_21: _SAVE,
    Code.FILE_22: _SAVE,
    Code.FILE_23: _again("请删去无关的工作表和内容，另存后{}"),
    Code.FILE_24: _SAVE,
    Code.FILE_25: _again("请另存为不带宏的“Excel 工作簿 (*.xlsx)”后{}"),
    Code.FILE_26: _again("请删去控件和嵌入对象，另存为 .xlsx 后{}"),
    Code.FILE_27: _again("请在“数据—编辑链接”中断开链接，保存后{}"),
    Code.FILE_28: _again("请在“数据—查询和连接”中删去，保存后{}"),
    Code.FILE_29: _SAVE,
    Code.FILE_30: _SAVE,
    Code.FILE_31: _SAVE,
    Code.FILE_32: _SEND,
    Code.FILE_33: _COPY,
    Code.FILE_34: _COPY,
    Code.FILE_35: _COPY,
    Code.FILE_36: _again("请删去该处的内容或批注，保存后{}"),
    Code.FILE_37: _SAVE,
    Code.FILE_38: _again("请取消该处的合并或超链接，保存后{}"),
    Code.FILE_39: _SAVE,
    Code.FILE_40: _SAVE,
    Code.FILE_41: _again("请删减该单元格的内容，用 Excel 或 WPS 保存后{}"),
    Code.FILE_42: _again("请清除该处的公式，用 Excel 或 WPS 保存后{}"),
    Code.FILE_43: _again("请把用到该格式的单元格改为“常规”格式，用 Excel 或 WPS 保存后{}"),
    Code.FILE_44: _again("请把该工作表的名称改短，保存后{}"),
    Code.FILE_46: _UNPACK,
    Code.FILE_45: _again("请在“公式—名称管理器”中删去该名称，保存后{}"),
}
_OURS = "是程序的问题，不用退给填报单位。请把这个文件和这一行发给维护人员；其余文件不受影响。"
_OUR_STEP = "是程序的问题，请把这一行发给维护人员；其余结果不受影响。"
_NEW_TEMPLATE = "请换用新发的模板填写。"
_RENAME = "请把工作表名称改回“{sheet}”，或用原模板重新填写。"
_KEEP = "请用原模板重新填写，不要增删行列、不要改标题。"
_SEND_ISSUED = "请在下发的那个文件里填写、保存，报送那个文件。"
_HARMLESS, _NOT_CHECKED = "不影响报送。", "不影响其他内容的核对。"
_FULL_NAME, _PERIOD = "请填写单位全称。", "请填写统计期间，例如 2025。"
_AGAIN = "请用本轮发给本单位的模板填写后重新报送。"
_COPIED = "请向填报单位核实。"
_RESTORE = "请恢复原来的表和标题：可从程序写出的报告里复制。"
_BOTH = "“{now}”，原句是“{was}”"
_FIGURES = "请把数改回来；数据确有变化的，请更正工作簿。"
_FORMULA = "请恢复公式（可从空白模板复制同一格）；核对时以填写的数字为准。"
_OURS_COUNTS = "以本次核对的结论为准。"
_ZERO, _AS_TEXT, _GENERAL = "请填写数字，没有的填 0。", "请改填文字。", "请把单元格格式改为“常规”，再填数字"

#: Further faults of these codes.
_FURTHER: Mapping[Code, Mapping[str, Says]] = {
    Code.FILE_23: {
        "archives": Says(
            "收件里的压缩包合起来，文件超过 {files} 个或 {size} GB",
            "请把这个压缩包解压，挑出填好的工作簿放进“收件”，再把压缩包移走。",
        ),
    },
    Code.FILE_27: {
        "copied": Says("工作表是从下发的表里复制到新建的工作簿里的，公式还连着原来的文件", _SEND_ISSUED),
    },
}
#: Code -> fault -> sentence; a line each.
# fmt: off
SENTENCES: Mapping[Code, Mapping[str, Says]] = {
    **{
        code: {
            "": Says(code.heading, remedy.sent_in),
            "detail": Says(f"{code.heading}：{{detail}}", remedy.sent_in),
            "roster": Says(code.heading, remedy.roster),
            **_FURTHER.get(code, {}),
        }
        for code, remedy in _REFUSED.items()
    },
    Code.FILE_99: {
        "file": Says("程序在这个文件上出错（{failure}），没有核对", _OURS),
        "step": Says("{step}：程序出错（{failure}），没有做完", _OUR_STEP),
    },
    Code.FORM_01: {
        "": Says("不是收表单位发出的表：文件里没有收表单位的标记", "请用收到的模板填写，不要把数据复制到新建的工作簿里。"),
        "copied": Says("工作表是从下发的表里复制到新建的工作簿里的，没有收表单位的标记", _SEND_ISSUED),
    },
    Code.FORM_02: {
        "": Says("是另一种报表（{found}）", "请确认报送的是哪一张表。"),
        "wanted": Says("是另一种报表（{found}），要的是“{wanted}”", "请确认报送的是哪一张表。"),
    },
    Code.FORM_03: {
        "version": Says("表样是第 {found} 版，现在只收第 {accepted} 版", _NEW_TEMPLATE),
        "no_version": Says("表样的版本号不对，现在只收第 {accepted} 版", _NEW_TEMPLATE),
        "fingerprint": Says("与现在用的表样不一致，是表样改动以前发出的模板", _NEW_TEMPLATE),
        "earlier": Says("是较早的模板：各格的位置与现在相同，照样读取；它的“校验”表没有核对", _HARMLESS, Severity.NOTE),
        "changed": Says("是第 {found} 版表样的表，收表单位改成第 {version} 版时没有留下第 {found} 版的定义，读不了", "表没有填错，请收表单位恢复原来的定义，或换发新模板。"),
    },
    Code.FORM_04: {
        "": Says("缺少工作表“{sheet}”", _RENAME),
        "renamed": Says("缺少工作表“{sheet}”，是不是改名成了“{near}”？", _RENAME),
    },
    Code.FORM_05: {
        "label": Says("表格结构被改动：{cell} 应为“{due}”，现在是“{found}”{moved}", _KEEP),
        "no_label": Says("表格结构被改动：{cell} 应为“{due}”，现在是空的{moved}", _KEEP),
        "old_label": Says("与现在的表样对不上：{cell} 应为“{due}”，现在是“{found}”{moved}", _NEW_TEMPLATE),
        "old_no_label": Says("与现在的表样对不上：{cell} 应为“{due}”，现在是空的{moved}", _NEW_TEMPLATE),
        "rows_added": Says("（疑似在上方或左方插入了 {count} 行）"),
        "rows_gone": Says("（疑似在上方或左方删除了 {count} 行）"),
        "columns_added": Says("（疑似在上方或左方插入了 {count} 列）"),
        "columns_gone": Says("（疑似在上方或左方删除了 {count} 列）"),
    },
    Code.FORM_06: {"": Says("多出工作表“{sheets}”，其中内容不读取", _HARMLESS)},
    Code.FORM_07: {"": Says("有 {count} 个单元格在名称管理器里的名称丢失或指向别处（如 {first}），数据按原位置读取", _HARMLESS)},
    Code.FORM_08: {
        "sheets": Says("工作表“{sheets}”的保护被取消", _HARMLESS),
        "cells": Says("{count} 个合计单元格的锁定被取消（{cells}）", _HARMLESS),
    },
    Code.FORM_09: {
        "": Says("封面没有填写单位名称", _FULL_NAME),
        "long": Says("封面的单位名称“{unit}”超过 {most} 个字，不是单位名称", _FULL_NAME),
    },
    Code.FORM_10: {"": Says("封面没有填写统计期间", _PERIOD), "wrong": Says("{fault}", _PERIOD)},
    Code.FORM_11: {
        "unit": Says("封面的单位名称“{unit}”与发给“{issued}”的模板不一致", "请用发给本单位的模板填写；单位更名的，请与收表单位联系。"),
        "period": Says("封面的统计期间“{found}”与模板的期间 {period} 不一致", "请换用本期的模板填写。"),
    },
    Code.FORM_12: {
        "": Says("上年数与存档不同：{cells}", "核对时以存档的数为准；存档有误的，请与收表单位联系。"),
        "cell": Says("{cell} 填的是 {found}，存档的是 {filed}"),
    },
    Code.FORM_13: {
        "none": Says("给出的上年工作簿里没有“{unit}”上年同期的表，没有与它比较", "请核对单位名称和期间；更名的单位请先在上年工作簿的封面上改成现在的名称。"),
        "several": Says("给出的上年工作簿里有几份不同的“{unit}”上年同期的表，没有与它比较", "请只留一份。"),
        "doubted": Says("“{unit}”上年的表没有通过核对，仍用它的数作了比较", "与上年不符的，请看是不是上年的表有误。"),
    },
    Code.FORM_14: {
        "merged": Says("{cells} 被合并单元格盖住，看不见里面填的内容，核对时照样计入", "请取消合并，看一看这些格填得对不对；不该有数的填 0。"),
        "hidden": Says("{cells} 在隐藏的行或列里，看不见里面填的内容，核对时照样计入", "请取消隐藏，看一看这些格填得对不对。"),
        "sheet": Says("整张表隐藏了，看不见 {cells} 填的内容，核对时照样计入", "请取消隐藏，看一看这些格填得对不对。"),
    },
    Code.SIGN_01: {
        "outside": Says("没有签名（收表单位写在文件里、用来认出是不是它发出的标记）", _NOT_CHECKED, Severity.NOTE),
        "round": Says("没有签名：不是由本轮发出的表", _AGAIN),
    },
    Code.SIGN_02: {
        "stranger": Says("签名不是本收表单位的：可能是别处发出的表", _AGAIN),
        "altered": Says("签名不对：文件里的单位标记被改动过（写的是“{unit}”）", _AGAIN),
    },
    Code.SIGN_03: {"": Says("签名没有核对：不知道是不是收表单位发出的原表", _NOT_CHECKED)},
    Code.SIGN_04: {
        "unknown": Says("“{unit}”（编码 {code}）不在名册的报送单位里", "请核对名册；确应报送的，补进名册后重新收件。"),
        "excluded": Says("名册注明“{unit}”（编码 {code}）不纳入（{reason}）", "确应纳入的，请改名册后重新收件。"),
    },
    Code.SIGN_05: {"": Says("是 {found} 期的表，本轮收的是 {period}", _AGAIN)},
    Code.SIGN_06: {
        "renamed": Says("表是发给“{issued}”的，名册里编码 {code} 现在是“{own}”", "单位确已更名的，请在名册该单位的“曾用编码”里写上 {former}，再重新收件；编码给了别的单位的，请改回原来的编码。"),
        "other": Says("{where}写的是“{other}”，这个文件却是发给“{own}”的", "请问清是谁的数据：是“{other}”的，请其用自己的模板填写；是“{own}”的，请改正{where}后重新收件。"),
    },
    Code.SIGN_07: {"": Says("“{first}”与“{unit}”的各项数据完全相同，可能是照抄", _COPIED)},
    Code.SIGN_08: {"": Says("文件里两处单位标记互相矛盾（{fields}）", _AGAIN)},
    Code.SIM_01: {
        "last_year": Says("与上年的文字完全相同", "请核对是否忘了更新。"),
        "last_year_nearly": Says("与上年的文字几乎相同，或大段用了上年的文字", "请核对是否忘了更新。"),
        "units": Says("{units}的文字几乎相同，或一份大段出现在另一份里：{texts}，可能是照抄", _COPIED),
        "many": Says("{units}等 {count} 个单位的文字几乎相同，或一份大段出现在另一份里：{texts}，可能是照抄", _COPIED),
    },
    Code.SIM_02: {
        "table": Says("整张表的数与上年报表全部相同（不为 0 的有 {count} 个）", "请核对是否忘了更新。"),
        "column": Says("{lines}列的数与上年报表全部相同（不为 0 的有 {count} 个）", "请核对是否忘了更新。"),
        "row": Says("{lines}行的数与上年报表全部相同（不为 0 的有 {count} 个）", "请核对是否忘了更新。"),
    },
    Code.AGG_01: {
        "": Says("“{row}”“{column}”：{sides}{partial}{cells}", "请核对是否漏收、重收，或上级单位另有调整。"),
        "sides": Says("报送的汇总数 {own}，所属各单位之和 {sum}"),
        "more": Says("报送的汇总数 {own}，所属各单位之和 {sum}，前者多 {gap}"),
        "less": Says("报送的汇总数 {own}，所属各单位之和 {sum}，前者少 {gap}"),
        "partial": Says("（所属单位只汇总了 {summed}/{units} 个）"),
        "cells": Says("。本表不相等的格：{cells}"),
    },
    Code.AGG_02: {"": Says("应报送 {units} 个单位，计入汇总 {summed} 个，未计入 {left} 个：{absent}", "请催报、改正后重新汇总；确定不纳入的，请在名册里写明原因。")},
    Code.RPT_01: {"": Says("报告“{table}”里是“{found}”，通过核对的数是 {due}", "请把报告里的数改回来；数据确有变化的，请更正工作簿，重新核对后再写报告。")},
    Code.RPT_02: {
        "gone": Says("程序写的这一句不见了：“{was}”", "有意删去的不必理会。", Severity.NOTE),
        "fewer": Says(f"句子里的数与数据不同（少了 {{gone}}）：{_BOTH}", _FIGURES),
        "other": Says(f"句子里的数与数据不同（少了 {{gone}}，多了 {{new}}）：{_BOTH}", _FIGURES),
        "turned": Says(f"句子的意思与数据相反（“{{word}}”改成了“{{opposite}}”）：{_BOTH}", "请改回来；数据确有变化的，请更正工作簿。"),
        "order": Says(f"句子里的数换了次序：{_BOTH}", "请核对每个数说的是不是原来的事。", Severity.VERIFY),
        "reworded": Says(f"程序写的这一句改了字：{_BOTH}", "请看意思有没有变；有意修改的不必理会。", Severity.NOTE),
    },
    Code.RPT_03: {
        "title": Says("“{name}”：报告的标题现在是“{found}”", _RESTORE),
        "no_title": Says("“{name}”：报告的标题不见了", _RESTORE),
        "heading": Says("“{name}”：标题现在是“{found}”", _RESTORE),
        "no_heading": Says("“{name}”：标题不见了，或者改了字", _RESTORE),
        "no_table": Says("“{name}”：没有这张表，或表中文字改动太多，认不出来", _RESTORE),
        "doubled": Says("“{name}”：这张表出现了不止一次，按最像的一张核对", _RESTORE),
        "row_gone": Says("“{name}”：少了第 {row} 行（{words}）", _RESTORE),
        "blank_row_gone": Says("“{name}”：少了第 {row} 行", _RESTORE),
        "row_added": Says("“{name}”：多了一行（{words}）", _RESTORE),
        "blank_row_added": Says("“{name}”：多了一行空行", _RESTORE),
        "cells": Says("“{name}”：第 {row} 行单元格的个数与表样不同，这一行没有核对", _RESTORE),
        "label": Says("“{name}”：标题应为“{due}”，现在是“{found}”", _RESTORE),
        "added": Says("多了一张表（开头是“{words}”），不是表样规定的表，不会写进其他格式", "其他格式也要这张表的，请另行添上。", Severity.NOTE),
    },
    Code.RPT_04: {"": Says("报告里还有 {count} 处没有写完：{marks}", "请把“{pending}……】”换成正文，缺的数先在工作簿里补齐。")},
    Code.FMLA_01: {
        "": Says("合计公式被改动：{cells}。{first} 应为“={due}”，现在是“={found}”", "请恢复原公式；核对时已按原公式重新计算。"),
        "check_sheet": Says("校验公式被改动：{cells}，其结论不作数", _OURS_COUNTS, Severity.NOTE),
    },
    Code.FMLA_02: {
        "agrees": Says("合计公式被手填的内容覆盖：{cells}；数字与公式应得的结果相同", _FORMULA),
        "differs": Says("合计公式被手填的内容覆盖：{cells}；其中 {wrong} 与公式应得的结果不同", _FORMULA),
        "check_sheet": Says("校验公式被覆盖：{cells}，其结论不作数", _OURS_COUNTS),
    },
    Code.FMLA_03: {"": Says("公式的结果没有更新：{cells}。{first} 保存的结果是 {found}，按公式应为 {due}", "核对时已重新计算；请打开文件，重新计算后保存。")},
    Code.FMLA_04: {"": Says("文件保存时没有计算公式（{count} 格没有结果），核对时已自行计算", _HARMLESS)},
    Code.VAL_01: {
        "table": Says("整张表都没有填{cells}", _ZERO),
        "row": Says("没有填{cells}", _ZERO),
        "cells": Says("（{count} 格：{cells}）"),
        "cells_from": Says("（{count} 格，从 {first} 起）"),
        "total": Says("合计公式被删除", "请恢复公式：从空白模板复制同一格。"),
        "half_line": Says("没有填", "这一行的{label}和{count}要同时填写，不需要时两格都留空。"),
        "texts": Says("必填的文字都没有填（{count} 项：{labels}）", "请填写各部分的文字。"),
        "text": Says("必填的文字没有填", "请填写这一部分的文字。"),
        "text_wordless": Says("只填了“{text}”，没有文字", "请填写这一部分的文字。"),
        "text_formula": Says("填的是公式“={formula}”，不是文字", _AS_TEXT),
        "text_error": Says("是错误值 {value}，不是文字", _AS_TEXT),
        "waits": Says("{missing}；因此 {rules}暂不能核对"),
        "wait": Says("{missing}；因此 {rules} 共 {count} 项暂不能核对"),
        "number": Says("{fault}", "{remedy}。"),
        "formula": Says("填的是公式“={formula}”", "请改填算好的数字"),
        "logical": Says("填的是 {value}（“是”或“否”），不是数字", "请填数字"),
        "error": Says("是错误值 {value}", "请改填数字"),
        "date": Says("是日期或时间", _GENERAL),
        "percentage": Says("是百分数", _GENERAL),
        "shown": Says("单元格的格式使它显示为“{shown}”，实际存的是 {number}", _GENERAL),
        "not_shown": Says("单元格的格式使它什么也不显示，实际存的是 {number}", _GENERAL),
        "too_large": Says("数字太大（{number}）", "请检查是否多写了位数或单位不对"),
        "decimal": Says("是小数 {number}", "这里应填整数"),
        "decimals": Says("小数超过 {most} 位（{number}）", "请四舍五入后填写"),
        "too_small": Says("是 {number}，小于 {least}", "请检查是否多写了负号"),
        "nothing": Says("填的是“{text}”", "没有的请{nothing}"),
        "unit": Says("“{text}”带有单位或文字", "请只填数字，例如 {number}"),
        "unseen": Says("“{text}”里夹着看不见的{signs}", "请清空这一格，重新输入数字"),
        "long_unit": Says("“{text}”带有单位或文字", "请只填数字"),
        "no_number": Says("“{text}”不是数字", "请只填数字，没有的{nothing}"),
    },
    Code.VAL_10: {
        "": Says("{cells}", "{remedy}。"),
        "trace": Says("按 {number} 读取", "不影响报送"),
        "formula": Says("填的算式“={formula}”已按 {number} 读取", "不影响报送"),
        "text": Says("“{text}”已按 {number} 读取", "请改成普通数字：表里的公式把这样保存的数当作文字"),
    },
    Code.VAL_11: {"": Says("只写了“{text}”，没有说明情况", "请写明实际情况")},
    Code.VAL_12: {"": Says("{cells}", "请清空这一格，重新输入；程序照原样读取。")},
    Code.VAL_13: {"": Says("文字约占 {lines} 行，一格打印时约容 {most} 行，后面的打印不出来", "要打印签字的，请精简或另附全文；不影响报送。")},
}
# fmt: on
