"""Mend what others' directives write, so that each page is valid HTML, opens without a script,
reads well aloud, and is the same in every build.

Proofs, answers and folded code become a native ``<details>``. What a cell printed is one block,
however often the kernel happened to send it on. Of an error that a cell raises on purpose name and
message are shown: the frames above would show paths of the machine that built the book.
"""

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import unquote

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_proof.directive import ProofDirective
from sphinx_proof.nodes import proof_node

from .katex_math import in_words

CHINESE = re.compile("([\u3400-\u9fff]+)")
# Where a line shouldn't end: before a unit; before the number of a figure, theorem or section.
TOGETHER = re.compile(
    r"(?<=\d) (?=(?:%|bits?|nats?|bans?|points?|kg|[kcm]?m|km/s)(?:\W|\Z))"
    r"|(?<=Fig\.|orem|tion|emma|pter) (?=\d)"
)
TABLE = re.compile("<table.*?</table>", re.DOTALL)
CODE = re.compile("<code.*?</code>", re.DOTALL)
# Of a long name, not of a number, outside of tags.
JOINT = re.compile(r"(?<=\w[_./(])(?=[^\W\d])(?![^<]*>)")
STREAMS = ("stream", "stderr")
HEADERLINK = re.compile(r'<a class="headerlink" href="#([^"]*)" title="([^"]*)"')
HEADING = re.compile(r'(<h\d)(>(?:(?!</?h\d).)*<a class="headerlink" href="#([^"]*)")', re.DOTALL)
# What is marked in code and book.css gives no look of its own: names, operators, brackets.
UNSEEN = re.compile(
    r'<span class="(?!(?:k[ncdr]?|ow|s[12adex]?|m[ifh]|il|c[1mh]?|n[fce]|g[rt])")\w\w?">'
    r"([^<]*)</span>"
)
LONGEST = 80  # characters of a link's name
LAST_LINE = re.compile(r"^[A-Za-z_][\w.]*(?::\s.*)?\Z", re.DOTALL | re.MULTILINE)


class in_chinese(nodes.inline):
    """Words that a reader's voice must change its language for."""


class folded(nodes.Element):
    """A closed part of the page; its first child is the summary."""


class summary(nodes.TextElement):
    """The line that opens a folded part."""


# ---- proofs and answers


class Proof(ProofDirective):
    """A proof as it is written: sphinx-proof's own puts "Proof. " before it, list or not."""

    def run(self) -> list[nodes.Node]:
        section = nodes.admonition(classes=["proof", *self.options.get("class", [])])
        self.state.nested_parse(self.content, self.content_offset, section)
        return [proof_node("", section)]


def fold(section: nodes.Element, title: list[nodes.Node], classes: list[str]) -> folded:
    box = folded("", classes=classes, ids=section["ids"])
    box += summary("", "", *[child.deepcopy() for child in title])
    box.extend(section.children)
    return box


def open_proof(section: nodes.Element) -> nodes.container:
    """A proof that stays open: the same box without the handle."""
    box = nodes.container("", classes=["proof-open"])
    box += nodes.paragraph("", "", nodes.strong("", "Proof"), classes=["box-title"])
    box.extend(section.children)
    return box


class FoldParts(SphinxPostTransform):
    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs) -> None:
        name = ""
        for node in list(self.document.findall(proof_node)):
            before, section = node.previous_sibling(), node[0]
            if isinstance(before, folded):  # the proof before this one
                name = name.replace("Proof", "Another proof")
            else:
                name = " of ".join(["Proof", *self.numbered(before)])
            folds = "dropdown" in section["classes"]
            node.replace_self(
                fold(section, [nodes.Text(name)], ["proof"]) if folds else open_proof(section)
            )
        for node in list(self.document.findall(nodes.admonition)):
            if "dropdown" in node["classes"]:
                title = (
                    node.pop(0) if isinstance(node[0], nodes.title) else nodes.title("", "Details")
                )
                kinds = [name for name in node["classes"] if name != "dropdown"]
                node.replace_self(fold(node, title.children, kinds))

    def numbered(self, node: nodes.Node | None) -> list[str]:
        """What a result is called, "Theorem 6.1", if the node is one."""
        if not isinstance(node, nodes.Element) or "countertype" not in node:
            return []
        numbers = self.env.toc_fignumbers[self.env.docname][node["countertype"]]
        return [f"{node['realtype'].title()} {'.'.join(map(str, numbers[node['ids'][0]]))}"]


# ---- what cells print and raise


def is_stream(node: nodes.Node) -> bool:
    """Whether a node is a piece of what was printed."""
    return isinstance(node, nodes.literal_block) and any(s in node["classes"] for s in STREAMS)


