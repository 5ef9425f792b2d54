"""Proofs (and admonitions of class ``dropdown``) as a native, closed ``<details>``."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_proof.nodes import proof_node


class folded(nodes.Element):
    """A closed part of the page; its first child is the summary."""


class summary(nodes.TextElement):
    """The line that opens a folded part."""


def without_leading_word(section: nodes.Element) -> None:
    """Drop the "Proof. " that sphinx-proof puts before the text; the summary says it instead."""
    for text in section.findall(nodes.Text):
        if text.startswith("Proof. "):
            text.parent.replace(text, nodes.Text(text[len("Proof. ") :]))
        return


class FoldProofs(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for node in list(self.document.findall(proof_node)):
            section = node[0]
            without_leading_word(section)
            folds = "dropdown" in section["classes"]
            node.replace_self(
                fold(section, [nodes.Text("Proof")], ["proof"]) if folds else open_proof(section)
            )
        for node in list(self.document.findall(nodes.admonition)):
            if "dropdown" in node["classes"]:
                title = (
                    node.pop(0) if isinstance(node[0], nodes.title) else nodes.title("", "Details")
                )
                kinds = [name for name in node["classes"] if name != "dropdown"]
                node.replace_self(fold(node, title.children, kinds))


def fold(section: nodes.Element, title: list[nodes.Node], classes: list[str]) -> folded:
    box = folded("", classes=classes, ids=[name for name in section["ids"] if name != "proof"])
    box += summary("", "", *[child.deepcopy() for child in title])
    box.extend(section.children)
    return box


def open_proof(section: nodes.Element) -> nodes.container:
    """A proof that stays open: the same box without the handle."""
    box = nodes.container("", classes=["proof-open"])
    box += nodes.paragraph("", "", nodes.strong("", "Proof"), classes=["box-title"])
    box.extend(section.children)
    return box


def visit_folded(translator, node: folded) -> None:
    translator.body.append(translator.starttag(node, "details", CLASS="folded"))


def depart_folded(translator, node: folded) -> None:
    translator.body.append("</details>\n")


def visit_summary(translator, node: summary) -> None:
    translator.body.append(translator.starttag(node, "summary", ""))


def depart_summary(translator, node: summary) -> None:
    translator.body.append("</summary>\n")


def setup(app):
    app.setup_extension("sphinx_proof")
    app.add_node(folded, html=(visit_folded, depart_folded))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_post_transform(FoldProofs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
