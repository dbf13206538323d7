"""Load recorded step by step: what replay says of capacity, and what waiting changes (E14, E16).

- `trace`: a recorded load and its replay against two levels of capacity, the truth that a curve is judged by.
- `curve`: a load-duration curve read exactly, and the curve of a trace.
- `deferral`, `queueing`: levers with a window or a deadline, by replay in the order of time.
- `levers`: what those replays found for one trace on a grid, as curves that the simulation reads like any other.
- `learning`: the curve to expect of a customer of whom few days are known.
"""
