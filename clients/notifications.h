/* What a user ought to hear of. */
#ifndef CLIENTS_NOTIFICATIONS_H
#define CLIENTS_NOTIFICATIONS_H

#include "bff/compose/compose.h"

extern const struct bff_service notifications_service;

/* What a user has not read yet: a list. */
void notifications_unread(struct bff_ask *ask, struct text user_id);

#endif
