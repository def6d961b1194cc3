//! The server's own values.

use crate::Result;
use async_trait::async_trait;

/// Values by name.
#[async_trait]
pub trait Settings: Send + Sync {
    /// The value of a name.
    async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Stores `value` unless the name has one. Returns the stored value, so that two servers that start at once
    /// agree.
    async fn setting_or_insert(&self, name: &str, value: &[u8]) -> Result<Vec<u8>>;

    /// Stores `value`, which replaces the old one.
    async fn set_setting(&self, name: &str, value: &[u8]) -> Result<()>;
}
