/* Reason phrases of status codes (RFC 9110 section 15). HTTP/1.1 sends them; clients ignore them.
 */
#ifndef BFF_BASE_STATUS_H
#define BFF_BASE_STATUS_H

/* The phrase for ${status}; "Unassigned" if it has none. */
const char *status_phrase(int status);

#endif
