"""The cost table of the whole catalog: what 1M tokens cost on each chip, for each model, at each price."""
