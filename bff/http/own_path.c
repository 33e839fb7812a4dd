/* See own_path.h. */
#include "bff/http/own_path.h"

bool own_path_is_health(struct text path)
{
    return text_is(path, OWN_PATH_HEALTH) || text_is(path, OWN_PATH_READY) ||
           text_starts(path, TEXT(OWN_PATH_SERVICE));
}

bool own_path_is(struct text path)
{
    return own_path_is_health(path) || text_is(path, OWN_PATH_KEYS) ||
           text_starts(path, TEXT(OWN_PATH_SESSION)) || text_starts(path, TEXT(OWN_PATH_TOOLS)) ||
           text_starts(path, TEXT(OWN_PATH_MOCK));
}
