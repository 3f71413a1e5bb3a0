"""Profiling: from the bytes of a manifest to a decision on a case."""
