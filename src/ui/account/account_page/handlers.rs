//! What the page does when something happens.

use std::path::PathBuf;

use adw::prelude::*;
use gtk::{gdk, glib};
use relm4::prelude::*;

use super::{AccountPage, CommandOutput, Input, Output, Snapshot};
use crate::{
    command::{AccountCommand, Command},
    i18n::gettext,
    model::{AccountId, Failure, FailureKind},
    store::StoreError,
    ui::{
        account::{
            ask_plain,
            blocked::BlockedDialog,
            change_password::ChangePassword,
            endpoint::{self, Typed},
            fix_problem,
            picture_file::{self, ChosenPicture},
            profile::ProfileDialog,
            remove_account::RemoveAccount,
        },
        console,
        dialog::{self, window_of},
        failure_text::{Explanation, describe},
    },
    worker::Handle,
};

impl AccountPage {
    pub(super) fn load(&self, sender: &ComponentSender<Self>) {
        let (handle, id) = (self.handle.clone(), self.id);
        sender.oneshot_command(async move {
            CommandOutput::Loaded(snapshot(&handle, id).ok().map(Box::new))
        });
    }

    pub(super) fn loaded(&mut self, seen: Snapshot) {
        let account = &seen.account;
        let before = self.seen.as_ref().map(|seen| &seen.account);
        if before.is_none_or(|before| before.nickname != account.nickname) {
            self.nickname.set_text(&account.nickname);
        }
        let server = |a: &crate::model::Account| (a.endpoint.clone(), a.proxy.clone());
        if before.is_none_or(|before| server(before) != server(account)) {
            let typed = Typed::from_parts(account.endpoint.as_ref(), account.proxy.as_ref());
            self.typed = typed.clone();
            self.endpoint.emit(endpoint::Input::Show(typed));
        }
        self.plain.set_active(account.allow_plain);
        self.avatar
            .set_person(account.jid.as_str(), account.jid.as_str());
        self.avatar
            .set_picture(&self.handle.reader(), seen.avatar.as_deref());
        self.seen = Some(seen);
    }

    pub(super) fn gone(&mut self, sender: &ComponentSender<Self>) {
        self.seen = None;
        // The window may be closing.
        let _ = sender.output(Output::Gone);
    }

    pub(super) fn fix(&self, root: &impl IsA<gtk::Widget>) {
        if let Some(window) = window_of(root) {
            fix_problem(&window, &self.handle, self.id);
        }
    }

    pub(super) fn set_nickname(&mut self, nickname: String, sender: &ComponentSender<Self>) {
        let account = self.id;
        let nickname = nickname.trim().to_owned();
        self.ask(AccountCommand::SetNickname { account, nickname }, sender);
    }

    pub(super) fn choose_picture(
        &mut self,
        sender: &ComponentSender<Self>,
        root: &impl IsA<gtk::Widget>,
    ) {
        let filter = gtk::FileFilter::new();
        filter.set_name(Some(&gettext("Pictures")));
        for kind in ["image/png", "image/jpeg", "image/webp", "image/gif"] {
            filter.add_mime_type(kind);
        }
        let chooser = gtk::FileChooserNative::new(
            Some(&gettext("Choose a picture")),
            window_of(root).as_ref(),
            gtk::FileChooserAction::Open,
            Some(&gettext("Look at it")),
            Some(&gettext("Cancel")),
        );
        chooser.set_modal(true);
        chooser.add_filter(&filter);
        let input = sender.input_sender().clone();
        chooser.connect_response(move |chooser, response| {
            let file = chooser
                .file()
                .filter(|_| response == gtk::ResponseType::Accept);
            if let Some(path) = file.as_ref().and_then(FileExt::path) {
                // The page may be gone already.
                let _ = input.send(Input::PictureFile(path));
            }
        });
        chooser.show();
        // It lives only as long as somebody holds it.
        self.chooser = Some(chooser);
    }

    pub(super) fn read_picture(&mut self, path: PathBuf, sender: &ComponentSender<Self>) {
        self.chooser = None;
        self.problem = None;
        self.is_waiting = true;
        sender.oneshot_command(async move {
            CommandOutput::PictureRead(picture_file::read(&path).await)
        });
    }

    pub(super) fn picture_read(
        &mut self,
        picture: Option<ChosenPicture>,
        sender: &ComponentSender<Self>,
        root: &impl IsA<gtk::Widget>,
    ) {
        self.is_waiting = false;
        match picture {
            Some(picture) => show_preview(picture, sender, window_of(root).as_ref()),
            None => self.problem = Some(describe(&FailureKind::BadInput.into())),
        }
    }

    pub(super) fn set_picture(&mut self, picture: Option<Vec<u8>>, sender: &ComponentSender<Self>) {
        let account = self.id;
        self.ask(AccountCommand::SetAvatar { account, picture }, sender);
    }

    pub(super) fn edit_profile(&self, root: &impl IsA<gtk::Widget>) {
        if let Some(seen) = &self.seen {
            let init = (self.handle.clone(), seen.account.clone());
            let profile = ProfileDialog::builder().launch(init);
            dialog::open(profile.detach(), window_of(root).as_ref());
        }
    }

