/* See json_edit_put.h. */
#include "bff/json/json_edit_put.h"

void json_edit_put_flush(struct json_edit *edit)
{
    if (edit->room_len > 0)
        edit->out(edit->cookie, (struct text){edit->room, edit->room_len});
    edit->room_len = 0;
}

void json_edit_put(struct json_edit *edit, struct text bytes)
{
    if (bytes.len > JSON_EDIT_ROOM - edit->room_len)
        json_edit_put_flush(edit);
    if (bytes.len > JSON_EDIT_ROOM) {
        edit->out(edit->cookie, bytes);
        return;
    }
    memcpy(edit->room + edit->room_len, bytes.at, bytes.len);
    edit->room_len += bytes.len;
}

void json_edit_put_kept(struct json_edit *edit, const char *from, const char *to)
{
    if (!edit->is_dropped && to > from)
        json_edit_put(edit, (struct text){from, (size_t)(to - from)});
}

void json_edit_put_comma(struct json_edit *edit)
{
    struct json_edit_frame *frame = json_edit_put_frame(edit);

    if (frame == NULL)
        return;
    if (frame->has_any)
        json_edit_put(edit, TEXT(","));
    frame->has_any = true;
}

void json_edit_put_before(struct json_edit *edit)
{
    if (edit->key_len == 0 && json_edit_put_frame(edit) != NULL &&
        json_edit_put_frame(edit)->is_object)
        return;
    json_edit_put_comma(edit);
    if (edit->key_len == 0)
        return;
    if (edit->node != NULL && edit->node->renamed.at != NULL) {
        json_edit_put(edit, edit->node->renamed);
    } else {
        json_edit_put(edit, (struct text){edit->key, edit->key_len});
        json_edit_put(edit, TEXT(":"));
    }
    edit->key_len = 0;
}

void json_edit_put_set(struct json_edit *edit, const struct json_edit_node *node)
{
    json_edit_put_frame(edit)->set |= 1ull << node->set_place;
    json_edit_put_comma(edit);
    json_edit_put(edit, node->set_key);
    json_edit_put(edit, node->set);
}
