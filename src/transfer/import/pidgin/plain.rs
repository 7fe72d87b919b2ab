//! Logs in plain text: `(14:03:22) Bob: text`; further lines of a text follow as they are.

use super::{
    clock::Stamp,
    record::{Record, Said},
};

/// Longest name, in bytes.
const MAX_NAME: usize = 200;

pub(super) fn records(text: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    // The first line is the title.
    for line in text.lines().skip(1) {
        match begin(line) {
            Some(record) => records.push(record),
            None => {
                if let Some(Record::Message(said)) = records.last_mut() {
                    said.body.push('\n');
                    said.body.push_str(line);
                }
            }
        }
    }
    for record in &mut records {
        if let Record::Message(said) = record {
            said.body.truncate(said.body.trim_end_matches('\n').len());
        }
    }
    records
}

/// Reads the first line of an entry.
fn begin(line: &str) -> Option<Record> {
    let (stamp, rest) = line.strip_prefix('(')?.split_once(") ")?;
    let stamp = Stamp::read(stamp)?;
    let (name, body) = if let Some(action) = rest.strip_prefix("***") {
        let (name, body) = action.split_once(' ')?;
        (name, format!("/me {body}"))
    } else {
        match rest
            .split_once(": ")
            .or_else(|| Some((rest.strip_suffix(':')?, "")))
        {
            Some((name, body)) if name.len() <= MAX_NAME => (name, body.to_owned()),
            Some(_) | None => return Some(Record::Notice),
        }
    };
    let name = name.strip_suffix("<AUTO-REPLY>").unwrap_or(name).trim();
    Some(Record::Message(Said {
        stamp,
        name: name.to_owned(),
        direction: None,
        body,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_their_further_lines() {
        let text = "Conversation with bob@example.org at …\n\
            (14:03:22) Bob: hi: there\n\n(not a time) x\nend\n\
            (14:03:23) alice@example.org/Home <AUTO-REPLY>: away\n\
            (14:03:24) ***Bob waves\n\
            (14:03:25) Bob has signed off.\n\n";
        let told: Vec<_> = records(text)
            .into_iter()
            .map(|record| match record {
                Record::Message(said) => format!("{}|{}", said.name, said.body),
                Record::Notice => "notice".to_owned(),
            })
            .collect();
        assert_eq!(
            told,
            [
                "Bob|hi: there\n\n(not a time) x\nend",
                "alice@example.org/Home|away",
                "Bob|/me waves",
                "notice"
            ]
        );
    }
}
