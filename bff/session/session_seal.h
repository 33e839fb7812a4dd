/*
 * Sealed content: bytes that only this server can read and make. A browser or Redis keeps them.
 * AES-256-GCM with a random nonce of 96 bits. The keys come from the configured texts by
 * HKDF-SHA256 (RFC 5869), one key for each text and each purpose. So what is sealed for one purpose
 * cannot be opened for another one.
 *
 * The first text seals, and all of them open. To replace a text without ending
 * sessions, put the new one in front of the old one, and remove the old one when its sessions are
 * over.
 *
 * The sealed text is base64url without padding. Its bytes are: a version, four bytes that say which
 * key it is, the nonce, the content, and the tag of 16 bytes. The version, the key, the purpose and
 * a name are authenticated, too. A text that differs in one bit cannot be opened.
 */
#ifndef BFF_SESSION_SESSION_SEAL_H
#define BFF_SESSION_SESSION_SEAL_H

#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

#define SESSION_SEAL_KEYS_MAX 8
#define SESSION_SEAL_SECRET_LEAST 32 /* bytes of a configured text */
#define SESSION_SEAL_BYTES_MAX ((size_t)1024 * 1024)

struct session_seal; /* it does not change; all threads may use it */

/* Makes the keys of ${purpose} ("session") from ${count} texts, 1 to SESSION_SEAL_KEYS_MAX. Each
 * text has at least SESSION_SEAL_SECRET_LEAST bytes. The texts are not borrowed; ${purpose} is a
 * constant. */
struct session_seal *session_seal_new(const struct text *secrets, size_t count,
                                      const char *purpose);

/* Also clears the keys. NULL: does nothing. */
void session_seal_free(struct session_seal *seal);

/* Returns how long the sealed text of ${bytes} bytes is. */
size_t session_seal_length(size_t bytes);

/* Returns ${content}, of at most SESSION_SEAL_BYTES_MAX bytes, as sealed text in ${pool}. ${name}
 * says where it is kept (the name of a cookie, a key of Redis): it can only be opened with the same
 * name. */
struct text session_seal_close(const struct session_seal *seal, struct text name,
                               struct text content, struct pool *pool);

/* Opens what session_seal_close has made. The content is in ${pool}. Returns 0; or -1 for any other
 * text. */
int session_seal_open(const struct session_seal *seal, struct text name, struct text sealed,
                      struct pool *pool, struct text *content);

#endif
