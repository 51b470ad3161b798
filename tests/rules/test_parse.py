"""Rule text as clerks type it becomes a tree; what cannot be read is shown with a caret under the place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.rules.parse import (
    COMPARISONS,
    FUNCTIONS,
    BinaryOperation,
    Literal,
    Name,
    RuleSyntaxError,
    Span,
    Syntax,
    parse,
)


def shape(tree: Syntax) -> str:
    """The tree with every operation in brackets."""
    match tree:
        case Literal(value):
            return str(value)
        case Name(parts, _, prior):
            return ".".join(parts) + ("'" if prior else "")
        case Span(first, last):
            return f"{shape(first)}..{shape(last)}"
        case BinaryOperation("neg", (only,)):
            return f"(-{shape(only)})"
        case BinaryOperation(op, args) if op in FUNCTIONS:
            return f"{op}({', '.join(shape(arg) for arg in args)})"
        case BinaryOperation(op, args):
            return f"({f' {op} '.join(shape(arg) for arg in args)})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("new + carried_in = closed + carried_out", "((new + carried_in) = (closed + carried_out))"),
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a - b + c", "((a - b) + c)"),
        ("a - (b - c)", "(a - (b - c))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("-a * b", "((-a) * b)"),
        ("a - -b", "(a - (-b))"),
        ("--a", "(-(-a))"),
        ("a * -b + c", "((a * (-b)) + c)"),
        ("a + b <= 2 * c", "((a + b) <= (2 * c))"),
        ("total = sum(natural:other)", "(total = sum(natural..other))"),
        ("sum(a, b, c:d) = 0", "(sum(a, b, c..d) = 0)"),
        ("min(a, max(b, 1)) = abs(-c)", "(min(a, max(b, 1)) = abs((-c)))"),
        ("carried_in = carried_out[上年]", "(carried_in = carried_out')"),
        ("requests.new.total[ 上年 ] > 1", "(requests.new.total' > 1)"),
        ("a=1.50", "(a = 1.50)"),
        ("a=007", "(a = 7)"),
        ("sum2 = sum", "(sum2 = sum)"),
    ],
)
def test_operators_bind_as_in_arithmetic(text: str, tree: str) -> None:
    assert shape(parse(text)) == tree


@pytest.mark.parametrize("sign", COMPARISONS)
def test_there_are_six_comparisons(sign: str) -> None:
    assert shape(parse(f"a {sign} b")) == f"(a {sign} b)"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ａ", None),
        ("a＋b－c", "a+b-c"),
        ("a＊b／c", "a*b/c"),
        ("a×b", "a*b"),
        ("（a）", "(a)"),
        ("a＝b", "a=b"),
        ("a＜b", "a<b"),
        ("a＞b", "a>b"),
        ("a＜＝b", "a<=b"),
        ("a≤b", "a<=b"),
        ("a≥b", "a>=b"),
        ("a≠b", "a<>b"),
        ("a＜＞b", "a<>b"),
        ("a == b", "a = b"),
        ("sum（a，b：c）", "sum(a,b:c)"),
        ("a［上年］", "a[上年]"),
        ("t．x．a", "t.x.a"),
        ("a\u3000=\u3000b", "a = b"),
        ("\n a =\tb \n", "a = b"),
    ],
)
def test_full_width_marks_are_read_as_their_plain_forms(typed: str, plain: str | None) -> None:
    if plain is None:
        with pytest.raises(RuleSyntaxError, match="看不懂这里"):
            parse(typed)
    else:
        assert shape(parse(typed)) == shape(parse(plain))


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("", 0, "没有写完"),
        ("a +", 3, "没有写完"),
        ("a = ", 3, "没有写完"),
        ("sum(a", 5, "没有写完，应有“)”"),
        ("(a + b", 6, "没有写完，应有“)”"),
        ("a[", 2, "没有写完"),
        ("a[上年", 4, "没有写完，应有“]”"),
        ("a[上年 = b", 5, "这里应为“]”"),
        ("a[去年] = b", 2, "看不懂这里"),
        ("a[b] = b", 2, "方括号里只能写“上年”“上年同期”“上期”“累计”"),
        ("a : 3 = 1", 4, "冒号后应是行列代号"),
        ("sum(a:) = 1", 6, "冒号后应是行列代号"),
        ("a = 上年", 4, "这里应是数、行列代号或函数"),
        ("a = = b", 4, "这里应是数、行列代号或函数"),
        ("a + * b", 4, "这里应是数、行列代号或函数"),
        ("+a = b", 0, "这里应是数、行列代号或函数"),
        ("() = a", 1, "这里应是数、行列代号或函数"),
        ("a = b)", 5, "这里多了内容"),
        ("a = b c", 6, "这里多了内容"),
        ("a = 1,234", 5, "这里多了内容"),
        ("1:b = a", 1, "这里多了内容"),
        ("a = b = c", 6, "一条规则只能有一个比较符号"),
        ("a = (b < c)", 2, "一条规则只能有一个比较符号"),
        ("average(a, b) = c", 0, "没有函数 average，可用：sum、min、max、abs、count"),
        ("SUM(a) = c", 0, "没有函数 SUM，可用：sum、min、max、abs、count"),
        ("abs(a, b) = c", 0, "abs 只要一个参数"),
        ("a.b.c.d = 1", 0, "代号最多三段：表.行.列"),
        ("a = b % c", 6, "看不懂这里"),
        ("总计 = a", 0, "看不懂这里"),
        ("a = $B$2", 4, "看不懂这里"),
        ("a != b", 2, "看不懂这里"),
        ("a = 1.", 5, "看不懂这里"),
        ("a = .5", 4, "看不懂这里"),
    ],
)
def test_a_syntax_error_says_what_is_wrong_and_where(text: str, at: int, why: str) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse(text)
    assert (caught.value.why, caught.value.at) == (why, at)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse("new + carried_in = closed carried_out")
    assert str(caught.value).splitlines() == [
        "这里多了内容：",
        "      new + carried_in = closed carried_out",
        "                                ^",
    ]


def test_the_caret_counts_two_columns_for_a_chinese_character() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse("a[上年] = b ！ c")
    assert str(caught.value).splitlines()[1:] == ["      a[上年] = b ！ c", "                  ^"]


def test_the_caret_fits_the_text_with_plain_marks() -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        parse("　a ≥ ｂ")
    assert str(caught.value).splitlines()[1:] == ["      a >= ｂ", "           ^"]


def refusal(text: str) -> RuleSyntaxError | None:
    try:
        parse(text)
    except RuleSyntaxError as error:
        return error
    return None


names = st.sampled_from(["a", "b", "row_1", "t.x.a", "x.total"])
leaves = st.one_of(
    names.map(lambda name: Name(tuple(name.split(".")), 0)),
    names.map(lambda name: Name(tuple(name.split(".")), 0, prior=True)),
    st.decimals(0, 10**9, places=2).map(Literal),
)
trees: st.SearchStrategy[Syntax] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda arg: BinaryOperation("neg", (arg,))),
        st.tuples(st.sampled_from("+-*/"), inner, inner).map(lambda t: BinaryOperation(t[0], (t[1], t[2]))),
        st.tuples(st.sampled_from(("sum", "min", "max")), st.lists(inner, min_size=1, max_size=3)).map(
            lambda t: BinaryOperation(t[0], tuple(t[1]))
        ),
        inner.map(lambda arg: BinaryOperation("abs", (arg,))),
    ),
)


def written(tree: Syntax) -> str:
    """Rule text with all brackets."""
    match tree:
        case Literal(value):
            return f"{value:f}"
        case Name(parts, _, prior):
            return ".".join(parts) + ("[上年]" if prior else "")
        case BinaryOperation("neg", (only,)):
            return f"-({written(only)})"
        case BinaryOperation(op, args) if op in FUNCTIONS:
            return f"{op}({', '.join(written(arg) for arg in args)})"
        case BinaryOperation(op, (left, right)):
            return f"({written(left)}) {op} ({written(right)})"
    raise AssertionError(tree)


@settings(deadline=None)
@given(trees)
def test_any_tree_written_out_is_read_as_the_same_tree(tree: Syntax) -> None:
    assert shape(parse(written(tree))) == shape(tree)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    error = refusal(text)
    if error:
        assert 0 <= error.at <= len(text) * 2


@settings(deadline=None)
@given(st.text(alphabet="ab1. +-*/()=<>,:[]上年summinabs"))
def test_any_jumble_of_rule_marks_is_read_or_refused(text: str) -> None:
    error = refusal(text)
    assert error.why if error else shape(parse(text))


def test_a_number_is_exact() -> None:
    assert parse("0.1") == Literal(Decimal("0.1"))
    assert parse("999999999999.000001") == Literal(Decimal("999999999999.000001"))


def test_a_name_knows_where_it_stands() -> None:
    tree = parse("first + second")
    assert isinstance(tree, BinaryOperation)
    assert [arg.at for arg in tree.args if isinstance(arg, Name)] == [0, 8]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "a" + ")" * 3000,
        "-" * 3000 + "a",
        "+".join(["a"] * 3000),
        "sum(" * 3000 + "a" + ")" * 3000,
        # Neither the brackets nor the operations of one bracket are many; the tree is deep all the same.
        "(" * 50 + "a" + "+ a + a + a)" * 50,
    ],
)
def test_what_is_too_deep_is_refused_with_an_excerpt_round_the_place(text: str) -> None:
    error = refusal(text)
    assert error is not None
    assert "套得太深" in error.why
    assert 0 < error.at < len(text)
    assert len(str(error)) < 500


def test_what_is_as_deep_as_may_be_is_read() -> None:
    assert shape(parse("(" * 99 + "a" + ")" * 99)) == "a"
    assert shape(parse("+".join(["a"] * 101))).count("+") == 100
    for text in ("(" * 100 + "a" + ")" * 100, "+".join(["a"] * 102)):
        error = refusal(text)
        assert error is not None
        assert "套得太深，最多 100 层" in error.why
