"""What a run is: the digest of everything its numbers depend on, and of nothing else."""

from planner.core.canonical_json import canonical_text, digest_of
from planner.runs import engine


def identity_of(inputs: engine.Inputs, *, seed: int, draws: int) -> str:
    """Equal identities give equal results, on any machine; a name, note, source or release does not change it."""
    return digest_of(
        canonical_text(
            {
                "inputs": engine.inputs_digest_material(inputs),
                "engine_version": engine.engine_version(),
                "block_size": engine.block_size(),
                "seed": seed,
                "draws": draws,
            }
        )
    )
