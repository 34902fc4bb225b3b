"""Figures, measured side by side in one run: ``python -m scripts.bench``."""
