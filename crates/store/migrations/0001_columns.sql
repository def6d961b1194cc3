-- What Muster keeps beside the Flask server's columns. Each has a default, so that a script which
-- names only the old columns still inserts.
ALTER TABLE users ADD COLUMN role TEXT DEFAULT 'administrator';
ALTER TABLE users ADD COLUMN default_password INTEGER DEFAULT 0;

ALTER TABLE computers ADD COLUMN polled INTEGER DEFAULT 1;
ALTER TABLE computers ADD COLUMN reason TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN since_ms INTEGER DEFAULT NULL;
ALTER TABLE computers ADD COLUMN hostname TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN system TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN os TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN kernel TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN agent_version TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN boot_time_s REAL DEFAULT NULL;
-- A removed computer is hidden from this moment on; its name is free for another, and kept here.
ALTER TABLE computers ADD COLUMN removed_ms INTEGER DEFAULT NULL;
ALTER TABLE computers ADD COLUMN removed_name TEXT DEFAULT NULL;

-- The moment of arrival; NULL where a script inserted the row, until the next start fills it, and
-- where `timestamp` is no date.
ALTER TABLE stats ADD COLUMN timestamp_ms INTEGER DEFAULT NULL;
-- Every further reading: a flat JSON object of numbers by name.
ALTER TABLE stats ADD COLUMN extra TEXT DEFAULT NULL;

CREATE TABLE sessions (
    key BLOB PRIMARY KEY NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE settings (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE revisions (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO revisions (name, value) VALUES ('computers', 1);
