"""The report: what was built and run on which platform, and the failures."""

import sys
import time
import traceback

HEAD = ("platform", "program", "result", "bytes", "time")


class Failed(Exception):
    """A failure, with a sentence for the user."""


class Report:
    def __init__(self):
        self.rows, self.notes, self.failures, self.began = [], [], [], time.monotonic()

    def row(self, platform, program, result, binary=None):
        """Adds a row; its duration is the time since the previous row."""
        size = f"{binary.stat().st_size:,}" if binary else ""
        now = time.monotonic()
        self.rows.append((platform, program, result, size, f"{now - self.began:.0f} s"))
        self.began = now
        print(f"== {platform}, {program}: {result}", flush=True)

    def part(self, name, do):
        self.began = time.monotonic()
        try:
            do()
        except Failed as error:
            self.fail(name, str(error))
        except Exception as error:
            traceback.print_exc()
            self.fail(name, f"{type(error).__name__}: {error}")

    def fail(self, name, message):
        self.failures.append(f"{name}: {message}")
        print(f"== {name}: FAILED, {message}", file=sys.stderr, flush=True)

    def show(self, seconds):
        widths = [max(len(row[column]) for row in [HEAD, *self.rows]) for column in range(len(HEAD))]
        print()
        for row in [HEAD, ["-" * width for width in widths], *self.rows]:
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        for note in self.notes:
            print(f"- {note}")
        for failure in self.failures:
            print(f"FAILED {failure}")
        print(f"{seconds / 60:.1f} minutes in all")
