"""The command line and the local stack: above the domain, the API and Dagster's glue, which know nothing of it.

`app` holds the commands, `processes` the fleet's command lines, `local_stack/` runs them on this machine,
`story/` makes one book through the REST API.
"""
