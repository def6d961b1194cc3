//! Computers: added, changed and removed, and their states.

use super::{add, record, sample};
use crate::common::computer;
use muster_store::{
    Assessment, Complete, ComputerChange, ComputerState, Condition, Error, Facts, MAX_NOTE,
    MAX_TAG, MAX_TAGS, NewComputer, Process, Reason, RemovedComputer, Status, Store,
};

pub async fn computers_are_added_changed_and_listed(store: &impl Store) {
    let zoe = add(store, "zoe").await;
    add(store, "adam").await;
    let computers = store.computers().await.unwrap();
    assert_eq!([&computers[0].name, &computers[1].name], ["adam", "zoe"]);
    let found = &computers[1];
    assert_eq!(
        (found.url.as_str(), found.token.as_str()),
        ("http://zoe:8000", "token of zoe")
    );
    assert!(found.polled);
    assert_eq!(
        *found.state,
        ComputerState {
            id: zoe,
            ..ComputerState::default()
        }
    );
    let change = ComputerChange {
        name: Some("yves".into()),
        ..ComputerChange::default()
    };
    assert!(store.change_computer(zoe, &change).await.unwrap());
    let changed = store.computers().await.unwrap().remove(1);
    assert_eq!(
        (changed.name.as_str(), changed.url.as_str()),
        ("yves", "http://zoe:8000")
    );
    assert!(!store.change_computer(777, &change).await.unwrap());
}

pub async fn a_pinned_certificate_stays_until_it_is_changed(store: &impl Store) {
    let pinned = NewComputer {
        name: "pinned".into(),
        tls_sha256: Some("ab".repeat(32)),
        ..NewComputer::default()
    };
    let id = store.add_computer(&pinned).await.unwrap();
    let read = async || store.computers().await.unwrap().remove(0).tls_sha256;
    let renamed = ComputerChange {
        name: Some("renamed".into()),
        ..ComputerChange::default()
    };
    assert!(store.change_computer(id, &renamed).await.unwrap());
    assert_eq!(read().await, pinned.tls_sha256);
    for other in [Some("cd".repeat(32)), None] {
        let revision = store.computers_revision().await.unwrap();
        let change = ComputerChange {
            tls_sha256: Some(other.clone()),
            ..ComputerChange::default()
        };
        assert!(store.change_computer(id, &change).await.unwrap());
        assert_eq!(read().await, other);
        assert!(store.computers_revision().await.unwrap() > revision);
    }
}

pub async fn tags_and_a_note_stay_until_they_are_changed(store: &impl Store) {
    let tagged = NewComputer {
        name: "tagged".into(),
        tags: vec!["db".into(), "prod".into()],
        note: "in the cellar\nask Ann".into(),
        ..NewComputer::default()
    };
    let id = store.add_computer(&tagged).await.unwrap();
    let read = async || store.computers().await.unwrap().remove(0);
    assert_eq!(
        (read().await.tags, read().await.note),
        (tagged.tags, tagged.note.clone())
    );
    let revision = store.computers_revision().await.unwrap();
    let untagged = ComputerChange {
        tags: Some(Vec::new()),
        ..ComputerChange::default()
    };
    assert!(store.change_computer(id, &untagged).await.unwrap());
    assert!(read().await.tags.is_empty());
    assert_eq!(read().await.note, tagged.note);
    assert!(store.computers_revision().await.unwrap() > revision);
}

pub async fn no_more_is_read_of_tags_and_a_note_than_there_may_be(store: &impl Store) {
    let odd = NewComputer {
        name: "odd".into(),
        tags: (0..1_000).map(|number| format!("{number:0>100}")).collect(),
        note: "ö".repeat(1_000_000),
        ..NewComputer::default()
    };
    store.add_computer(&odd).await.unwrap();
    let read = store.computers().await.unwrap().remove(0);
    assert_eq!(read.tags.len(), MAX_TAGS);
    assert!(read.tags.iter().all(|tag| tag.len() == MAX_TAG));
    assert_eq!(read.note.chars().count(), MAX_NOTE);
}

pub async fn a_computer_name_is_given_once(store: &impl Store) {
    let one = add(store, "one").await;
    add(store, "other").await;
    let again = store.add_computer(&computer("one")).await;
    assert!(matches!(again, Err(Error::NameTaken(name)) if name == "one"));
    let change = ComputerChange {
        name: Some("other".into()),
        ..ComputerChange::default()
    };
    let renamed = store.change_computer(one, &change).await;
    assert!(matches!(renamed, Err(Error::NameTaken(name)) if name == "other"));
    let same = ComputerChange {
        name: Some("one".into()),
        ..ComputerChange::default()
    };
    assert!(store.change_computer(one, &same).await.unwrap());
}

