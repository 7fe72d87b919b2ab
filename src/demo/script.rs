//! What the partner says: pure, so that a story of it can be tested.

use crate::i18n::gettext;

/// What Robin says when the newcomer appears.
pub(super) fn greetings() -> Vec<String> {
    vec![
        gettext(
            "Hi! I am Robin, a small program on your own computer. Nothing that you write here leaves it.",
        ),
        gettext("Say something, and watch the mark beside it: waiting, sent, delivered, read."),
    ]
}

/// What Nadia writes.
pub(super) fn note_of_nadia() -> String {
    gettext("My train is late again. Start without me, I will write when I am there!")
}

/// What the stranger writes with the request.
pub(super) fn request_of_stranger() -> String {
    gettext("We met at the book fair. May I add you?")
}

/// What Robin says to the messages of the newcomer, one lesson for each.
#[derive(Debug, Default)]
pub(super) struct Script {
    lesson: usize,
}

impl Script {
    /// The answer to a message.
    pub(super) fn answer(&mut self, message: &str) -> Vec<String> {
        let mut answer = Vec::new();
        if message.starts_with("/me ") {
            answer.push(gettext("/me waves back"));
        } else if message.contains('?') {
            answer.push(gettext("A good question. I only know my lines, though:"));
        }
        let mut lessons = lessons();
        let lesson = lessons.swap_remove(self.lesson % lessons.len());
        self.lesson += 1;
        answer.extend(lesson);
        answer
    }
}

fn lessons() -> Vec<Vec<String>> {
    vec![
        vec![gettext(
            "I have read it, as the mark beside your message says by now.",
        )],
        vec![
            gettext("Words can be *bold*, _slanted_ or `fixed`: put them between such marks."),
            gettext("/me shows that a line can also tell what one does. Begin it with /me."),
        ],
        vec![gettext(
            "A draft stays where it is. Begin to write something here, have a look at Nadia's chat, and come back.",
        )],
        vec![gettext(
            "Above the chats somebody waits whom you do not know. They see nothing of you until you say so.",
        )],
        vec![gettext(
            "Choose Details in the menu of a message, and you see when and by which way it came.",
        )],
        vec![gettext(
            "When you close the window, all of this is gone. Chats of an account of your own stay, encrypted on your computer.",
        )],
        vec![gettext("That was all I know. From here on I say it again.")],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_gets_another_lesson_until_all_were_told() {
        let mut script = Script::default();
        let told: Vec<_> = (0..lessons().len()).map(|_| script.answer("ok")).collect();
        assert_eq!(told, lessons());
        assert_eq!(script.answer("ok"), lessons()[0]);
    }

    #[test]
    fn questions_and_gestures_are_noticed() {
        let mut script = Script::default();
        assert_eq!(script.answer("/me waves")[0], "/me waves back");
        assert!(script.answer("really?")[0].contains("question"));
    }
}
