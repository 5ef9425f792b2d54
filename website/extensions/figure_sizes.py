"""Say how large each picture is, so that its place is kept until a browser fetches it.

Without it the text jumps as figures come in, and a link to one further down leads astray where
the browser doesn't follow the jump (Safari).
"""

import re
from pathlib import Path, PurePosixPath

from sphinx.util.images import get_image_size


def state_sizes(app, pagename, templatename, context, doctree) -> None:
    if "body" not in context:
        return
    pictures = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}

    def sized(tag: re.Match) -> str:
        picture = pictures.get(PurePosixPath(tag[1]).name)
        size = get_image_size(str(picture)) if picture else None
        return f'<img width="{size[0]}" height="{size[1]}"{tag[0][4:]}' if size else tag[0]

    context["body"] = re.sub(r'<img(?=[^>]* src="([^"]*)")', sized, context["body"])


def setup(app):
    app.connect("html-page-context", state_sizes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
