/* The server that this process takes the place of, when it was started for that (successor.h). It
 * goes on serving until this process is ready, or has ended. */
#ifndef BFF_APP_PREDECESSOR_H
#define BFF_APP_PREDECESSOR_H

#include <stdbool.h>

/* Finds out whether there is a predecessor, and removes what is said of it from the environment. To
 * be called once, before any thread is started. */
void predecessor_begin(void);

/* True when this process was started by its predecessor. */
bool predecessor_is_there(void);

/* Tells the predecessor that this process accepts connections, and on which sockets. From now on,
 * the predecessor accepts none. Any thread may call this function, once. Without a predecessor it
 * does nothing. */
void predecessor_tell_ready(void);

#endif
