//! Two devices talk over a line that loses, doubles, delays and changes what it carries.

mod beginnings;
mod device;
mod disorder;

use device::{Device, Seeded};
