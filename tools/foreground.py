"""Run a command as the terminal's own foreground job: Ctrl-C reaches it alone, not the make above it.

make would answer Ctrl-C with an error line and a failing exit code although the command ended cleanly.
"""

import os
import signal
import subprocess
import sys


def own_terminal() -> int | None:
    """A descriptor of the terminal, None when there is none or when it is another job's at the moment."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return None
    return terminal if os.tcgetpgrp(terminal) == os.getpgrp() else None


def main(words: list[str]) -> int:
    """Run `words`, hand it the terminal while it runs, pass signals on; its exit code."""
    terminal = own_terminal()
    if terminal is None:
        os.execvp(words[0], words)
    process = subprocess.Popen(words, process_group=0)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda got, _frame: process.send_signal(got))
    # taking the terminal back from the background raises SIGTTOU
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(terminal, process.pid)
    try:
        return process.wait()
    finally:
        os.tcsetpgrp(terminal, os.getpgrp())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
