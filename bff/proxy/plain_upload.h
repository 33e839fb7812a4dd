/* How the body of a request of a plain route goes to its service (routes[].upload). */
#ifndef BFF_PROXY_PLAIN_UPLOAD_H
#define BFF_PROXY_PLAIN_UPLOAD_H

/*
 *   memory  it is read as a whole, and then sent
 *   stream  it is sent while it arrives (proxy_upload.h)
 *   spool   it is read as a whole, the most of it to a file on disk, and then sent (spool.h)
 */
enum plain_upload {
    PLAIN_UPLOAD_MEMORY,
    PLAIN_UPLOAD_STREAM,
    PLAIN_UPLOAD_SPOOL,
};

#endif
