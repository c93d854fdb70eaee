"""HelloID's exported mapping files, read and checked into our nouns. May import policy and pydantic."""
