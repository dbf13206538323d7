"""Each term of a deal in plain sentences: what it does, to whom, from when. They follow its parameters."""

from planner.scenarios.sentences.dates import dates_of
from planner.scenarios.sentences.of_term import SENTENCES, sentence_of
from planner.scenarios.sentences.reading import SaidTerm, said_terms, term_of
from planner.scenarios.sentences.words import Parties

__all__ = ["SENTENCES", "Parties", "SaidTerm", "dates_of", "said_terms", "sentence_of", "term_of"]
