"""Files some tests compare with that are no part of the project: where they are missing, tests say so and skip."""

# Ends the reason of such a skip: in CI every other skip is a failure.
OUTSIDE_FILE = "This file is not part of the project."
