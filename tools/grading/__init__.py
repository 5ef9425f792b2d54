"""The instructor's grading: nbgrader as the engine, each submission in a sandbox of its own."""

import sys

# `jsonschema` would make a parser of addresses with it, in two seconds; no notebook holds one.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
