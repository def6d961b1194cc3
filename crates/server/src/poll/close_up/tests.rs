//! Close-ups over real sockets, at a faster pace.

#[expect(dead_code, reason = "these tests use a part of it")]
#[path = "../../../tests/it/agents.rs"]
mod agents;

use super::*;
use crate::intake::ingest::ingest;
use crate::ops::clock;
use crate::poll::fetch::client_config;
use agents::{Agent, FASTAPI_CLIENT, HANG, MUSTER_AGENT as OURS, TOKEN, ok};
use muster_wire::SystemInfo;

const NO_ADDRESS: &str = "nowhere";

fn fast() -> Pace {
    Pace {
        interval: Duration::from_millis(10),
        idle_timeout: Duration::from_secs(20),
        down_pause: Duration::from_millis(10),
        ..Pace::default()
    }
}

struct Scene {
    live: Arc<Live>,
    roster: watch::Sender<Arc<Vec<Computer>>>,
    close_ups: Arc<CloseUps>,
    _stop: watch::Sender<bool>,
}

impl Scene {
    /// One computer for each address, with ids from 1.
    fn new(pace: Pace, urls: &[&str]) -> Self {
        let live = Arc::new(Live::default());
        let roster = watch::Sender::new(Arc::default());
        let stop = watch::Sender::new(false);
        let fetcher = Fetcher::new(client_config().unwrap(), Duration::from_secs(30));
        let close_ups = CloseUps::new(
            fetcher,
            live.clone(),
            roster.subscribe(),
            stop.subscribe(),
            pace,
        );
        let scene = Self {
            live,
            roster,
            close_ups: Arc::new(close_ups),
            _stop: stop,
        };
        scene.place(urls);
        scene
    }

    fn place(&self, urls: &[&str]) {
        let computers = (1..).zip(urls).map(|(id, &url)| Computer {
            id,
            name: id.to_string(),
            url: url.to_owned(),
            token: TOKEN.to_owned(),
            polled: true,
            tags: Vec::new(),
            note: String::new(),
            tls_sha256: None,
            state: Arc::default(),
        });
        let computers: Vec<Computer> = computers.collect();
        self.live.apply_roster(&computers);
        self.roster.send_replace(Arc::new(computers));
    }

    /// Pretends that the roll got this answer from computer 1.
    fn called(&self, json: &str) {
        let info = muster_wire::parse(json.as_bytes()).unwrap();
        self.live
            .record_answer(1, ingest(1, clock::now_ms() + 1, info, None), 30_000);
    }

