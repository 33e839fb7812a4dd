/*
 * libh2o writes a line to standard error for each HTTP/2 frame of an unknown type. Browsers send a
 * few, and an attacker can send millions. These lines must not fill the log, and they must not
 * block the server when nobody reads standard error. So this file drops them. All other lines pass.
 */
#ifndef BFF_HTTP_STDERR_FILTER_H
#define BFF_HTTP_STDERR_FILTER_H

/* Replaces stderr by a stream that drops libh2o's lines about unknown HTTP/2 frames. To be called
 * once, before other threads run. */
void stderr_filter_install(void);

#endif
