"""What is said of every mapping: relation, cardinality, clusters, quality, exceptions."""
