//! Names, tags and notes, validated once where they enter.

use crate::people::text::is_invisible;
use muster_store::{MAX_NOTE, MAX_TAG, MAX_TAGS};
use thiserror::Error;

const MAX_NAME: usize = 100;

/// Why a name, a tag or a note is rejected, as a sentence for the person who entered it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LabelError {
    /// Not a valid name.
    #[error("The name must have 1 to 100 visible characters, and must not be \".\" or \"..\".")]
    Name,
    /// Not a valid tag.
    #[error("{0:?} is not a valid tag: 1 to 32 visible characters, no commas.")]
    Tag(String),
    /// Too many of them.
    #[error("A computer can have at most 16 tags.")]
    Many,
    /// Not a valid note.
    #[error(
        "A note must have at most 4,000 characters, and no invisible ones except tabs and line breaks."
    )]
    Note,
}

/// Trims and checks a name.
///
/// # Errors
/// It is empty, too long, or has an invisible character.
pub fn clean_name(name: &str) -> Result<String, LabelError> {
    let name = name.trim();
    let length_fits = (1..=MAX_NAME).contains(&name.chars().count());
    // In a URL path, "." and ".." mean another resource, so no script could address such a computer.
    if length_fits && !matches!(name, "." | "..") && !name.chars().any(is_invisible) {
        Ok(name.to_owned())
    } else {
        Err(LabelError::Name)
    }
}

/// Trims, checks and sorts tags, and removes duplicates regardless of case.
///
/// # Errors
/// A tag is invalid, or there are too many.
pub fn clean_tags(tags: &[String]) -> Result<Vec<String>, LabelError> {
    let mut clean = Vec::new();
    for tag in tags.iter().take(MAX_TAGS * 4) {
        clean.push(clean_tag(tag)?);
    }
    clean.sort_by_key(|tag| tag.to_lowercase());
    clean.dedup_by_key(|tag| tag.to_lowercase());
    if tags.len() > MAX_TAGS * 4 || clean.len() > MAX_TAGS {
        Err(LabelError::Many)
    } else {
        Ok(clean)
    }
}

fn clean_tag(tag: &str) -> Result<String, LabelError> {
    let tag = tag.trim();
    let length_fits = (1..=MAX_TAG).contains(&tag.chars().count());
    if length_fits && !tag.contains(',') && !tag.chars().any(is_invisible) {
        return Ok(tag.to_owned());
    }
    Err(LabelError::Tag(tag.chars().take(MAX_TAG).collect()))
}

/// Checks a note, normalizes its line breaks and trims its end.
///
/// # Errors
/// It is too long, or has an invisible character.
pub fn clean_note(note: &str) -> Result<String, LabelError> {
    let note = note.replace("\r\n", "\n").trim_end().to_owned();
    let is_odd = |letter: char| is_invisible(letter) && !matches!(letter, '\n' | '\t');
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
    fn tags_are_sorted_and_unique() {
        assert_eq!(
            tags(&[" web ", "DB", "db", "prod"]).unwrap(),
            ["DB", "prod", "web"]
        );
        assert!(tags(&[]).unwrap().is_empty());
    }

    #[test]
    fn invalid_tags_are_reported() {
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
