-- Whence people sign in, what scripts sign in with, and what people say of computers.

-- The address of the other end, and what the browser calls itself.
ALTER TABLE sessions ADD COLUMN address TEXT DEFAULT NULL;
ALTER TABLE sessions ADD COLUMN browser TEXT DEFAULT NULL;

-- API tokens. `key` is an HMAC: the token itself is shown once and kept nowhere. A number is never given
-- twice, so that what was revoked is not what somebody made since.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key BLOB UNIQUE NOT NULL,
    access TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER DEFAULT NULL,
    UNIQUE (user_id, name)
);

-- Tags stand one beside another with commas between them, as a script would write them.
ALTER TABLE computers ADD COLUMN tags TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN note TEXT DEFAULT NULL;

DROP TRIGGER computers_changed;
CREATE TRIGGER computers_changed
AFTER UPDATE OF name, url, token, polled, removed_ms, tags, note ON computers BEGIN
    UPDATE revisions SET value = value + 1 WHERE name = 'computers';
END;
