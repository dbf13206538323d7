"""What a run is: the digest of everything its numbers depend on, and of nothing else."""

from planner.core.canonical_json import JsonValue, canonical_text, digest_of
from planner.runs import engine


def streams_of(inputs: engine.Inputs, *, seed: int) -> str:
    """The digest of everything but the number of draws: runs of equal streams share their first blocks."""
    return digest_of(canonical_text(_material(inputs, seed)))


def identity_of(inputs: engine.Inputs, *, seed: int, draws: int) -> str:
    """Equal identities give equal results, on any machine; a name, note, source or release does not change it."""
    return digest_of(canonical_text({**_material(inputs, seed), "draws": draws}))


def _material(inputs: engine.Inputs, seed: int) -> dict[str, JsonValue]:
    return {
        "inputs": engine.inputs_digest_material(inputs),
        "engine_version": engine.engine_version(),
        "block_size": engine.block_size(),
        "seed": seed,
    }
