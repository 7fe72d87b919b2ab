//! x
mod rows;
