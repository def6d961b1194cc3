//! People: accounts, sessions and tokens, the audit log, and names, tags and notes of computers.

pub mod accounts;
pub mod audit;
pub mod labels;
pub mod text;
