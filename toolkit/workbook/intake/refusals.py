"""The reasons not to let a file in: a permanent code each, in the words of a clerk."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.text import shortened

_LONGEST = 100
_SAVE = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿 (*.xlsx)”后再报送"
_SEND = "请重新复制或重新发送；仍不行，请用 Excel 或 WPS 打开原文件另存为 .xlsx 后再报送"
_FILL = "请在下发的表格中填报，报送填好的 .xlsx 文件"
_COPY = "请把数据填回下发的原表（复制后“选择性粘贴—数值”），再报送"
_FORMAT = "请把用到该格式的单元格改为“常规”格式，用 Excel 或 WPS 保存后再报送"
_ADVICE: Mapping[str, tuple[str, str]] = {
    "FILE-01": ("不是普通文件（是文件夹、链接或设备）", _FILL),
    "FILE-02": ("是表格打开时产生的临时锁文件", "请先在 Excel/WPS 中关闭该表格；“~$”开头的文件不用报送"),
    "FILE-03": ("空文件（0 字节）", "请重新复制或重新发送该文件"),
    "FILE-04": ("文件超过 20 MB", "请删去图片等无关内容，另存后再报送"),
    "FILE-05": ("文件正在写入", "请等复制或保存完成后再收"),
    "FILE-06": ("文件打不开（正被占用，或没有权限）", "请先在 Excel/WPS 中关闭该文件"),
    "FILE-07": ("文件读不出来", "请检查文件是否还在，U 盘或共享文件夹是否连通"),
    "FILE-08": ("文件设有打开密码", "请在 Excel/WPS 中取消打开密码，保存后再报送"),
    "FILE-09": ("是旧格式表格（.xls 或 .et）", _SAVE),
    "FILE-10": ("是 PDF，不是表格", _FILL),
    "FILE-11": ("是网页，不是表格", _SAVE),
    "FILE-12": ("是 XML 文件，不是 .xlsx 表格", _SAVE),
    "FILE-13": ("是 CSV 或文本文件，不是表格", _FILL),
    "FILE-14": ("是 OpenDocument 文件（.ods 等）", _SAVE),
    "FILE-15": ("是二进制工作簿（.xlsb）", _SAVE),
    "FILE-16": ("是 Word、PPT 或 OFD 文件，不是表格", _FILL),
    "FILE-17": ("是压缩包，不是表格", "请解压后报送里面的 .xlsx 文件"),
    "FILE-18": ("不是 .xlsx 工作簿", _FILL),
    "FILE-19": ("文件损坏，或没有传完整", _SEND),
    "FILE-20": ("文件内容与校验和不符（已损坏）", _SEND),
    "FILE-21": ("文件内部有重名的部件", _SAVE),
    "FILE-22": ("文件内部的部件名不正常", _SAVE),
    "FILE-23": ("文件展开后过大", "请删去无关的工作表和内容，另存后再报送"),
    "FILE-24": ("文件内部前后矛盾（部件重叠或名称不一）", _SAVE),
    "FILE-25": ("文件含有宏", "请另存为不带宏的“Excel 工作簿 (*.xlsx)”后再报送"),
    "FILE-26": ("文件含有控件、嵌入对象或加载项", "请删去控件和嵌入对象，另存为 .xlsx 后再报送"),
    "FILE-27": ("文件链接到其他文件", "请在“数据—编辑链接”中断开链接，保存后再报送"),
    "FILE-28": ("文件含有数据连接或数据模型", "请在“数据—查询和连接”中删去，保存后再报送"),
    "FILE-29": ("是“Strict Open XML 工作簿”", _SAVE),
    "FILE-30": ("文件内部含有 DTD 或实体定义（Excel、WPS 不会这样写）", _SAVE),
    "FILE-31": ("文件内部的编码不是 UTF-8", _SAVE),
    "FILE-32": ("文件内部的 XML 已损坏", _SEND),
    "FILE-33": ("文件内部有过长的内容", _COPY),
    "FILE-34": ("文件内部嵌套过深", _COPY),
    "FILE-35": ("文件内部的元素过多", _COPY),
    "FILE-36": ("离填报区很远的地方有内容", "请删去该处的内容或批注，保存后再报送"),
    "FILE-37": ("单元格地址不正确", _SAVE),
    "FILE-38": ("合并单元格或超链接的范围过大", "请取消该处的合并或超链接，保存后再报送"),
    "FILE-39": ("同一单元格出现两次", _SAVE),
    "FILE-40": ("工作簿内部结构有矛盾，无法读取", _SAVE),
    "FILE-41": ("单元格的内容超过 32767 个字符（Excel 的上限）", "请删减该单元格的内容，用 Excel 或 WPS 保存后再报送"),
    "FILE-42": ("公式超过 8192 个字符（Excel 的上限）", "请清除该处的公式，用 Excel 或 WPS 保存后再报送"),
    "FILE-43": ("数字格式超过 255 个字符（Excel 的上限）", _FORMAT),
    "FILE-44": ("工作表名称超过 31 个字符（Excel 的上限）", "请把该工作表的名称改短，保存后再报送"),
    "FILE-45": ("定义的名称超过 255 个字符（Excel 的上限）", "请在“公式—名称管理器”中删去该名称，保存后再报送"),
}
#: Every kind of refusal, for documentation: code -> title. A code is never given another meaning.
REFUSALS: Mapping[str, str] = {code: title for code, (title, _) in _ADVICE.items()}
#: Refusals whose remedy speaks of the workbook that was sent out: for a file of another kind it is not the right one.
FOR_RETURNS_ONLY = frozenset(code for code, (_, remedy) in _ADVICE.items() if remedy in {_FILL, _COPY})


class Refused(Exception):  # noqa: N818 - a verdict on a file, not a fault of ours
    """A file that is not let in: a permanent code, what is wrong, what to do."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(code, message, remedy)
        self.code, self.message, self.remedy = code, message, remedy

    def __str__(self) -> str:
        """One line for a person."""
        return f"[{self.code}] {self.message}。{self.remedy}"


def refusal(code: str, detail: str = "") -> Refused:
    """Word the refusal of that code; ``detail`` may hold text from the file, which is shown escaped."""
    title, remedy = _ADVICE[code]
    shown = shortened(detail, _LONGEST)
    return Refused(code, f"{title}：{shown}" if shown else title, remedy)
