"""The page of known errors: every "looks right but isn't" box of the book, with its cells.

The list is read from the chapters, so it can't go stale. A box after which no cell shows anything
is a warning: a claim is refuted by what a cell shows or not at all.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.addnodes import compact_paragraph, pending_xref
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

LEAD = "Looks right but isn’t: "


class known_errors(nodes.General, nodes.Element):
    """Where the list goes."""


class KnownErrors(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # the list changes with the chapters, not with this page
        return [known_errors()]


def boxes(doctree: nodes.document) -> Iterator[nodes.admonition]:
    return (box for box in doctree.findall(nodes.admonition) if "isnt-so" in box["classes"])


def refuting_cells(box: nodes.admonition) -> list[nodes.Element]:
    """The code cells after a box, to the first that shows something, before the next box or
    section."""
    parent, cells = box.parent, []
    for node in parent[parent.index(box) + 1 :]:
        if isinstance(node, nodes.container) and "cell" in node["classes"]:
            cells.append(node)
            if any("cell_output" in part.get("classes", ()) for part in node.children):
                return cells
        if isinstance(node, nodes.section | nodes.admonition):
            break
    return []


def give_ids(app, doctree: nodes.document) -> None:
    """Make each box a place to link to, and see that a cell refutes it."""
    for number, box in enumerate(boxes(doctree), 1):
        if not box["ids"]:
            box["ids"].append(f"isnt-so-{number}")
        if not refuting_cells(box):
            logger.warning(
                "no code cell refutes this box", location=box, type="known_errors", subtype="cell"
            )


def in_reading_order(env: BuildEnvironment, docname: str) -> Iterator[str]:
    yield docname
    for child in env.toctree_includes.get(docname, []):
        yield from in_reading_order(env, child)


def copied(node: nodes.Node, docname: str) -> nodes.Node:
    """A copy for a page: an id stands in it once, a label in the book once, links go from it."""
    twin = node.deepcopy()
    for part in twin.findall(nodes.Element):
        part["ids"], part["names"] = [], []
        if isinstance(part, pending_xref):
            part["refdoc"] = docname
    return twin


class ListKnownErrors(SphinxPostTransform):
    default_priority = 2  # before myst-nb chooses outputs (4) and Sphinx resolves references (10)

    def run(self, **kwargs) -> None:
        for place in list(self.document.findall(known_errors)):
            sections = list(self.chapters())
            place.replace_self([self.claims(sections), *sections])
            self.list_beside(sections)

    def chapters(self) -> Iterator[nodes.section]:
        for docname in in_reading_order(self.env, self.config.root_doc):
            found = list(boxes(self.env.get_doctree(docname)))
            if found:
                section = nodes.section("", ids=[f"errors-{docname.rpartition('/')[2]}"])
                section += nodes.title(
                    "", "", *copied(self.env.titles[docname], self.env.docname).children
                )
                section += [part for box in found for part in self.entry(docname, box)]
                yield section

    def claims(self, sections: list[nodes.section]) -> nodes.bullet_list:
        """What the page holds, a line a claim, below the chapter's name."""
        lists = nodes.bullet_list("", classes=["claims"])
        for section in sections:
            lines = nodes.bullet_list()
            for entry in section.children:
                if "known-error" in entry.get("classes", ()):
                    words = copied(entry, self.env.docname).next_node(nodes.strong).children
                    lines += nodes.list_item("", self.link(entry["ids"][0], words))
            title = copied(section[0], self.env.docname).children
            lists += nodes.list_item("", self.link(section["ids"][0], title), lines)
        return lists

    def list_beside(self, sections: list[nodes.section]) -> None:
        """Put the chapters' names into the contents, where other pages have their headings."""
        page, names = self.env.docname, nodes.bullet_list()
        for section in sections:
            link = self.link(section["ids"][0], copied(section[0], page).children)[0]
            link["anchorname"] = link["refuri"]
            names += nodes.list_item("", compact_paragraph("", "", link))
        self.env.tocs[page][0][1:] = [names]
        self.env.toc_num_entries[page] = 1 + len(sections)

    def link(self, place: str, words: list[nodes.Node]) -> nodes.paragraph:
        link = nodes.reference("", "", *words, internal=True, refuri=f"#{place}")
        return nodes.paragraph("", "", link)

    def entry(self, docname: str, box: nodes.admonition) -> Iterator[nodes.Node]:
        title, *text = box.children
        claim = nodes.strong("", "", *copied(title, self.env.docname).children)
        for words in claim.findall(nodes.Text):
            if words.startswith(LEAD):
                claim.replace(words, nodes.Text(words[len(LEAD) :]))
                break
        address = self.app.builder.get_relative_uri(self.env.docname, docname) + "#" + box["ids"][0]
        link = nodes.reference("", "", claim, internal=True, refuri=address)
        name = f"{docname.rpartition('/')[2]}-{box['ids'][0]}"
        yield nodes.paragraph("", "", link, classes=["known-error"], ids=[name])
        yield from (copied(part, self.env.docname) for part in text)
        yield from (copied(cell, self.env.docname) for cell in refuting_cells(box))


def setup(app):
    app.add_node(known_errors)
    app.add_directive("known-errors", KnownErrors)
    app.connect("doctree-read", give_ids)
    app.add_post_transform(ListKnownErrors)
