/*
 * The cookies of sessions. They are HttpOnly, have Path=/ and no Domain. Except on localhost
 * (session.insecure_localhost), they are Secure, and their name begins with __Host-. So browsers
 * send them only to this host, and no other host can set them (RFC 6265bis section 4.1.3.2).
 *
 * A value that is too long for one cookie is split: NAME has the number of its pieces, a dot and
 * the first piece, NAME-2 has the second one. Pieces beyond that number are old, and count as
 * absent.
 */
#ifndef BFF_SESSION_SESSION_COOKIE_H
#define BFF_SESSION_SESSION_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/session/session_settings.h"

#define SESSION_COOKIE_PIECE                                                                       \
    ((size_t)3800)                   /* bytes of a value; browsers take 4096 with the name         \
                                      */
#define SESSION_COOKIE_PIECES_MAX 18 /* 64 KiB and a little more */

struct session_cookie {
    struct text name; /* "__Host-bff" */
    bool is_secure;   /* false only on localhost */
    enum session_same_site same_site;
};

/*
 * What the field Cookie of a request has.
 *
 *   value   of the session's cookies, joined; absent: there is none that can be used
 *   is_ours there is a cookie of the session, of any value
 *   is_torn there are several cookies of the same name: another host of the domain may have set
 *           one of them. Then ${value} is absent. Such cookies are never cleared: this server would
 *           only clear its own one, and the other one would be used
 *   pieces  the highest number of a piece that is there; 0: none
 *   others  the value of Cookie that services get: without the cookies of this server (NAME,
 *           NAME-2, NAME-login-...). Empty: nothing is left. Absent: the field has none of them, so
 *           it passes as it is
 */
struct session_cookies {
    struct text value;
    bool is_ours;
    bool is_torn;
    unsigned pieces;
    struct text others;
};

/* Lines for Set-Cookie. */
struct session_cookie_lines {
    struct text rows[SESSION_COOKIE_PIECES_MAX];
    size_t count;
};

/* Reads ${field}, the value of Cookie; absent: there is none. Cookies of others may be anything. */
void session_cookie_read(const struct session_cookie *cookie, struct text field, struct pool *pool,
                         struct session_cookies *out);

/* True when ${line}, a value of Set-Cookie, is about a cookie of this server: only this server may
 * send such a line. Otherwise a service could give the browser the session of somebody else. */
bool session_cookie_is_set_by(const struct session_cookie *cookie, struct text line);

/* Makes the lines that set ${value}, and that clear what is left of ${pieces} earlier ones. Returns
 * 0; or -1 when ${value} needs more than SESSION_COOKIE_PIECES_MAX cookies. */
int session_cookie_set(const struct session_cookie *cookie, struct text value, unsigned pieces,
                       struct pool *pool, struct session_cookie_lines *out);

/* Makes the lines that clear ${pieces} cookies, at least the first one. */
void session_cookie_clear(const struct session_cookie *cookie, unsigned pieces, struct pool *pool,
                          struct session_cookie_lines *out);

/* For the cookie of a login that is under way: "NAME-login-SUFFIX". It is Lax, because the browser
 * comes back from the provider's site. ${seconds} is its lifetime; 0: the line clears it. */
struct text session_cookie_login_name(const struct session_cookie *cookie, struct text suffix,
                                      struct pool *pool);
struct text session_cookie_login_line(const struct session_cookie *cookie, struct text suffix,
                                      struct text value, unsigned seconds, struct pool *pool);

#endif
