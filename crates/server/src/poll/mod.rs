//! Asking computers: who is polled, when, over which connection, and what an agent kept meanwhile.

pub mod address;
pub mod close_up;
pub mod fetch;
pub mod fill;
pub mod phase;
pub mod roll;
pub mod roster;
