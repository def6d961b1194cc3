//! Limits the number of connections. When all slots are taken, a new connection evicts an old one.
//!
//! Anyone may connect and then send nothing, or not read the answer. Signed-in users must still get in, so the oldest
//! connection over which no signed-in user has sent a request is evicted first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Whether a signed-in user has sent a request over a connection. Every request carries the mark of its connection.
#[derive(Clone, Debug, Default)]
pub struct SignedInMark(Arc<AtomicBool>);

impl SignedInMark {
    /// Notes that a signed-in user sent a request.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// All connection slots.
pub struct ConnectionSlots {
    limit: usize,
    connections: Mutex<Connections>,
}

#[derive(Default)]
struct Connections {
    opened: u64,
    open: BTreeMap<u64, (SignedInMark, Arc<Notify>)>,
}

/// The slot of one connection; dropping it frees the slot.
pub struct ConnectionSlot {
    slots: Arc<ConnectionSlots>,
    number: u64,
    mark: SignedInMark,
    eviction: Arc<Notify>,
}

impl ConnectionSlots {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit: limit.max(1),
            connections: Mutex::default(),
        })
    }

    /// Takes a slot; evicts another connection if all are taken.
    pub fn take_slot(self: &Arc<Self>) -> ConnectionSlot {
        let mut connections = self.connections();
        while connections.open.len() >= self.limit {
            connections.evict_one();
        }
        connections.opened += 1;
        let number = connections.opened;
        let (mark, eviction) = (SignedInMark::default(), Arc::new(Notify::new()));
        connections
            .open
            .insert(number, (mark.clone(), eviction.clone()));
        ConnectionSlot {
            slots: self.clone(),
            number,
            mark,
            eviction,
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    fn evict_one(&mut self) {
        let unmarked = self.open.iter().find(|(_, (mark, _))| !mark.is_set());
        let number = unmarked
            .or(self.open.iter().next())
            .map(|(&number, _)| number);
        if let Some((_, eviction)) = number.and_then(|number| self.open.remove(&number)) {
            eviction.notify_one();
        }
    }
}

impl ConnectionSlot {
    pub fn signed_in_mark(&self) -> SignedInMark {
        self.mark.clone()
    }

    /// Returns once the slot has been given to another connection.
    pub async fn wait_until_evicted(&self) {
        self.eviction.notified().await;
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.slots.connections().open.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn is_evicted(slot: &ConnectionSlot) -> bool {
        tokio::time::timeout(Duration::from_millis(10), slot.wait_until_evicted())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn the_oldest_connection_without_a_signed_in_user_is_evicted_first() {
        let slots = ConnectionSlots::new(3);
        let taken = [slots.take_slot(), slots.take_slot(), slots.take_slot()];
        taken[0].signed_in_mark().set();
        let _fourth = slots.take_slot();
        assert!(!is_evicted(&taken[0]).await && is_evicted(&taken[1]).await);
        assert!(!is_evicted(&taken[2]).await);
    }

    #[tokio::test]
    async fn a_dropped_slot_is_free() {
        let slots = ConnectionSlots::new(2);
        let first = slots.take_slot();
        drop(slots.take_slot());
        let _third = slots.take_slot();
        assert!(!is_evicted(&first).await);
    }

    #[tokio::test]
    async fn if_all_users_are_signed_in_the_oldest_connection_is_evicted() {
        let slots = ConnectionSlots::new(1);
        let first = slots.take_slot();
        first.signed_in_mark().set();
        let _second = slots.take_slot();
        assert!(is_evicted(&first).await);
    }
}
