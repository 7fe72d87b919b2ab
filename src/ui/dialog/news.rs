//! What a dialog hears of the worker while it is open.

use relm4::prelude::*;

use crate::{event::Event, worker::Handle};

/// Tells a component whenever something happens that concerns it, until it is closed. A dialog has its own ear, because
/// whoever opened it does not keep it.
pub fn listen<C: Component>(
    sender: &ComponentSender<C>,
    handle: &Handle,
    concerns: impl Fn(&Event) -> bool + Send + 'static,
    news: impl Fn() -> C::CommandOutput + Send + 'static,
) {
    let mut events = handle.events();
    sender.command(move |out, shutdown| {
        let work = async move {
            while let Some(event) = events.next().await {
                if (event == Event::Resync || concerns(&event)) && out.send(news()).is_err() {
                    return;
                }
            }
        };
        shutdown.register(work).drop_on_shutdown()
    });
}
