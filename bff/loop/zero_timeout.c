/* See zero_timeout.h. */
#include "bff/loop/zero_timeout.h"

void zero_timeout_expire(h2o_timeout_t *soon)
{
    for (h2o_linklist_t *at = soon->_entries.next; at != &soon->_entries; at = at->next)
        H2O_STRUCT_FROM_MEMBER(h2o_timeout_entry_t, _link, at)->registered_at = 0;
}
