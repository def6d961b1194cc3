-- The server and its commands now count the revision of the computers and write the first event of each computer in
-- the transaction that changes it. `computers_added` is the highest number of a computer that has this event: a
-- computer with a higher number was inserted by another program while the server was stopped.
DROP TRIGGER computers_inserted;
DROP TRIGGER computers_deleted;
DROP TRIGGER computers_changed;
DROP TRIGGER computers_added;

INSERT INTO revisions (name, value) SELECT 'computers_added', coalesce(max(id), 0) FROM computers;
