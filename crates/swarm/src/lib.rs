//! Simulated computers: the address, the answers, the kept readings and the fault of each. The program serves them,
//! and tests derive from them what a server must have stored.

pub mod address;
pub mod computer;
pub mod fault;
pub mod readings;
