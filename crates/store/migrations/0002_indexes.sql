-- Indexes and triggers come last: rows that are there already get their moments before these watch
-- over them.

-- A sample is known by its computer and the moment of its arrival.
CREATE UNIQUE INDEX stats_by_moment ON stats (computer_id, timestamp_ms);
-- Rows that a script inserted, to be found without reading all the others.
CREATE INDEX stats_without_moment ON stats (id) WHERE timestamp_ms IS NULL;
CREATE INDEX processes_by_computer ON processes (computer_id);
CREATE INDEX computers_removed ON computers (removed_ms) WHERE removed_ms IS NOT NULL;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_use ON sessions (used_ms);

-- The revision is kept here and not by the server, so that a change by a script or by another process
-- is noticed too.
CREATE TRIGGER computers_inserted AFTER INSERT ON computers BEGIN
    UPDATE revisions SET value = value + 1 WHERE name = 'computers';
END;
CREATE TRIGGER computers_deleted AFTER DELETE ON computers BEGIN
    UPDATE revisions SET value = value + 1 WHERE name = 'computers';
END;
CREATE TRIGGER computers_changed AFTER UPDATE OF name, url, token, polled, removed_ms ON computers BEGIN
    UPDATE revisions SET value = value + 1 WHERE name = 'computers';
END;
