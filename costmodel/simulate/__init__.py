"""One block of draws: luck, the market's paths, operations as contracted, then each world quarter by quarter."""
