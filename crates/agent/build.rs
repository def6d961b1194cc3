//! Strips symbols from the release binary. `strip` in the profile would do it too, but cargo ignores it for a
//! package that has its own profile settings, like this one.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let is = |name, value| std::env::var(name).is_ok_and(|found| found == value);
    // Windows uses the GNU linker too.
    let is_gnu = is("CARGO_CFG_TARGET_OS", "linux") || is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_release && is_gnu {
        println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
    }
}
