//! Text for people, made of data where it leaves the server: logs, the API, the command line.
//!
//! The dashboard makes its own text from the same codes, in the reader's language (`web/src/text`).

mod english;

pub use english::{condition_text, reason_text};
