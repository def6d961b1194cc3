"""macOS: only the types are checked. There is no SDK here to compile C against, no linker, and nothing to run it on."""

import debian
from debian import WORK

PLATFORM, TARGET = "macOS arm64", "aarch64-apple-darwin"
TOOLS = [("gcc", "gcc"), ("ar", "binutils")]
NOTE = (
    "For macOS the Rust code was checked and nothing was linked; of the C code in ring and SQLite nothing was "
    "compiled: a stand-in for the C compiler leaves empty objects in its place."
)
# The crate cc asks it who it is, by the preprocessor, which gcc answers, and by -?, which Microsoft's alone knows. All
# else is a file to be made, after -o.
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
    environment = stand_in()
    for package in ("muster-agent", "muster"):
        debian.cargo(toolchain, ["check", "--release"], package, TARGET, environment)
        report.row(PLATFORM, package, "types checked")
    report.notes.append(NOTE)


def stand_in():
    """The variables by which build scripts find a C compiler that compiles nothing, and a folder for an SDK."""
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
