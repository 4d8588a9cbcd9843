"""A photo as the demo makes it, with Exif and a picture that programs decode."""

from galleria_cli.demo.samples import sample_photos

PHOTO = next(photo.data for photo in sample_photos() if photo.key == "little-endian.jpg")
