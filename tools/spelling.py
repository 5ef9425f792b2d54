"""Look up the words of the course in a British dictionary.

    python -m tools.spelling            every file of the repository that holds prose
    python -m tools.spelling FILE...    these
    python -m tools.spelling --add      put what is unknown into words.txt, to be read through there

Read are the prose of pages and notebooks, the captions and descriptions of figures, docstrings and
comments, and the sentences that cells and the package print or raise.  Left out are code, formulas
and addresses.  `tools/dictionary/` holds Hunspell's British dictionary with -ise, and what the
course needs beyond it: `words.txt`, a word a line.
"""

import argparse
import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hunspell import Hunspell

from tools import prose

ROOT = Path(__file__).resolve().parent.parent
DICTIONARY = Path(__file__).parent / "dictionary"
WORDS = DICTIONARY / "words.txt"
KINDS = (".md", ".ipynb", ".py", ".html", ".js")
OTHERS = ("website/vendor/", "coursecode/datasets/")  # not our words
GUESSES = 20  # unknown words that suggestions are looked for; each takes 50 ms
ADVICE = "mend them, or put them into tools/dictionary/words.txt (python -m tools.spelling --add)"

Passage = tuple[str, str]  # where it stands, and what it says

WORD = re.compile(r"[\w'’]+")
SPOKEN_ROLES = ("term", "ref", "doc", "prf:ref", "numref", "abbr")  # their text is prose
UNSPOKEN = re.compile(  # formulas, tags, entities, addresses, TeX
    r"\$\$.+?\$\$( \([\w:-]+\))?|(?<![\\$])\$[^$]+?\$"
    r"|\\begin\{(\w+\*?)\}.+?\\end\{\2\}|</?[a-zA-Z!][^<>]*>|&#?\w+;"
    r"|\bhttps?:\S+|\S+@\S+|\\[a-zA-Z]+",
    re.S,
)


def words(text: str) -> Iterator[str]:
    """The words of a text; not the names of code, which are written otherwise."""
    text = UNSPOKEN.sub(" ", text)
    for match in WORD.finditer(text):
        word = re.sub(r"'s?$", "", match[0].replace("’", "'").strip("'"))
        option = re.search(r"(?:\A|[^\w])-\Z|[\\/#@]\Z|[\w)]\.\Z", text[: match.start()][-2:])
        call = re.match(r"[(\[=/]|\.[a-z]", text[match.end() : match.end() + 2])
        if re.fullmatch(r"[A-Za-zÀ-ɏ][a-zß-ɏ']{2,}", word) and not option and not call:
            yield word


def markdown(text: str) -> str:
    """The prose of a page."""

    def spoken(match: re.Match[str]) -> str:
        own, _, target = match[2].partition("<")
        return own if match[1] in SPOKEN_ROLES and (target or match[1] == "term") else " "

    text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.M | re.S)
    text = re.sub(r"^([`:]{3,})\{(?:math|eval-rst)\}.*?^\1\s*$", "", text, flags=re.M | re.S)
    text = re.sub(r"\{([\w:.-]+)\}`([^`]*)`", spoken, UNSPOKEN.sub(" ", text))
    return prose.without_code(text)


def restructured(text: str) -> str:
    """The prose of a docstring or comment: without examples, commands, code and parameters."""
    text = re.sub(r"\.\. math::.*?(?=\n\s*\n\s*\S|\Z)", "", text, flags=re.S)
    text = re.sub(r"^ *>>>.*?(?=\n\s*\n|\Z)", "", text, flags=re.M | re.S)
    text = re.sub(r"^ *[\w*, ]+ : .*$", "", text, flags=re.M)
    text = re.sub(r"^ {4,}(python|make|pip|jupyter|nbgrader|bash) .*$", "", text, flags=re.M)
    return re.sub(r"(:[\w:]+:)?(``?)[^`]+\2", " ", text)


def template(text: str) -> Iterator[Passage]:
    """A template: what stands between its tags, and what is read aloud."""
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(script|style|pre)\b.*?</\1>", " ", text, flags=re.S
    )
    yield "", text
    for said in re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', text):
        yield "", said


