"""What stands behind the formulas.

evaluate    the decorators: they take arguments by their kinds and run formulas block by block
arithmetic  the steps of formulas that lose neither digits nor time: exponentials, ratios, series
solvers     least squares to the last digit, in columns of any unit
kinds       what an argument may be, and the words in which anything else is refused

The others import `kinds`, the solvers `arithmetic` too, and the chapters' modules all of them.
"""
