//! What must be true of the source tree itself, whatever the program does.

mod catalogues;
mod dependencies;
mod layers;
mod manual;
mod sources;
