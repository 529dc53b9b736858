"""Tests of the excerpt that every fresh clone holds, and of the tables built from it."""
