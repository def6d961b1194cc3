-- What happened, and when: it outlives restarts, so that a gap in a history can be told from its reason.

-- Without a computer it happened to the server itself. `detail` is the reason in words; `interval_ms` is how
-- often the server called each computer, from then on.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    computer_id INTEGER REFERENCES computers (id),
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT,
    interval_ms INTEGER
);
CREATE INDEX events_by_moment ON events (computer_id, at_ms);

-- Kept here and not by the server, so that a computer which a script inserts has its first event too. The
-- moment is computed as every SQLite that a script may use can compute it.
CREATE TRIGGER computers_added AFTER INSERT ON computers BEGIN
    INSERT INTO events (computer_id, at_ms, kind)
    VALUES (new.id, CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER), 'added');
END;
