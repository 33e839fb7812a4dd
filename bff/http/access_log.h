/* A line of the log for each request that a handler saw; docs/logs.md tells its members. */
#ifndef BFF_HTTP_ACCESS_LOG_H
#define BFF_HTTP_ACCESS_LOG_H

struct request;

/* Writes the line of ${request}, which is over but still whole. */
void access_log_write(const struct request *request);

#endif
