"""The frozen, typed shape of a scenario."""

from planner.scenarios.documents.scenario import (
    CONFIDENCE,
    ENGINE_PARTS,
    SCHEMA_ID,
    SCHEMA_VERSION,
    EvidenceDocument,
    ReleaseReference,
    ScenarioDocument,
    TimelineDocument,
    scenario_document,
)

__all__ = [
    "CONFIDENCE",
    "ENGINE_PARTS",
    "SCHEMA_ID",
    "SCHEMA_VERSION",
    "EvidenceDocument",
    "ReleaseReference",
    "ScenarioDocument",
    "TimelineDocument",
    "scenario_document",
]
