//! Leaves the symbols out of the program. `strip` in the profile would, but cargo forgets it for a package that has
//! settings of its own there, as this one has.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is_linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if is_release && is_linux {
        println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
    }
}
