//! What independent programs wrote.

mod vectors;
