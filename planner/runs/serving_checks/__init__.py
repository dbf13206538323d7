"""The serving model against published measurements: read them, predict them, and say how wrong it is (E9)."""
