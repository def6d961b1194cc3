//! Upkeep of the store: recording, sealing, retention, backups, and disk space.

pub mod backups;
pub mod disk_guard;
pub mod lifetime;
pub mod recorder;
pub mod retention;
pub mod sealer;
pub mod server_problem;
pub mod space;
