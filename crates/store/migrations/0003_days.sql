-- Sealed history: what was rows of `stats` becomes chunks (muster-history describes their bytes).

-- A number for each name of a further reading. The columns of `stats` have fixed ones below 100, and the
-- moments of a day have 0.
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
INSERT INTO series (id, name) VALUES (99, '');

-- All chunks of one computer and one day (UTC), one after another behind a directory of them.
CREATE TABLE days (
    computer_id INTEGER NOT NULL REFERENCES computers (id),
    day_ms INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    chunks BLOB NOT NULL,
    PRIMARY KEY (computer_id, day_ms)
) WITHOUT ROWID;
