"""What becomes of raw files that are cut, shifted, swapped, doubled or damaged, layout by layout.

A mutation (`text`, `marked_text`, `archives`, `sheets`, `edits.toml`) makes other bytes of those of a sample
(`samples`). The reader of its layout refuses them, reads the same rows, or reads other rows without a word: then the
sample and the mutation stand in `visible.csv` with the key of a reason in `reasons.toml`, or a test fails. A new layout
whose parts are all in the excerpt needs no sample here, another one a row in `made_samples`. What is to be declared,
`python -m tests.mutations` says; it writes docs/ROBUSTNESS.md.
"""
