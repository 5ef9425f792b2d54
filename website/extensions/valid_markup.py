"""Mend what others' directives write, so that each page is valid HTML and reads well aloud."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


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


def visit_citation(translator, node: nodes.citation) -> None:
    # docutils puts role="list" round what isn't a list, and a role that ARIA has withdrawn
    translator.body.append(translator.starttag(node, "div", CLASS="citation"))


def depart_citation(translator, node: nodes.citation) -> None:
    translator.body.append("</div>\n")


def setup(app):
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.add_post_transform(MendMarkup)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
