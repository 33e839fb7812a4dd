/* The server of a rehearsal, with its mock services, in this process. For rehearsal.c. */
#ifndef BFF_APP_REHEARSAL_SERVER_H
#define BFF_APP_REHEARSAL_SERVER_H

#include "bff/app/rehearsal.h"

struct process;

/*
 * Starts it on a free port of the loopback address, with the generation and to rehearsal->port.
 * Returns NULL when that is not possible; then the reason has been printed. While it runs, nothing
 * may be written to standard output.
 */
struct process *rehearsal_server_start(struct rehearsal *rehearsal);

/* Ends it. Afterwards standard output is what it was. NULL: does nothing. */
void rehearsal_server_stop(struct process *process);

#endif
