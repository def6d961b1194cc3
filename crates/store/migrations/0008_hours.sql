-- Samples that arrive together lie together, in the table and in its index, so that storing some hundred of
-- them writes a few pages and not one each; and hours, in which they wait for their day to be over.

-- What is where by computer is known in memory alone.
DROP INDEX stats_by_moment;
CREATE UNIQUE INDEX stats_by_moment ON stats (timestamp_ms, computer_id);

-- As days are: all chunks of one computer and one hour (UTC), one after another behind a directory of them.
CREATE TABLE hours (
    computer_id INTEGER NOT NULL REFERENCES computers (id),
    hour_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    chunks BLOB NOT NULL,
    PRIMARY KEY (computer_id, hour_ms)
) WITHOUT ROWID;
