"""A session of what a client of a model's SDK sends and gets while somebody else's loop runs."""
