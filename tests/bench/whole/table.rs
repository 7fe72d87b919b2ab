//! What was measured, beside the goals.

use std::time::Duration;

use crate::Sizes;

/// Which side of a number is good.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
    None,
}

struct Line {
    what: String,
    values: Vec<f64>,
    unit: &'static str,
    goal: Goal,
}

/// Everything that was measured, in order.
pub(crate) struct Table(Vec<Line>);

impl Table {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, what: &str, values: Vec<f64>, unit: &'static str, goal: Goal) {
        eprintln!("{what}: {values:.2?} {unit}");
        self.0.push(Line {
            what: what.to_owned(),
            values,
            unit,
            goal,
        });
    }

    /// Prints it in Markdown.
    pub(crate) fn print(&self, sizes: &Sizes) {
        println!(
            "\n{} contacts, {} chats, {} messages in the big one and in the archive; search in {}; medians of {} runs\n",
            sizes.contacts, sizes.chats, sizes.archive, sizes.searched, sizes.runs
        );
        println!("| what | median | least to most | goal | |");
        println!("|---|--:|--:|--:|---|");
        for line in &self.0 {
            let mut values = line.values.clone();
            values.sort_by(f64::total_cmp);
            let (Some(least), Some(most)) = (values.first(), values.last()) else {
                continue;
            };
            let median = values[values.len() / 2];
            let (goal, verdict) = match line.goal {
                Goal::AtMost(goal) => (
                    format!("≤ {}", short(goal)),
                    verdict(median, goal, median <= goal),
                ),
                Goal::AtLeast(goal) => (
                    format!("≥ {}", short(goal)),
                    verdict(median, goal, median >= goal),
                ),
                Goal::None => (String::new(), String::new()),
            };
            println!(
                "| {} | {} {} | {} – {} | {goal} | {verdict} |",
                line.what,
                short(median),
                line.unit,
                short(*least),
                short(*most)
            );
        }
    }
}

fn verdict(median: f64, goal: f64, is_met: bool) -> String {
    if is_met {
        "met".to_owned()
    } else if goal == 0.0 {
        format!("missed by {}", short(median))
    } else {
        format!("missed: {:.2} × the goal", median / goal)
    }
}

fn short(value: f64) -> String {
    if value.abs() >= 100.0 {
        format!("{value:.0}")
    } else if value.abs() >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}

/// Milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
