"""What a cell's style says about entry: whether protection locks it, and how it shows a number."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from toolkit.model.codes import Code
from toolkit.model.flat import FlatStyle
from toolkit.text import shortened
from toolkit.workbook.intake.refusals import refusal
from toolkit.workbook.intake.xml import MAIN

#: Characters of a number format in Excel.
MAX_FORMAT = 255
#: What the file format calls true.
TRUE = ("1", "true")
#: The formats that have a number but no text in the file; 5 to 8, 27 to 44 and 50 to 58 as a Chinese Excel shows them.
BUILTIN: Mapping[str, str] = {
    number: shown
    for numbers, shown in (
        line.split(" ", 1)
        for line in """\
0 General
1 0
2 0.00
3 #,##0
4 #,##0.00
5 "¥"#,##0;"¥"-#,##0
6 "¥"#,##0;[Red]"¥"-#,##0
7 "¥"#,##0.00;"¥"-#,##0.00
8 "¥"#,##0.00;[Red]"¥"-#,##0.00
9 0%
10 0.00%
11 0.00E+00
12 # ?/?
13 # ??/??
14 mm-dd-yy
15 d-mmm-yy
16 d-mmm
17 mmm-yy
18 h:mm AM/PM
19 h:mm:ss AM/PM
20 h:mm
21 h:mm:ss
22 m/d/yy h:mm
27,36,50,52,57 yyyy"年"m"月"
28,29,51,53,54,58 m"月"d"日"
30 m-d-yy
31 yyyy"年"m"月"d"日"
32 h"时"mm"分"
33 h"时"mm"分"ss"秒"
34,55 上午/下午h"时"mm"分"
35,56 上午/下午h"时"mm"分"ss"秒"
37 #,##0;-#,##0
38 #,##0;[Red]-#,##0
39 #,##0.00;-#,##0.00
40 #,##0.00;[Red]-#,##0.00
41 _ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ \n\
42 _ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ \n\
43 _ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ \n\
44 _ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ \n\
45 mm:ss
46 [h]:mm:ss
47 mmss.0
48 ##0.0E+0
49 @
""".splitlines()
    )
    for number in numbers.split(",")
}


def read_styles(root: Element | None) -> tuple[FlatStyle, ...]:
    """Resolve lock and number format of every cell style, in the order cells count them."""
    if root is None:
        return (FlatStyle(),)
    formats = {e.get("numFmtId"): e.get("formatCode", "") for e in root.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    for code in formats.values():
        if len(code) > MAX_FORMAT:
            raise refusal(Code.FILE_43, f"格式“{shortened(code)}”")
    found = []
    for style in root.iterfind(f"{MAIN}cellXfs/{MAIN}xf"):
        protection, number = style.find(MAIN + "protection"), style.get("numFmtId", "0")
        locked = protection is None or protection.get("locked", "1") in TRUE
        found.append(FlatStyle(locked, formats.get(number) or BUILTIN.get(number, "General")))
    return tuple(found) or (FlatStyle(),)
