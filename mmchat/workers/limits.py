"""What a worker may not do: grow, compute for ever, open a connection, start a program, outlive the server.

Memory and time are limits of the operating system (setrlimit). Connections and programs are refused by a filter of
system calls (seccomp), on Linux on x86-64 and ARM64; it is written here since the library that would do it, pyseccomp,
had its last release in 2021. Elsewhere these two are not held.
"""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import platform
import struct
import sys
import time
from pathlib import Path

log = logging.getLogger(__name__)

_SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD")
_MOST_FILE_BYTES = 4 * 2**30
_NICENESS = 5
"""Reading gives way to answering."""

# linux/prctl.h, linux/seccomp.h, linux/audit.h
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER, _ALLOW, _REFUSE = 2, 0x7FFF0000, 0x00050000
_CLONE_THREAD, _X32 = 0x00010000, 0x40000000
_SIGKILL = 9
# linux/bpf_common.h: load a word of the call, jump if equal, greater or equal, or if a bit is set; return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
# Numbers of system calls, from the kernel's tables (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h):
# socket, socketpair, fork, vfork, execve, execveat, kill, ptrace, process_vm_readv, process_vm_writev, io_uring_setup,
# pidfd_open; then clone, clone3.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 57, 58, 59, 322, 62, 101, 310, 311, 425, 434), 56, 435),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 129, 117, 270, 271, 425, 434), 220, 435),
}


def without_secrets() -> None:
    """Forget keys and passwords of the environment: nothing that reads files needs one."""
    for name in [name for name in os.environ if any(part in name.upper() for part in _SECRET)]:
        del os.environ[name]


def confine(memory_mb: float) -> None:
    """Everything but the time, for the rest of this process's life.

    Args:
        memory_mb: what it may take beside what it has now, in MiB of address space.
    """
    if sys.platform == "win32":
        return
    import resource

    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() if _is_linux() else 0
    _lower(resource.RLIMIT_AS, has + int(memory_mb * 2**20))
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, _MOST_FILE_BYTES)
    os.nice(_NICENESS)
    if _is_linux():
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        _refuse_calls(libc)


def allow_seconds(seconds: float | None) -> None:
    """From now on so much processor time until the system ends this process (SIGXCPU); None for any."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = resource.RLIM_INFINITY if seconds is None else int(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _is_linux() -> bool:
    return sys.platform == "linux"


def _lower(limit: int, to: int) -> None:
    import resource

    _, hard = resource.getrlimit(limit)
    to = to if hard == resource.RLIM_INFINITY else min(to, hard)
    try:
        resource.setrlimit(limit, (to, to))
    except (OSError, ValueError) as error:  # macOS knows no limit of the address space
        log.info("a limit of the reading processes cannot be set here: %s", error)


def _refuse_calls(libc: ctypes.CDLL) -> None:
    known = _CALLS.get(platform.machine())
    if known is None:
        log.info("no filter of system calls is known for %s", platform.machine())
        return
    program = _filter(*known)

    class Program(ctypes.Structure):
        """struct sock_fprog of linux/filter.h."""

        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    held = ctypes.create_string_buffer(program, len(program))
    made = Program(len(program) // 8, ctypes.cast(held, ctypes.c_char_p))
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(made), 0, 0):
        log.info("system calls of the reading processes cannot be filtered here: %s", os.strerror(ctypes.get_errno()))


def _filter(architecture: int, refused: tuple[int, ...], clone: int, clone3: int) -> bytes:
    """The program: threads may be made, everything in ``refused`` fails with EPERM, the rest is allowed."""
    refuse, unknown = _REFUSE | errno.EPERM, _REFUSE | errno.ENOSYS
    # One test a line: (code, operand, what to return where it holds).
    lines = [
        _line(_LOAD, _ARCHITECTURE_AT),
        _line(_EQUAL, architecture, 1, 0),
        _line(_RETURN, refuse),  # a call of another architecture has other numbers
        _line(_LOAD, _NUMBER_AT),
        *_where(_AT_LEAST, _X32, refuse),
        # glibc makes threads by clone where clone3, whose flags lie in memory, is not there.
        *_where(_EQUAL, clone3, unknown),
    ]
    for number in refused:
        lines += _where(_EQUAL, number, refuse)
    lines += [
        _line(_EQUAL, clone, 1, 0),
        _line(_RETURN, _ALLOW),
        _line(_LOAD, _FIRST_ARGUMENT_AT),
        *_where(_ANY_BIT, _CLONE_THREAD, _ALLOW),
        _line(_RETURN, refuse),
    ]
    return b"".join(lines)


def _where(test: int, operand: int, returned: int) -> list[bytes]:
    return [_line(test, operand, 0, 1), _line(_RETURN, returned)]


def _line(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One struct sock_filter; the jumps skip so many lines."""
    return struct.pack("HBBI", code, if_true, if_false, operand)
