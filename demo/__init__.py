"""Cargo and work for the demonstration, all of it invented; the highest layer, for it plays every part.

`world` says who trades what where, `manifests` writes messages, `past` says what came before, `days` and `oddities`
what came in the ninety days before today, `today` what comes now. `sender` pushes cargo through the REST API as a
railway's system would; `clock` lets the ninety days pass, in which `triage` and what follows it do what the demo's
people did; `desk` does what they have done today. Seeded: the same beginning makes the same demonstration.
"""
