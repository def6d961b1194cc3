//! Polling: the roster, the schedule, the connections, backfilling from agents, and close-ups.

pub mod address;
pub mod close_up;
pub mod fetch;
pub mod fill;
pub mod phase;
pub mod roll;
pub mod roster;
