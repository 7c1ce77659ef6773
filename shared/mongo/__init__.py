"""MongoDB: connection, transactions, typed collections, indexes. The only package that imports motor or pymongo."""

import os

os.environ.setdefault("MOTOR_MAX_WORKERS", "32")  # read at import; the default is 10 threads on 2 cores

from shared.mongo.collection import Collection, Query, Sort, behind, index, pages
from shared.mongo.connection import connect, ensure_user, initiate_replica_set, wait_for_user
from shared.mongo.counters import RequestCounters
from shared.mongo.database import OUTAGE, Client, Database, Duplicate, Reader, Transaction, Unavailable
from shared.mongo.files import Bucket, FileDamaged, Written
from shared.mongo.indexes import RECONCILE_SECONDS

__all__ = [
    "OUTAGE",
    "RECONCILE_SECONDS",
    "Bucket",
    "Client",
    "Collection",
    "Database",
    "Duplicate",
    "FileDamaged",
    "Query",
    "Reader",
    "RequestCounters",
    "Sort",
    "Transaction",
    "Unavailable",
    "Written",
    "behind",
    "connect",
    "ensure_user",
    "index",
    "initiate_replica_set",
    "pages",
    "wait_for_user",
]
