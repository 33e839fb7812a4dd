#include "clients/notifications.h"

const struct bff_service notifications_service = {
    .name = "notifications",
    .environment = "NOTIFICATIONS_URL",
    .endpoint = "http://127.0.0.1:3006",
};

void notifications_unread(struct bff_ask *ask, struct text user_id)
{
    ask_get(ask, &notifications_service, "/notifications");
    ask_segment(ask, user_id);
    ask_query(ask, "unread", TEXT("true"));
}

void notifications_send(struct bff_ask *ask, struct text user_id, struct text title)
{
    ask_post(ask, &notifications_service, "/notifications");
    ask_body_text(ask, "userId", user_id);
    ask_body_text(ask, "title", title);
}
