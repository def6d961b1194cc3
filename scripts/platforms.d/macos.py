"""macOS: only the types are checked, since there is no SDK to compile C against, no linker and no emulator."""

import debian
from debian import WORK

PLATFORM, TARGET = "macOS arm64", "aarch64-apple-darwin"
TOOLS = [("gcc", "gcc"), ("ar", "binutils")]
NOTE = (
    "For macOS only the Rust code was checked, and nothing was linked. The C code of ring and SQLite was not compiled: "
    "a stub compiler writes empty objects."
)
# The crate cc identifies the compiler with the preprocessor, which gcc runs here, and with -?, which only Microsoft's
# compiler accepts. For all other calls the stub creates the file named after -o.
COMPILER = """#!/bin/sh
for word; do
    [ "$word" != "-?" ] || exit 1
    [ "$word" != -E ] || exec gcc -E "$(eval echo "\\${$#}")"
done
while [ $# -gt 1 ]; do
    [ "$1" != -o ] || : >"$2"
    shift
done
"""


def run(toolchain, report):
    environment = stub_compiler()
    for package in ("muster-agent", "muster"):
        debian.cargo(toolchain, ["check", "--release"], package, TARGET, environment)
        report.row(PLATFORM, package, "types checked")
    report.notes.append(NOTE)


def stub_compiler():
    """Environment variables for build scripts: a C compiler that compiles nothing, and an empty SDK."""
    folder = WORK / "macos"
    (folder / "MacOSX.sdk").mkdir(parents=True, exist_ok=True)
    compiler = folder / "cc"
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    return {
        "CC_aarch64_apple_darwin": str(compiler),
        "AR_aarch64_apple_darwin": "ar",
        "SDKROOT": str(folder / "MacOSX.sdk"),
    }
