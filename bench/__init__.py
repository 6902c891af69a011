"""Measurements against text that nobody here wrote: folders of labelled data in, tables or JSON of figures out.

Each module is a program (`python -m bench.negation --data FOLDER`). The data are not part of the project; nothing in
them may lead to a term or a rule for one row.
"""
