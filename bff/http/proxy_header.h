/*
 * The header of the PROXY protocol, versions 1 and 2
 * (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt): the first bytes of a connection,
 * by which a proxy says who its client is. Only the address of the client is read. This file is
 * the parser; client_proxy.h reads the bytes of a connection.
 */
#ifndef BFF_HTTP_PROXY_HEADER_H
#define BFF_HTTP_PROXY_HEADER_H

#include <stddef.h>
#include <sys/socket.h>

#define PROXY_HEADER_V1_MOST 107 /* bytes of a header of version 1, with its CRLF */
#define PROXY_HEADER_MOST 232    /* bytes that are read at most; version 2 may go on behind them */

enum proxy_header_state {
    PROXY_HEADER_MORE, /* all bytes so far belong to a header that is not complete */
    PROXY_HEADER_DONE,
    PROXY_HEADER_BAD, /* they are no header */
};

struct proxy_header {
    size_t size; /* of the whole header. In version 2, additional fields (TLV) are at its end. They
                    have no meaning here, so size may be more than the bytes that were given */
    struct sockaddr_storage source;
    socklen_t source_len; /* 0: the header says nothing of a client, or not by an IP address (LOCAL,
                             UNKNOWN, UNSPEC, AF_UNIX); the address is that of the connection */
};

/*
 * Reads a header from the first ${len} bytes of a connection, PROXY_HEADER_MOST at most. The result
 * does not depend on how the bytes are cut: a header that is BAD with some bytes is BAD with more,
 * and the bytes after a header that is DONE are not read. PROXY_HEADER_MOST bytes never give MORE.
 * ${out} is written with PROXY_HEADER_DONE only.
 */
enum proxy_header_state proxy_header_read(const char *bytes, size_t len, struct proxy_header *out);

#endif
