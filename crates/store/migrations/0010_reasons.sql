-- Reasons are stored as data: {"code": "connect_timeout", "params": {"seconds": 4}}. The sentences that earlier
-- versions stored in these columns are converted right after this step (sqlite/sentences.rs).
ALTER TABLE events RENAME COLUMN detail TO reason;

-- The computer's condition as the server decided it last: {"condition": "healthy"}, with its troubles.
ALTER TABLE computers ADD COLUMN condition TEXT DEFAULT NULL;
