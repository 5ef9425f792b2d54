"""Read MyST prose: its words, its formulas, and above all the numbers that it states."""

import re
from collections.abc import Iterator
from decimal import Decimal

# A decimal point, or thousands set apart by commas; captured with its sign.
NUMBER = re.compile(
    r"(?P<sign>[-+])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d*|\.\d+|\d+)"
    r"(?:[eE](?P<e>[-+]?\d+)|\s*(?:\\times|\\cdot|×|·)\s*10\^\{?(?P<ten>[-+]?\d+)\}?)?"
)
# What is numbered rather than measured: "eqs. (4.108)–(4.109)", "version 2.13", "§ 1.60".
LABEL = re.compile(
    r"(?:\b(?:eqs?\.|equations?|sections?|sect?s?\.|chapters?|ch\.|figs?\.|figures?|tables?|pages?"
    r"|pp?\.|theorems?|thm\.|lemmas?|propositions?|definitions?|examples?|exercises?|problems?"
    r"|versions?|python|numpy|scipy|pytorch|matplotlib|scikit-learn)|§+)[\s~]*[(\[]?"
    r"(?:[\d.]+[)\]]?(?:\s*[-–,]\s*|\s+(?:and|to|or)\s+)[(\[]?)*\Z",
    re.I,
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def without_code(text: str) -> str:
    """Leave out code blocks, spans of code and roles, options of directives, links' targets."""
    kept: list[str] = []
    fences: list[tuple[str, bool]] = []  # open fences, and whether they hold code
    options = False  # whether options of a directive may follow
    for line in text.splitlines():
        fence = re.match(r"\s*(`{3,}|~{3,}|:{3,})\s*(\{[^}]*\})?(.*)$", line)
        closing = fence and not fence[2] and not fence[3].strip()
        if fence and closing and fences and fence[1].startswith(fences[-1][0]):
            fences.pop()
            continue
        if fences and fences[-1][1]:
            continue
        if fence:
            directive = (fence[2] or "").strip("{}")
            code = not directive or directive in (
                "code",
                "code-block",
                "code-cell",
                "literalinclude",
            )
            fences.append((fence[1], code and fence[1][0] != ":"))
            options = True
            if directive and directive not in ("figure", "image", "math"):
                kept.append(fence[3])  # a title
            continue
        if options and re.match(r"\s*:[\w-]+:", line):
            continue
        options = options and line.strip() == "---"
        kept.append(line)
    text = "\n".join(kept)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.S)
    text = re.sub(r"^\([\w:.-]+\)=\s*$", " ", text, flags=re.M)
    text = re.sub(r"(?:\{[\w:.-]+\})?(`+)(?!`).+?(?<!`)\1(?!`)", " ", text, flags=re.S)
    text = re.sub(r"\]\([^)\s]*\)", "]", text)
    return re.sub(r"<?\bhttps?://[^\s>)]+>?|\bdoi:\s*\S+", " ", text)


def numbers(text: str) -> Iterator[tuple[str, Decimal]]:
    """The numbers in a text that must have been computed: as written, and their value.

    That is each with two significant digits or more after the point, and each whole number of six
    digits or more that does not end in 000.  A number without a sign stands for either sign.
    """
    text = without_code(text).replace("−", "-").replace("{,}", ",")
    text = re.sub(r"(?<=\d)(?:\\,|[\u2009\u202f\u00a0])(?=\d{3}(?!\d))", ",", text)
    text = re.sub(
        r"(?<=10)[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match[0].translate(SUPERSCRIPTS), text
    )
    for match in NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if re.search(r"[\w.]\Z", before) and not match["sign"]:
            continue  # a part of a name or of a version like 2.4.6
        if re.match(r"\.\d", after) or LABEL.search(before[-40:]):
            continue
        if match["digits"].startswith("10.") and after.startswith("/"):
            continue  # a DOI
        if is_computed(match["digits"]):
            minus = match["sign"] == "-" and not re.search(r"[\w)}\]]\Z", before)
            value = value_of(match)
            yield match[0].strip(), value if minus else abs(value)


def is_computed(digits: str) -> bool:
    """Whether a number is so exact that nobody knows it without computing it."""
    whole, _, fraction = digits.replace(",", "").partition(".")
    if fraction:
        significant = fraction if whole.strip("0") else fraction.lstrip("0")
        return len(significant) >= 2
    return len(whole) >= 6 and not whole.endswith("000")


def value_of(match: re.Match[str]) -> Decimal:
    """The value of a match of NUMBER."""
    digits = match["digits"].replace(",", "").rstrip(".")
    exponent = match["e"] or match["ten"] or "0"
    return Decimal(f"{match['sign'] or ''}{digits}e{exponent}")


def printed_numbers(text: str) -> Iterator[Decimal]:
    """All numbers in what a cell printed."""
    text = text.replace("−", "-")
    for match in NUMBER.finditer(text):
        value = value_of(match)
        yield value
        if match["sign"] and re.search(r"\w\Z", text[: match.start()]):
            yield abs(value)  # 3-0.25


def measure(text: str) -> tuple[int, int, int]:
    """Count displayed formulas, formulas in the line, and words."""
    directives = len(re.findall(r"^\s*[`:]{3,}\{math\}", text, re.M))
    text = re.sub(r"^(\s*)[`:]{3,}\{math\}.*?^\s*[`:]{3,}\s*$", " ", text, flags=re.M | re.S)
    text, displayed = re.subn(r"\$\$.+?\$\$", " ", text, flags=re.S)
    text, environments = re.subn(r"\\begin\{(\w+\*?)\}.+?\\end\{\1\}", " ", text, flags=re.S)
    text, inline = re.subn(r"(?<![\\$])\$[^$\n]+\$", " ", text)
    words = re.findall(
        r"[^\W\d_]{2,}", without_code(re.sub(r"\{[\w:]+\}`([^`<]*)[^`]*`", r"\1", text))
    )
    return directives + displayed + environments, inline, len(words)
