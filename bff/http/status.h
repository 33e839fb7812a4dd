/* Reason phrases (RFC 9110 section 15). HTTP/1.1 sends them; no client should use them. */
#ifndef BFF_HTTP_STATUS_H
#define BFF_HTTP_STATUS_H

/* The phrase for ${status}; "Unassigned" for one that has none. */
const char *status_phrase(int status);

#endif
