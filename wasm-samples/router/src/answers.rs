//! What the router says to a line. Nothing here knows of messages.
use astrid::{Error, Result, Store};
use std::time::{SystemTime, UNIX_EPOCH};

/// Of `kv list`, at most.
const LISTED: usize = 50;

const HELP: &str = "I know: help · echo TEXT · stream TEXT (word by word) · time · count TEXT · kv set KEY VALUE · kv get KEY · kv delete KEY · kv list [PREFIX]";

/// Said at once, or in pieces.
#[derive(Debug, PartialEq)]
pub enum Answer {
    Whole(String),
    Stream(String),
}

impl Answer {
    pub fn text(&self) -> &str {
        match self {
            Answer::Whole(text) | Answer::Stream(text) => text,
        }
    }
}

/// The first word, and the rest without the blanks between.
fn cut(line: &str) -> (&str, &str) {
    let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    (word, rest.trim_start())
}

pub fn answer(line: &str) -> Answer {
    let (command, rest) = cut(line);
    Answer::Whole(match command {
        "help" | "" => HELP.to_string(),
        "echo" => rest.to_string(),
        "stream" if !rest.is_empty() => return Answer::Stream(rest.to_string()),
        "time" => time(),
        "count" => format!("{} words, {} characters", rest.split_whitespace().count(), rest.chars().count()),
        "kv" => pairs(rest).unwrap_or_else(|error| format!("kv: {error}")),
        _ => format!("I am a small program, and no AI. {HELP}"),
    })
}

fn pairs(line: &str) -> Result<String> {
    let (command, rest) = cut(line);
    let (key, value) = cut(rest);
    let store = Store::own();
    Ok(match (command, key) {
        ("list", prefix) => list(&store, prefix)?,
        ("get" | "set" | "delete", "") => format!("kv {command} which key?"),
        ("get", key) => store.get(key)?.map_or_else(|| format!("{key} is not set"), |value| String::from_utf8_lossy(&value).into_owned()),
        ("set", key) => store.set(key, value).map(|()| format!("{key} is set"))?,
        ("delete", key) => (if store.delete(key)? { "it is deleted" } else { "it was not set" }).to_string(),
        _ => return Err(Error::EINVAL),
    })
}

fn list(store: &Store, prefix: &str) -> Result<String> {
    let keys: Vec<String> = store.scan(prefix).take(LISTED).map(|entry| entry.map(|(key, _)| key)).collect::<Result<_>>()?;
    Ok(if keys.is_empty() { "no keys".to_string() } else { keys.join(" ") })
}

fn time() -> String {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => utc(since.as_secs()),
        Err(_) => "before 1970".to_string(),
    }
}

/// The date by counting years of 365.2425 days from 1 March of the year 0, as civil calendars do.
fn utc(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(line: &str) -> String {
        match answer(line) {
            Answer::Whole(text) => text,
            Answer::Stream(_) => panic!("a stream"),
        }
    }

    #[test]
    fn commands() {
        assert_eq!(whole("echo  a  b "), "a  b");
        assert_eq!(answer("stream one two"), Answer::Stream("one two".to_string()));
        assert_eq!(whole("count two words"), "2 words, 9 characters");
        assert_eq!(whole(""), HELP);
        assert!(whole("who are you?").starts_with("I am a small program, and no AI."));
    }

    #[test]
    fn pairs_are_kept() {
        assert_eq!(whole("kv get a"), "a is not set");
        assert_eq!(whole("kv set a one two"), "a is set");
        assert_eq!((whole("kv get a"), whole("kv list"), whole("kv list b")), ("one two".into(), "a".into(), "no keys".into()));
        assert_eq!((whole("kv delete a"), whole("kv delete a")), ("it is deleted".into(), "it was not set".into()));
        assert_eq!((whole("kv get"), whole("kv")), ("kv get which key?".into(), "kv: EINVAL: not valid".into()));
        astrid::mock::fail_next("kv_set", Error::EDQUOT);
        assert_eq!(whole("kv set a b"), "kv: EDQUOT: a budget or quota is used up");
    }

    #[test]
    fn dates() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_827_696), "2000-02-29 12:34:56 UTC");
        assert_eq!(utc(4_107_542_399), "2100-02-28 23:59:59 UTC");
        assert_eq!(utc(4_107_542_400), "2100-03-01 00:00:00 UTC");
    }
}
