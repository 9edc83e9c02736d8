"""The ES modules that browsers run: framework-free, the same in the app and in exported files."""

from pathlib import Path

FRONTEND = Path(__file__).parent
"""The folder they lie in."""
