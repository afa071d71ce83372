"""The menus under the chats: designed, published, and looked at where customers tap."""
