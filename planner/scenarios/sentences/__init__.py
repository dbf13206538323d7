"""Each term of a deal in plain sentences: what it does, to whom, from when. They follow its parameters."""

from planner.scenarios.sentences.dates import dates_of
from planner.scenarios.sentences.of_term import SENTENCES, sentence_of
from planner.scenarios.sentences.words import Parties

__all__ = ["SENTENCES", "Parties", "dates_of", "sentence_of"]
