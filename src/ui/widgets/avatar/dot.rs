//! The dot of a presence: each state has a shape of its own, so that colour is not needed to tell them apart.

use gtk::{gdk, graphene, gsk, prelude::*};

use crate::model::Show;

/// Size of the dot as a part of the avatar's.
const PART: f32 = 0.32;
/// Smallest dot whose shape can be seen, in pixels.
const SMALLEST: f32 = 9.0;

/// Draws the dot at the lower end of an avatar of this size.
pub(super) fn draw(
    widget: &impl IsA<gtk::Widget>,
    snapshot: &gtk::Snapshot,
    show: Show,
    size: f32,
) {
    let dot = (size * PART).max(SMALLEST);
    let x = if widget.direction() == gtk::TextDirection::Rtl {
        0.0
    } else {
        size - dot
    };
    let place = graphene::Rect::new(x, size - dot, dot, dot);
    let edge = (dot * 0.16).max(1.5);
    circle(snapshot, &place, 0.0, color(widget, "window_bg_color"));
    let (fill, mark) = look(show);
    let mut fill = color(widget, fill);
    if matches!(mark, Mark::Ring) {
        fill.set_alpha(0.5);
    }
    let paper = color(widget, "window_bg_color");
    circle(snapshot, &place, edge, fill);
    let inner = dot - 2.0 * edge;
    let left = place.x() + edge;
    let top = place.y() + edge;
    let part = |x: f32, y: f32, width: f32, height: f32| {
        graphene::Rect::new(
            left + inner * x,
            top + inner * y,
            inner * width,
            inner * height,
        )
    };
    match mark {
        Mark::Full => {}
        Mark::Ring => circle(snapshot, &place, edge + inner * 0.25, paper),
        Mark::Bar => snapshot.append_color(&paper, &part(0.2, 0.4, 0.6, 0.2)),
        Mark::Hand => {
            snapshot.append_color(&paper, &part(0.42, 0.15, 0.16, 0.45));
            snapshot.append_color(&paper, &part(0.42, 0.45, 0.4, 0.16));
        }
        Mark::Hands => {
            snapshot.append_color(&paper, &part(0.42, 0.15, 0.16, 0.7));
            snapshot.append_color(&paper, &part(0.15, 0.42, 0.7, 0.16));
        }
    }
}

/// What is inside the dot.
enum Mark {
    /// Nothing: there.
    Full,
    /// A hole: not there.
    Ring,
    /// A bar: do not enter.
    Bar,
    /// The hands of a clock: away.
    Hand,
    /// A cross: away for longer.
    Hands,
}

fn look(show: Show) -> (&'static str, Mark) {
    match show {
        Show::Chat | Show::Online => ("success_bg_color", Mark::Full),
        Show::Away => ("warning_bg_color", Mark::Hand),
        Show::ExtendedAway => ("warning_bg_color", Mark::Hands),
        Show::DoNotDisturb => ("error_bg_color", Mark::Bar),
        Show::Offline => ("window_fg_color", Mark::Ring),
    }
}

fn circle(snapshot: &gtk::Snapshot, place: &graphene::Rect, inset: f32, color: gdk::RGBA) {
    let inside = place.inset_r(inset, inset);
    snapshot.push_rounded_clip(&gsk::RoundedRect::from_rect(inside, inside.width() / 2.0));
    snapshot.append_color(&color, &inside);
    snapshot.pop();
}

/// A colour of the theme by its name; that of text in themes that lack the name.
fn color(widget: &impl IsA<gtk::Widget>, name: &str) -> gdk::RGBA {
    let style = widget.style_context();
    style.lookup_color(name).unwrap_or_else(|| style.color())
}
