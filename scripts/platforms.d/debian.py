"""What Debian's packages give: emulators and linkers, installed; and a compiler with the source of its standard
library, unpacked beside the build, since rustup's own has no library of another platform."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from report import Failed

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "platforms"
COMPILER = "rustc-web"
SOURCE = "rust-web-src"
# With it, cargo builds the standard library itself.
BUILD_STD = ["-Z", "build-std=std,panic_abort"]


def run(command, problem, **more):
    """What a command printed; where it fails, a sentence and the end of what it said."""
    # A file, since what is left behind by the command (Wine's services) would hold a pipe open.
    with tempfile.TemporaryFile("w+") as file:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, **more)
        file.seek(0)
        said = file.read()
    if done.returncode != 0:
        end = "\n".join(said.splitlines()[-30:])
        raise Failed(f"{problem} (`{' '.join(map(str, command))}` ended with {done.returncode}):\n{end}")
    return said


def install(tools):
    """Installs the packages of those (program, package) of which the program is missing."""
    missing = sorted({package for program, package in tools if not (shutil.which(program) or Path(program).exists())})
    if not missing:
        return
    words = " ".join(missing)
    if not shutil.which("apt-get"):
        raise Failed(f"this needs what Debian calls {words}, and there is no apt-get here to install it with")
    if os.geteuid() != 0:
        raise Failed(f"{words} is missing, and only root may install it: sudo apt-get install {words}")
    print(f"Installing {words}.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], "the lists of packages cannot be had")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    run(command, f"{words} cannot be installed", env=environment)


def toolchain():
    """The folder of the unpacked compiler."""
    folder = WORK / "rust"
    if not (folder / "complete").exists():
        fetch(folder)
    return folder


def fetch(folder):
    for program in ("apt-get", "dpkg"):
        if not shutil.which(program):
            raise Failed(f"the compiler comes from Debian's package {COMPILER}, and there is no {program} here")
    print(f"Fetching {COMPILER} and what it needs into {folder}.", flush=True)
    packages = WORK / "packages"
    for stale in (folder, packages):
        shutil.rmtree(stale, ignore_errors=True)
        stale.mkdir(parents=True)
    run(["apt-get", "download", *wanted()], "the compiler cannot be had from Debian", cwd=packages)
    for package in sorted(packages.glob("*.deb")):
        run(["dpkg", "-x", package, folder], f"{package.name} cannot be unpacked")
    shutil.rmtree(packages)
    if not (folder / "usr/lib/rustlib/src/rust/library/std/Cargo.toml").exists():
        raise Failed(f"{SOURCE} does not hold the source of the standard library where it used to")
    (folder / "complete").touch()


def wanted():
    """The compiler and its own libraries, by the names that bear their versions."""
    names, looked = {COMPILER, SOURCE}, set()
    while names - looked:
        name = (names - looked).pop()
        looked.add(name)
        told = run(["apt-cache", "depends", name], f"Debian's lists do not know {name}: apt-get update")
        names |= set(re.findall(r"^ +Depends: (libstd-rust-web\S*|libllvm\S*)$", told, re.MULTILINE))
    return sorted(names)


def cargo(toolchain, action, package, target, environment=None):
    """Has cargo build or check a package for a platform, and gives the folder of what came of it."""
    libraries = toolchain / "usr/lib"
    build = WORK / "build"
    variables = os.environ | {
        "CARGO_TARGET_DIR": str(build),
        "LD_LIBRARY_PATH": f"{libraries / 'x86_64-linux-gnu'}:{libraries}",
        "RUSTC": str(toolchain / "usr/bin/rustc"),
        # The stable compiler builds a standard library where it is told so.
        "RUSTC_BOOTSTRAP": "1",
    }
    variables |= environment or {}
    command = ["cargo", *action, "--locked", *BUILD_STD, "--target", target, "-p", package]
    print(f"{' '.join(action)} of {package} for {target} …", flush=True)
    run(command, f"{package} cannot be made for {target}", cwd=ROOT, env=variables)
    return build / target / "release"
