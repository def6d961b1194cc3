//! Simulated computers: which address each has, what it answers, and what it keeps. The program serves them, and
//! the tests know by them what must have been stored.

pub mod address;
pub mod computer;
pub mod kept;
