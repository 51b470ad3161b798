"""The built-in codes of findings: permanent, never renumbered or reused. A form's own rule ids stand beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from toolkit.model.finding import Severity

_NOT_READ = "文件没有读取，也没有改动。请按提示处理后重新报送。"


class Code(StrEnum):
    """A code, with what ``xxgk explain`` prints of it and how bad its findings usually are.

    What its findings say is in `sentences.toml`, which also names those that are better or worse than usual.
    """

    heading: str
    meaning: str
    severity: Severity

    def __new__(cls, code: str, heading: str, meaning: str = _NOT_READ, severity: Severity = Severity.FATAL) -> Self:
        """A member: its text, and beside it what is known of it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.heading, member.meaning, member.severity = heading, meaning, severity
        return member

    # fmt: off
    FILE_01 = "FILE-01", "不是文件（是文件夹或快捷方式）"
    FILE_02 = "FILE-02", "是表格打开时自动产生的临时文件"
    FILE_03 = "FILE-03", "空文件（0 字节）"
    FILE_04 = "FILE-04", "文件超过 20 MB"
    FILE_05 = "FILE-05", "文件正在写入"
    FILE_06 = "FILE-06", "文件打不开（正被占用，或没有权限）"
    FILE_07 = "FILE-07", "文件读不出来"
    FILE_08 = "FILE-08", "文件设有打开密码"
    FILE_09 = "FILE-09", "是旧格式表格（.xls 或 .et）"
    FILE_10 = "FILE-10", "是 PDF，不是表格"
    FILE_11 = "FILE-11", "是网页，不是表格"
    FILE_12 = "FILE-12", "是另存成 XML 的文件，不是 .xlsx 表格"
    FILE_13 = "FILE-13", "是 CSV 或文本文件，不是表格"
    FILE_14 = "FILE-14", "是 .ods 等其他办公软件的文件"
    FILE_15 = "FILE-15", "是 .xlsb 格式的工作簿"
    FILE_16 = "FILE-16", "是 Word、PPT 或 OFD 文件，不是表格"
    FILE_17 = "FILE-17", "是压缩包，不是表格"
    FILE_18 = "FILE-18", "不是 .xlsx 工作簿"
    FILE_19 = "FILE-19", "文件损坏，或没有传完整"
    FILE_20 = "FILE-20", "文件内容前后对不上（已损坏）"
    FILE_21 = "FILE-21", "文件内部有两份同名的内容"
    FILE_22 = "FILE-22", "文件内部的名称不正常"
    FILE_23 = "FILE-23", "文件展开后过大"
    FILE_24 = "FILE-24", "文件内部前后矛盾（内容重叠或名称不一）"
    FILE_25 = "FILE-25", "文件含有宏"
    FILE_26 = "FILE-26", "文件含有控件、嵌入对象或加载项"
    FILE_27 = "FILE-27", "文件链接到其他文件"
    FILE_28 = "FILE-28", "文件含有数据连接或数据模型"
    FILE_29 = "FILE-29", "是“Strict Open XML 工作簿”"
    FILE_30 = "FILE-30", "文件内部有 Excel、WPS 不会写的内容"
    FILE_31 = "FILE-31", "文件内部的文字编码不对"
    FILE_32 = "FILE-32", "文件内部已损坏"
    FILE_33 = "FILE-33", "文件内部有过长的内容"
    FILE_34 = "FILE-34", "文件内部层次过多"
    FILE_35 = "FILE-35", "文件内部的内容过多"
    FILE_36 = "FILE-36", "单元格地址超出了 Excel 的工作表"
    FILE_37 = "FILE-37", "单元格地址不正确"
    FILE_38 = "FILE-38", "合并单元格或超链接的范围过大"
    FILE_39 = "FILE-39", "同一单元格出现两次"
    FILE_40 = "FILE-40", "工作簿内部结构有矛盾，无法读取"
    FILE_41 = "FILE-41", "单元格的内容超过 32767 个字符（Excel 的上限）"
    FILE_42 = "FILE-42", "公式超过 8192 个字符（Excel 的上限）"
    FILE_43 = "FILE-43", "数字格式超过 255 个字符（Excel 的上限）"
    FILE_44 = "FILE-44", "工作表名称超过 31 个字符（Excel 的上限）"
    FILE_45 = "FILE-45", "定义的名称超过 255 个字符（Excel 的上限）"
    FILE_46 = "FILE-46", "是邮件，不是表格"

    FILE_99 = "FILE-99", "程序在这个文件上出错", "读取或核对这个文件时程序出错。是程序的问题，不要退给填报单位；请把文件发给维护人员，以后每次运行都会再试。"
    FORM_01 = "FORM-01", "不是收表单位发出的表", "工作簿里没有收表单位写入的标记。请用收到的模板填写，不要把数据复制到新建的工作簿里。"
    FORM_02 = "FORM-02", "是另一种表", "工作簿是别的报表的模板。请确认报送的是哪一张表。"
    FORM_03 = "FORM-03", "表样版本不对", "工作簿的表样版本已不再接受，或表样与本版本不一致。请换用新发的模板填写。"
    FORM_04 = "FORM-04", "缺少工作表", "有工作表被删除或改名。请恢复原名，或用原模板重新填写。"
    FORM_05 = "FORM-05", "表格结构被改动", "行、列或标题与原表不一致，继续读取会错位。请用原模板重新填写，不要增删行列。"
    FORM_06 = "FORM-06", "多出工作表", "多出的工作表不读取，不影响报送。", Severity.NOTE
    FORM_07 = "FORM-07", "单元格名称丢失", "单元格在名称管理器里的名称丢失或指向别处，数据按原位置读取，不影响报送。", Severity.NOTE
    FORM_08 = "FORM-08", "保护被取消", "工作表保护或单元格锁定被取消。数据照常核对，不影响报送。", Severity.NOTE
    FORM_09 = "FORM-09", "没有单位名称", "封面没有填写单位名称，分不清是谁报的。", Severity.ERROR
    FORM_10 = "FORM-10", "统计期间不明", "封面的统计期间没有填写，或写法不对。", Severity.ERROR
    FORM_11 = "FORM-11", "封面与模板不一致", "封面上的单位名称或统计期间，与模板发出时的不同。可能用错了别的单位或往年的文件。", Severity.ERROR
    FORM_12 = "FORM-12", "上年数与存档不同", "“上年数”表里的数与收表单位存档的上年数不同。核对时以存档的数为准；如存档有误，请与收表单位联系。", Severity.NOTE
    FORM_13 = "FORM-13", "没有上年的表，或上年的表没有通过", "给出的上年工作簿里，没有这个单位上年同期的表，或者有几份不同的，没有与上年比较；或者上年的表没有通过核对，仍用它的数作了比较。", Severity.NOTE
    FORM_14 = "FORM-14", "填了的格看不见", "填了内容的格被合并单元格盖住，或者在隐藏的行、列、工作表里：签字的人看不到，核对和汇总时照样计入。请取消合并或隐藏，看一看这些格填得对不对。", Severity.NOTE
    FORM_15 = "FORM-15", "离填报区很远的地方有内容", "填报区以外很远的格里有内容，大多是误粘贴的，不读取，不影响报送。没有用就删去；是要报的数，请填到表里对应的格。", Severity.NOTE
    SIGN_01 = "SIGN-01", "没有签名", "这个文件不是由本轮收集发出的（没有签名）。在收集轮次里请用发给本单位的模板填写；单独核对时只作提示。"
    SIGN_02 = "SIGN-02", "签名不对", "文件里的标识与签名不符：标识被改动过，或者是别的收表单位发出的。请用发给本单位的模板重新填写。"
    SIGN_03 = "SIGN-03", "签名没有核对", "核对签名用的密钥不在手边，签名真假没有核对；其他内容照常核对。", Severity.NOTE
    SIGN_04 = "SIGN-04", "单位不在名册里", "签名是真的，但名册里没有这个单位，或者名册注明它不纳入本次汇总。请核对名册。"
    SIGN_05 = "SIGN-05", "不是本期的表", "文件是别的期间的（例如上年的）。请用本期发出的模板填写。"
    SIGN_06 = "SIGN-06", "标识是另一个单位的", "封面或文件名写的是一个单位，文件里的标识却是发给另一个单位的：可能借用了别的单位的文件。请用发给本单位的模板填写；确属改错文件名的，改回后重新收件。"
    SIGN_07 = "SIGN-07", "与另一个单位的数据完全相同", "两个单位的各项数据完全相同，可能是照抄。请向填报单位核实。", Severity.NOTE
    SIM_01 = "SIM-01", "文字几乎相同", "一段文字与另一个单位的、或与本单位上年的几乎相同（数字不算）。可能是照抄，或忘了更新。请核实。", Severity.NOTE
    SIM_02 = "SIM-02", "数与上年全部相同", "一整张表、一列或一行的数与本单位上年报表的全部相同，其中不为 0 的在 4 个以上。可能是忘了更新。请核实。", Severity.NOTE
    SIGN_08 = "SIGN-08", "标识前后不一致", "文件里两处标识互相矛盾，标识被改动过。请用发给本单位的模板重新填写。"
    AGG_01 = "AGG-01", "汇总数不等于各成员之和", "上级单位报送的汇总数，与名册里它所属各单位之和不相等。请核对是否漏收、重收，或上级单位另有调整。", Severity.ERROR
    AGG_02 = "AGG-02", "名册里的单位没有收齐", "名册里应报送的单位，有的没有报送或没有通过。收齐以前汇总数不完整；确定不纳入的，请在名册里写明原因。", Severity.ERROR
    RPT_01 = "RPT-01", "报告表格里的数与数据不同", "改过的 Word 报告里，表格的一个数与通过核对的数不同。请改回来；数据确有变化的，请更正工作簿后重新写报告。", Severity.ERROR
    RPT_02 = "RPT-02", "报告句子里的数与数据不同", "程序写的句子改过以后，里面的数与数据不同，或意思相反（增加写成减少）。数换了次序的请核对；句子不见了的只提示。", Severity.ERROR
    RPT_03 = "RPT-03", "报告的表或标题缺了、重了、变了", "改过的 Word 报告里，标题、表样规定的表格不见了、重复了、改了字，或者表格多了行、少了行。请恢复。", Severity.ERROR
    RPT_04 = "RPT-04", "报告还没有写完", "改过的 Word 报告里，还留着程序标出的“【待补充：……】”，或者缺的数“〔缺〕”。请写好后再公布。", Severity.ERROR
    RPT_05 = "RPT-05", "报告里有放不进网页和 PDF 的内容", "改过的 Word 报告里，有文本框、图表、SmartArt、脚注、批注、没有接受的修订、浮动或裁剪过的图片、自动编号、隐藏文字等。网页和 PDF 是按 Word 报告写的，这些放不进去，请改成普通文字、嵌入型图片或普通表格。", Severity.ERROR
    RPT_06 = "RPT-06", "报告写成以后数据变了", "报告里的数与写成时的数据一致，但数据后来变了（例如有单位补报）。不是改稿人改错的；请用 xxgk refresh 更新报告里的数。", Severity.NOTE
    LEDG_01 = "LEDG-01", "存档的原件不对", "存档的原件或报告不见了，或内容与收到时不同（按校验码核对）。请照提示恢复。", Severity.ERROR
    LEDG_02 = "LEDG-02", "台账的记录不对", "台账里的记录有损坏、缺少，或与签名对不上。记录只增不删，程序自己不会这样。请从副本或备份恢复。", Severity.ERROR
    LEDG_03 = "LEDG-03", "记录与做过的事对不上", "台账里有的事没有相应的记录，或者有记录而没有这件事。多半是旧版程序在中途被打断。", Severity.VERIFY
    LEDG_04 = "LEDG-04", "汇总数与台账不符", "“成果”里的汇总数与台账里计入的各单位之和不相等；写出以后台账又有变化的只提示。请重新汇总。", Severity.ERROR
    LEDG_05 = "LEDG-05", "电脑的时间不对", "电脑的时间倒退过，或者与台账里的记录相差太多。先后次序按收到的顺序算，不受影响；是否逾期按当时的时间判断。", Severity.NOTE
    LEDG_06 = "LEDG-06", "台账里有多余的文件", "存放原件的文件夹里有台账没有记下的文件。多半是运行被打断时留下的。", Severity.NOTE
    FMLA_01 = "FMLA-01", "公式被改动", "合计单元格的公式与模板不同（引用、行列有一处不同也算）。核对时按正确的公式重新计算。请恢复原公式。", Severity.ERROR
    FMLA_02 = "FMLA-02", "公式被数字覆盖", "合计单元格里的公式换成了手填的数字（数字正确也指出）。核对时以填写的数字为准，由表内规则判断对错。", Severity.NOTE
    FMLA_03 = "FMLA-03", "公式的结果没有更新", "单元格里保存的结果不是公式现在应得的结果。核对时按公式重新计算。请打开后重新计算并保存。", Severity.NOTE
    FMLA_04 = "FMLA-04", "公式没有结果", "文件保存时没有计算公式。核对时自行计算，不影响报送。", Severity.NOTE
    CTL_01 = "CTL-01", "手工合计与自动合计不一致", "“手工合计”表里另行加总的数，与表内公式算出的合计不相等：或者有一格填错，或者手工合计加错。请逐格核对后改正。", Severity.ERROR
    VAL_01 = "VAL-01", "数值不合要求", "数字格只填数字：不能空着（没有的填 0），不能带单位或文字，不能是负数、小数（金额除外）、日期、错误值，也不能用使它显示成别的数的格式。必填的文字要填写。", Severity.ERROR
    VAL_10 = "VAL-10", "按惯常写法读取", "全角数字、前后空格、千位分隔符、以文本保存的数字，已读成数字并在此说明。请改成普通数字。只差一点计算误差的数，也在此说明，不用改。", Severity.NOTE
    VAL_11 = "VAL-11", "文字没有说明情况", "必填的文字只有一句套话（无、略、同上、见附件、待填之类，由表样列出）。请写明实际情况；确实如此的，在“校验”表这一行写明原因。", Severity.VERIFY
    VAL_12 = "VAL-12", "有看不见的字符", "填的内容里夹着看不见的字符（零宽空格、文字方向控制符等，多半是从网页粘贴来的），看见的与存的不同。请删去后重新输入。", Severity.NOTE
    VAL_13 = "VAL-13", "文字超出单元格", "一格的文字太长，打印时显示不全（Excel、WPS 的一行最高 409 磅）。数据和报告不受影响；要打印签字的，请精简文字，或另附全文。", Severity.NOTE
    VAL_14 = "VAL-14", "程序建议的数没有确认", "浅蓝色的格是程序填的数（从别的文件里读出来的、由空格补的 0，或者恢复公式后与原填不同的合计），要填报单位核对。核对后在“待确认”页左上角选“确认”；改过的格不用再确认。没有确认的，不核对通过，也不汇总。", Severity.ERROR
    VAL_15 = "VAL-15", "零报告与填的数矛盾", "封面上选了零报告（没有发生），对应的格里却填了不是 0 的数。有数的，请去掉封面上的“是”，其余各格填 0；没有的，请改为 0。", Severity.VERIFY
    VAL_16 = "VAL-16", "填的不是可选的项，或者写法不对", "选择的格只能填下拉列表里的一项；网址要以 http://… 或 https://… 开头；日期如 2026-01-26；其他的按填表说明的写法填。", Severity.ERROR
    VAL_17 = "VAL-17", "不必填的格填了", "另有一格说明这里没有可填的，这里却填了。确有的，请改那一格；没有的，请清空这里。", Severity.VERIFY
    # fmt: on


#: The program failed on a file: our fault, never the unit's.
PROGRAM_FAILED = Code.FILE_99
#: Why a file is not let in.
REFUSALS = tuple(code for code in Code if code.startswith("FILE-") and code is not PROGRAM_FAILED)
#: What the next look may be able to read, and what may be only half of what is coming.
BUSY = frozenset({Code.FILE_05, Code.FILE_06, Code.FILE_07})
HALF = frozenset({Code.FILE_03, Code.FILE_19, Code.FILE_20})
#: What can only be found where the signature is right.
GENUINE = frozenset({Code.SIGN_04, Code.SIGN_05, Code.SIGN_06})
#: What became of a formula that somebody changed.
FORMULAS = frozenset({Code.FMLA_01, Code.FMLA_02})
_KNOWN = {code.value: code for code in Code}


def built_in(code: str) -> Code | None:
    """The built-in code that is written so; None for a rule of a form."""
    return _KNOWN.get(code)
