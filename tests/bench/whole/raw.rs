//! A client that only writes, as fast as the server reads: it fills archives and rosters.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    thread,
};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    corpus::{Random, Words},
    prosody::{DOMAIN, password_of},
};

/// Stanzas between two answers of the server.
const STEP: usize = 500;

/// A connection without TLS, which the bench's own server allows.
pub(crate) struct Raw {
    stream: TcpStream,
    read: String,
    pings: usize,
    words: Words,
    random: Random,
    sent: usize,
}

impl Raw {
    /// Logs in; sends no presence.
    pub(crate) fn login(name: &str, port: u16) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a connection");
        let mut raw = Self {
            stream,
            read: String::new(),
            pings: 0,
            words: Words::new(),
            random: Random(11),
            sent: 0,
        };
        let open = format!(
            "<stream:stream to='{DOMAIN}' version='1.0' xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams'>"
        );
        raw.write(&open);
        raw.until("</stream:features>");
        let plain = STANDARD.encode(format!("\0{name}\0{}", password_of(name)));
        raw.write(&format!(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>"
        ));
        raw.until("<success");
        raw.write(&open);
        raw.until("</stream:features>");
        raw.write("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
        raw.until("</iq>");
        raw
    }

    /// Puts contacts onto the roster.
    pub(crate) fn fill_roster(&mut self, count: usize) {
        self.write(&format!(
            "<iq type='set' id='bob'><query xmlns='jabber:iq:roster'><item jid='bob@{DOMAIN}' name='Bob'/></query></iq>"
        ));
        self.in_steps(count, |_, number, out| {
            let _ = write!(
                out,
                "<iq type='set' id='r{number}'><query xmlns='jabber:iq:roster'><item \
                 jid='contact{number}@{DOMAIN}' name='Contact {number:04}'><group>Group {}</group></item></query></iq>",
                number % 10
            );
        });
    }

    /// Sends messages.
    pub(crate) fn send(&mut self, to: &str, count: usize) {
        self.in_steps(count, |raw, _, out| {
            raw.sent += 1;
            let body = raw.words.sentence(&mut raw.random);
            let _ = write!(
                out,
                "<message type='chat' to='{to}@{DOMAIN}' id='m{0}'><body>{body} {0}</body>\
                 <origin-id xmlns='urn:xmpp:sid:0' id='bench-{0}'/></message>",
                raw.sent
            );
        });
    }

    fn in_steps(&mut self, count: usize, each: impl Fn(&mut Self, usize, &mut String)) {
        let mut done = 0;
        while done < count {
            let step = STEP.min(count - done);
            let mut out = String::new();
            for number in done..done + step {
                each(self, number, &mut out);
            }
            done += step;
            self.pings += 1;
            let id = format!("ping{}end", self.pings);
            let _ = write!(
                out,
                "<iq type='get' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"
            );
            // What the server answers must be read while it is written to.
            let mut writer = self.stream.try_clone().expect("the same connection");
            let writing = thread::spawn(move || writer.write_all(out.as_bytes()));
            self.until(&id);
            writing.join().expect("it writes").expect("it is written");
        }
    }

    fn write(&mut self, text: &str) {
        self.stream
            .write_all(text.as_bytes())
            .expect("it is written");
    }

    fn until(&mut self, words: &str) {
        let mut buffer = [0; 65_536];
        loop {
            if let Some(place) = self.read.find(words) {
                self.read.drain(..place + words.len());
                return;
            }
            // What was asked for may be cut in two.
            let kept = self.read.len().saturating_sub(words.len());
            let kept = (0..=kept).rev().find(|at| self.read.is_char_boundary(*at));
            self.read.drain(..kept.unwrap_or(0));
            let count = self.stream.read(&mut buffer).expect("the server answers");
            assert!(
                count > 0,
                "the server closed the connection before {words:?}"
            );
            self.read
                .push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    }
}
