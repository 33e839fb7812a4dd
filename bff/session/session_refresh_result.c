/* See session_refresh_result.h. */
#include <string.h>

#include "bff/session/session_refresh_result.h"

/* The first byte of the content. */
static const char letters[] = {
    [SESSION_REFRESH_NEW] = 'N',
    [SESSION_REFRESH_ENDED] = 'E',
    [SESSION_REFRESH_AWAY] = 'A',
};

struct text session_refresh_result_close(const struct session_refresh_result *result,
                                         const struct session_seal *seal, struct text name,
                                         struct pool *pool)
{
    struct text session = TEXT("");

    if (result->kind == SESSION_REFRESH_NEW)
        session = session_write(&result->session, pool);
    char *content = pool_take(pool, 1 + session.len);
    content[0] = letters[result->kind];
    memcpy(content + 1, session.at, session.len);
    return session_seal_close(seal, name, (struct text){content, 1 + session.len}, pool);
}

int session_refresh_result_open(struct text sealed, const struct session_seal *seal,
                                struct text name, struct pool *pool,
                                struct session_refresh_result *out)
{
    struct text content;

    *out = (struct session_refresh_result){0};
    if (session_seal_open(seal, name, sealed, pool, &content) != 0 || content.len == 0)
        return -1;
    const char *letter = memchr(letters, content.at[0], sizeof(letters));
    if (letter == NULL)
        return -1;
    out->kind = (enum session_refresh_kind)(letter - letters);
    if (out->kind != SESSION_REFRESH_NEW)
        return 0;
    return session_read((struct text){content.at + 1, content.len - 1}, &out->session);
}
