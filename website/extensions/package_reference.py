"""``.. package-reference::`` (in ``{eval-rst}``): the page of the package, from its own docstrings,
module by module.

The directive's lines name the modules that come first, in their order; the other modules that offer
a public name follow by themselves, so the page can't fall behind the package.
"""

import re
from importlib import import_module
from inspect import getdoc, isclass, isfunction
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import nested_parse_with_titles

# What a signature says in words, because the names are long. A name with its own brackets, and
# those in them: ndarray[shape[…], dtype[kind[…]]].
WORDS = {
    r"~?[\w.]*(?:ndarray|NDArray)\[(?:[^][]|\[(?:[^][]|\[[^][]*\])*\])*\]": "array",
    r"(?:~?[\w.]*Buffer \| )?~?[\w.]*_SupportsArray\[.*\| str\]": "array_like",
    r"~?[\w.]*Callable\[\[\w+\], \w+\]": "function",
    r"2\.718281828459045": "np.e",
}
CHAPTERS = re.compile(r"(?<=\(chapter: )[^)]+|(?<=\(chapters: )[^)]+")
UNESCAPED_BAR = re.compile(r"(?<!\\)\|")


def section_of(thing: Any) -> str:
    """The public module under which a thing is listed: its own, or the one that it serves."""
    return thing.__module__.rpartition(".")[2].lstrip("_")


def members(package, module) -> dict[str, Any]:
    """What the package offers of a module, or all that is public in a module that stands apart."""
    name = module.__name__.rpartition(".")[2]
    public = {key: getattr(package, key) for key in package.__all__}
    offered = {key: thing for key, thing in public.items() if section_of(thing) == name}
    own = {
        key: thing
        for key, thing in vars(module).items()
        if not key.startswith("_") and (isfunction(thing) or isclass(thing))
    }
    return offered or {key: thing for key, thing in own.items() if section_of(thing) == name}


def link_chapters(names: re.Match[str]) -> str:
    """Let "(chapter: least squares)" lead there: a chapter's file has its title as its name."""
    pages = re.sub(r"[\s-]+", "_", names[0].lower()).split(",_")
    return ", ".join(f":doc:`{page}`" for page in pages)


class PackageReference(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        package = import_module(self.arguments[0])
        lines: list[str] = []
        first = [line.strip() for line in self.content if line.strip()]
        others = {section_of(getattr(package, name)) for name in package.__all__} - set(first)
        for name in [*first, *sorted(others)]:
            module = import_module(f"{package.__name__}.{name}")
            things = members(package, module)
            intro = CHAPTERS.sub(link_chapters, getdoc(module) or "")
            home = package.__name__ if things.keys() <= set(package.__all__) else module.__name__
            title = name.replace("_", " ").capitalize()
            lines += [title, "-" * len(title), "", *intro.splitlines(), ""]
            lines += [
                f".. currentmodule:: {home}",
                "",
                ".. autosummary::",
                "   :nosignatures:",
                "",
                *(f"   {thing}" for thing in things),
                "",
            ]
            for thing, value in things.items():
                directive = "autoclass" if isclass(value) else "autofunction"
                # The signature names a result's fields already, in their order.
                fields = ", ".join(getattr(value, "_fields", ()))
                lines += [
                    f".. {directive}:: {thing}",
                    *(["   :members:"] if isclass(value) else []),
                    *([f"   :exclude-members: {fields}"] if fields else []),
                    "",
                ]
        holder = nodes.Element()
        holder.document = self.state.document
        source, line = self.get_source_info()
        nested_parse_with_titles(self.state, StringList(lines, source), holder, line)
        for said in list(holder.findall(addnodes.desc_annotation)):
            if said.astext().startswith(":"):  # a property's type, which its docstring says
                said.parent.remove(said)
        return holder.children


def escape_bars(app, what, name, obj, options, lines: list[str]) -> None:
    """Let a docstring write |x| for an absolute value, which reStructuredText takes for a name."""
    formula = False
    for number, line in enumerate(lines):
        formula = line.lstrip().startswith(".. math::") or (formula and line.startswith(" "))
        if not (formula or ":math:" in line or "``" in line or line.lstrip().startswith(">>>")):
            lines[number] = UNESCAPED_BAR.sub(r"\|", line)


def say_in_words(app, what, name, obj, options, *parts: str | None) -> tuple[str | None, ...]:
    """Say "array" and the like in a signature and for what is returned."""
    said = list(parts)
    for pattern, word in WORDS.items():
        said = [part and re.sub(pattern, word, part) for part in said]
    return tuple(said)


def leave_types_as_words(app, env, node, content) -> nodes.Node | None:
    """In a signature, words like "array" and NumPy's types lead nowhere, and needn't."""
    signature = node
    while signature is not None and not isinstance(signature, addnodes.desc_signature):
        signature = signature.parent
    return content if signature is not None and node["reftype"] == "class" else None


def setup(app):
    app.connect("missing-reference", leave_types_as_words)
    app.add_directive("package-reference", PackageReference)
    app.connect("autodoc-process-signature", say_in_words)
    app.connect("autodoc-process-docstring", escape_bars, priority=100)  # before numpydoc
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