pub async fn a_new_address_is_polled(store: &impl Store) {
    let id = add(store, "one").await;
    let change = ComputerChange {
        url: Some("http://elsewhere".into()),
        token: Some("another".into()),
        ..ComputerChange::default()
    };
    store.change_computer(id, &change).await.unwrap();
    let computer = store.computers().await.unwrap().remove(0);
    assert_eq!(
        (computer.name.as_str(), computer.url.as_str()),
        ("one", "http://elsewhere")
    );
    assert_eq!(
        (computer.token.as_str(), computer.polled),
        ("another", true)
    );
}

pub async fn the_revision_tells_of_each_change(store: &impl Store) {
    let mut last = store.computers_revision().await.unwrap();
    let mut grew = async |store: &_| {
        let now = revision(store).await;
        std::mem::replace(&mut last, now) < now
    };
    let id = add(store, "one").await;
    assert!(grew(store).await);
    let change = ComputerChange {
        token: Some("other".into()),
        ..ComputerChange::default()
    };
    store.change_computer(id, &change).await.unwrap();
    assert!(grew(store).await);
    record(store, &[sample(id, 1000)]).await;
    let state = ComputerState {
        id,
        last_seen_ms: Some(1000),
        ..ComputerState::default()
    };
    store.record(&[], &[state], &[]).await.unwrap();
    assert!(!grew(store).await);
    store.remove_computer(id, 5).await.unwrap();
    assert!(grew(store).await);
}

async fn revision(store: &impl Store) -> i64 {
    store.computers_revision().await.unwrap()
}

pub async fn a_removed_computer_is_gone_at_once(store: &impl Store) {
    let id = add(store, "one").await;
    record(store, &[sample(id, 1000)]).await;
    let processes = [(id, vec![process(1)])];
    store.replace_processes(&processes, 1000).await.unwrap();
    let got = store.remove_computer(id, 5000).await;
    assert_eq!(got.unwrap().as_deref(), Some("one"));
    assert_eq!(store.remove_computer(id, 5000).await.unwrap(), None);
    assert_eq!(store.computers().await.unwrap(), []);
    assert_eq!(store.latest().await.unwrap(), []);
    assert_eq!(store.span(id).await.unwrap(), None);
    assert_eq!(store.processes().await.unwrap(), []);
    let got = store.change_computer(id, &ComputerChange::default()).await;
    assert!(!got.unwrap());
    // An answer that arrives late is not stored.
    let state = ComputerState {
        id,
        status: Status::Online,
        ..ComputerState::default()
    };
    let done = store.record(&[sample(id, 2000)], &[state], &[]).await;
    done.unwrap();
    store.replace_processes(&processes, 1000).await.unwrap();
    assert_eq!(store.processes().await.unwrap(), []);
    assert_ne!(add(store, "one").await, id);
}

pub async fn a_removed_computer_comes_back(store: &impl Store) {
    let id = add(store, "one").await;
    record(store, &[sample(id, 1000), sample(id, 2000)]).await;
    store.remove_computer(id, 5000).await.unwrap();
    let removed = RemovedComputer {
        id,
        name: "one".into(),
        removed_ms: 5000,
    };
    assert_eq!(store.removed_computers(5000).await.unwrap(), [removed]);
    assert_eq!(store.removed_computers(5001).await.unwrap(), []);
    // It is not deleted before its time, and cannot be restored after it.
    assert!(!store.purge_removed(5000, 100).await.unwrap());
    assert_eq!(store.restore_computer(id, 5001, None).await.unwrap(), None);
    assert_eq!(store.restore_computer(77, 0, None).await.unwrap(), None);
    let other = add(store, "one").await;
    assert!(matches!(
        store.restore_computer(id, 5000, None).await,
        Err(Error::NameTaken(name)) if name == "one"
    ));
    let revision = store.computers_revision().await.unwrap();
    let name = store.restore_computer(id, 5000, Some("two")).await.unwrap();
    assert_eq!(name.as_deref(), Some("two"));
    assert!(store.computers_revision().await.unwrap() > revision);
    let computers = store.computers().await.unwrap();
    let names: Vec<_> = computers
        .iter()
        .map(|computer| (computer.id, computer.name.as_str()))
        .collect();
    assert_eq!(names, [(other, "one"), (id, "two")]);
    assert_eq!(computers[1].token, "token of one");
    assert_eq!(store.samples(id, 0, i64::MAX, 10).await.unwrap().len(), 2);
    let events = store.events(Some(id), 5000, 5001, 10).await.unwrap();
    let gone = events.iter().find(|event| event.at_ms == 5000).unwrap();
    assert_eq!(gone.reason, Some(Reason::RemovedAndRestored));
    assert!(!store.purge_removed(i64::MAX, 100).await.unwrap());
}

