"""The seeded fault campaign, `make chaos`: stories asked for while providers fail and processes are killed.

`plan` says what is asked for, `faults` how providers fail, `kills` which process dies when; `families` ask and watch,
`receiver` takes their webhooks. Afterwards `evidence` is what can be seen from outside, `invariants` what must hold of
it, `repeats` why a provider was asked for the same twice, and `report` the page.
"""
