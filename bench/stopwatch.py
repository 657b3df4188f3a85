"""
Run one command; print its seconds, its processor seconds, its peak memory in KiB, the own, its exit code.

The first argument is where its stdout goes: `nowhere`, or into a `pipe` that is read as fast as it
fills. A process of its own, and as small as Python can be: Linux counts the memory of
the process that starts a program into the program's own peak, so nothing
larger than the smallest program measured may start it. Hence the bare imports,
and `-I -S` on its command line. The own peak is printed beside: a peak that is not larger says nothing.
"""

import os
import sys
import time

# ru_maxrss is bytes on macOS and KiB everywhere else.
_KIB = 1024 if sys.platform == "darwin" else 1


def main() -> None:
    """Run the command in the arguments with nothing on stdin."""
    stdout, *command = sys.argv[1:]
    source, sink = os.pipe() if stdout == "pipe" else (None, os.open(os.devnull, os.O_WRONLY))
    streams = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, sink, 1)]
    started = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=streams)
    os.close(sink)
    while source is not None and os.read(source, 65536):
        pass
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - started
    processor = usage.ru_utime + usage.ru_stime
    peaks = f"{usage.ru_maxrss // _KIB} {_own_peak()}"
    print(f"{seconds:.7f} {processor:.7f} {peaks} {os.waitstatus_to_exitcode(status)}")


def _own_peak() -> str:
    """Return what of this process is counted into the peak of the program; nothing where not Linux."""
    # Not getrusage, which counts in the process that started this one.
    try:
        with open("/proc/self/status") as status:  # noqa: PTH123  # pathlib is not small
            return next(line for line in status if line.startswith("VmHWM:")).split()[1]
    except (OSError, StopIteration):
        return "0"


main()
