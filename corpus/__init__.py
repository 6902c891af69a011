"""Annotated letters, their loader, and the scoring of any callable from a letter to a screening.

In: a folder of letters with their labels and something that screens; out: figures. It exists so that what is said of
the product is measured: `letters/develop` is read while building, `letters/scored` only to measure.
"""
