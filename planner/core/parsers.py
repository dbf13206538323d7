"""The parser of API requests: JSON read without mercy, so that nothing is stored that two readers read differently."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from planner.core.canonical_json import MOST_BYTES, parse_strict


class StrictJsonParser(BaseParser):
    """As `parse_strict`; what it refuses answers 400 with a sentence."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - the framework's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """The value of the body. Raises InvalidInput."""
        return parse_strict(stream.read(MOST_BYTES + 1))
