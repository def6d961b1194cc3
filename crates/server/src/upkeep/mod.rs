//! Keeping the store: writing samples, sealing and deleting them, copies, and room on the disk.

pub mod backups;
pub mod disk_guard;
pub mod lifetime;
pub mod recorder;
pub mod retention;
pub mod sealer;
pub mod server_problem;
pub mod space;
