"""Writes ``toolkit/checks/narrative/dictionary.txt``: the words that tell a doubled character from a seam of words.

``python docs/make_dictionary.py DICT`` reads ``dict.txt`` of the package jieba 0.42.1 (a word, how often, what kind).
Kept are words of two and three characters that are not rare, and of up to four in which a character stands twice.
"""  # noqa: INP001 - a folder of documents is no package

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "toolkit" / "checks" / "narrative" / "dictionary.txt"
_WORD = re.compile(r"[\u4e00-\u9fff]{2,4}")
_DOUBLED = re.compile(r"(.)\1")
_NAMES = frozenset({"nr", "nrt", "nrfg"})
#: How often a word must stand in jieba's own corpus, by its length; a name, and one with a doubled character.
_OFTEN = {2: 20, 3: 50}
_OFTEN_NAME, _OFTEN_DOUBLED = 100, 3
_A_LINE = 200
#: Words of offices that came up later than the dictionary, or that it lacks.
_ADDED = """
微信 微博 抖音 政务 公众号 小程序 短视频 新媒体 融媒体 客户端 大数据 数据局 台账 件数 条数 期数 网格员 网格化
村居 镇街 街镇 乡镇 党工委 管委会 村委会 居委会 街道办 发改委 改革委 卫健委 国资委 住建局 人社局 科工局 文旅局
审批局 医保局 司法局 应急局 信访局 市监局 城管局 清单 要点 指南 专栏 栏目 点击量 阅读量 公开率 办结率 满意度
满意率 部务会 院务会 局务会 办文 办会 会商 会签 公示栏 信箱 邮箱 门户网 织密 县情 区情 市情 省情 镇情 民生 政企
政情 数字化 智能化 规范化 标准化 精准 精准化 常态化 长效 长效机制
"""
_HEAD = """\
# Words of Chinese running text: what they begin with, and every character that such a beginning ends with.
# Made on 2026-11-27 by docs/make_dictionary.py from dict.txt of jieba 0.42.1 (https://github.com/fxsjy/jieba),
# with words of our own. Do not edit by hand. jieba is under the MIT License:
#
# Copyright (c) 2013 Sun Junyi
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice
# and this permission notice shall be included in all copies or substantial portions of the Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def kept(lines: list[str]) -> Iterator[str]:
    """The words that matter."""
    yield from (word for word in _ADDED.split() if _WORD.fullmatch(word))
    for line in lines:
        word, often, kind = (*line.split(), "", "")[:3]
        if not _WORD.fullmatch(word) or (kind in _NAMES and int(often) < _OFTEN_NAME):
            continue
        least = _OFTEN_DOUBLED if _DOUBLED.search(word) and len(word) > min(_OFTEN) else _OFTEN.get(len(word))
        if least is not None and int(often) >= least:
            yield word


def page(words: set[str]) -> str:
    """The file: beginnings with what ends them, many a line."""
    endings: dict[str, str] = {}
    for word in sorted(words):
        endings[word[:-1]] = endings.get(word[:-1], "") + word[-1]
    entries = [f"{beginning} {last}" for beginning, last in endings.items()]
    return _HEAD + "".join("|".join(entries[i : i + _A_LINE]) + "\n" for i in range(0, len(entries), _A_LINE))


if __name__ == "__main__":
    PAGE.write_text(page(set(kept(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()))), encoding="utf-8")
