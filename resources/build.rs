//! Packs icons and style sheets into the program.

fn main() {
    #[cfg(feature = "ui")]
    glib_build_tools::compile_resources(
        &["resources"],
        "resources/tessera.gresource.xml",
        "tessera.gresource",
    );
    println!("cargo::rerun-if-changed=resources/build.rs");
}
