"""A definition is read completely: every problem at once, each with its path."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from factories.filled_forms import annual

from toolkit.errors import DefinitionError
from toolkit.forms.grids import draw_grid
from toolkit.forms.read_form import parse_definition, read_definition
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import loads
from toolkit.model.cells import NumberType
from toolkit.model.finding import Severity
from toolkit.model.form import Form
from toolkit.model.grid import BREAK

HEAD = """
[form]
id = "small"
version = 1
title = "小表"
"""
TABLE = """
[[table]]
id = "t"
title = "一张表"
rows = [{ id = "x", label = "第一行" }, { id = "y", label = "第二行" }]
columns = [{ id = "a", label = "甲" }, { id = "b", label = "乙" }]
"""
SMALL = HEAD + TABLE


def form_of(text: str) -> Form:
    made = parse_definition(text)
    form, problems = made.form, list(made.problems)
    assert problems == []
    return form


def problems_of(text: str) -> list[str]:
    """Everything that is wrong, the rules included."""
    with pytest.raises(DefinitionError) as caught:
        loads(text)
    return list(caught.value.problems)


def folder_with(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    (folder / "form.toml").write_bytes(text.encode(encoding))
    return folder


# ---------------------------------------------------------------- what a sound definition says


def test_a_definition_needs_no_more_than_a_name_and_a_table() -> None:
    form = form_of(SMALL)
    assert (form.id, form.version, form.accepts, form.title, form.name) == ("small", 1, (1,), "小表", "小表")
    assert form.period_kind == "year"
    assert list(form.variables) == ["t.x.a", "t.x.b", "t.y.a", "t.y.b"]
    assert form.table("t").sheet == "一张表"
    assert form.variables["t.y.b"].row_label == "第二行"
    assert form.variables["t.y.b"].column_label == "乙"
    assert form.variables["t.y.b"].type == NumberType()


def test_everything_a_definition_can_say_is_read() -> None:
    form = form_of(
        """
        [form]
        id = "full"
        version = 3
        accepts = [2, 3]
        title = "全表"
        name = "全表（新）"
        basis = "某某〔2021〕1号"
        period = "quarter"
        bodies = ["政府", "部门"]
        empty_explanations = ["无"]
        guide = ["先看这里"]

        [[cover]]
        id = "phone"
        label = "电话"
        hint = "选填"

        [[table]]
        id = "t"
        title = "表"
        sheet = "数"
        layout = "line"
        note = "说明"
        stub_widths = [10, 20.5]
        column_width = 9
        rows = [{ id = "x", label = "长|标签", under = "上级" }]
        columns = [{ id = "a", label = "甲", under = ["外|层", "内层"] }]

        [table.rules]
        T-01 = { rule = "x >= 1", say = "至少一", remedy = "改", severity = "verify", free_bodies = "政府" }

        [[texts]]
        id = "words"
        title = "文字"
        items = [{ id = "all", label = "总述", required = true, hint = "写" }]

        [[list]]
        id = "open"
        title = "清单"
        sheet = "单"
        label = "类别"
        count = "条数"
        size = 3
        hint = "逐行"
        type = { kind = "decimal", decimals = 1, unit = "条" }

        [rules]
        F-01 = "t.x.a <= 5"
        """
    )
    assert (form.id, form.version, form.accepts, form.name, form.basis) == (
        "full",
        3,
        (2, 3),
        "全表（新）",
        "某某〔2021〕1号",
    )
    assert (form.period_kind, form.bodies, form.guide) == ("quarter", ("政府", "部门"), ("先看这里",))
    assert form.empty_explanations == ("无",)
    assert [(field.name, field.label, field.hint) for field in form.cover] == [("cover.phone", "电话", "选填")]
    table = form.table("t")
    assert (table.sheet, table.layout, table.note) == ("数", "line", "说明")
    assert (table.stub_widths, table.column_width) == ((10.0, 20.5), 9.0)
    assert table.row("x").label == f"长{BREAK}标签"
    assert table.row("x").path == ("上级", "长标签")
    assert table.column("x", "a").path == ("外层", "内层", "甲")
    text = form.texts["words.all"]
    assert (text.label, text.required, text.hint) == ("总述", True, "写")
    one = form.lists[0]
    assert (one.id, one.sheet, one.label, one.count, one.size) == ("open", "单", "类别", "条数", 3)
    assert one.type == NumberType(kind="decimal", decimals=1, maximum=Decimal(999_999_999), unit="条")
    assert one.names(2) == ("open.02.label", "open.02.count")
    assert [(rule.id, rule.table, rule.text) for rule in form.rules] == [
        ("T-01", "t", "x >= 1"),
        ("F-01", "", "t.x.a <= 5"),
    ]
    rule = form.rules[0]
    assert (rule.say, rule.remedy, rule.severity) == ("至少一", "改", Severity.VERIFY)
    assert (rule.free_bodies, rule.derived) == (("政府",), False)


def test_the_statutory_form_is_as_its_notice_prints_it() -> None:
    made = read_definition(Path(annual().form.folder))
    form, problems = made.form, list(made.problems)
    assert problems == []
    counts = {t.id: sum(v.table == t.id for v in form.variables.values()) for t in form.tables}
    assert counts == {"proactive": 10, "requests": 25 * 7, "disputes": 15}
    assert form.variables["proactive.fees.amount"].type.kind == "decimal"
    assert {v.type.kind for n, v in form.variables.items() if n != "proactive.fees.amount"} == {"whole"}
    assert [n for n, t in form.texts.items() if not t.required] == ["overview.assessment", "others.items"]


def test_a_block_has_the_type_of_its_table_unless_it_has_its_own() -> None:
    form = form_of(
        HEAD
        + """
        [[table]]
        id = "t"
        title = "表"
        type = { kind = "whole", unit = "件" }

        [[table.block]]
        rows = [{ id = "x", label = "一" }]
        columns = [{ id = "a", label = "甲" }]

        [[table.block]]
        type = { kind = "decimal", decimals = 2, unit = "万元" }
        rows = [{ id = "y", label = "二" }]
        columns = [{ id = "a", label = "甲" }]

        [[table.block]]
        type = { unit = "人" }
        rows = [{ id = "z", label = "三" }]
        columns = [{ id = "a", label = "甲" }]
        """
    )
    kinds = {v.row: (v.type.kind, v.type.decimals, v.type.unit) for v in form.variables.values()}
    assert kinds == {"x": ("whole", 0, "件"), "y": ("decimal", 2, "万元"), "z": ("whole", 0, "人")}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('type = "whole"', NumberType()),
        ('type = "decimal"', NumberType(kind="decimal", decimals=6, maximum=Decimal(999_999_999))),
        ("type = { signed = true }", NumberType(minimum=None)),
        ("type = { min = 1, max = 100 }", NumberType(minimum=Decimal(1), maximum=Decimal(100))),
        (
            'type = { kind = "decimal", min = 0.5, max = 9.25 }',
            NumberType(kind="decimal", decimals=6, minimum=Decimal("0.5"), maximum=Decimal("9.25")),
        ),
    ],
)
def test_a_type_is_a_word_or_a_table(text: str, kind: NumberType) -> None:
    assert {v.type for v in form_of(SMALL + text).variables.values()} == {kind}


def test_one_rule_may_have_several_parts() -> None:
    form = form_of(SMALL + '[table.rules]\nR-01 = ["x <= y", { rule = "a <= b", say = "甲不大于乙" }]')
    assert [(r.id, r.text, r.path) for r in form.rules] == [
        ("R-01", "x <= y", "table[0](t).rules.R-01[0]"),
        ("R-01", "a <= b", "table[0](t).rules.R-01[1]"),
    ]


# ---------------------------------------------------------------- what is wrong with a faulty one


def test_every_problem_is_told_at_once_each_with_its_path() -> None:
    told = problems_of(
        """
        [form]
        id = "小表"
        version = "1"
        titel = "小表"
        period = "week"

        [[table]]
        id = "t"
        title = "表"
        sheet = "一/二"
        layout = "round"
        rows = [{ id = "X", label = "一" }, { label = "二" }, "三"]
        columns = []

        [table.rules]
        R-01 = { rule = "x = ", severity = "fatal" }
        R-02 = 3
        """
    )
    assert set(told) == {
        "form.period: 只能是 year、half、quarter、month",
        "form.version: 应为整数",
        "form.title: 缺少“title”",
        "form.titel: 不认识“titel”，是不是“title”？",
        "table[0](t).layout: 只能是 table、line",
        "table[0](t).sheet: 工作表名“一/二”不合 Excel 要求（1 至 31 字，不含 [ ] : * ? / \\ '）",
        "table[0](t).rows[0](X).id: 代号“X”只能用小写字母、数字和下划线，且以字母开头",
        "table[0](t).rows[1].id: 缺少“id”",
        "table[0](t).rows[2]: 应为表 {...}",
        "table[0](t).columns: 至少要有一项",
        "table[0](t).rules.R-01.severity: 只能是 error、verify、note",
        "table[0](t).rules.R-01: 没有写完：\n      x =\n         ^",
        "table[0](t).rules.R-02: 应为规则文字，或 { rule = …, say = … }",
    }


def test_the_message_counts_the_problems_and_lists_them_line_by_line() -> None:
    with pytest.raises(DefinitionError) as caught:
        loads(SMALL.replace('title = "小表"', "").replace("version = 1", ""))
    assert str(caught.value) == (
        "表样定义“（文字）”有 2 处问题，请逐条改正：\n  form.version: 缺少“version”\n  form.title: 缺少“title”"
    )
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (SMALL + 'nots = "x"', "table[0](t).nots: 不认识“nots”，是不是“note”？"),
        (SMALL + "[table.rule]", "table[0](t).rule: 不认识“rule”，是不是“rules”？"),
        (SMALL + '[texsts]\nid = "a"', "texsts: 不认识“texsts”，是不是“texts”？"),
        (SMALL + "xyz = 1", "table[0](t).xyz: 不认识“xyz”"),
        (SMALL + 'type = { kind = "whole", min = 0, maxx = 5 }', "table[0](t).type.maxx: 不认识“maxx”，是不是“max”？"),
        (
            SMALL.replace('id = "x", ', 'id = "x", lable = "z", '),
            "table[0](t).rows[0](x).lable: 不认识“lable”，是不是“label”？",
        ),
        (
            SMALL + '[table.rules]\nR = { rule = "x = y", sey = "z" }',
            "table[0](t).rules.R.sey: 不认识“sey”，是不是“say”？",
        ),
        (SMALL + '[[cover]]\nid = "p"\nlabel = "电话"\nhnt = ""', "cover[0](p).hnt: 不认识“hnt”，是不是“hint”？"),
        (SMALL + '[[list]]\nid = "i"\ntitle = "单"\nsizes = 3', "list[0](i).sizes: 不认识“sizes”，是不是“size”？"),
    ],
)
def test_a_misspelt_key_is_told_and_the_right_one_is_guessed(wrong: str, problem: str) -> None:
    assert problem in problems_of(wrong)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (SMALL.replace("version = 1", "version = true"), "form.version: 应为整数"),
        (SMALL.replace("version = 1", "version = 1.5"), "form.version: 应为整数"),
        (SMALL.replace("version = 1", "version = 1\naccepts = [1, inf]"), "form.accepts[1]: 应为整数"),
        (SMALL.replace("version = 1", "version = 1\naccepts = [1.5]"), "form.accepts[0]: 应为整数"),
        (SMALL.replace('title = "小表"', "title = 3"), "form.title: 应为文字"),
        (SMALL.replace('title = "小表"', 'title = ""'), "form.title: 不能为空"),
        ("form = 3" + TABLE, "form: 应为表 {...}"),
        (HEAD + "[table]\nid = 'x'", "table: 应为列表 [...]"),
        (HEAD, "table: 缺少“table”"),
        (SMALL.replace('label = "甲"', "label = [1]"), "table[0](t).columns[0](a).label: 应为文字"),
        (
            SMALL.replace('label = "甲"', 'label = "甲", under = ["子", 3]'),
            "table[0](t).columns[0](a).under[1]: 应为文字",
        ),
        (SMALL + 'column_width = "宽"', "table[0](t).column_width: 应为数字"),
        (SMALL + 'type = { min = "0" }', "table[0](t).type.min: 应为数字"),
        (SMALL + 'type = "words"', "table[0](t).type.kind: 只能是 whole、decimal、choice、text、date、url"),
        (SMALL + 'type = { signed = "no" }', "table[0](t).type.signed: 应为true/false"),
        (SMALL + "[[table.block]]", "table[0](t).rows: 已分 block，行列应写在 block 里"),
        (SMALL + "[[table.block]]", "table[0](t).block[0].columns: 缺少“columns”"),
        (SMALL + '[[texts]]\nid = "w"\ntitle = "文"', "texts[0](w).items: 缺少“items”"),
        (
            SMALL + '[[cover]]\nid = "Phone"\nlabel = "电话"',
            "cover[0](Phone).id: 代号“Phone”只能用小写字母、数字和下划线，且以字母开头",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_told(wrong: str, problem: str) -> None:
    assert problem in problems_of(wrong)


@pytest.mark.parametrize("sheet", ["", "一" * 32, "a[b]", "a:b", "a*b", "a?b", "a/b", "a\\\\b", "a'b"])
def test_a_sheet_name_that_excel_does_not_take_is_told(sheet: str) -> None:
    shown = sheet.replace("\\\\", "\\")
    assert any(
        problem.startswith(f"table[0](t).sheet: 工作表名“{shown}”不合 Excel 要求")
        for problem in problems_of(SMALL + f'sheet = "{sheet}"')
    )


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (
            SMALL.replace('id = "y"', 'id = "x"'),
            "table(t): 代号“x”用了两次（行、列代号在一张表内不能相同）",
        ),
        (
            SMALL.replace('id = "y"', 'id = "a"'),
            "table(t): 代号“a”用了两次（行、列代号在一张表内不能相同）",
        ),
        (SMALL.replace('id = "b"', 'id = "a"'), "table(t): 列代号“a”用了两次"),
        (SMALL + TABLE.replace("一张表", "另一张"), "代号“t”用了两次"),
        (SMALL + TABLE.replace('id = "t"', 'id = "u"'), "工作表名“一张表”用了两次"),
        (SMALL + '[[list]]\nid = "t"\ntitle = "单"', "代号“t”用了两次"),
        (SMALL + '[[list]]\nid = "i"\ntitle = "一张表"', "工作表名“一张表”用了两次"),
    ],
)
def test_a_name_that_stands_twice_is_told(wrong: str, problem: str) -> None:
    assert problem in problems_of(wrong)


def test_blocks_of_a_table_may_share_their_columns_but_not_their_rows() -> None:
    blocks = """
    [[table]]
    id = "t"
    title = "表"
    [[table.block]]
    rows = [{ id = "x", label = "一" }]
    columns = [{ id = "a", label = "甲" }]
    [[table.block]]
    rows = [{ id = "y", label = "二" }]
    columns = [{ id = "a", label = "乙" }]
    """
    assert list(form_of(HEAD + blocks).variables) == ["t.x.a", "t.y.a"]
    assert problems_of(HEAD + blocks.replace('"y"', '"x"')) == [
        "table(t): 代号“x”用了两次（行、列代号在一张表内不能相同）"
    ]


def test_a_body_that_a_rule_frees_must_be_a_body_of_the_form() -> None:
    rule = SMALL + '[table.rules]\nR = { rule = "x = 0", free_bodies = ["省级政府", "部门"] }'
    assert problems_of(rule.replace("version = 1", 'version = 1\nbodies = ["部门"]')) == [
        "form.bodies: 规则里用到的机构类型“省级政府”没有列在这里"
    ]


def test_every_faulty_rule_is_told_with_its_own_place() -> None:
    told = problems_of(
        SMALL
        + """
        [table.formulas]
        F-01 = "x + y = x"
        F-02 = "y = y + x"

        [table.rules]
        R-01 = "x + z = y"
        R-02 = ["x = y", "x ="]
        R-03 = "x"

        [rules]
        R-04 = "x = y"
        """
    )
    assert told == [
        "table[0](t).formulas.F-01: 合计公式应写成“代号 = 公式”，左边只能是一个代号",
        "table[0](t).formulas.F-02: 合计公式的右边不能包含它自己",
        "table[0](t).rules.R-01: 没有代号“z”",
        "table[0](t).rules.R-02[1]: 没有写完：\n      x =\n         ^",
        "table[0](t).rules.R-03: 规则里要有一个比较符号：= <= >= < > <>",
        "rules.R-04: 没有代号“x”",
    ]


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_definition_may_begin_with_a_byte_order_mark(encoding: str, tmp_path: Path) -> None:
    made = read_definition(folder_with(tmp_path, SMALL, encoding=encoding))
    form, problems = made.form, list(made.problems)
    assert (form.title, problems) == ("小表", [])


def test_a_definition_that_is_not_utf8_is_told_to_be_saved_so(tmp_path: Path) -> None:
    assert "form.toml: 请存为 UTF-8 编码" in read_definition(folder_with(tmp_path, SMALL, encoding="gb18030")).problems


def test_a_definition_that_is_no_toml_is_told_with_line_and_column(tmp_path: Path) -> None:
    problems = list(read_definition(folder_with(tmp_path, "[form]\nid = \n")).problems)
    assert problems[0] == "form.toml: 不是正确的 TOML：Invalid value (at line 2, column 6)"


def test_a_definition_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert read_definition(tmp_path).problems[0].startswith("form.toml: 读不出来：")


def test_a_report_outline_that_cannot_be_read_is_told_with_its_own_name(tmp_path: Path) -> None:
    folder_with(tmp_path, SMALL)
    (tmp_path / "report.toml").write_bytes("title = '标题'".encode("gb18030"))
    assert list(read_definition(tmp_path).problems) == ["report.toml: 请存为 UTF-8 编码"]
    (tmp_path / "report.toml").write_text("title = [", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"report\.toml: 不是正确的 TOML"):
        load(str(tmp_path))


def test_a_report_outline_is_kept_as_read(tmp_path: Path) -> None:
    folder_with(tmp_path, SMALL)
    (tmp_path / "report.toml").write_text('title = ["{unit}"]', encoding="utf-8")
    made = read_definition(tmp_path)
    assert made.report == {"title": ["{unit}"]}
    assert made.form.folder == str(tmp_path)


LAYERS = """
[form]
id = "f"
version = 1
title = "表"

