//! Simulated computers: which address each has, what it answers, what it keeps, and what is wrong with it. The
//! program serves them, and the tests know by them what must have been stored.

pub mod address;
pub mod computer;
pub mod fault;
pub mod kept;
