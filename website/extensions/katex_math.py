"""Typeset every formula at build time: KaTeX run in-process, HTML and MathML in the page.

The page then needs no script and no network, and TeX that KaTeX can't read is a warning at its
place in the source. Script, stylesheet and fonts stand in ``website/vendor/katex``; of the fonts
the site gets the glyphs that its formulas use.

In a link, a heading or the head of a table a formula carries its plain text too: browsers leave
MathML out of the names that they tell screen readers.
"""

import atexit
import base64
import hashlib
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape, unescape
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from fontTools.subset import Options, Subsetter, load_font
from py_mini_racer import MiniRacer
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
OPENING, PUNCTUATION = re.compile(r"[(\[“]+\Z"), re.compile(r"[,.;:!?)\]’”]+")
LAST_COMMA = re.compile(r"(?<!\\), *(?=\))")
SHORT = 24  # characters of a formula in plain text that surely fit on one line of a phone
VENDOR = Path(__file__).parents[1] / "vendor" / "katex"
SCRIPTS = {"msub": "_", "msup": "^", "msubsup": "_^"}
SCRIPTS |= {"munder": "_", "mover": "^", "munderover": "_^"}
ACCENTS = {"^": "\u0302", "~": "\u0303", "ˉ": "\u0304", "˙": "\u0307"}  # over a letter: p̂, ȳ
SPACED = set("=<>≤≥≠≈≡∝∈→⇒+−±×⋅")  # with room on both sides, but as a sign
CLOSING = set(")]|∣∥")
LETTERED = re.compile("<mo[^>]*><m")
HTML, BASE = '<span class="katex-html" aria-hidden="true">', '<span class="base">'
PART = '<span class="part">'
# Where one of several formulas beside each other ends, as KaTeX writes it.
PART_ENDS = re.compile(
    r'class="mspace allowbreak"></span>(?:<span class="mspace"[^>]*></span>)*</span>\Z'
)
MARKS = re.compile("<[^>]*>")
BARS = re.compile(r'"m(open|close)[^"]*"[^>]*>[∣∥]')  # of |x| and ‖x‖, which TeX tells apart
TEX = re.compile("</?semantics>|<annotation.*?</annotation>", re.DOTALL)
PARTS = {"mo": 0, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
UPRIGHT = "KaTeX_Main-Regular"
# The faces by the classes of KaTeX's stylesheet that ask for them.
FACES = {
    "mathnormal": "KaTeX_Math-Italic", "boldsymbol": "KaTeX_Math-BoldItalic",
    "textrm": UPRIGHT, "mainrm": UPRIGHT,
    "mathit": "KaTeX_Main-Italic", "textit": "KaTeX_Main-Italic",
    "mathbf": "KaTeX_Main-Bold", "textbf": "KaTeX_Main-Bold",
    "mathbb": "KaTeX_AMS-Regular", "amsrm": "KaTeX_AMS-Regular",
    "mathcal": "KaTeX_Caligraphic-Regular", "mathscr": "KaTeX_Script-Regular",
    "mathfrak": "KaTeX_Fraktur-Regular",
    "mathsf": "KaTeX_SansSerif-Regular", "textsf": "KaTeX_SansSerif-Regular",
    "mathtt": "KaTeX_Typewriter-Regular", "texttt": "KaTeX_Typewriter-Regular",
    "small-op": "KaTeX_Size1-Regular", "large-op": "KaTeX_Size2-Regular",
    "delim-size1": "KaTeX_Size1-Regular", "delim-size4": "KaTeX_Size4-Regular",
    **{f"size{n}": f"KaTeX_Size{n}-Regular" for n in (1, 2, 3, 4)},
}  # fmt: skip
LENGTH = re.compile(r"-?\d*\.\d{3,}(?=em)")
TAG = re.compile(
    r'<(?P<closes>/?)\w+(?: class="(?P<classes>[^"]*)")?[^>]*?(?P<empty>/?)>|(?P<text>[^<]+)'
)

# What `strict` complains of (KaTeX takes it, LaTeX would not) comes back beside the result.
WRAPPER = """
function typeset(tex, displayMode, macros) {
    const complaints = [];
    const strict = (code, message) => { complaints.push(message); return "ignore"; };
    const options = {displayMode, macros, strict, output: "htmlAndMathml", throwOnError: true};
    try { return JSON.stringify({html: katex.renderToString(tex, options), complaints}); }
    catch (error) { return JSON.stringify({html: null, complaints: [error.message]}); }
}
"""


@lru_cache(maxsize=1)
def engine() -> MiniRacer:
    """KaTeX, ready to be called."""
    racer = MiniRacer()
    atexit.register(racer.close)  # any later, its thread is gone and Python 3.13 waits for ever
    racer.eval((VENDOR / "katex.min.js").read_text(encoding="utf-8"))
    racer.eval(WRAPPER)
    return racer


@cache
def typeset(tex: str, display: bool, macros: str) -> tuple[str | None, tuple[str, ...]]:
    """The HTML of a formula (None if KaTeX can't read it) and what KaTeX has to complain about."""
    answer = json.loads(engine().call("typeset", tex, display, json.loads(macros)))
    return answer["html"] and valid(answer["html"]), tuple(answer["complaints"])


def valid(html: str) -> str:
    """KaTeX's answer with valid MathML, without the TeX that nobody sees: a twentieth of a page.

    An operator's name in a subscript, like that of a_max, comes as two parts: the name and an
    invisible sign that it is applied. A subscript has one place: they get a row of their own.
    The sign of \\bmod comes as a row of letters: it gets to be a word.
    """
    html = TEX.sub("", re.sub(' (xmlns="[^"]*"|columnspacing="")', "", html))
    # A hundredth of a letter's height is less than a tenth of a pixel.
    html = LENGTH.sub(lambda length: f"{float(length[0]):.2f}", html)
    start, end = html.find("<math"), html.find("</math>") + len("</math>")
    if "\u2061" not in html[start:end] and not LETTERED.search(html, start, end):
        return html
    math = ET.fromstring(html[start:end])
    broken = [e for e in math.iter() if len(e) > PARTS.get(e.tag, len(e))]
    for element in broken:
        if element.tag == "mo":
            word = "".join(element.itertext())
            element[:], element.text = [], word
        for place, (name, sign) in enumerate(pairwise(list(element))):
            if sign.text == "\u2061":
                row = ET.Element("mrow")
                row.extend([name, sign])
                element[place : place + 2] = [row]
                break
    return html[:start] + ET.tostring(math, "unicode") + html[end:] if broken else html


def plain(tex: str, macros: str = "{}") -> str:
    """A formula in plain text, for places where there is nothing else: a_k / 2, not its TeX."""
    html, _ = typeset(tex, False, macros)
    if html is None:
        return tex
    math = ET.fromstring(html[html.find("<math") : html.find("</math>") + len("</math>")])
    text = words(math).replace("\u2061(", "(").replace("\u2061", " ")
    return re.sub(r"\s+(?=[,.)\]]|$)|(?<=[(\[])\s+|^\s+", "", re.sub(r"\s+", " ", text))


def words(element: ET.Element) -> str:
    """A part of a formula in plain text; spaces are still to be tidied."""
    tag = element.tag
    if tag == "mspace":
        return " "
    if tag == "mfrac":
        return f" {' / '.join(bracketed(words(part)) for part in element)} "
    if tag == "msqrt":
        return f" √{bracketed(''.join(map(words, element)))} "
    if tag in SCRIPTS:
        base, *scripts = (words(part).strip("\u2061 ") for part in element)
        if element.get("accent") and scripts[0] in ACCENTS:
            return f"{base}{ACCENTS[scripts[0]]}"
        signs = zip(SCRIPTS[tag], scripts, strict=True)
        room = "" if base in CLOSING else " "
        return f"{room}{base}{''.join(sign + bracketed(text) for sign, text in signs)} "
    text, before = element.text or "", "("
    for part in element:
        sign = words(part)
        follows = before not in SPACED | set("([,/")
        if follows and part.tag == "mi" and len(sign) > 1:  # a function's name, as in y ln q
            text += " "
        text, before = text + (f" {sign} " if follows and sign in SPACED else sign), sign
    return text


def bracketed(text: str) -> str:
    """Plain text in brackets if it is more than a name or a number."""
    text = text.strip()
    return text if re.fullmatch(r"[\w.]+|\W", text) else f"({text})"


def in_words(node: nodes.Node) -> str:
    """A node's text, its formulas in plain text."""
    if isinstance(node, nodes.math | nodes.math_block):
        return plain(node.astext())
    return "".join(map(in_words, node.children)) if node.children else node.astext()


def glyphs_of(pages: Iterable[str]) -> dict[str, set[str]]:
    """The characters that formulas may need of each face: of every one whose class is round them,
    and of the upright one where none of another letter is."""
    used: defaultdict[str, set[str]] = defaultdict(set)
    for page in pages:
        for formula in page.split('<span class="katex-html" aria-hidden="true">')[1:]:
            around: list[set[str]] = [set()]
            for tag in TAG.finditer(formula):
                if tag["text"]:
                    letters = {face for face in around[-1] if "Size" not in face}
                    for face in around[-1] | (set() if letters else {UPRIGHT}):
                        used[face].update(unescape(tag["text"]))
                elif tag["closes"]:
                    around.pop()
                    if not around:
                        break
                elif not tag["empty"]:
                    names = (tag["classes"] or "").split()
                    around.append(around[-1] | {FACES[name] for name in names if name in FACES})
    return used


def stylesheet(faces: dict[str, bytes]) -> str:
    """KaTeX's stylesheet with these faces in it and no others."""

    def face(match: re.Match[str]) -> str:
        name = re.search(r"fonts/([\w-]+)\.woff2", match[0])
        if name is None or name[1] not in faces:
            return ""
        data = base64.b64encode(faces[name[1]]).decode()
        source = f'src:url("data:font/woff2;base64,{data}") format("woff2")'
        return re.sub(r"src:[^}]*", source, match[0])

    css = (VENDOR / "katex.min.css").read_text(encoding="utf-8")
    return re.sub(r"@font-face\{[^}]*\}", face, css)


def subset(face: str, characters: set[str]) -> bytes:
    """A face with these characters only, or nothing if it has none of them."""
    options = Options(layout_features=["*"], notdef_outline=True, hinting=False)
    font = load_font(str(VENDOR / "fonts" / f"{face}.woff2"), options)
    there = characters & set(map(chr, font.getBestCmap()))
    if not there:
        return b""
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(there)))
    subsetter.subset(font)
    font.flavor, font.recalcTimestamp = "woff2", False  # the same bytes in every build
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def html_of(translator, node: nodes.Element, display: bool) -> str:
    tex = node.astext()
    if display:
        # The numbers are Sphinx's: environments with numbers of their own lose them.
        tex = re.sub(r"\\(begin|end)\{(equation|align|gather|alignat)\}", r"\\\1{\2*}", tex)
        if r"\\" in tex and r"\begin" not in tex:
            tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
        tex = tex.replace(r"\qquad", r"\quad\allowbreak\quad")
    tex = LAST_COMMA.sub("{,}", tex)  # of a shape, (n,): it separates nothing
    html, complaints = typeset(
        tex, display, json.dumps(translator.config.katex_macros, sort_keys=True)
    )
    for complaint in complaints:
        logger.warning(
            "%s, in the formula: %s", complaint, node.astext(), location=node, type="katex"
        )
    return in_parts(html) if html is not None else f"<code>{translator.encode(tex)}</code>"


