-- What can be believed of a computer's readings, and who did what.

-- The certificate that its agent must show: SHA-256 of its DER, in lower-case hexadecimal.
ALTER TABLE computers ADD COLUMN tls_sha256 TEXT DEFAULT NULL;

-- Which start of the computer and which run of its agent were seen last: from these it is told why it was
-- away.
ALTER TABLE computers ADD COLUMN boot_id TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN agent_run TEXT DEFAULT NULL;

-- Up to which reading of the agent's nothing is missing, and when that one was taken, by our clock.
ALTER TABLE computers ADD COLUMN complete_run TEXT DEFAULT NULL;
ALTER TABLE computers ADD COLUMN complete_sequence INTEGER DEFAULT NULL;
ALTER TABLE computers ADD COLUMN complete_ms INTEGER DEFAULT NULL;

-- Who did what, from where. The account's name and not its number: it outlives the account.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    account TEXT DEFAULT NULL,
    token TEXT DEFAULT NULL,
    address TEXT DEFAULT NULL,
    action TEXT NOT NULL,
    subject TEXT DEFAULT NULL,
    detail TEXT DEFAULT NULL
);

DROP TRIGGER computers_changed;
CREATE TRIGGER computers_changed
AFTER UPDATE OF name, url, token, polled, removed_ms, tags, note, tls_sha256 ON computers BEGIN
    UPDATE revisions SET value = value + 1 WHERE name = 'computers';
END;
