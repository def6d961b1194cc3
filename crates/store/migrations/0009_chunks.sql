-- A chunk of a month is found by a small index: in a table that is its own index, SQLite reads the whole of each
-- value that it compares a key with, and these are long.

ALTER TABLE chunks RENAME TO chunks_before;

CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    computer_id INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    month_ms INTEGER NOT NULL,
    chunk BLOB NOT NULL
);

INSERT INTO chunks (computer_id, series_id, month_ms, chunk)
    SELECT computer_id, series_id, month_ms, chunk FROM chunks_before;

DROP TABLE chunks_before;

-- In the order in which charts read them.
CREATE UNIQUE INDEX chunks_by_series ON chunks (computer_id, series_id, month_ms);
