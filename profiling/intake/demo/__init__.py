"""Cargo for the demonstration: two years of four posts' past and a day of theirs, all of it invented.

`world` says who trades what where, `manifests` writes messages, `past` and `today` say what happened, `sender` pushes
it through the REST API as a railway's system would, and `desk` does what the demo's officers did of it.
"""
