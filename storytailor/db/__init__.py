"""The database: the only room that imports psycopg. SQL stands in `queries/`, a statement a file."""

from storytailor.db.accounts import Accounts, Allowance
from storytailor.db.connection import Database
from storytailor.db.leases import Lease
from storytailor.db.queue import Queue
from storytailor.db.stories import NewStory, Stories

__all__ = ["Accounts", "Allowance", "Database", "Lease", "NewStory", "Queue", "Stories"]
