//! The connections that are open at a time. When there is no room, one must go: the oldest that has never
//! shown the token, so that strangers never keep a server out.

use crate::connection::Progress;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, JoinSet};

/// How long after a complaint the same is not said again.
const SILENCE: Duration = Duration::from_secs(600);

/// Open connections, the oldest first.
pub struct Crowd {
    room: usize,
    members: VecDeque<Member>,
    tasks: JoinSet<()>,
    complained: Option<Instant>,
}

struct Member {
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Crowd {
    /// Has room for so many.
    pub fn new(room: usize) -> Self {
        Self {
            room,
            members: VecDeque::new(),
            tasks: JoinSet::new(),
            complained: None,
        }
    }

    /// Lets a connection in, at the cost of another where there is no room.
    pub fn admit(
        &mut self,
        progress: Arc<Progress>,
        connection: impl Future<Output = ()> + Send + 'static,
    ) {
        self.forget_the_gone();
        if self.members.len() >= self.room {
            self.dismiss_one();
        }
        let task = self.tasks.spawn(connection);
        self.members.push_back(Member { progress, task });
    }

    /// Closes the oldest that has never shown the token; where all have, the oldest. Says whether there was
    /// one to close.
    pub fn dismiss_one(&mut self) -> bool {
        self.forget_the_gone();
        let stranger = self
            .members
            .iter()
            .position(|member| !member.progress.is_authorised());
        let dismissed = self.members.remove(stranger.unwrap_or(0));
        if let Some(member) = &dismissed {
            member.task.abort();
        }
        dismissed.is_some()
    }

    /// Says that nothing can be accepted, but not again and again.
    pub fn complain(&mut self, error: &io::Error) {
        if self.complained.is_none_or(|then| then.elapsed() >= SILENCE) {
            eprintln!("muster-agent: cannot accept a connection: {error}");
            self.complained = Some(Instant::now());
        }
    }

    fn forget_the_gone(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.members.retain(|member| !member.task.is_finished());
    }
}
