"""
Run one command and print its seconds, its processor seconds, its peak memory in KiB and its exit code.

A process of its own, and as small as Python can be: Linux counts the memory of
the process that starts a program into the program's own peak, so nothing
larger than the smallest program measured may start it. Hence the bare imports,
and `-I -S` on its command line.
"""

import os
import sys
import time

# ru_maxrss is bytes on macOS and KiB everywhere else.
_KIB = 1024 if sys.platform == "darwin" else 1


def main() -> None:
    """Run the command in the arguments with nothing on stdin and stdout into nowhere."""
    command = sys.argv[1:]
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=streams)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    processor = usage.ru_utime + usage.ru_stime
    print(f"{seconds:.7f} {processor:.7f} {usage.ru_maxrss // _KIB} {os.waitstatus_to_exitcode(status)}")


main()
