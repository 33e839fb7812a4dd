/*
 * The process that takes this one's place when the operator upgrades the binary (SIGUSR2). This
 * process starts it, gives it the listening sockets (bff/http/listen_inherited.h), and goes on
 * serving until the successor says that it is ready (predecessor.h).
 *
 * Only the first thread calls these functions.
 */
#ifndef BFF_APP_SUCCESSOR_H
#define BFF_APP_SUCCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SUCCESSOR_WHY_SIZE 96

/* The variable of the environment that has the number of the descriptor on which the successor says
 * that it is ready; and the last byte that it writes there. */
#define SUCCESSOR_VARIABLE "BFF_PREDECESSOR"
#define SUCCESSOR_READY '\n'

enum successor_state {
    SUCCESSOR_NONE,
    SUCCESSOR_STARTS,
    SUCCESSOR_IS_READY, /* it accepts connections */
    SUCCESSOR_FAILED,   /* it has ended, or it was ended, and has been waited for */
};

struct successor {
    enum successor_state state;
    pid_t pid;
    int from;            /* readable when it says something, or has ended; -1: none */
    int64_t ready_by_ns; /* see successor_look */
    char *report;        /* what listen_inherited_report said there; complete when it is ready */
    size_t report_len, count;
    char why[SUCCESSOR_WHY_SIZE]; /* why it failed */
};

/* Remembers how this process was started: the path of the program, its arguments and the current
 * directory. To be called before anything changes them. ${argv} must live as long as the process.
 */
void successor_remember(char **argv);

/*
 * Starts the program by the path by which this process was started, with the same arguments, and
 * with the ${count} listening sockets ${fds}. It has ${patience_ms} to be ready. Returns 0; or -1,
 * and then successor->why says what is wrong, and nothing has changed.
 */
int successor_start(struct successor *successor, const int *fds, size_t count,
                    uint32_t patience_ms);

/* To be called when ${successor->from} is readable, or at ${ready_by_ns}: finds out what the
 * successor has become. A successor that is not ready in time is ended. */
enum successor_state successor_look(struct successor *successor);

/* When the successor is ready: true if it listens on the socket with this number in fds of
 * successor_start. */
bool successor_uses(const struct successor *successor, size_t socket);

/* Frees what is known of the successor. It goes on running. */
void successor_end(struct successor *successor);

/* Ends a successor that is not ready yet, because this process is going to stop. */
void successor_stop(struct successor *successor);

#endif
