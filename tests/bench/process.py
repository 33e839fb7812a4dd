"""What the kernel tells of a tree of processes: processor time, memory, whose a port is."""
import glob
import os


def tree(root):
    """The process ${root} and all that descend from it."""
    children = {}
    for stat in glob.glob('/proc/[0-9]*/stat'):
        try:
            with open(stat) as file:
                pid, rest = file.read().split(' (', 1)
        except OSError:
            continue  # it has ended
        children.setdefault(int(rest.rsplit(')', 1)[1].split()[1]), []).append(int(pid))
    found, left = [], [root]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def cpu_seconds(pids):
    """User and system time of all their threads, by the scheduler's own count."""
    total = 0
    for pid in pids:
        for path in glob.glob(f'/proc/{pid}/task/*/schedstat'):
            try:
                with open(path) as file:
                    total += int(file.read().split()[0])
            except OSError:
                pass  # a thread that has just ended
    return total / 1e9


def memory_bytes(pids, kind):
    """${kind}: 'Rss', or 'Pss', in which what several share is counted once."""
    total = 0
    for pid in pids:
        with open(f'/proc/{pid}/smaps_rollup') as file:
            total += sum(int(line.split()[1]) for line in file if line.startswith(kind + ':'))
    return total * 1024


def listens(pids, port):
    """Does the port belong to these processes, and to nobody else?"""
    sockets = set()
    with open('/proc/net/tcp') as file:
        for line in list(file)[1:]:
            fields = line.split()
            if fields[3] == '0A' and int(fields[1].split(':')[1], 16) == port:
                sockets.add(f'socket:[{fields[9]}]')
    return bool(sockets) and sockets <= set(_open_files(pids))


def _open_files(pids):
    for pid in pids:
        for path in glob.glob(f'/proc/{pid}/fd/*'):
            try:
                yield os.readlink(path)
            except OSError:
                pass  # closed meanwhile


def core_busy_seconds(core):
    """How long a core has worked, for whomever."""
    with open('/proc/stat') as file:
        for line in file:
            fields = line.split()
            if fields[0] == f'cpu{core}':
                user, nice, system, _, _, interrupts, soft = map(int, fields[1:8])
                return (user + nice + system + interrupts + soft) / os.sysconf('SC_CLK_TCK')
    raise OSError(f'no core {core}')
