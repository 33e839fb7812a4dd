/* The notifications service. */
#ifndef CLIENTS_NOTIFICATIONS_H
#define CLIENTS_NOTIFICATIONS_H

#include "bff/compose/compose.h"

extern const struct bff_service notifications_service;

/* Asks for the notifications that the user has not read: a list. */
void notifications_unread(struct bff_ask *ask, struct text user_id);

/* Sends a notification with ${title} to the user. The caller may write more members. */
void notifications_send(struct bff_ask *ask, struct text user_id, struct text title);

#endif
