"""What stands in a .docx besides its words: how a paragraph is set, and comments that an editor reads."""

from __future__ import annotations

from typing import Any, Final

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.text.run import Run

from toolkit.report.document.blocks import Document, Paragraph
from toolkit.report.document.layout import printed_on
from toolkit.report.word.memory import AUTHOR
from toolkit.report.word.paragraphs import cut_runs
from toolkit.report.word.tables_read import seen_texts, squeezed

#: A signature stands two characters from the margin (GB/T 9704); nothing set so is indented.
_INDENTS: Final = {"rightChars": "200", "right": "640", "firstLineChars": "0", "firstLine": "0"}


def add_remarks(made: Any, document: Document) -> None:  # noqa: ANN401 - python-docx has no types
    """Set the paragraphs that stand otherwise than the text, and put the editor's notes into comments."""
    head = "".join(document.title[:1])
    scope = Paragraph(text=head, remarks=((head, document.notice),))
    left = list(made.paragraphs)
    for wanted in (*([scope] if document.notice else []), *document.paragraphs):
        text = squeezed(wanted.lead + wanted.text)
        at = next((i for i, one in enumerate(left) if squeezed(one.text) == text), None)
        if at is None:
            continue
        found, left = left[at], left[at + 1 :]
        if wanted.align:
            found.alignment = getattr(WD_ALIGN_PARAGRAPH, wanted.align.upper())
            indent = found._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001
            for name, value in _INDENTS.items():
                indent.set(qn(f"w:{name}"), value if wanted.align == "right" else "0")
        for words, told in wanted.remarks:
            at = "".join(text for text, _ in seen_texts(found._p)).find(words)  # noqa: SLF001
            runs = cut_runs(found._p, at, at + len(words)) if at >= 0 else found._p.r_lst  # noqa: SLF001
            comment = made.add_comment([Run(one, found) for one in runs], told, author=AUTHOR, initials="注")
            comment._comment_elm.date = printed_on(document)  # noqa: SLF001
