"""Tests of `pipeline.warehouse`."""
