"""Runs a program for a test and reads its output."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from report import Failed

PATIENCE_S = 120


class Running:
    """A program in its own folder and process group, which end with the block."""

    def __init__(self, command, folder, environment=None):
        self.command, self.folder = [str(word) for word in command], Path(folder)
        self.environment = os.environ | (environment or {})
        self.lines, self.more = [], threading.Condition()

    def __enter__(self):
        self.errors = open(self.folder / "errors.log", "w+")
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            start_new_session=True,
        )
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        return self

    def __exit__(self, *_):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(timeout=10)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.errors.close()

    def listen(self):
        for line in self.process.stdout:
            with self.more:
                self.lines.append(line.rstrip("\r\n"))
                self.more.notify_all()

    def line(self, beginning):
        """Waits for a line that starts with `beginning`, and returns the rest of it."""
        until = time.monotonic() + PATIENCE_S
        while True:
            has_ended = self.process.poll() is not None
            if has_ended:
                # Its last output may be read shortly after its end.
                self.listener.join(timeout=10)
            with self.more:
                for line in self.lines:
                    if line.startswith(beginning):
                        return line.removeprefix(beginning)
                if has_ended or time.monotonic() > until:
                    raise Failed(f"{self.command[-1]} did not print “{beginning}”; its output: {self.output()}")
                self.more.wait(0.2)

    def output(self):
        errors = Path(self.errors.name).read_text(errors="replace")
        return "\n".join([*self.lines, *errors.splitlines()[-20:]]) or "nothing"
