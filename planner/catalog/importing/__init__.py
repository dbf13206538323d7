"""From a file somebody chose to entries of the catalog.

`files` (bytes to a grid of cells) > `headings` (which row names the columns) > `rows` (cells to values) >
`plan` (what each row would do) > `actions` (does it). Whole files are refused with `core.errors.InvalidInput`,
rows with `rows.Rejection`.
"""
