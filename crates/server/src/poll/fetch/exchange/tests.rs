//! Answers of every shape, cut at every byte.

use super::*;
use proptest::prelude::*;
use tokio::io::duplex;

/// Sends a request to a peer that answers with these bytes, `at_once` at a time, and then closes.
async fn ask(answer: &[u8], at_once: usize) -> Result<Answer, FetchError> {
    let (mut ours, mut theirs) = duplex(64 * 1024);
    let asked = async {
        let mut request = [0; 3];
        theirs.read_exact(&mut request).await.unwrap();
        for part in answer.chunks(at_once) {
            if theirs.write_all(part).await.is_err() {
                break;
            }
        }
        drop(theirs);
    };
    // The client hangs up once it has an answer or an error.
    let asking = async move { exchange(&mut ours, b"ask").await };
    tokio::join!(asking, asked).0
}

#[tokio::test]
async fn every_shape_of_an_answer_is_read_whole() {
    for (answer, body, keep_alive) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
            true,
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true),
        ("HTTP/1.1 200 OK\r\n\r\nhello", "hello", false),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
            false,
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "hello",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
            "hello",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
            "hello",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!",
            "hello",
            false,
        ),
    ] {
        for at_once in [1, 2, 7, 1_000] {
            let read = ask(answer.as_bytes(), at_once).await.unwrap();
            assert_eq!(read.body, body.as_bytes(), "{answer}");
            // Excess bytes may arrive too late to be noticed; the next answer is then invalid.
            assert!(read.keep_alive == keep_alive || at_once < 1_000, "{answer}");
        }
    }
}

#[tokio::test]
async fn a_truncated_answer_is_an_error() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ] {
        for end in 0..answer.len() {
            let error = ask(&answer.as_bytes()[..end], 1_000).await.unwrap_err();
            assert!(matches!(error, FetchError::Broken(_)), "{end}: {error:?}");
        }
    }
}

#[tokio::test]
async fn nothing_grows_without_bound() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let long = "x".repeat(2 * MAX_ANSWER);
    for answer in [
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", u64::MAX),
        format!("HTTP/1.1 200 OK\r\n\r\n{long}"),
        format!("{chunked}ffffffffffffffff\r\n{long}"),
        format!(
            "{chunked}{}",
            "80000\r\n".to_owned() + &long[..0x80000] + "\r\n90000\r\n" + &long
        ),
        format!("{chunked}{}", "1\r\nx\r\n".repeat(MAX_BYTES / 6 + 1)),
    ] {
        let error = ask(answer.as_bytes(), 60_000).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge), "{error:?}");
    }
    for answer in [
        format!("HTTP/1.1 200 OK\r\nX: {long}"),
        format!("{chunked}1;{long}"),
        format!("{chunked}0\r\n{}", "X: y\r\n".repeat(100_000)),
        format!("{chunked}0\r\n{long}"),
        format!("{chunked}1\r\n{long}"),
        format!("{chunked}g\r\n"),
        "HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000),
    ] {
        let error = ask(answer.as_bytes(), 60_000).await.unwrap_err();
        assert!(matches!(error, FetchError::Broken(_)), "{error:?}");
    }
    // Longer than one read: it would be parsed from its beginning after each further read.
    let line = &long[..12 * MAX_LINE];
    let answer = format!("{chunked}1;{line}\r\nx\r\n0\r\n\r\n");
    let error = ask(answer.as_bytes(), 60_000).await.unwrap_err();
    assert!(matches!(error, FetchError::Broken(_)), "{error:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300), at_once in 1_usize..40) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let _ = runtime.block_on(ask(&bytes, at_once));
        let _ = runtime.block_on(ask(&[head, &bytes[..]].concat(), at_once));
    }
}

#[tokio::test]
async fn a_connection_is_idle_while_it_is_open_and_nothing_comes() {
    let (mut ours, mut theirs) = duplex(64);
    assert!(is_idle(&mut ours));
    theirs.write_all(b"unasked").await.unwrap();
    assert!(!is_idle(&mut ours));
    let (mut ours, theirs) = duplex(64);
    drop(theirs);
    assert!(!is_idle(&mut ours));
}
