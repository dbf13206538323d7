"""The engine: what a compute deal costs and brings, per quarter and draw. Pure functions, one direction (README.md)."""

# Part of every run's identity. It changes whenever the same inputs may give other bytes.
ENGINE_VERSION = "0.3.0"