def in_parts(html: str) -> str:
    """A formula that tells a line what to keep together where there is the room for it: each of
    several formulas beside each other, and what stands between a bracket and its partner."""
    head, line = html.split(HTML)
    end = "</span>" * head.count('<span class="katex', 0, head.index("<math"))
    bases = re.split(f"(?={BASE})", line.removesuffix(end))
    waiting: list[int] = []
    opened, closed = Counter[int](), Counter[int]()
    for place, base in enumerate(bases):
        letters, bars = MARKS.sub("", base), BARS.findall(base)
        change = sum(map(letters.count, "([{")) + bars.count("open")
        change -= sum(map(letters.count, ")]}")) + bars.count("close")
        waiting += [place] * change
        for _ in range(min(-change, len(waiting))):
            opened[waiting.pop()] += 1
            closed[place] += 1
    parts, depth = [""], 0
    for place, base in enumerate(bases):
        depth += opened[place] - closed[place]
        parts[-1] += PART * opened[place] + base + "</span>" * closed[place]
        if not depth and PART_ENDS.search(base):
            parts.append("")
    if len(parts) > 1:
        parts = [f"{PART}{part}</span>" for part in parts]
    return f"{head}{HTML}{''.join(parts)}{end}"


class TieShort(SphinxPostTransform):
    """Keep short formulas on one line, and with each the bracket before and the comma after it: a
    long one takes them in."""

    default_priority = 700
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for formula in list(self.document.findall(nodes.math)):
            line = formula.parent
            # Not index(), nor replace(): they take the first text that reads the same.
            place = next(i for i, node in enumerate(line) if node is formula)
            before, after = "", ""
            if place and isinstance(line[place - 1], nodes.Text):
                before = "".join(OPENING.findall(text := line[place - 1]))
                line[place - 1] = nodes.Text(text.removesuffix(before))
            if place + 1 < len(line) and isinstance(line[place + 1], nodes.Text):
                text = line[place + 1]
                if mark := PUNCTUATION.match(text):
                    after = mark[0]
                line[place + 1] = nodes.Text(text.removeprefix(after))
            if len(in_words(formula)) > SHORT:
                marks = [rf"\text{{{mark}}}" if mark else "" for mark in (before, after)]
                formula.children = [nodes.Text(formula.astext().join(marks))]
            elif before or after:
                tied = nodes.inline("", "", classes=["tied"])
                line[place] = tied
                tied += [nodes.Text(before), formula, nodes.Text(after)]
            else:
                formula["classes"].append("tied")


