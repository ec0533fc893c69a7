"""The gate before Dagster's UI: what a web page, a stranger or a word in a title could do with an operator's browser.

Dagster's own application answers whatever reaches it: it has no login, takes commands by GET, and knows no foreign
page. So it listens nowhere by itself: `webserver` runs it behind the gate in one process, and every request and socket
passes `gate`. `rules` says what is refused, `operations` what a GraphQL document does, `login` who is there.
"""
