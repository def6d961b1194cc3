//! A few values of the server's own.

use crate::Result;
use async_trait::async_trait;

/// Values by name.
#[async_trait]
pub trait Settings: Send + Sync {
    /// The value of that name.
    async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps `value` where there is none of that name yet; the answer is the one that is kept, so that
    /// two servers that start at once agree.
    async fn setting_or_insert(&self, name: &str, value: &[u8]) -> Result<Vec<u8>>;

    /// Keeps `value` under that name, in place of what was there.
    async fn set_setting(&self, name: &str, value: &[u8]) -> Result<()>;
}
