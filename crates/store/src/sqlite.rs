//! SQLite behind the traits.