def python(source: str, strings: bool) -> Iterator[Passage]:
    """Python: docstrings, comments, and the sentences among its strings."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return  # a magic, or a blank to be filled in
    statements = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            sentence = strings and node.value.count(" ") > 1
            if node in statements or sentence:
                yield f"line {node.lineno}", restructured(node.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not re.match(r"#+ *(noqa|type:|fmt:)", token.string):
            yield f"line {token.start[0]}", restructured(token.string)


def notebook(raw: dict[str, Any]) -> Iterator[Passage]:
    """A notebook: its prose, its figures' texts, the comments and sentences of its code."""
    for number, cell in enumerate(raw["cells"], 1):
        where = f"cell {number} ({cell.get('id')})"
        source = "".join(cell["source"])
        passages = python(source, True) if cell["cell_type"] == "code" else [("", markdown(source))]
        yield from ((f"{where} {place}".strip(), said) for place, said in passages)
        for part in cell["metadata"].get("mystnb", {}).values():
            for key in ("alt", "caption"):
                yield f"{where}, {key}", markdown(str(part.get(key, "")))


def script(text: str) -> Iterator[Passage]:
    """The lines of comment in a script, and what a figure of the site asks and points out."""
    for number, line in enumerate(text.splitlines(), 1):
        for said in re.findall(r'^ *// (.*)|(?:question|notice): "(.*)"', line):
            yield f"line {number}", markdown(" ".join(said))


def passages(path: Path) -> Iterator[Passage]:
    """The passages of a file that a person reads."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return notebook(json.loads(text))
    if path.suffix == ".py":
        inside = path.is_absolute() and path.is_relative_to(ROOT)
        folder = (path.relative_to(ROOT) if inside else path).parts[0]
        return python(text, folder == "coursecode")  # elsewhere many strings are code
    if path.suffix == ".js":
        return script(text)
    return template(text) if path.suffix == ".html" else iter([("", markdown(text))])


def project_words() -> list[str]:
    """What the course needs beyond the dictionary."""
    return WORDS.read_text(encoding="utf-8").split()


class Dictionary:
    """The British dictionary, and the words that the course needs beyond it."""

    def __init__(self) -> None:
        self.british = Hunspell("en_GB", hunspell_data_dir=str(DICTIONARY))
        self.own = frozenset(project_words())

    def knows(self, word: str) -> bool:
        """Whether a word is in one of the two; what is listed in small letters may begin a line."""
        return word in self.own or word.lower() in self.own or bool(self.british.spell(word))

    def guess(self, word: str) -> str:
        """What may have been meant."""
        guesses = ", ".join(self.british.suggest(word)[:3])
        return guesses and f" ({guesses}?)"


def unknown(path: Path, known: Dictionary) -> Iterator[tuple[str, str]]:
    """The words of a file that are in neither dictionary, and where they stand."""
    for where, text in passages(path):
        for word in words(text):
            if not known.knows(word):
                yield where, word


def sources() -> list[Path]:
    """The files of the repository that hold prose."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [
        ROOT / name
        for name in sorted(names.splitlines())
        if name.endswith(KINDS) and not name.startswith(OTHERS) and (ROOT / name).exists()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="tools.spelling", description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="all that hold prose if none is named")
    parser.add_argument("--add", action="store_true", help="put what is unknown into words.txt")
    options = parser.parse_args(arguments)
    known = Dictionary()
    found = [
        (path, where, word)
        for path in options.files or sources()
        for where, word in unknown(path, known)
    ]
    new = list(dict.fromkeys(word for *_, word in found))
    if options.add:
        store(set(new))
        return 0
    guesses = {word: known.guess(word) for word in new[:GUESSES]}
    for path, where, word in dict.fromkeys(found):
        name = path.as_posix().removeprefix(f"{ROOT.as_posix()}/")
        print(f"{name}{where and ', '}{where}: {word}{guesses.get(word, '')}", file=sys.stderr)
    if new:
        print(f"{len(new)} unknown words: {ADVICE}", file=sys.stderr)
    return bool(new)


def store(new: set[str]) -> None:
    """Put words into the project's dictionary, small where both ways of writing were met."""
    listed = set(project_words()) | new
    listed = {word for word in listed if word == word.lower() or word.lower() not in listed}
    text = "".join(f"{word}\n" for word in sorted(listed, key=lambda word: (word.lower(), word)))
    WORDS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
