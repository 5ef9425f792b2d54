"""How the tests of the website build a book: with the command that a reader would type."""

import sys

JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
