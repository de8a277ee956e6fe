"""The database itself refuses to change or remove an event.

Not in a migration: SQLite drops triggers when a later migration rebuilds the table. They are put up after every
`migrate`, and an unchanged trigger costs nothing to put up again. `flush` lifts triggers called `never_…`
(core/database/sqlite), because it empties tables row by row.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

FIXED = ("id", "kind", "subject_noun", "subject_id", "actor_id", "at", "cause_id", "correlation", "via", "hops")

# Allowed: the seal (position and digest, once), and forgetting (facts and salts together, nothing else).
_SQLITE_CHANGED = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in FIXED)
_POSTGRES_CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FIXED)

SQLITE = f"""
CREATE TRIGGER never_change_event BEFORE UPDATE ON event
WHEN {_SQLITE_CHANGED}
  OR (OLD.position IS NOT NULL AND (OLD.position IS NOT NEW.position OR OLD.digest IS NOT NEW.digest))
  OR (OLD.facts IS NOT NEW.facts AND (OLD.salts = '{{}}' OR OLD.salts IS NEW.salts))
  OR (OLD.salts IS NOT NEW.salts AND OLD.facts IS NEW.facts)
BEGIN SELECT RAISE(ABORT, 'An event is never changed.'); END;
CREATE TRIGGER never_remove_event BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'An event is never removed.'); END;
"""

POSTGRES = f"""
CREATE OR REPLACE FUNCTION never_change_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'An event is never removed.' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF {_POSTGRES_CHANGED}
    OR (OLD.position IS NOT NULL AND (OLD.position IS DISTINCT FROM NEW.position OR OLD.digest <> NEW.digest))
    OR (OLD.facts <> NEW.facts AND (OLD.salts = '{{}}'::jsonb OR OLD.salts = NEW.salts))
    OR (OLD.salts <> NEW.salts AND OLD.facts = NEW.facts)
  THEN
    RAISE EXCEPTION 'An event is never changed.' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER never_change_event BEFORE UPDATE OR DELETE ON event
  FOR EACH ROW EXECUTE FUNCTION never_change_event();
"""


def protect(*, using: str = "default", **_: Any) -> None:
    """Put the triggers up, or up again. Called after every `migrate`."""
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            cursor.execute(POSTGRES)
            return
        cursor.execute("DROP TRIGGER IF EXISTS never_change_event")
        cursor.execute("DROP TRIGGER IF EXISTS never_remove_event")
        first, second = SQLITE.strip().split("END;\n")
        cursor.execute(f"{first}END")
        cursor.execute(second)
