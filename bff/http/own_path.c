/* See own_path.h. */
#include "bff/http/own_path.h"

bool own_path_is(struct text path)
{
    return text_is(path, OWN_PATH_HEALTH) || text_is(path, OWN_PATH_READY) ||
           text_is(path, OWN_PATH_KEYS) || text_starts(path, TEXT(OWN_PATH_SERVICE)) ||
           text_starts(path, TEXT(OWN_PATH_SESSION));
}
