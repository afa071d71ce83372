"""Small technical modules, each named for one thing. Nothing here knows the business."""
