-- Days that are over for good become months, in which a year of one series lies together.

-- How often a day's chunks were put anew, since samples of it came late.
ALTER TABLE days ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- A month (UTC) of one computer; `series` is a JSON array of the numbers of its chunks.
CREATE TABLE months (
    computer_id INTEGER NOT NULL REFERENCES computers (id),
    month_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    series TEXT NOT NULL,
    PRIMARY KEY (computer_id, month_ms)
) WITHOUT ROWID;

-- Its chunks, in the order in which charts read them.
CREATE TABLE chunks (
    computer_id INTEGER NOT NULL,
    series_id INTEGER NOT NULL,
    month_ms INTEGER NOT NULL,
    chunk BLOB NOT NULL,
    PRIMARY KEY (computer_id, series_id, month_ms)
) WITHOUT ROWID;