    /// Watches computer 1 until the view satisfies `wanted`.
    async fn until(&self, wanted: impl Fn(&View) -> bool) -> View {
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        loop {
            let view = self.close_ups.watch_computer(1, None);
            if wanted(&view) {
                return view;
            }
            assert!(std::time::Instant::now() < deadline, "in vain: {view:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn until_nobody_looks(&self) {
        while self.close_ups.count() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// The n-th answer: its counter is n × 1,000,000 bytes.
fn counting(n: usize) -> Vec<u8> {
    let mut info: SystemInfo = muster_wire::parse(OURS.as_bytes()).unwrap();
    info.network.as_mut().unwrap().bytes_sent = n as u64 * 1_000_000;
    ok(&serde_json::to_string(&info).unwrap())
}

#[tokio::test]
async fn readings_are_in_order_with_their_own_rates() {
    let agent = Agent::start(counting).await;
    let scene = Scene::new(fast(), &[&agent.url()]);
    assert!(scene.close_ups.watch_computer(1, None).samples.is_empty());
    let view = scene.until(|view| view.samples.len() >= 4).await;
    assert_eq!(view.status, CloseUpStatus::Reading);
    for pair in view.samples.windows(2) {
        let (before, now) = (&pair[0], &pair[1]);
        let rate = muster_history::rate(
            before.timestamp_ms,
            before.network_bytes_sent.unwrap(),
            now.timestamp_ms,
            now.network_bytes_sent.unwrap(),
        );
        assert!(rate.unwrap() > 0.0 && now.network_sent_per_sec == rate);
    }
    assert!(!view.processes.unwrap().is_empty());
    assert_eq!(
        view.newest_ms,
        Some(view.samples.last().unwrap().timestamp_ms)
    );
    let after_ms = view.samples[1].timestamp_ms;
    let later = scene.close_ups.watch_computer(1, Some(after_ms));
    assert_eq!(later.samples[0], view.samples[2]);
    assert_eq!(agent.connections(), 1);
    // `Live` does not get the samples.
    assert_eq!(scene.live.get(1).unwrap().sample, None);
}

#[tokio::test]
async fn no_more_than_a_minute_is_kept() {
    let agent = Agent::start(counting).await;
    let pace = Pace {
        interval: Duration::from_millis(1),
        ..fast()
    };
    let scene = Scene::new(pace, &[&agent.url()]);
    let has_all = |view: &View| view.samples.len() == 60 && agent.requests() > 80;
    let view = scene.until(has_all).await;
    let first = view.samples[0].network_bytes_sent.unwrap() / 1_000_000;
    assert!(first >= 80 - 60 - 1, "{first}");
}

#[tokio::test]
async fn a_close_up_lasts_while_somebody_looks() {
    let agent = Agent::start(counting).await;
    let pace = Pace {
        idle_timeout: Duration::from_secs(1),
        ..fast()
    };
    let scene = Scene::new(pace, &[&agent.url()]);
    let began = std::time::Instant::now();
    scene
        .until(|_| began.elapsed() > 3 * pace.idle_timeout / 2)
        .await;
    let read = agent.requests();
    assert!(read > 5, "{read}");
    assert_eq!(agent.connections(), 1);
    scene.until_nobody_looks().await;
    // The reader has ended and polls no more.
    let read = agent.requests();
    tokio::time::sleep(5 * pace.interval).await;
    assert_eq!(agent.requests(), read);
    assert!(scene.close_ups.watch_computer(1, None).samples.is_empty());
    scene.until(|view| !view.samples.is_empty()).await;
}

#[test]
fn close_ups_poll_each_second_and_end_after_fifteen() {
    let pace = Pace::default();
    assert_eq!(pace.interval, Duration::from_secs(1));
    assert_eq!(pace.idle_timeout, Duration::from_secs(15));
}

#[tokio::test]
async fn the_fifty_first_close_up_is_busy() {
    let pace = Pace {
        idle_timeout: Duration::from_millis(500),
        ..fast()
    };
    let scene = Scene::new(pace, &[NO_ADDRESS; 51]);
    let look = |id| scene.close_ups.watch_computer(id, None).status;
    assert!((1..=50).all(|id| look(id) == CloseUpStatus::Reading));
    assert_eq!(
        (look(51), look(50)),
        (CloseUpStatus::Busy, CloseUpStatus::Reading)
    );
    // A close-up that ends makes room for another one.
    while scene.close_ups.count() == 50 {
        assert!((2..=50).all(|id| look(id) != CloseUpStatus::Busy));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(
        (look(51), look(1)),
        (CloseUpStatus::Reading, CloseUpStatus::Busy)
    );
}

#[tokio::test]
async fn an_old_agent_is_polled_once() {
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let scene = Scene::new(fast(), &[&agent.url()]);
    let view = scene
        .until(|view| view.status == CloseUpStatus::OldAgent)
        .await;
    assert!(view.samples.is_empty());
    let began = std::time::Instant::now();
    scene
        .until(|_| began.elapsed() > Duration::from_millis(200))
        .await;
    assert_eq!(agent.requests(), 1);
    // Until the roll finds a newer agent.
    scene.called(OURS);
    scene.until(|_| agent.requests() == 2).await;
}

#[tokio::test]
async fn an_agent_that_the_roll_knows_to_be_old_is_not_polled() {
    let agent = Agent::answering(FASTAPI_CLIENT).await;
    let scene = Scene::new(fast(), &[&agent.url()]);
    scene.called(FASTAPI_CLIENT);
    assert_eq!(
        scene.close_ups.watch_computer(1, None).status,
        CloseUpStatus::OldAgent
    );
    assert_eq!(scene.close_ups.count(), 0);
    scene.called(OURS);
    assert_eq!(
        scene.close_ups.watch_computer(1, None).status,
        CloseUpStatus::Reading
    );
}

#[tokio::test]
async fn a_slow_agent_is_left_alone_for_a_while() {
    let agent = Agent::start(counting).await;
    let pace = Pace {
        slow_after: Duration::ZERO,
        slow_pause: Duration::from_millis(300),
        ..fast()
    };
    let scene = Scene::new(pace, &[&agent.url()]);
    let view = scene.until(|view| view.status == CloseUpStatus::Slow).await;
    // The first answer is not judged, since it needed a new connection.
    assert_eq!((view.samples.len(), agent.requests()), (2, 2));
    let rested = std::time::Instant::now();
    scene.until(|_| agent.requests() > 2).await;
    assert!(rested.elapsed() > pace.slow_pause / 2);
}

#[tokio::test]
async fn a_computer_that_is_down_is_polled_again() {
    let agent = Agent::answering(OURS).await;
    let (address, url) = (agent.address, agent.url());
    drop(agent);
    let scene = Scene::new(fast(), &[&url]);
    scene.until(|view| view.status == CloseUpStatus::Down).await;
    let _agent = Agent::answering_at(address, OURS).await;
    scene
        .until(|view| view.status == CloseUpStatus::Reading && !view.samples.is_empty())
        .await;
}

#[tokio::test]
async fn a_hanging_computer_is_polled_once_at_a_time() {
    let agent = Agent::start(|_| HANG.to_vec()).await;
    let pace = Pace {
        timeout: Duration::from_secs(1),
        ..fast()
    };
    let scene = Scene::new(pace, &[&agent.url()]);
    scene.until(|_| agent.requests() == 1).await;
    let looks = (0..100).map(|_| scene.close_ups.watch_computer(1, None).status);
    assert!(
        looks
            .into_iter()
            .all(|status| status == CloseUpStatus::Reading)
    );
    assert_eq!((agent.requests(), scene.close_ups.count()), (1, 1));
    scene.until(|view| view.status == CloseUpStatus::Down).await;
}

#[tokio::test]
async fn a_computer_is_followed_to_another_address_and_out() {
    let one = Agent::start(|_| counting(1)).await;
    let other = Agent::start(|_| counting(2)).await;
    let scene = Scene::new(fast(), &[&one.url()]);
    scene.until(|view| view.samples.len() > 1).await;
    scene.place(&[&other.url()]);
    let view = scene
        .until(|view| {
            let newest = view.samples.last();
            newest.is_some_and(|sample| sample.network_bytes_sent == Some(2_000_000))
        })
        .await;
    let is_others =
        |sample: &Arc<muster_store::Sample>| sample.network_bytes_sent == Some(2_000_000);
    assert!(view.samples.iter().all(is_others), "{view:?}");
    let asked = one.requests();
    scene.until(|view| view.samples.len() > 3).await;
    assert_eq!(one.requests(), asked);
    scene.place(&[]);
    scene.until_nobody_looks().await;
}
