//! Where a password is kept: the keyring, a sealed file or nowhere, with the passphrase that the file needs.
//! Knows nothing of passwords themselves.

mod present;

use adw::prelude::*;
use relm4::prelude::*;

use super::strength::Strength;
use crate::{
    i18n::gettext,
    model::{PasswordPlaces, PasswordStorage, SealedFile, Secret},
};
use present::Entered;

/// The rows that choose a place.
pub struct StorageChoice {
    places: PasswordPlaces,
    offered: Vec<PasswordStorage>,
    storage: PasswordStorage,
    passphrase: Secret,
    repeated: Secret,
    row: adw::ComboRow,
}

/// What happens to the rows.
#[derive(Debug)]
pub enum Input {
    /// What can be chosen is known now.
    Places(PasswordPlaces),
    /// Choose this place, when it is offered.
    Choose(PasswordStorage),
    /// The place at this position was chosen.
    Chosen(u32),
    /// The passphrase of the sealed file was edited.
    Passphrase(Secret),
    /// Its repetition was edited.
    Repeated(Secret),
    /// The person pressed Enter in a field.
    Entered,
}

/// What the rows tell.
#[derive(Debug)]
pub enum Output {
    /// This is chosen now.
    Chosen(Choice),
    /// The person pressed Enter and wants what the form is for.
    Entered,
}

/// What is chosen now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// The place.
    pub storage: PasswordStorage,
    /// The passphrase that opens or makes the sealed file first, if one is needed.
    pub passphrase: Option<Secret>,
    /// Why the choice is not complete.
    pub missing: Option<String>,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for StorageChoice {
    type Init = ();
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::PreferencesGroup {
            #[local_ref]
            row -> adw::ComboRow {
                set_title: &gettext("Keep the password in"),
                set_widget_name: "storage",
                connect_selected_notify[sender] => move |row| {
                    sender.input(Input::Chosen(row.selected()));
                },
            },

            adw::PasswordEntryRow {
                set_title: &gettext("Passphrase of the sealed file"),
                set_widget_name: "storage-passphrase",
                #[watch]
                set_visible: model.asks_for_passphrase(),
                connect_changed[sender] => move |row| {
                    sender.input(Input::Passphrase(Secret::new(row.text())));
                },
                connect_entry_activated => Input::Entered,
            },

            adw::PasswordEntryRow {
                set_title: &gettext("The same passphrase again"),
                set_widget_name: "storage-repeated",
                #[watch]
                set_visible: model.asks_twice(),
                connect_changed[sender] => move |row| {
                    sender.input(Input::Repeated(Secret::new(row.text())));
                },
                connect_entry_activated => Input::Entered,
            },

            gtk::Label {
                set_widget_name: "storage-meaning",
                set_css_classes: &["dim-label", "caption", "field-note"],
                set_xalign: 0.0,
                set_wrap: true,
                #[watch]
                set_label: &model.meaning(),
            },

            gtk::Label {
                set_widget_name: "storage-hint",
                set_css_classes: &["caption", "field-note"],
                set_xalign: 0.0,
                set_wrap: true,
                #[watch]
                set_visible: model.asks_twice() && !model.passphrase.is_empty(),
                #[watch]
                set_label: &Strength::of(model.passphrase.reveal()).hint(),
            },
        }
    }

    fn init(
        (): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let row = adw::ComboRow::new();
        let mut model = Self {
            places: PasswordPlaces {
                keyring: false,
                sealed_file: SealedFile::Absent,
            },
            offered: vec![],
            storage: PasswordStorage::Ask,
            passphrase: Secret::new(""),
            repeated: Secret::new(""),
            row: row.clone(),
        };
        let row = &row;
        let widgets = view_output!();
        model.offer();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Places(places) => self.places_known(places),
            Input::Choose(storage) => self.choose(storage),
            Input::Chosen(position) => self.chosen(position),
            Input::Passphrase(text) => self.passphrase = text,
            Input::Repeated(text) => self.repeated = text,
            Input::Entered => {
                let _ = sender.output(Output::Entered);
                return;
            }
        }
        // The holder may be gone already.
        let _ = sender.output(Output::Chosen(self.choice()));
    }
}

impl StorageChoice {
    fn places_known(&mut self, places: PasswordPlaces) {
        self.places = places;
        self.offer();
        // The best place is proposed until the person chooses another one.
        if let Some(best) = self.offered.first() {
            self.choose(*best);
        }
    }

    /// Fills the list of places.
    fn offer(&mut self) {
        self.offered = present::offered(self.places);
        let names: Vec<_> = self.offered.iter().map(|s| present::name(*s)).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        self.row.set_model(Some(&gtk::StringList::new(&names)));
    }

    fn choose(&mut self, storage: PasswordStorage) {
        let position = self.offered.iter().position(|s| *s == storage);
        if let Some(position) = position.and_then(|p| u32::try_from(p).ok()) {
            self.storage = storage;
            self.row.set_selected(position);
        }
    }

    fn chosen(&mut self, position: u32) {
        let place = usize::try_from(position).unwrap_or(usize::MAX);
        if let Some(storage) = self.offered.get(place) {
            self.storage = *storage;
        }
    }

    fn meaning(&self) -> String {
        let meaning = present::meaning(self.storage, self.places);
        match present::note(self.places) {
            Some(note) => format!("{meaning} {note}"),
            None => meaning,
        }
    }

    fn asks_for_passphrase(&self) -> bool {
        self.storage == PasswordStorage::SealedFile && self.places.sealed_file != SealedFile::Open
    }

    fn asks_twice(&self) -> bool {
        self.asks_for_passphrase() && self.places.sealed_file == SealedFile::Absent
    }

    fn choice(&self) -> Choice {
        let entered = present::judge(
            self.storage,
            self.places.sealed_file,
            self.passphrase.reveal(),
            self.repeated.reveal(),
        );
        let (passphrase, missing) = match entered {
            Entered::NotNeeded => (None, None),
            Entered::Missing(why) => (None, Some(why)),
            Entered::Given(passphrase) => (Some(passphrase), None),
        };
        Choice {
            storage: self.storage,
            passphrase,
            missing,
        }
    }
}
