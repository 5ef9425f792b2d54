"""Mend what others' directives write, so that each page is valid HTML and reads well aloud."""

import re
from collections.abc import Iterator
from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform

CHINESE = re.compile("([\u3400-\u9fff]+)")


class in_chinese(nodes.inline):
    """Words that a reader's voice must change its language for."""


def spoken_as_chinese(text: str) -> Iterator[nodes.Node]:
    """The text with its Chinese words apart."""
    for number, part in enumerate(CHINESE.split(text)):
        if part:
            yield in_chinese("", part) if number % 2 else nodes.Text(part)


class MendMarkup(SphinxPostTransform):
    default_priority = 600
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for node in self.document.findall(nodes.section):
            if (
                "proof-content" in node["ids"]
            ):  # sphinx-proof gives this id to the text of every box
                node["ids"].remove("proof-content")
        for note in self.document.findall(nodes.sidebar):
            if isinstance(note[0], nodes.title) and not note[0].astext():
                note.pop(0)
        for head in list(self.document.findall(nodes.thead)):
            if not head.astext().strip():
                head.parent.remove(head)
        for group in self.document.findall(nodes.tgroup):
            if group.first_child_matching_class(nodes.thead) is None:
                group[0]["stub"] = 1  # each row begins with its head, or it has none
        for text in list(self.document.findall(nodes.Text)):
            if CHINESE.search(text) and not isinstance(text.parent, nodes.FixedTextElement):
                text.parent.replace(text, list(spoken_as_chinese(text)))


def visit_in_chinese(translator, node: in_chinese) -> None:
    translator.body.append('<span lang="zh-Hans">')


def depart_in_chinese(translator, node: in_chinese) -> None:
    translator.body.append("</span>")


def visit_citation(translator, node: nodes.citation) -> None:
    # docutils puts role="list" round what isn't a list, and a role that ARIA has withdrawn
    translator.body.append(translator.starttag(node, "div", CLASS="citation"))


def depart_citation(translator, node: nodes.citation) -> None:
    translator.body.append("</div>\n")


def visit_hidden_code(translator, node: HideCodeCellNode) -> None:
    # MyST-NB puts paragraphs into a summary, and a name that isn't the one that is seen
    classes = " ".join(["hide", *node["classes"]])
    translator.body.append(f'<details class="{classes}">\n<summary>')
    show, hide = escape(node["prompt_show"]), escape(node["prompt_hide"])
    both = f'<span class="collapsed">{show}</span><span class="expanded">{hide}</span>'
    translator.body.append(show if show == hide else both)
    translator.body.append("</summary>\n")


def depart_hidden_code(translator, node: HideCodeCellNode) -> None:
    translator.body.append("</details>\n")


def setup(app):
    app.setup_extension("myst_nb")
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, depart_hidden_code))
    app.add_node(in_chinese, html=(visit_in_chinese, depart_in_chinese))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.add_post_transform(MendMarkup)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
