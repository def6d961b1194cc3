//! What the operating system provides: clock, descriptors, signals, log output, certificates.

pub mod clock;
pub mod descriptors;
pub mod logging;
pub mod shutdown;
pub mod tls;
