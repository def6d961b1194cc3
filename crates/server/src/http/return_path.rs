//! The page to return to after signing in. Only pages of the dashboard are accepted, so that no link can lead from
//! the login page to another site.

use http::Uri;
use std::fmt::Write as _;

const MAX_LENGTH: usize = 500;
/// How the paths of these pages begin.
const PAGES: [&str; 7] = [
    "/computer/",
    "/compare",
    "/manage",
    "/people",
    "/account",
    "/audit",
    "/?",
];
/// Scripts made for the Flask server expect these pages to redirect to the login page without a query.
const WITHOUT_RETURN: [&str; 3] = ["/", "/manage", "/change_password"];

/// The login page's path for a visitor who requested this page.
pub fn login_path_for(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    if WITHOUT_RETURN.contains(&wanted) || parse_return_path(wanted).is_none() {
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

/// The path, if it is a page of the dashboard.
pub fn parse_return_path(next: &str) -> Option<&str> {
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    // No dots, escapes or empty segments: browsers and proxies might resolve them to another path.
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
    fn the_login_page_leads_back_to_a_page_of_the_dashboard() {
        let login = |path: &str| login_path_for(&path.parse().unwrap());
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
    fn other_paths_are_refused() {
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
            assert_eq!(parse_return_path(odd), None, "{odd}");
        }
        assert_eq!(
            parse_return_path("/compare?ids=1,2"),
            Some("/compare?ids=1,2")
        );
    }
}