def is_head(cell: nodes.entry) -> bool:
    """Whether a cell of a table names its column or its row."""
    row = cell.parent
    part = row.parent
    columns = [node for node in part.parent if isinstance(node, nodes.colspec)]
    return isinstance(part, nodes.thead) or bool(columns[row.index(cell)].get("stub"))


def names_something(node: nodes.Node) -> bool:
    """Whether a formula is part of the name of a link, a section, a column or a row."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.reference | nodes.title):
            return True
        if isinstance(node, nodes.entry) and is_head(node):
            return True
    return False


def visit_inline(translator, node: nodes.math) -> None:
    translator.body.append(
        translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    )
    html = html_of(translator, node, display=False)
    if names_something(node):
        name = plain(node.astext(), json.dumps(translator.config.katex_macros, sort_keys=True))
        html = html.replace("<math", f'<math aria-label="{escape(name)}"', 1)
    translator.body.append(html + "</span>")
    raise nodes.SkipNode


def visit_display(translator, node: nodes.math_block) -> None:
    # Spans, because a displayed formula may stand inside a paragraph.
    translator.body.append(
        translator.starttag(node, "span", "", CLASS="math display notranslate nohighlight")
    )
    translator.body.append(
        f'<span class="formula">{html_of(translator, node, display=True)}</span>'
    )
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, f"Link to equation {number}")
        translator.body.append("</span>")
    translator.body.append("</span>\n")
    raise nodes.SkipNode


def write_styles(app, exception) -> None:
    """KaTeX's stylesheet for the finished site. The glyphs that its pages use are in it, 27 KB, so
    that no formula changes its width when a font comes."""
    if exception is not None or app.builder.format != "html":
        return
    pages = sorted(Path(app.outdir).rglob("*.html"))
    used = glyphs_of(page.read_text(encoding="utf-8") for page in pages)
    made_of = [(face, sorted(used[face])) for face in sorted(used)]
    made_by = [path.read_text(encoding="utf-8") for path in (Path(__file__), VENDOR / "SHA256SUMS")]
    digest = hashlib.sha256(repr((made_of, made_by)).encode()).hexdigest()
    head, styles = f"/* {digest} */\n", Path(app.outdir, "_static", "katex.css")
    if not (styles.exists() and styles.read_text(encoding="utf-8").startswith(head)):
        faces = {face: data for face, glyphs in used.items() if (data := subset(face, glyphs))}
        styles.write_text(head + stylesheet(faces), encoding="utf-8")


def setup(app):
    app.add_config_value("katex_macros", {}, "env", [dict])
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.add_post_transform(TieShort)
    app.connect("build-finished", write_styles)
