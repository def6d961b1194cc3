//! The open connections. If there are too many, the oldest one that has never shown the token is closed, so
//! that strangers cannot lock a server out.

use crate::connection::Progress;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, JoinSet};

/// Minimum time between two log lines about the same problem.
const SILENCE: Duration = Duration::from_secs(600);

/// Open connections, oldest first.
pub struct Crowd {
    room: usize,
    members: VecDeque<Member>,
    tasks: JoinSet<()>,
    last_logged: Option<Instant>,
}

struct Member {
    progress: Arc<Progress>,
    task: AbortHandle,
}

impl Crowd {
    /// Allows this many connections.
    pub fn new(room: usize) -> Self {
        Self {
            room,
            members: VecDeque::new(),
            tasks: JoinSet::new(),
            last_logged: None,
        }
    }

    /// Adds a connection, and closes another one if there are too many.
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

    /// Closes the oldest connection that has never shown the token, or else the oldest. Returns whether there
    /// was one.
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

    /// Logs that no connection can be accepted, at most once per period.
    pub fn log_accept_error(&mut self, error: &io::Error) {
        if self
            .last_logged
            .is_none_or(|then| then.elapsed() >= SILENCE)
        {
            eprintln!("muster-agent: cannot accept a connection: {error}");
            self.last_logged = Some(Instant::now());
        }
    }

    fn forget_the_gone(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.members.retain(|member| !member.task.is_finished());
    }
}
