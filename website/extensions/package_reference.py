"""``.. package-reference::`` (in ``{eval-rst}``): the page of the package, from its own docstrings,
module by module.

The directive's lines name the modules that come first, in their order; the other modules that offer
a public name follow by themselves, so the page can't fall behind the package.
"""

from importlib import import_module
from inspect import getdoc, isclass, isfunction
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import nested_parse_with_titles


def members(package, module) -> dict[str, Any]:
    """What the package offers of a module, or all that is public in a module that stands apart."""
    offered = {
        name: getattr(package, name)
        for name in package.__all__
        if getattr(package, name).__module__ == module.__name__
    }
    own = {
        name: thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (isfunction(thing) or isclass(thing))
        and thing.__module__ == module.__name__
    }
    return offered or own


class PackageReference(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        package = import_module(self.arguments[0])
        lines: list[str] = []
        first = [line.strip() for line in self.content if line.strip()]
        others = {
            getattr(package, name).__module__.rpartition(".")[2] for name in package.__all__
        } - set(first)
        for name in [*first, *sorted(others)]:
            module = import_module(f"{package.__name__}.{name}")
            things = members(package, module)
            home = package.__name__ if things.keys() <= set(package.__all__) else module.__name__
            title = name.capitalize()
            lines += [title, "-" * len(title), "", *(getdoc(module) or "").splitlines(), ""]
            lines += [
                f".. currentmodule:: {home}",
                "",
                ".. autosummary::",
                "",
                *(f"   {thing}" for thing in things),
                "",
            ]
            for thing, value in things.items():
                directive = "autoclass" if isclass(value) else "autofunction"
                lines += [
                    f".. {directive}:: {thing}",
                    *(["   :members:"] if isclass(value) else []),
                    "",
                ]
        holder = nodes.Element()
        holder.document = self.state.document
        source, line = self.get_source_info()
        nested_parse_with_titles(self.state, StringList(lines, source), holder, line)
        return holder.children


def setup(app):
    app.add_directive("package-reference", PackageReference)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
