"""Linux on arm64: built with Debian's cross compiler, and run under qemu on this computer's kernel."""

import shutil

import answers
import debian
from answers import must
from debian import WORK
from running import Running

PLATFORM, TARGET = "Linux arm64", "aarch64-unknown-linux-gnu"
GCC, QEMU, LIBRARIES = "aarch64-linux-gnu-gcc", "qemu-aarch64-static", "/usr/aarch64-linux-gnu"
TOOLS = [
    (GCC, "gcc-aarch64-linux-gnu"),
    (f"{LIBRARIES}/lib/libc.so.6", "libc6-dev-arm64-cross"),
    (QEMU, "qemu-user-static"),
]
LINKER = {"CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": GCC, "CC_aarch64_unknown_linux_gnu": GCC}
NOTE = "Under qemu only the programs are arm64; kernel and /proc are those of the computer that ran the test."


def run(toolchain, report):
    folder = WORK / "qemu"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    built = debian.cargo(toolchain, ["build", "--release"], "muster-agent", TARGET, LINKER)
    report.row(PLATFORM, "muster-agent", "built", built / "muster-agent")
    with start(folder, built / "muster-agent", "--listen", "127.0.0.1:0") as agent:
        info = answers.check_agent(agent, "Linux")
    # Only the collectors for Linux read these.
    must(info["cpu_times"]["user"] > 0, f"it has no CPU times: {info['cpu_times']}")
    must(info["memory"]["cached"] > 0, "it has no cached memory")
    must(info["boot"]["id"] == boot_id(), f"its boot id is {info['boot']['id']}")
    report.notes.append(NOTE)
    report.row(PLATFORM, "muster-agent", "run under qemu", built / "muster-agent")


def start(folder, program, *words):
    return Running([QEMU, program, *words], folder, {"QEMU_LD_PREFIX": LIBRARIES})


def boot_id():
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().strip()
