"""The local stack: every part of the fleet on this machine, under one supervisor, from `make up` to Ctrl-C.

`stack` is the whole; `services` says what runs, `supervisor` keeps it running, `state` holds what stays
on disk, `postgres` prepares the embedded database, `leash` and `leftovers` see that no process is left.
"""
