"""What stands behind the formulas; each module imports only those below it.

evaluate    the decorators: arguments are taken by their kinds, formulas are run block by block
kinds       what an argument may be, and the words in which anything else is refused
arithmetic  steps that lose neither digits nor time: sums of rows, exponentials, series
solvers     the ways to a minimum that the fits share
"""
