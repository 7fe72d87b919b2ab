//! Logs in HTML: one entry a line, colours say which way it went.

use super::{
    clock::Stamp,
    record::{Record, Said},
};
use crate::model::Direction;

/// How entries begin, in both generations of the program.
const BEGINNINGS: [&str; 4] = [
    "<font color=\"#",
    "<font size=\"2\">(",
    "<span style=\"color: #",
    "<span style=\"font-size: smaller\">(",
];
const RECEIVED: &str = "#A82F2F";
const SENT: &str = "#16569E";
/// Entries that begin with `/me`, either way.
const ACTION: &str = "#062585";

pub(super) fn records(text: &str) -> Vec<Record> {
    let mut entries: Vec<String> = Vec::new();
    // The first line is the title.
    for line in text.lines().skip(1) {
        if BEGINNINGS
            .iter()
            .any(|beginning| line.starts_with(beginning))
        {
            entries.push(line.to_owned());
        } else if let Some(entry) = entries.last_mut()
            && !is_end(line)
        {
            entry.push('\n');
            entry.push_str(line);
        }
    }
    entries.iter().map(|entry| record(entry)).collect()
}

fn is_end(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("</body>") || line == "</html>" || line == "</p>"
}

fn record(entry: &str) -> Record {
    said(entry).map_or(Record::Notice, Record::Message)
}

/// Reads `<font color="#A82F2F"><font size="2">(14:03:22)</font> <b>Bob:</b></font> text<br/>`.
fn said(entry: &str) -> Option<Said> {
    let (tag, _) = entry.split_once('>')?;
    let direction = if tag.contains(RECEIVED) {
        Some(Direction::Incoming)
    } else if tag.contains(SENT) {
        Some(Direction::Outgoing)
    } else if tag.contains(ACTION) {
        None
    } else {
        return None;
    };
    let (_, rest) = entry.split_once('(')?;
    let (stamp, rest) = rest.split_once(')')?;
    let (_, rest) = rest.split_once("<b>")?;
    let (name, rest) = rest.split_once("</b>")?;
    let body = rest
        .strip_prefix("</font>")
        .or_else(|| rest.strip_prefix("</span>"))?;
    let body = text_of(body.trim_end_matches("<br/>").trim_end_matches("<br>"));
    let body = body.strip_prefix(' ').unwrap_or(&body);
    let name = text_of(name);
    let (name, body) = match name.trim().strip_prefix("***") {
        Some(name) => (name, format!("/me {body}")),
        None => (name.trim().strip_suffix(':')?, body.to_owned()),
    };
    let name = name.strip_suffix("<AUTO-REPLY>").unwrap_or(name).trim();
    Some(Said {
        stamp: Stamp::read(stamp)?,
        name: name.to_owned(),
        direction,
        body,
    })
}

/// The text of a piece of HTML; where a link does not show its target, that follows it.
pub(super) fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut link: Option<(usize, String)> = None;
    let mut rest = html;
    while let Some(place) = rest.find('<') {
        let (before, from) = rest.split_at(place);
        unescape(before, &mut text);
        let Some((tag, after)) = from.split_once('>') else {
            // No tag: somebody wrote the sign.
            unescape(from, &mut text);
            rest = "";
            break;
        };
        rest = after;
        let tag = tag.trim_start_matches('<');
        let name: String = tag
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .collect();
        match name.to_ascii_lowercase().as_str() {
            "br" | "br/" => text.push('\n'),
            "a" => link = target(tag).map(|target| (text.len(), target)),
            "/a" => {
                if let Some((start, target)) = link.take()
                    && text.get(start..) != Some(&target)
                {
                    text.push_str(&format!(" <{target}>"));
                }
            }
            _ => {}
        }
    }
    unescape(rest, &mut text);
    text
}

fn target(tag: &str) -> Option<String> {
    let (_, rest) = tag.split_once("href=")?;
    let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    let (target, _) = rest.get(1..)?.split_once(quote)?;
    let mut plain = String::new();
    unescape(target, &mut plain);
    Some(plain)
}

/// Puts signs for their names.
fn unescape(html: &str, text: &mut String) {
    let mut rest = html;
    while let Some(place) = rest.find('&') {
        let (before, from) = rest.split_at(place);
        text.push_str(before);
        let named = from
            .get(1..)
            .and_then(|from| from.split_once(';'))
            .and_then(|(name, after)| sign(name).map(|sign| (sign, after)));
        match named {
            Some((sign, after)) => {
                text.push(sign);
                rest = after;
            }
            None => {
                text.push('&');
                rest = &from[1..];
            }
        }
    }
    text.push_str(rest);
}

fn sign(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_text_stays() {
        for (html, text) in [
            ("a <b>bold</b> &amp; <i>x</i>", "a bold & x"),
            ("one<br/>two<BR>three", "one\ntwo\nthree"),
            (
                "<a href=\"https://a.example/?x=1&amp;y\">here</a>",
                "here <https://a.example/?x=1&y>",
            ),
            (
                "<a href='https://a.example'>https://a.example</a>",
                "https://a.example",
            ),
            ("1 < 2 &unknown; &#65;&#x42; &", "1 < 2 &unknown; AB &"),
            ("&#xffffffff; &#xd800;", "&#xffffffff; &#xd800;"),
            ("<", "<"),
            ("<a href=>x</a><a>y</a>", "xy"),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
    }

    #[test]
    fn both_generations_are_read() {
        let old = "title\n\
            <font color=\"#A82F2F\"><font size=\"2\">(14:03:22)</font> <b>Bob &lt;3:</b></font> hi: there<br/>\n\
            <font color=\"#16569E\"><font size=\"2\">(14:03:23)</font> <b>alice@example.org/Home &lt;AUTO-REPLY&gt;:</b></font> two<br/>lines<br/>\n\
            <font color=\"#062585\"><font size=\"2\">(14:03:24)</font> <b>***Bob</b></font> waves<br/>\n\
            <font size=\"2\">(14:03:25)</font><b> Bob has signed off.</b><br/>\n\
            <font color=\"#FF0000\"><font size=\"2\">(14:03:26)</font><b> Error.</b></font><br/>\n\
            </body></html>\n";
        let new = old
            .replace("<font size=\"2\">", "<span style=\"font-size: smaller\">")
            .replace("<font color=\"", "<span style=\"color: ")
            .replace("</font>", "</span>")
            .replace("<br/>", "<br>");
        for text in [old.to_owned(), new] {
            let told: Vec<_> = records(&text)
                .into_iter()
                .map(|record| match record {
                    Record::Message(said) => (said.name, said.direction, said.body),
                    Record::Notice => ("notice".to_owned(), None, String::new()),
                })
                .collect();
            let message =
                |name: &str, direction, body: &str| (name.to_owned(), direction, body.to_owned());
            assert_eq!(
                told,
                [
                    message("Bob <3", Some(Direction::Incoming), "hi: there"),
                    message(
                        "alice@example.org/Home",
                        Some(Direction::Outgoing),
                        "two\nlines"
                    ),
                    message("Bob", None, "/me waves"),
                    message("notice", None, ""),
                    message("notice", None, ""),
                ]
            );
        }
    }
}
