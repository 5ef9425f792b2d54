"""The instructor's grading: nbgrader as the engine, each submission in a sandbox of its own."""