    pub(super) fn change_password(&self, root: &impl IsA<gtk::Widget>) {
        if let Some(seen) = &self.seen {
            let init = (self.handle.clone(), seen.account.clone());
            let change = ChangePassword::builder().launch(init);
            dialog::open(change.detach(), window_of(root).as_ref());
        }
    }

    pub(super) fn remove(&self, root: &impl IsA<gtk::Widget>) {
        if let Some(seen) = &self.seen {
            let init = (self.handle.clone(), seen.account.clone());
            let remove = RemoveAccount::builder().launch(init);
            dialog::open(remove.detach(), window_of(root).as_ref());
        }
    }

    pub(super) fn show_blocked(&self, root: &impl IsA<gtk::Widget>) {
        let blocked = BlockedDialog::builder().launch((self.handle.clone(), self.id));
        dialog::open(blocked.detach(), window_of(root).as_ref());
    }

    pub(super) fn show_console(&self, root: &impl IsA<gtk::Widget>) {
        if let Some(seen) = &self.seen {
            let window = window_of(root);
            console::open(
                window.as_ref(),
                &self.handle,
                self.id,
                seen.account.jid.as_str(),
            );
        }
    }

    pub(super) fn apply_endpoint(&mut self, sender: &ComponentSender<Self>) {
        match self.typed.read() {
            Ok((endpoint, proxy)) => {
                let account = self.id;
                let set = AccountCommand::SetEndpoint {
                    account,
                    endpoint,
                    proxy,
                };
                self.ask(set, sender);
            }
            Err(error) => self.problem = Some(Explanation::incomplete(error.describe())),
        }
    }

    pub(super) fn forget_pin(&mut self, sender: &ComponentSender<Self>) {
        self.ask(AccountCommand::ForgetPin(self.id), sender);
    }

    pub(super) fn plain_switched(
        &mut self,
        allow: bool,
        sender: &ComponentSender<Self>,
        root: &impl IsA<gtk::Widget>,
    ) {
        let Some(seen) = &self.seen else { return };
        if seen.account.allow_plain == allow {
            return;
        }
        if !allow {
            return self.plain_answered(false, sender);
        }
        if let Some(window) = window_of(root) {
            let input = sender.input_sender().clone();
            ask_plain(&window, seen.account.jid.domain().as_str(), move |allow| {
                // The page may be gone already.
                let _ = input.send(Input::PlainAnswered(allow));
            });
        }
    }

    pub(super) fn plain_answered(&mut self, allow: bool, sender: &ComponentSender<Self>) {
        let was = self.seen.as_ref().is_some_and(|s| s.account.allow_plain);
        if was == allow {
            // The person thought better of it.
            self.plain.set_active(was);
            return;
        }
        let account = self.id;
        self.ask(AccountCommand::AllowPlain { account, allow }, sender);
    }

    fn ask(&mut self, command: AccountCommand, sender: &ComponentSender<Self>) {
        self.problem = None;
        self.is_waiting = true;
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            CommandOutput::Ended(handle.request(Command::Account(command)).await)
        });
    }

    pub(super) fn ended(&mut self, outcome: Result<(), Failure>) {
        self.is_waiting = false;
        self.problem = outcome.err().as_ref().map(describe);
    }
}

fn snapshot(handle: &Handle, id: AccountId) -> Result<Snapshot, StoreError> {
    let reader = handle.reader();
    let account = reader.account(id)?;
    Ok(Snapshot {
        state: handle.live().connection(id),
        avatar: reader.avatar_of(id, &account.jid)?,
        pin: reader.pinned_certificate(id)?,
        strongest: reader.strongest_mechanism(id)?,
        blocked: reader.blocked(id)?.len(),
        account,
    })
}

/// Shows what others will see, before they do.
fn show_preview(
    picture: ChosenPicture,
    sender: &ComponentSender<AccountPage>,
    parent: Option<&gtk::Window>,
) {
    const CANCEL: &str = "cancel";
    const USE: &str = "use";
    let Ok(texture) = gdk::Texture::from_bytes(&glib::Bytes::from(&picture.preview)) else {
        return;
    };
    let image = gtk::Picture::builder()
        .paintable(&texture)
        .width_request(texture.width())
        .height_request(texture.height())
        .halign(gtk::Align::Center)
        .alternative_text(gettext("The picture you chose"))
        .build();
    let dialog = adw::MessageDialog::builder()
        .heading(gettext("Use this picture?"))
        .body(gettext(
            "Everybody who knows your address may see it, and the server keeps it.",
        ))
        .extra_child(&image)
        .close_response(CANCEL)
        .default_response(USE)
        .modal(true)
        .build();
    dialog::stand_over(&dialog, parent);
    dialog.add_response(CANCEL, &gettext("Cancel"));
    dialog.add_response(USE, &gettext("Use it"));
    dialog.set_response_appearance(USE, adw::ResponseAppearance::Suggested);
    let input = sender.input_sender().clone();
    dialog.connect_response(Some(USE), move |_, _| {
        // The page may be gone already.
        let _ = input.send(Input::UsePicture(picture.clone()));
    });
    dialog.present();
}
