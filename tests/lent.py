"""How a test's PostgreSQL database is made as it was, for the next test."""

import psycopg
from psycopg import sql

_MOST = 3000  # rows that are deleted; with more a new database is quicker
_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
    " WHERE last_value IS NOT NULL"
)
_MADE_OF = """
SELECT (SELECT array_agg(version_num) FROM alembic_version),
  (SELECT array_agg((nspname, nspacl) ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_')::text,
  (SELECT md5(string_agg((relname, relkind, relrowsecurity, reloptions)::text, ',' ORDER BY oid)) FROM pg_class
   WHERE oid >= 16384 AND relname !~ '^pg_'),
  (SELECT md5(string_agg((attname, atttypid, attnotnull, attnum)::text, ',' ORDER BY attrelid, attnum))
   FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT md5(string_agg((tgname, tgrelid, tgenabled, tgtype)::text, ',' ORDER BY oid)) FROM pg_trigger),
  (SELECT md5(string_agg((conname, contype, convalidated)::text, ',' ORDER BY oid)) FROM pg_constraint),
  (SELECT md5(string_agg((proname, prosrc)::text, ',' ORDER BY oid)) FROM pg_proc WHERE oid >= 16384),
  (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase AND datname = current_database())
"""


def made_of(url: str) -> object:
    """The tables of the database at the URL, with all that belongs to them but rows, to be compared."""
    with psycopg.connect(url) as connection:
        return connection.execute(_MADE_OF).fetchone()


def cleared(url: str, wanted: object) -> bool:
    """Whether the database at the URL is made of what was wanted, and has no row, no used number and no visitor now."""
    with psycopg.connect(url) as connection:
        connection.execute(_OTHERS)
        if connection.execute(_MADE_OF).fetchone() != wanted:
            return False
        connection.execute("SET session_replication_role = replica")  # no trigger guards what nobody said
        deleted = 0
        for (table,) in connection.execute(_TABLES).fetchall():
            deleted += connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table))).rowcount
            if deleted > _MOST:
                return False
        connection.execute(_SEQUENCES)
    return True
