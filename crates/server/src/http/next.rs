//! Where somebody was going when they had to sign in: a page of ours, and nothing else.

use http::Uri;
use std::fmt::Write as _;

const MAX_LENGTH: usize = 500;
/// Pages that one can be on the way to, by how their paths begin.
const PAGES: [&str; 7] = [
    "/computer/",
    "/compare",
    "/manage",
    "/people",
    "/account",
    "/audit",
    "/?",
];
/// What the Flask server's scripts know: these lead to the bare login page, as they always did.
const KNOWN: [&str; 3] = ["/", "/manage", "/change_password"];

/// The login page's address for somebody who asked for that one.
pub fn login_for(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    if KNOWN.contains(&wanted) || checked(wanted).is_none() {
        return "/login".to_owned();
    }
    let mut login = "/login?next=".to_owned();
    for byte in wanted.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                login.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            byte => drop(write!(login, "%{byte:02X}")),
        }
    }
    login
}

/// A page to go on to, where it is one of ours.
pub fn checked(next: &str) -> Option<&str> {
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    // Nothing that anybody reads as another path than it looks: no dots, no escapes, no empty parts.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
    let is_ours = next.len() <= MAX_LENGTH
        && path.bytes().all(is_plain)
        && !path.contains("//")
        && query
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        && PAGES.iter().any(|page| next.starts_with(page));
    is_ours.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_to_a_page_of_ours() {
        let login = |path: &str| login_for(&path.parse().unwrap());
        assert_eq!(
            login("/computer/17?span=day&to=5"),
            "/login?next=/computer/17%3Fspan%3Dday%26to%3D5"
        );
        assert_eq!(login("/?show=silent"), "/login?next=/%3Fshow%3Dsilent");
        for known in ["/", "/manage", "/change_password", "/nonsense"] {
            assert_eq!(login(known), "/login");
        }
    }

    #[test]
    fn leads_nowhere_else() {
        for odd in [
            "//evil.example",
            "https://evil.example/",
            "/\\evil.example",
            "/computer/1\r\nSet-Cookie: x",
            "javascript:alert(1)",
            "/logout",
            "/computer/../logout",
            "/computer/1/..?x",
            "/computer/%2e%2e/logout",
            "/compare//evil",
            "/people@evil",
            "/computer/1?x#y",
            "/api/live",
            "compare",
            &format!("/computer/{}", "1".repeat(600)),
        ] {
            assert_eq!(checked(odd), None, "{odd}");
        }
        assert_eq!(checked("/compare?ids=1,2"), Some("/compare?ids=1,2"));
    }
}
