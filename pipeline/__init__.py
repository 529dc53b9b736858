"""Crosswalk: from the publishers' raw code listings to dated, validated tables."""

from pathlib import Path

__version__ = "0.1.0"
PROJECT = Path(__file__).resolve().parents[1]
