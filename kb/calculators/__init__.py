"""Published formulas as pure functions over intervals: numbers and intervals in, an interval out.

One file a formula, each with its published source, the unit of every input and the ids it declares. What a letter
leaves open stays open: a formula is taken at the corners of its inputs, never at their middle.
"""
