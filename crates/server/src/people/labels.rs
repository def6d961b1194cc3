//! What people say of a computer: tags to find it by, and a note. Checked once, where they enter.

use crate::poll::address::is_unseen;
use muster_store::{MAX_NOTE, MAX_TAG, MAX_TAGS};
use thiserror::Error;

/// Why tags or a note are none, in words for who typed them.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LabelError {
    /// Not a tag.
    #[error(
        "A tag must have 1 to 32 characters, none of them a comma or invisible: {0:?} is none."
    )]
    Tag(String),
    /// Too many of them.
    #[error("A computer can have at most 16 tags.")]
    Many,
    /// Not a note.
    #[error(
        "A note must have at most 4,000 characters, none of them invisible but tabs and ends of lines."
    )]
    Note,
}

/// Tags without white space around them, in order, none twice whatever its case.
///
/// # Errors
/// What is wrong with them.
pub fn clean_tags(tags: &[String]) -> Result<Vec<String>, LabelError> {
    let mut clean = Vec::new();
    for tag in tags.iter().take(MAX_TAGS * 4) {
        clean.push(clean_tag(tag)?);
    }
    clean.sort_by_key(|tag| tag.to_lowercase());
    clean.dedup_by_key(|tag| tag.to_lowercase());
    match tags.len() > MAX_TAGS * 4 || clean.len() > MAX_TAGS {
        true => Err(LabelError::Many),
        false => Ok(clean),
    }
}

fn clean_tag(tag: &str) -> Result<String, LabelError> {
    let tag = tag.trim();
    let length_fits = (1..=MAX_TAG).contains(&tag.chars().count());
    if length_fits && !tag.contains(',') && !tag.chars().any(is_unseen) {
        return Ok(tag.to_owned());
    }
    Err(LabelError::Tag(tag.chars().take(MAX_TAG).collect()))
}

/// A note with plain ends of lines, and none at its end.
///
/// # Errors
/// What is wrong with it.
pub fn clean_note(note: &str) -> Result<String, LabelError> {
    let note = note.replace("\r\n", "\n").trim_end().to_owned();
    let is_odd = |letter: char| is_unseen(letter) && !matches!(letter, '\n' | '\t');
    if note.chars().count() > MAX_NOTE || note.chars().any(is_odd) {
        return Err(LabelError::Note);
    }
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Result<Vec<String>, LabelError> {
        let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
        clean_tags(&tags)
    }

    #[test]
    fn tags_are_in_order_and_none_twice() {
        assert_eq!(
            tags(&[" web ", "DB", "db", "prod"]).unwrap(),
            ["DB", "prod", "web"]
        );
        assert!(tags(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_tag_is_told() {
        for odd in ["", "  ", "a,b", "a\nb", "\u{202e}x", &"x".repeat(33)] {
            assert!(matches!(tags(&[odd]), Err(LabelError::Tag(_))), "{odd:?}");
        }
        let many: Vec<String> = (0..17).map(|number| number.to_string()).collect();
        assert_eq!(clean_tags(&many), Err(LabelError::Many));
        assert_eq!(
            clean_tags(&vec!["same".to_owned(); 1_000]),
            Err(LabelError::Many)
        );
    }

    #[test]
    fn a_note_may_have_lines() {
        assert_eq!(
            clean_note("one\r\ntwo\tthree\n\n").unwrap(),
            "one\ntwo\tthree"
        );
        assert_eq!(clean_note("a\u{7}b"), Err(LabelError::Note));
        assert_eq!(clean_note(&"x".repeat(4_001)), Err(LabelError::Note));
    }
}
