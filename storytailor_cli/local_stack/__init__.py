"""The local stack: every part of the fleet on this machine, under one supervisor, from `make up` to Ctrl-C.

`stack` starts and stops the whole; `services` says what runs, `supervisor` keeps it running, `state` is what
stays on disk, `postgres` prepares the embedded database, `die_with_parent` and `leftovers` see to it that no
process outlives the stack.
"""