pub async fn what_is_removed_is_deleted_in_slices(store: &impl Store) {
    let old = add(store, "one").await;
    let samples: Vec<_> = (0..250).map(|n| sample(old, 1000 + n)).collect();
    record(store, &samples).await;
    store
        .replace_processes(&[(old, vec![process(1)])], 1000)
        .await
        .unwrap();
    assert!(!store.purge_removed(i64::MAX, 100).await.unwrap());
    store.remove_computer(old, 5000).await.unwrap();
    let new = add(store, "one").await;
    record(store, &[sample(new, 1000)]).await;
    let mut slices = 0;
    while store.purge_removed(i64::MAX, 100).await.unwrap() {
        slices += 1;
        record(store, &[sample(new, 2000 + slices)]).await;
        assert!(slices < 10);
    }
    // Three slices of samples, one of events, and then the computer itself.
    assert_eq!(slices, 5);
    assert_eq!(store.samples(new, 0, i64::MAX, 100).await.unwrap().len(), 6);
    assert_eq!(store.computers().await.unwrap().len(), 1);
    assert_eq!(store.samples(old, 0, i64::MAX, 100).await.unwrap(), []);
    // Its number is not used again.
    assert!(add(store, "two").await > new);
}

pub async fn states_are_kept(store: &impl Store) {
    let (id, other) = (add(store, "one").await, add(store, "other").await);
    let state = ComputerState {
        id,
        status: Status::Online,
        reason: Some(Reason::ConnectTimeout { seconds: 4 }),
        assessment: Assessment {
            condition: Condition::Down,
            ..Assessment::default()
        },
        since_ms: Some(1_763_575_200_001),
        last_seen_ms: Some(1_763_575_200_123),
        facts: Facts {
            hostname: Some("host".into()),
            system: Some("Linux".into()),
            os: Some("Debian 12".into()),
            kernel: Some("6.1".into()),
            agent_version: Some("0.1.0".into()),
            boot_time_s: Some(1_763_500_000.25),
            boot_id: Some("boot-1".into()),
            agent_run: Some("run-1".into()),
        },
        complete: Some(Complete {
            run: "run-1".into(),
            sequence: 7,
            at_ms: 1_763_575_200_120,
        }),
    };
    let unseen = ComputerState {
        id: other,
        ..ComputerState::default()
    };
    let gone = ComputerState {
        id: 777,
        ..ComputerState::default()
    };
    let done = store
        .record(&[], &[state.clone(), gone, unseen.clone()], &[])
        .await;
    done.unwrap();
    let computers = store.computers().await.unwrap();
    assert_eq!(
        (&*computers[0].state, &*computers[1].state),
        (&state, &unseen)
    );
    for ms in [0, 999, 1_763_575_259_999, 4_102_444_800_001] {
        let seen = ComputerState {
            last_seen_ms: Some(ms),
            ..state.clone()
        };
        store.record(&[], &[seen], &[]).await.unwrap();
        assert_eq!(
            store.computers().await.unwrap()[0].state.last_seen_ms,
            Some(ms)
        );
    }
}

pub async fn processes_are_replaced(store: &impl Store) {
    let (one, two) = (add(store, "one").await, add(store, "two").await);
    let many: Vec<_> = (0..137).map(process).collect();
    let kept = [
        (one, vec![process(9), process(3)]),
        (two, many),
        (777, vec![process(1)]),
    ];
    store.replace_processes(&kept, 1000).await.unwrap();
    assert_eq!(store.processes().await.unwrap(), kept[..2]);
    store
        .replace_processes(&[(two, vec![process(4)])], 2000)
        .await
        .unwrap();
    assert_eq!(store.processes().await.unwrap(), [(two, vec![process(4)])]);
}

fn process(pid: i64) -> Process {
    Process {
        pid,
        name: format!("process \"{pid}\""),
        cpu_percent: 141.5,
        memory_percent: 0.1,
        create_time_s: 1_763_500_000.25,
    }
}
