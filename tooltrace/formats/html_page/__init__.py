"""A session as one HTML page: its data, its script and its style, put together by ``page``."""
