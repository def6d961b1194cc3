//! People: their accounts and sessions, what they changed, and what they call computers.

pub mod accounts;
pub mod audit;
pub mod labels;