class TidyOutputs(SphinxPostTransform):
    default_priority = 500

    def run(self, **kwargs) -> None:
        # MyST-NB's own setting, nb_merge_streams, breaks a line where a piece ends inside one.
        for block in list(self.document.findall(is_stream)):
            before = block.previous_sibling()
            if is_stream(before) and before["classes"] == block["classes"]:
                text = before.astext() + block.astext()
                block.rawsource, block[:] = text, [nodes.Text(text)]
                block.parent.remove(before)
        for block in self.document.findall(nodes.literal_block):
            if "traceback" in block["classes"]:
                text = block.astext().rstrip()
                message = text[text.rfind("\n\n") + 2 :] if "\n\n" in text else text
                if LAST_LINE.match(message):
                    block.rawsource, block[:] = message, [nodes.Text(message)]
                    block["language"] = "ipythontb"


# ---- ids, heads, languages


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
            if "proof-content" in node["ids"]:  # sphinx-proof's id for the text of every box
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
            if isinstance(text.parent, nodes.FixedTextElement | nodes.literal | nodes.math):
                continue
            if CHINESE.search(text):
                text.parent.replace(text, list(spoken_as_chinese(text)))
            elif TOGETHER.search(text):
                text.parent.replace(text, nodes.Text(TOGETHER.sub("\N{NO-BREAK SPACE}", text)))


# ---- names of links to places


def told(node: nodes.Element) -> str:
    """What a place is called: by its title, its caption or itself, in plain words."""
    kinds = nodes.title | nodes.caption
    title = next((part for part in node.children if isinstance(part, kinds)), node)
    words = " ".join(in_words(title).split())
    return words if len(words) <= LONGEST else words[: words.rfind(" ", 0, LONGEST)] + " …"


def name_links(app, pagename, templatename, context, doctree) -> None:
    """Let each "#" say where it leads, as none is like another then to those who hear them, and
    each heading only what it is: browsers take the names of links in it for a part of its own."""
    if doctree is None:
        return
    places = {name: node for node in doctree.findall(nodes.Element) for name in node.get("ids", ())}

    def named(link: re.Match[str]) -> str:
        place = places.get(unquote(link[1]))
        name = f": {told(place)}" if place is not None and "equation" not in link[2] else ""
        return f'{link[0]} aria-label="{escape(link[2] + name, quote=True)}"'

    def headed(start: re.Match[str]) -> str:
        place = places.get(unquote(start[3]))
        name = f' aria-label="{escape(told(place), quote=True)}"' if place is not None else ""
        return f"{start[1]}{name}{start[2]}"

    context["body"] = HEADING.sub(headed, HEADERLINK.sub(named, context["body"]))


def joint_names(app, pagename, templatename, context, doctree) -> None:
    """Let a long name in a table go on in the next line, after an underscore, say."""

    def in_code(code: re.Match[str]) -> str:
        return JOINT.sub("<wbr>", code[0])

    if doctree is not None:
        context["body"] = TABLE.sub(lambda table: CODE.sub(in_code, table[0]), context["body"])


def lighten_code(app, pagename, templatename, context, doctree) -> None:
    """Leave out the marks that change nothing: two thirds of all, and a sixteenth of a page."""
    if doctree is not None:
        context["body"] = UNSEEN.sub(r"\1", context["body"])


# ---- how they are written


def visit_folded(translator, node: folded) -> None:
    translator.body.append(translator.starttag(node, "details", CLASS="folded"))


def visit_summary(translator, node: summary) -> None:
    translator.body.append(translator.starttag(node, "summary", ""))


def visit_in_chinese(translator, node: in_chinese) -> None:
    translator.body.append('<span lang="zh-Hans">')


def visit_citation(translator, node: nodes.citation) -> None:
    # docutils puts role="list" round what isn't a list, and a role that ARIA has withdrawn
    translator.body.append(translator.starttag(node, "div", CLASS="citation"))


def visit_hidden_code(translator, node: HideCodeCellNode) -> None:
    # MyST-NB puts paragraphs into a summary, and a name that isn't the one that is seen
    classes = " ".join(["hide", *node["classes"]])
    translator.body.append(f'<details class="{classes}">\n<summary>')
    show, hide = escape(node["prompt_show"]), escape(node["prompt_hide"])
    both = f'<span class="collapsed">{show}</span><span class="expanded">{hide}</span>'
    translator.body.append(show if show == hide else both)
    translator.body.append("</summary>\n")


def closing(tag: str):
    """What ends a part: the closing tag."""
    return lambda translator, node: translator.body.append(f"</{tag}>\n")


def end_of_words(translator, node: in_chinese) -> None:
    translator.body.append("</span>")  # and no space: the text goes on


def setup(app):
    for extension in ("myst_nb", "sphinx_proof"):
        app.setup_extension(extension)
    app.add_directive_to_domain("prf", "proof", Proof, override=True)
    details = closing("details")
    app.add_node(folded, html=(visit_folded, details))
    app.add_node(summary, html=(visit_summary, closing("summary")))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_code, details))
    app.add_node(in_chinese, html=(visit_in_chinese, end_of_words))
    app.add_node(nodes.citation, override=True, html=(visit_citation, closing("div")))
    app.connect("html-page-context", name_links)
    app.connect("html-page-context", joint_names)
    app.connect("html-page-context", lighten_code)
    for transform in (FoldParts, TidyOutputs, MendMarkup):
        app.add_post_transform(transform)
