//! Leaves the symbols out of the program. `strip` in the profile would, but cargo forgets it for a package that has
//! settings of its own there, as this one has.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is = |name, value| std::env::var(name).is_ok_and(|found| found == value);
    // GNU's linker is asked, for Windows too.
    let is_gnu = is("CARGO_CFG_TARGET_OS", "linux") || is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_release && is_gnu {
        println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
    }
}
