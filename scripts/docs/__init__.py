"""What is made from the code in the README and in ``docs/``: ``python -m scripts.docs``."""
