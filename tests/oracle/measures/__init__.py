"""The commitment measures, a second time: from the extracts and from the words
of the definitions, in plain Python. One module per commitment; `world` says what
the extracts hold, `cells` makes months, years and states of rows, `values` the
figures.
"""
