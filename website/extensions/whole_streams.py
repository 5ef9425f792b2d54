"""Show what a cell printed as one block, however often the kernel happened to send it on.

A kernel sends its output in pieces by the clock, so that the same cell gives one block or two.
MyST-NB's own setting, nb_merge_streams, breaks a line where a piece ends inside one.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

STREAMS = ("stream", "stderr")


def is_stream(node: nodes.Node) -> bool:
    """Whether a node is a piece of what was printed."""
    return isinstance(node, nodes.literal_block) and any(s in node["classes"] for s in STREAMS)


class JoinStreams(SphinxPostTransform):
    default_priority = 500

    def run(self, **kwargs) -> None:
        for block in list(self.document.findall(is_stream)):
            before = block.previous_sibling()
            if is_stream(before) and before["classes"] == block["classes"]:
                text = before.astext() + block.astext()
                block.rawsource, block.children = text, [nodes.Text(text)]
                block.parent.remove(before)


def setup(app):
    app.add_post_transform(JoinStreams)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
