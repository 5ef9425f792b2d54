"""Show of an error that a cell raises on purpose what the reader should read: its name and message.

The frames above would show the paths of the machine that built the book.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

LAST_LINE = re.compile(r"^[A-Za-z_][\w.]*(?::\s.*)?\Z", re.DOTALL | re.MULTILINE)


class ShortenTracebacks(SphinxPostTransform):
    default_priority = 500

    def run(self, **kwargs) -> None:
        for block in self.document.findall(nodes.literal_block):
            if "traceback" in block["classes"]:
                text = block.astext().rstrip()
                message = text[text.rfind("\n\n") + 2 :] if "\n\n" in text else text
                if LAST_LINE.match(message):
                    block.rawsource = message
                    block.children = [nodes.Text(message)]
                    block["language"] = "ipythontb"


def setup(app):
    app.add_post_transform(ShortenTracebacks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
