/* Reason phrases of status codes (RFC 9110 section 15). Only HTTP/1.1 has them; clients ignore
 * them. */
#ifndef BFF_BASE_STATUS_H
#define BFF_BASE_STATUS_H

/* Returns the phrase for ${status}, or "Unassigned" if ${status} has none. */
const char *status_phrase(int status);

#endif
