/*
 * libh2o writes a line to standard error for each HTTP/2 frame of a type that it does not know.
 * Browsers send some, and a client can send millions: neither may fill the log, nor stop the
 * server when nobody reads it. Those lines are dropped; all others pass.
 */
#ifndef BFF_HTTP_STDERR_FILTER_H
#define BFF_HTTP_STDERR_FILTER_H

/* Puts a stream that does so in the place of stderr. Once, before other threads run. */
void stderr_filter_install(void);

#endif
