"""Settings of sigal for a gallery whose times come from a manifest."""

source = "pictures"
destination = "_build"
theme = "photoswipe"
plugin_paths = ["."]
plugins = ["galleria_manifest"]
galleria_manifest = "photos.json"
galleria_prefix = "2024/wedding/"
medias_sort_attr = "date"
