//! The connections that are open at a time. When there is no room, one must go: the oldest that has never
//! shown the token, so that strangers never keep a server out.

use crate::connection::Progress;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use tokio::task::{AbortHandle, JoinSet};

/// Open connections, the oldest first.
pub struct Crowd {
    room: usize,
    members: VecDeque<Member>,
    tasks: JoinSet<()>,
    complained: bool,
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
            complained: false,
        }
    }

    /// Lets a connection in, at the cost of another where there is no room.
    pub fn admit(
        &mut self,
        progress: Arc<Progress>,
        connection: impl Future<Output = ()> + Send + 'static,
    ) {
        self.complained = false;
        self.forget_the_gone();
        if self.members.len() >= self.room {
            self.dismiss_one();
        }
        let task = self.tasks.spawn(connection);
        self.members.push_back(Member { progress, task });
    }

    /// Closes the oldest that has never shown the token; where all have, the oldest.
    pub fn dismiss_one(&mut self) {
        self.forget_the_gone();
        let stranger = self
            .members
            .iter()
            .position(|member| !member.progress.is_authorised());
        if let Some(member) = self.members.remove(stranger.unwrap_or(0)) {
            member.task.abort();
        }
    }

    /// Says that nothing can be accepted, once until something is.
    pub fn complain(&mut self, error: &io::Error) {
        if !self.complained {
            eprintln!("muster-agent: cannot accept a connection: {error}");
        }
        self.complained = true;
    }

    fn forget_the_gone(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.members.retain(|member| !member.task.is_finished());
    }
}
