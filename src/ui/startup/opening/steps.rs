//! Opens a profile, step by step; every step may wait for a keyring, the disk or a costly computation, so none belongs
//! on the main thread.

use std::sync::Arc;

use super::problem::{Problem, explain, explain_start};
use crate::{
    model::Secret,
    profile::{KeySource, Profile, ProfileError},
    store::Store,
    ui::{account::passphrase::Purpose, app::Start},
    worker,
};

/// Everything that the main window needs, and what must live as long as it does.
pub struct Opened {
    /// What the main window begins with.
    pub start: Start,
    /// The lock of the profile.
    pub profile: Arc<Profile>,
}

/// How far a step led.
pub(super) enum Progress {
    /// Done.
    Opened(Box<Opened>),
    /// The person must enter or choose a passphrase.
    Passphrase(Arc<Profile>, Purpose),
    /// The passphrase was wrong.
    WrongPassphrase(Arc<Profile>),
    /// Only a person can go on; the profile stays locked where it was.
    Stuck(Option<Arc<Profile>>, Problem),
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Opened(_) => "Opened",
            Self::Passphrase(..) => "Passphrase",
            Self::WrongPassphrase(_) => "WrongPassphrase",
            Self::Stuck(..) => "Stuck",
        })
    }
}

/// The first step: locks the profile and opens it if no passphrase is needed. A profile that is locked already is used.
pub(super) fn begin(named: Option<&str>, locked: Option<Arc<Profile>>) -> Progress {
    let profile = match locked.map_or_else(|| Profile::open(named).map(Arc::new), Ok) {
        Ok(profile) => profile,
        Err(error) => return Progress::Stuck(None, explain(&error, false)),
    };
    let opened = match profile.key_source() {
        KeySource::Keyring => profile.store_with_keyring(),
        KeySource::Passphrase => return Progress::Passphrase(profile, Purpose::OpenProfile),
        KeySource::NotYet => profile
            .choose_keyring()
            .and_then(|()| profile.store_with_keyring()),
    };
    finish(profile, opened)
}

/// The second step, where there is one: the passphrase is there.
pub(super) fn unlock(profile: Arc<Profile>, purpose: Purpose, passphrase: &Secret) -> Progress {
    let chosen = if purpose == Purpose::NewProfile {
        profile.choose_passphrase(passphrase)
    } else {
        Ok(())
    };
    let opened = chosen.and_then(|()| profile.store_with_passphrase(passphrase));
    if matches!(opened, Err(ProfileError::WrongPassphrase)) {
        return Progress::WrongPassphrase(profile);
    }
    finish(profile, opened)
}

/// The last step: starts the worker on the open store.
fn finish(profile: Arc<Profile>, opened: Result<Store, ProfileError>) -> Progress {
    let store = match opened {
        Ok(store) => store,
        Err(error) => {
            let is_new = profile.key_source() == KeySource::NotYet;
            return Progress::Stuck(Some(profile), explain(&error, is_new));
        }
    };
    let handle = match worker::start(store, profile.secrets()) {
        Ok(handle) => handle,
        Err(error) => return Progress::Stuck(Some(profile), explain_start(&error)),
    };
    match Start::read(handle) {
        Ok(start) => Progress::Opened(Box::new(Opened { start, profile })),
        Err(error) => Progress::Stuck(Some(profile), explain_start(&error)),
    }
}