[[table]]
id = "t"
title = "表"
type = { unit = "件" }
cells = { "b.y" = { type = { max = 9 } } }
columns = [{ id = "x", label = "甲" }, { id = "y", label = "乙", type = { kind = "decimal", decimals = 2 } }]
rows = [
  { id = "a", label = "天数", type = { decimals = 1, unit = "天" } },
  { id = "b", label = "增减", type = { signed = true } },
  { id = "c", label = "件数" },
]
"""


def test_the_nearest_that_says_something_of_a_cell_wins() -> None:
    definition = parse_definition(LAYERS)
    assert definition.problems == ()
    types = {name: one.type for name, one in definition.form.variables.items()}
    assert types["t.c.x"] == NumberType(unit="件")
    assert types["t.c.y"] == NumberType(kind="decimal", decimals=2, maximum=Decimal(999_999_999), unit="件")
    assert types["t.a.x"] == NumberType(kind="decimal", decimals=1, maximum=Decimal(999_999_999), unit="天")
    assert types["t.a.y"] == types["t.a.x"], "a row is nearer than a column"
    assert types["t.b.x"] == NumberType(minimum=None, unit="件")
    assert (types["t.b.y"].maximum, types["t.b.y"].decimals, types["t.b.y"].minimum) == (9, 2, None)
    assert [types["t.b.x"].fault(Decimal(n)) for n in ("-3", "2.5")] == ["", "decimals"]


def test_a_row_is_printed_with_its_own_unit_of_measure() -> None:
    form = parse_definition(LAYERS).form
    assert form.variables["t.a.x"].row_label == "天数（天）"
    assert [form.variables[f"t.{row}.x"].measure for row in "ac"] == ["", "件"]
    assert {cell.plain for cell in draw_grid(form.tables[0]).cells if cell.kind == "stub"} == {
        "天数（天）",
        "增减",
        "件数",
    }


def test_a_cell_that_is_not_there_is_told() -> None:
    assert "table(t).cells: 没有“b.z”这一格" in parse_definition(LAYERS.replace("b.y", "b.z")).problems


def test_a_row_has_a_share_of_its_column_and_a_shape(tmp_path: Path) -> None:
    folder_with(tmp_path, SMALL)
    (tmp_path / "shares.toml").write_text('"t.x" = [0.75, 2]\n"t.y" = [0.25]\n', encoding="utf-8")
    definition = read_definition(tmp_path)
    assert definition.form.shares["t.x"] == (0.75, 2)
    assert list(definition.problems) == ["shares.toml.t.y: 应为两个数：占比和形状"]


@pytest.mark.parametrize("choices", ['["甲,乙", "丙"]', """['甲"', "乙"]"""])
def test_a_choice_holds_no_sign_that_ends_it_in_a_spreadsheet(choices: str) -> None:
    row = f'{{ id = "x", label = "一", type = {{ choices = {choices} }} }}'
    (told,) = problems_of(HEAD + TABLE.replace('{ id = "x", label = "第一行" }', row))
    assert "不能有英文的逗号和引号" in told
