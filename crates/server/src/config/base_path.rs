//! The path below which a reverse proxy serves the dashboard.

use std::str::FromStr;
use thiserror::Error;

const MAX_LENGTH: usize = 200;

/// Not a valid base path.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "must be a path like /monitor, with letters, digits and - . _ ~ between slashes, and at most 200 characters"
)]
pub struct BasePathError;

/// Empty at the root, otherwise `/part/part`, so that it can be put in front of any path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// A path of the server as a browser must request it.
    #[must_use]
    pub fn with(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Removes the base path from the path of a request. Some proxies remove it already, so other paths are returned
    /// unchanged.
    #[must_use]
    pub fn strip<'path>(&self, path: &'path str) -> &'path str {
        match path.strip_prefix(self.0.as_str()) {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }

    /// Whether the dashboard is at the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    fn from_str(text: &str) -> Result<Self, BasePathError> {
        let text = text.trim().trim_matches('/');
        if text.is_empty() {
            return Ok(Self::default());
        }
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(is_plain);
        if text.len() <= MAX_LENGTH && text.split('/').all(is_part) {
            Ok(Self(format!("/{text}")))
        } else {
            Err(BasePathError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_the_path() {
        for text in ["monitor", "/monitor", "/monitor/", " //monitor "] {
            assert_eq!(
                text.parse::<BasePath>().unwrap().with("/login"),
                "/monitor/login"
            );
        }
        for text in ["", "/"] {
            assert!(text.parse::<BasePath>().unwrap().is_root());
        }
        assert_eq!("a/b.c".parse::<BasePath>().unwrap().with("/"), "/a/b.c/");
    }

    #[test]
    fn refuses_anything_but_a_path() {
        for text in [
            "a//b",
            "../a",
            "a/./b",
            "a?b",
            "a b",
            "\"><script>",
            "ä",
            "https://x",
        ] {
            assert_eq!(text.parse::<BasePath>(), Err(BasePathError), "{text}");
        }
    }

    #[test]
    fn a_proxy_may_have_stripped_it() {
        let base: BasePath = "/monitor".parse().unwrap();
        let asked = [
            "/monitor",
            "/monitor/",
            "/monitor/api/live",
            "/api/live",
            "/monitored",
        ];
        let ours = asked.map(|path| base.strip(path));
        assert_eq!(ours, ["/", "/", "/api/live", "/api/live", "/monitored"]);
        assert_eq!(BasePath::default().strip("/api/live"), "/api/live");
    }
}
