/* See oidc_return.h. */
#include "bff/base/percent.h"

#include "bff/session/oidc_return.h"

static bool is_visible(struct text url)
{
    return text_is_visible(url) && memchr(url.at, '\\', url.len) == NULL;
}

/* Reads the byte at ${*i}, percent-encoded or not, and moves ${*i} after it. Returns -1 for a '%'
 * without two digits. */
static int next_byte(struct text url, size_t *i)
{
    char c = url.at[(*i)++];

    if (c != '%')
        return (unsigned char)c;
    if (url.len - *i < 2 || percent_hex(url.at[*i]) < 0 || percent_hex(url.at[*i + 1]) < 0)
        return -1;
    *i += 2;
    return percent_hex(url.at[*i - 2]) * 16 + percent_hex(url.at[*i - 1]);
}

/* Some readers decode the path before they look at it. So it is looked at in decoded form, too. */
static bool has_plain_path(struct text path)
{
    int before = 0;

    for (size_t i = 0, place = 0; i < path.len; place++) {
        int byte = next_byte(path, &i);
        if (byte < ' ' || byte == 0x7f || byte == '\\')
            return false;
        if (place == 1 && before == '/' && byte == '/')
            return false;
        before = byte;
    }
    return true;
}

static struct text path_of(struct text url)
{
    size_t len = 0;

    while (len < url.len && url.at[len] != '?' && url.at[len] != '#')
        len++;
    return (struct text){url.at, len};
}

/* A dot segment could make the path begin with "//" when a browser removes it: "/.//evil". */
static bool has_dot_segment(struct text path)
{
    size_t bytes = 0, dots = 0; /* of the segment so far */

    for (size_t i = 0; i < path.len;) {
        int byte = next_byte(path, &i);
        if (byte != '/') {
            bytes++;
            dots += byte == '.';
        }
        if ((byte == '/' || i == path.len) && bytes > 0 && bytes <= 2 && dots == bytes)
            return true;
        if (byte == '/')
            bytes = dots = 0;
    }
    return false;
}

bool oidc_return_is_safe(struct text url)
{
    if (url.len == 0 || url.len > OIDC_RETURN_MAX || url.at[0] != '/' || !is_visible(url))
        return false;
    return has_plain_path(path_of(url)) && !has_dot_segment(path_of(url));
}
